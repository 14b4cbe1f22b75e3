"""LIST, STATUS and EXAMINE: requests and the reading of their answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sync.wire.channel import Argument, refusal, status, words
from sync.wire.errors import CommandRefused, FolderMissing, FolderNotSelectable, WireError
from sync.wire.model import Capabilities, FolderInfo, FolderStatus
from sync.wire.names import SPECIAL_USES, decode_name, usual_use
from sync.wire.reader import Response
from sync.wire.tokens import Items, Malformed, Value, number, values

_USES = {use.lower(): use for use in SPECIAL_USES}
_CODE = re.compile(rb"OK \[([A-Z]+) (\d+)\]", re.IGNORECASE)
_MISSING = re.compile(
    r"\[(?:NONEXISTENT|TRYCREATE)\]|(?:not|n't) (?:exist|found)|no such|unknown mailbox"
    r"|nonexistent|invalid mailbox name",
    re.IGNORECASE,
)


def list_arguments(offered: Capabilities) -> tuple[Argument, ...]:
    if offered.special_use and offered.list_extended:
        return (b"LIST", b'""', b'"*"', b"RETURN (SPECIAL-USE)")
    return (b"LIST", b'""', b'"*"')


def read_folders(untagged: Iterable[Response]) -> list[FolderInfo]:
    """A line that cannot be read raises Malformed: a folder left out is mail left out."""
    found: dict[bytes, FolderInfo] = {}
    for response in untagged:
        if response.text[:5].upper() == b"LIST ":
            folder = _folder(values(response, 5))
            found[folder.raw_name] = folder
    return _with_usual_uses(list(found.values()))


def status_items(offered: Capabilities) -> bytes:
    modseq = b" HIGHESTMODSEQ" if offered.condstore else b""
    return b"(MESSAGES UIDNEXT UIDVALIDITY%s)" % modseq


def status_name(response: Response) -> bytes:
    """The raw name of the folder that a STATUS is about; b"" for any other response."""
    if response.text[:7].upper() != b"STATUS ":
        return b""
    try:
        name = values(response, 7)[0]
    except (Malformed, IndexError):
        return b""
    return name if isinstance(name, bytes) else b""


def read_status(untagged: Iterable[Response]) -> FolderStatus | None:
    """The last STATUS among the responses. Raises Malformed."""
    found = None
    for response in untagged:
        if response.text[:7].upper() == b"STATUS ":
            *_, counts = values(response, 7) or [None]
            if not isinstance(counts, list) or len(counts) % 2:
                raise Malformed("STATUS without pairs")
            found = _status(counts)
    return found


def read_examined(messages: int, untagged: Iterable[Response], done: Response) -> FolderStatus:
    """UIDVALIDITY, UIDNEXT and HIGHESTMODSEQ come as codes of untagged OKs."""
    codes = {}
    for response in (*untagged, done):
        if code := _CODE.match(response.text):
            codes[code[1].upper()] = int(code[2])
    return FolderStatus(
        messages=messages,
        uidvalidity=codes.get(b"UIDVALIDITY") or None,
        uidnext=codes.get(b"UIDNEXT") or None,
        highestmodseq=codes.get(b"HIGHESTMODSEQ") or None,
        keywords=_keywords(untagged),
    )


def _keywords(untagged: Iterable[Response]) -> tuple[str, ...]:
    """FLAGS lists all flags of the folder (RFC 3501, 7.2.6)."""
    found: list[str] = []
    for response in untagged:
        if response.text[:7].upper() == b"FLAGS (":
            names = response.text[7:].rstrip(b")").split()
            found = [each.decode("utf-8", "replace") for each in names if each[:1] != b"\\"]
    return tuple(found)


def folder_refusal(done: Response) -> WireError:
    """Why a folder cannot be opened. BAD, too, is about this folder: others had the same command,
    and some servers cannot read the names that they list.
    """
    error = refusal(done)
    if type(error) is not CommandRefused:
        return error
    text = words(done)
    missing = status(done) == "NO" and _MISSING.search(text)
    return FolderMissing(text) if missing else FolderNotSelectable(text)


def _folder(found: list[Value]) -> FolderInfo:
    if len(found) < 3 or not isinstance(found[0], list) or not isinstance(found[2], bytes | None):
        raise Malformed("LIST")
    attributes = [
        each.decode("ascii", "replace").lower() for each in found[0] if isinstance(each, bytes)
    ]
    delimiter = found[1].decode("utf-8", "replace") if isinstance(found[1], bytes) else None
    # A folder whose name is the atom NIL is called that.
    raw_name = b"NIL" if found[2] is None else found[2]
    name = "INBOX" if raw_name.upper() == b"INBOX" else decode_name(raw_name)
    return FolderInfo(
        raw_name=raw_name,
        delimiter=delimiter or None,
        name=name,
        special_use=next((_USES[each] for each in attributes if each in _USES), None),
        selectable=not {r"\noselect", r"\nonexistent"} & set(attributes),
    )


def _with_usual_uses(folders: list[FolderInfo]) -> list[FolderInfo]:
    """Where the server does not say what any folder is for, its name tells."""
    if any(folder.special_use for folder in folders):
        return folders
    return [
        FolderInfo(
            folder.raw_name,
            folder.delimiter,
            folder.name,
            usual_use(folder.name, folder.delimiter),
            folder.selectable,
        )
        for folder in folders
    ]


def _status(counts: list[Value]) -> FolderStatus:
    pairs = iter(counts)
    found: Items = {
        name.upper(): value
        for name, value in zip(pairs, pairs, strict=True)
        if isinstance(name, bytes)
    }
    return FolderStatus(
        messages=number(found.get(b"MESSAGES")) or 0,
        uidvalidity=number(found.get(b"UIDVALIDITY")) or None,
        uidnext=number(found.get(b"UIDNEXT")) or None,
        highestmodseq=number(found.get(b"HIGHESTMODSEQ")) or None,
    )
