"""`make bench`: how fast the sync is, beside mbsync pulling the same mailbox in the same run."""
