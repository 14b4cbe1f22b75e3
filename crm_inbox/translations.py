"""Turns the translators' .po files into the .mo files that Django reads.

In Python, because a fresh machine has no gettext, whose msgfmt Django's own command calls.
"""

import os
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent / "locale"


def compile_changed(locale: Path = LOCALE) -> list[Path]:
    """Compile every .po file that is newer than its .mo file; the files written.

    A reader sees the old file or the new one, never half of one.
    """
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(draft))
        draft.replace(target)
        written.append(target)
    return written
