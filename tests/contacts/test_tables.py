"""CSV files as spreadsheets and other products save them."""

import pytest

from contacts.lines import Line, Unreadable
from contacts.tables import Column, guess_columns, harmless, read_table, table_lines

TABLE = """Imię;Nazwisko;Firma;E-mail;Uwagi
Ewa;Żak;"Klient; spółka";ewa@klient.example, ewa.zak@klient.example;x
"""


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_it_reads_any_encoding_and_separator(encoding: str, delimiter: str, end: str) -> None:
    head, row = (line.split(delimiter) for line in _rows(delimiter))
    table = read_table((end.join(_rows(delimiter)) + end).encode(encoding))
    assert table.header == head
    columns = guess_columns(table.header)
    assert columns == [
        *(Column.FIRST_NAME, Column.LAST_NAME, Column.ORGANIZATION, Column.ADDRESS),
        Column.IGNORED,
    ]
    assert len(row) == 5
    assert list(table_lines(table, columns)) == [
        Line(2, "Ewa Żak", "Klient", ["ewa@klient.example", "zak@klient.example"])
    ]


@pytest.mark.parametrize("heading", ["Full name", "Imię i nazwisko", "IMIE I NAZWISKO"])
def test_a_whole_name_is_no_first_name(heading: str) -> None:
    assert guess_columns([heading]) == [Column.NAME]


def _rows(delimiter: str) -> list[str]:
    return [
        delimiter.join(("Imię", "Nazwisko", "Firma", "E-mail", "Uwagi")),
        delimiter.join(("Ewa", "Żak", "Klient", "ewa@klient.example zak@klient.example", "x")),
    ]


def test_a_mark_inside_quotes_separates_nothing() -> None:
    table = read_table(b'"Name, first, last, all";E-mail\n"Zak;\nEwa";ewa@klient.example\n')
    assert table.rows == [["Zak;\nEwa", "ewa@klient.example"]]


def test_it_knows_the_headers_of_other_products() -> None:
    header = ["First Name", "Last Name", "Company", "E-mail 1 - Label", "E-mail 1 - Value"]
    assert guess_columns([*header, "Address"]) == [
        *(Column.FIRST_NAME, Column.LAST_NAME, Column.ORGANIZATION),
        *(Column.IGNORED, Column.ADDRESS, Column.IGNORED),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"only a heading", b"\n\n", b"a,b\n\0\0\n", b"\x89PNG\r\n\x1a\n\0"]
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_table(data)


def test_a_formula_is_made_harmless_and_read_back() -> None:
    table = read_table(f"Name\n{harmless('=1+1')}\n'tis\n".encode())
    assert table.rows == [["'=1+1"], ["'tis"]]
    assert [line.name for line in table_lines(table, [Column.NAME])] == ["=1+1", "'tis"]
