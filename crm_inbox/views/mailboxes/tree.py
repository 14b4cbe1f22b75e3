"""The labels of an account as a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from sync.models import Account, Folder, Label
from sync.scope import is_set_aside

_HEADINGS = {
    Label.Kind.FOLDER: _("Folders"),
    Label.Kind.GMAIL: _("Gmail labels"),
    Label.Kind.KEYWORD: _("Keywords"),
}
# Indented no further, so that a phone can show it.
_DEEPEST = 4


@dataclass(frozen=True)
class Row:
    """A label, or without one a branch that only holds others. `above` ends with the delimiter."""

    name: str
    above: str
    depth: int
    label: Label | None = None
    count: int | None = None
    set_aside: bool = False


def groups(account: Account) -> list[tuple[str, list[Row]]]:
    """Labels by kind, each kind a tree, each label with what its folder holds, where known."""
    folders = {bytes(folder.raw_name): folder for folder in account.folders.all()}
    labels = list(account.labels.order_by("name"))
    found = [
        (str(heading), list(_tree([one for one in labels if one.kind == kind], folders)))
        for kind, heading in _HEADINGS.items()
    ]
    return [(name, rows) for name, rows in found if rows]


def _tree(labels: Iterable[Label], folders: Mapping[bytes, Folder]) -> Iterator[Row]:
    shown: set[str] = set()
    # The inbox first, then each branch together.
    for label in sorted(labels, key=lambda one: (one.name != "INBOX", one.name.casefold())):
        folder = folders.get(bytes(label.raw_name))
        delimiter = folder.delimiter if folder else ""
        *above, name = label.name.split(delimiter) if delimiter else [label.name]
        for depth in range(len(above)):
            branch = delimiter.join(above[: depth + 1])
            if branch not in shown:
                shown.add(branch)
                yield Row(above[depth], "", min(depth, _DEEPEST))
        shown.add(label.name)
        yield Row(
            name,
            "".join(part + delimiter for part in above),
            min(len(above), _DEEPEST),
            label,
            folder.messages if folder else None,
            bool(folder and is_set_aside(folder)),
        )
