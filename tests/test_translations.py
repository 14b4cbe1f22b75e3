"""Translations are compiled without gettext's programs."""

import gettext
import os
from pathlib import Path

import polib
import pytest

from crm_inbox.translations import LOCALE, compile_changed

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "%d message"
msgid_plural "%d messages"
msgstr[0] "%d wiadomość"
msgstr[1] "%d wiadomości"
msgstr[2] "%d wiadomości."

#, fuzzy
msgid "Inbox"
msgstr "Może odebrane"
"""  # noqa: E501


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(PO, encoding="utf-8")
    return source


def test_it_compiles_plural_forms_and_leaves_doubtful_ones_out(source: Path) -> None:
    compile_changed(source.parents[2])
    polish = gettext.translation("django", source.parents[2], ["pl"])
    forms = [polish.ngettext("%d message", "%d messages", n) for n in (1, 2, 5, 22)]
    assert forms == ["%d wiadomość", "%d wiadomości", "%d wiadomości.", "%d wiadomości"]
    assert polish.gettext("Inbox") == "Inbox"


def test_it_compiles_only_what_has_changed(source: Path) -> None:
    locale = source.parents[2]
    assert compile_changed(locale) == [source.with_suffix(".mo")]
    assert compile_changed(locale) == []
    later = source.with_suffix(".mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    assert compile_changed(locale) == [source.with_suffix(".mo")]


def test_everything_is_said_in_polish() -> None:
    catalogue = polib.pofile(str(LOCALE / "pl" / "LC_MESSAGES" / "django.po"), encoding="utf-8")
    assert len(catalogue) > 200
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
