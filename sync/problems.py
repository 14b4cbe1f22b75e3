"""What went wrong, and what to do about it, in a person's words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sync.rows import DAMAGED

# Problems of an account that no server is part of.
SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a code
# The database has no room left to write to.
DISK_FULL = "disk_full"
# No process can be started to read mail in.
NO_READER = "no_reader"
# A folder's numbers are new, and the next look sorts it out.
RENUMBERED = "renumbered"
_UNKNOWN = "wire_error"


@dataclass(frozen=True, slots=True)
class Problem:
    """Two translated texts of one or more sentences each."""

    sentence: Promise
    advice: Promise


def explain(code: str) -> Problem:
    """The problem with the code of a WireError; a general one where the code is not known."""
    return PROBLEMS.get(code) or PROBLEMS[_UNKNOWN]


def explain_new(code: str) -> Problem:
    """The same to somebody who is connecting a mailbox, which no sync tries again by itself."""
    problem = explain(code)
    if code in _PASSING:
        return Problem(problem.sentence, PROBLEMS["all_in_use"].advice)
    return problem


_PASSING = frozenset({"throttled", "connection_lost", "server_troubled"})


PROBLEMS = {
    _UNKNOWN: Problem(
        _("Something went wrong with the mail server."),
        _("Try again later. If it happens again, tell your administrator."),
    ),
    # --- Finding the server and talking to it in private
    "server_not_found": Problem(
        _("There is no mail server with this name."),
        _("Check the server name, or ask your mail provider for the name of its IMAP server."),
    ),
    "host_not_allowed": Problem(
        _("This mail server is inside a private network, so no connection was made."),
        _("Check the server name. If it is right, ask your administrator to allow it."),
    ),
    "connection_refused": Problem(
        _("The mail server does not accept connections on this port."),
        _(
            "Check the server name and the port: usually 993 for TLS and 143 for STARTTLS. "
            "A firewall on the way can be the reason, too."
        ),
    ),
    "timed_out": Problem(
        _("The mail server did not answer in time."),
        _(
            "An account that worked before is tried again by itself. For a new one, check the "
            "server name and the port."
        ),
    ),
    "tls_failed": Problem(
        _("No encrypted connection to the mail server could be made."),
        _("Check that port and security belong together: usually 993 for TLS, 143 for STARTTLS."),
    ),
    "certificate_rejected": Problem(
        _("The mail server could not prove its identity, so your password was not sent."),
        _(
            "Check the server name: it must be the one in the server's certificate. If it is "
            "right, ask your mail provider; your administrator, where it is your company's own."
        ),
    ),
    "starttls_unavailable": Problem(
        _("The mail server offers no encryption here, so your password was not sent."),
        _(
            "Choose TLS and port 993. If STARTTLS used to work, somebody on the way may be "
            "hiding it: tell your administrator."
        ),
    ),
    "plaintext_refused": Problem(
        _("Without encryption others could read your password, so it was not sent."),
        _("Choose TLS or STARTTLS. Only your administrator can allow anything else."),
    ),
    # --- Logging in
    "login_disabled": Problem(
        _("The mail server takes no password on this connection."),
        _(
            "Choose TLS and port 993, and check in your mailbox's settings at the provider that "
            "IMAP is turned on."
        ),
    ),
    "authentication_refused": Problem(
        _("The mail server refused the user name or the password."),
        _(
            "Check the user name and enter the password again. Many providers want an app "
            "password instead of your usual one, and IMAP turned on in the mailbox's settings. "
            "Mail that is already here stays."
        ),
    ),
    "grant_revoked": Problem(
        _("Your mail provider no longer lets us in."),
        _(
            "Sign in at your provider again: the permission was taken back or has run out. Mail "
            "that is already here stays, and sync goes on where it was."
        ),
    ),
    "provider_unreachable": Problem(
        _("Your mail provider's sign-in does not answer."),
        _("Nothing to do: sync tries again by itself."),
    ),
    SECRET_UNREADABLE: Problem(
        _("The stored password of this account can no longer be read."),
        _("Enter the password again. Mail that is already here stays."),
    ),
    # --- Our own side
    DISK_FULL: Problem(
        _("The disk of this site is full, so no mail can be stored."),
        _(
            "Tell your administrator to make room. Nothing is lost: sync goes on by itself where "
            "it stopped."
        ),
    ),
    NO_READER: Problem(
        _("The program that reads mail cannot start here."),
        _("Tell your administrator. Nothing is lost: sync tries again by itself."),
    ),
    # --- What passes
    RENUMBERED: Problem(
        _("The provider has renumbered this folder."),
        _("Nothing to do: sync sorts it out at its next look. Check again then."),
    ),
    "throttled": Problem(
        _("The mail server asked us to slow down."),
        _("Nothing to do: sync goes on by itself after a pause."),
    ),
    "all_in_use": Problem(
        _("All connections to the mail server are in use at the moment."),
        _("Try again in a minute."),
    ),
    "connection_lost": Problem(
        _("The connection to the mail server was cut off."),
        _("Nothing to do: sync goes on by itself where it stopped."),
    ),
    "server_troubled": Problem(
        _("The mail server has trouble of its own at the moment."),
        _("Nothing to do: sync tries again by itself."),
    ),
    # --- Folders, messages, answers
    "folder_missing": Problem(
        _("A folder is no longer on the mail server."),
        _("If it was renamed or deleted there, choose the labels to sync again."),
    ),
    "folder_not_selectable": Problem(
        _("A folder is on the mail server's list but cannot be opened."),
        _("Check in your mailbox at the provider that you may read it, or sync other labels."),
    ),
    "numbers_unstable": Problem(
        _(
            "A folder's messages get new numbers every time the mail server is asked, so nothing "
            "in it can be told apart."
        ),
        _(
            "Mail of that folder that is already here stays, and all other folders are synced. "
            "Ask your mail provider to repair the folder: its UIDVALIDITY must not change."
        ),
    ),
    DAMAGED: Problem(
        _("This message is damaged: only a part of it could be read."),
        _("You can look at its original, and have it fetched again."),
    ),
    "message_missing": Problem(
        _("This message is no longer on the mail server."),
        _("If it was moved to another folder that is synced, it is found there."),
    ),
    "file_too_large": Problem(
        _("This file is too large to be fetched here."),
        _("Open the message in your mailbox at the provider."),
    ),
    "command_refused": Problem(
        _("The mail server refused a request."),
        _("Try again later. If it happens again, ask your mail provider what its answer means."),
    ),
    "protocol_error": Problem(
        _("The answer of the mail server could not be understood."),
        _(
            "Check that the server name and the port are those of an IMAP server. If they are, "
            "tell your administrator."
        ),
    ),
}
