"""Email sync: the accounts, how they are connected, and what of them is here."""
