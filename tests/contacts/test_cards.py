"""vCards as phones and mail programs write them, well and badly."""

import pytest

from contacts.cards import read_cards, write_card
from contacts.lines import Line, Outcome, Unreadable


def read(text: str, encoding: str = "utf-8") -> list[Line]:
    return read_cards(text.replace("\n", "\r\n").encode(encoding))


def card(*lines: str) -> str:
    return "\n".join(("BEGIN:VCARD", *lines, "END:VCARD", ""))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            card(
                "VERSION:3.0", "FN:Ewa Żak", "EMAIL:ewa@k.example", "item1.EMAIL;type=work:z@k.pl"
            ),
            Line(1, "Ewa Żak", "", ["ewa@k.example", "z@k.pl"]),
        ),
        (
            card("VERSION:3.0", "N:Żak;Ewa;Maria;dr;", "ORG:Kwiaty\\; Łódź\\, sp.;Dział"),
            Line(1, "Ewa Maria Żak", "Kwiaty; Łódź, sp.", []),
        ),
        (
            card("version:4.0", "fn:A", "email;PREF=2:b@x.pl", "email;pref=1:mailto:a@x.pl"),
            Line(1, "A", "", ["a@x.pl", "b@x.pl"]),
        ),
        (
            card("VERSION:2.1", "EMAIL;INTERNET;HOME:h@x.pl", "EMAIL;PREF;INTERNET:p@x.pl", "N:X"),
            Line(1, "X", "", ["p@x.pl", "h@x.pl"]),
        ),
        (
            card("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=BB=C3=B3=", "=C5=82w"),
            Line(1, "Żółw", "", []),
        ),
        (
            card("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-2:=AF=F3=B3w"),
            Line(1, "Żółw", "", []),
        ),
        (card("FN;CHARSET=nonsense:Żółw"), Line(1, "Żółw", "", [])),
        (card("FN:Long na", " me of", "\t somebody"), Line(1, "Long name of somebody", "", [])),
        (
            card("FN:A", "PHOTO;ENCODING=b;TYPE=JPEG:AAAA", " FN:B", "", "no property", "X"),
            Line(1, "A", "", []),
        ),
        (
            card("FN:A", "AGENT:", "BEGIN:VCARD", "FN:Assistant", "END:VCARD", "EMAIL:a@x.pl"),
            Line(1, "A", "", ["a@x.pl"]),
        ),
        (card('EMAIL;X="a:b;c";TYPE=home:a@x.pl'), Line(1, "", "", ["a@x.pl"])),
    ],
)
def test_it_reads(text: str, line: Line) -> None:
    assert read(text) == [line]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1250", "utf-16"])
def test_it_reads_any_encoding(encoding: str) -> None:
    assert read(card("FN:Żółw"), encoding) == [Line(1, "Żółw")]


def test_a_broken_card_costs_only_itself() -> None:
    lines = read(card("FN:A") + "BEGIN:VCARD\nFN:Cut\n" + card("FN:B") + "BEGIN:VCARD\nFN:C")
    assert [(line.number, line.name, line.outcome) for line in lines] == [
        (1, "A", Outcome.NEW),
        (2, "Cut", Outcome.BROKEN),
        (3, "B", Outcome.NEW),
        (4, "C", Outcome.BROKEN),
    ]


@pytest.mark.parametrize("data", [b"", b"FN:A\n", b"END:VCARD\n"])
def test_what_has_no_card_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_cards(data)


def test_what_it_writes_it_reads() -> None:
    name, organization = "Żółw, Ewa; \\ " + "ż" * 60, "A;B,C\\n"
    text = write_card(name, organization, ["a@x.pl", "b@x.pl"])
    assert max(len(line) for line in text.encode().split(b"\r\n")) <= 75
    assert read_cards(text.encode()) == [Line(1, name, organization, ["a@x.pl", "b@x.pl"])]
