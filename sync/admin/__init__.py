"""What administrators see of mailboxes and sync, and can do; never a secret, never mail."""

from sync.admin.accounts import AccountAdmin
from sync.admin.failed import FailedAdmin
from sync.admin.runs import RunAdmin

__all__ = ["AccountAdmin", "FailedAdmin", "RunAdmin"]
