"""Turns one letter of a script into the bytes a mail program would have sent."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from zoneinfo import ZoneInfo

from crm_inbox.demo import attachments, html, mime
from crm_inbox.demo.mime import Attachment, Part
from crm_inbox.demo.people import ANNA, Person
from crm_inbox.demo.script import Letter, Script

GREETINGS = {
    "en": ("Hi Anna,", "Hello Anna,", "Dear Anna,", "Anna,", "Good morning Anna,"),
    "pl": ("Dzień dobry,", "Dzień dobry Pani Anno,", "Pani Anno,", "Szanowna Pani,", "Witam,"),
    "ja": ("Kowalska様", "コヴァルスカ様"),
}
CLOSINGS = {
    "en": ("Best regards,", "Kind regards,", "Many thanks,", "Best,", "All the best,"),
    "pl": (
        "Pozdrawiam",
        "Z poważaniem",
        "Pozdrawiam serdecznie",
        "Miłego dnia",
        "Z pozdrowieniami",
    ),
    "ja": ("よろしくお願いいたします。", "敬具"),
}
MAILERS = ("Pocztowiec 4.2", "Quillmail 12.1", "Letterbox for Mac 9", "", "Webpost", "")


def write(script: Script, index: int, dates: Sequence[datetime]) -> bytes:
    """The index-th message. `dates` (aware) are those of the letters so far that are known."""
    letter = script.letters[index]
    style = Random(f"style/{letter.sender.address}")
    charset = _charset(letter.sender.language, style)
    body = letter.body or _body(script, index, dates, style, charset)
    raw = mime.message(_headers(script, index, dates, charset, style), body)
    return letter.mangle(raw) if letter.mangle else raw


def _charset(language: str, style: Random) -> str:
    usual = {"pl": ("utf-8", "utf-8", "utf-8", "iso-8859-2", "windows-1250"),
             "ja": ("iso-2022-jp", "utf-8")}.get(language, ("utf-8",))  # fmt: skip
    return style.choice(usual)


def _headers(
    script: Script, index: int, dates: Sequence[datetime], charset: str, style: Random
) -> mime.Headers:
    letter = script.letters[index]
    subject = letter.subject or script.subject
    if index and not letter.subject:
        subject = f"{'Odp: ' if style.random() < 0.1 else 'Re: '}{subject}"
    sent = dates[index].astimezone(ZoneInfo(letter.sender.zone))
    headers = [] if letter.sent or script.kind == "draft" else _trace(letter, dates[index])
    headers += [
        ("From", mime.addresses([(letter.sender.name, letter.sender.address)], charset)),
        ("To", _people(letter.to, charset)),
    ]
    if letter.cc:
        headers.append(("Cc", _people(letter.cc, charset)))
    headers.append(("Subject", mime.header(subject, charset)))
    headers.append(("Date", format_datetime(sent)))
    headers.append(("Message-ID", f"<{letter.message_id}>"))
    if index:
        before = [f"<{earlier.message_id}>" for earlier in script.letters[:index]]
        headers += [("In-Reply-To", before[-1]), ("References", "\r\n ".join(before))]
    mailer = "" if letter.body or script.auto else style.choice(MAILERS)
    return headers + letter.headers + ([("User-Agent", mailer)] if mailer else [])


def _trace(letter: Letter, date: datetime) -> mime.Headers:
    host = letter.sender.address.partition("@")[2]
    return [
        ("Return-Path", f"<{letter.sender.address}>"),
        (
            "Received",
            f"from mx.{host} by mail.demo.example with ESMTPS\r\n"
            f" for <{ANNA.address}>; {format_datetime(date.astimezone(UTC))}",
        ),
    ]


def _people(people: Sequence[Person], charset: str) -> str:
    return mime.addresses(((person.name, person.address) for person in people), charset)


def _body(
    script: Script, index: int, dates: Sequence[datetime], style: Random, charset: str
) -> Part:
    letter = script.letters[index]
    if script.auto:
        return mime.text(letter.text)
    rng = Random(letter.message_id)
    main = _main_text(script, letter, rng)
    signature = _signature(letter.sender, style) if index == 0 or rng.random() < 0.5 else []
    quoted = _quoted(script, index, dates) if index and style.random() < 0.8 else ("", "")
    files = list(letter.files)
    if letter.invite:
        body = attachments.with_text(main, _invitation(script, letter, dates[index]))
    else:
        body = _text_and_html(main, signature, quoted, letter.sender, style, charset)
    if files:
        body = mime.multipart("mixed", [body, *(mime.attachment(file) for file in files)])
    return body


def _main_text(script: Script, letter: Letter, rng: Random) -> str:
    """Greeting, text and closing with the first name."""
    language = "pl" if script.language == "pl" else "en"
    if letter.sent:
        name = letter.to[0].greeting
        greeting = (
            f"Dzień dobry {name}," if language == "pl" else f"{rng.choice(('Hi', 'Dear'))} {name},"
        )
        closing = rng.choice(CLOSINGS[language])
    else:
        greeting = rng.choice(GREETINGS[letter.sender.language])
        closing = rng.choice(CLOSINGS[letter.sender.language])
    return f"{greeting}\n\n{letter.text}\n\n{closing}\n{letter.sender.first}"


def _signature(sender: Person, style: Random) -> list[str]:
    if style.random() < 0.2:
        return []
    company = sender.company
    place = (
        f"{company.name}, {company.city}" if company and company.city else company and company.name
    )
    lines = [sender.name, sender.title, place, sender.phone]
    return [line for line in lines if line]


def _quoted(script: Script, index: int, dates: Sequence[datetime]) -> tuple[str, str]:
    """Who wrote the letter before, and what."""
    before = script.letters[index - 1]
    who = f"{before.sender.name} <{before.sender.address}>"
    if index > len(dates) - 1 or dates[index - 1] >= dates[index]:
        return f"{who}:", before.text
    when = dates[index - 1].astimezone(ZoneInfo(script.letters[index].sender.zone))
    if script.language == "pl":
        return f"W dniu {when.day}.{when:%m.%Y} o {when:%H:%M}, {who} pisze:", before.text
    return f"On {when:%a}, {when.day} {when:%b %Y} at {when:%H:%M}, {who} wrote:", before.text


def _text_and_html(
    main: str,
    signature: list[str],
    quoted: tuple[str, str],
    sender: Person,
    style: Random,
    charset: str,
) -> Part:
    plain = main
    if signature:
        plain += "\n\n-- \n" + "\n".join(signature)
    if quoted[1]:
        marked = "\n".join(f"> {line}".rstrip() for line in quoted[1].split("\n"))
        plain += f"\n\n{quoted[0]}\n{marked}"
    encoding = style.choice(("", "", "base64", "8bit"))
    text = mime.text(plain + "\n", "plain", charset, _safe(encoding, charset))
    if style.random() < 0.35:
        return text
    logo = _logo(sender) if signature and sender.company and style.random() < 0.3 else None
    page = html.letter(
        main, signature, "\n\n".join(filter(None, quoted)), logo.content_id if logo else ""
    )
    other = mime.text(page, "html")
    if logo:
        other = mime.multipart("related", [other, mime.attachment(logo)])
    return mime.multipart("alternative", [text, other])


def _safe(encoding: str, charset: str) -> str:
    """ISO-2022-JP is seven-bit with escapes, which quoted-printable would only bloat (RFC 1468)."""
    return "7bit" if charset == "iso-2022-jp" else encoding


def _logo(sender: Person) -> Attachment:
    host = sender.address.partition("@")[2]
    data = attachments.png(120, 40, len(host))
    return Attachment("logo.png", "image/png", data, f"logo@{host}")


def _invitation(script: Script, letter: Letter, date: datetime) -> Part:
    later = date.astimezone(ZoneInfo(letter.sender.zone)) + timedelta(days=4)
    if later.weekday() > 4:
        later += timedelta(days=2)
    start = later.replace(hour=10, minute=30, second=0, microsecond=0).astimezone(UTC)
    guest = letter.to[0].address
    return attachments.invitation(
        letter.message_id,
        script.subject,
        date.astimezone(UTC),
        start,
        letter.sender.address,
        guest,
    )
