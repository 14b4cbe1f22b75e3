"""Mail that machines send: notices, spam, delivery failures."""

# ruff: noqa: E501 (templates read better unbroken)

from random import Random

from crm_inbox.demo import mime
from crm_inbox.demo.people import ANNA, Person

# sender's name, address, subject, text
NOTICES = (
    ("Kurier Bocian", "powiadomienia@kurierbocian.example", "Przesyłka {n} jest w drodze", "Przesyłka {n} zostanie doręczona jutro między 9:00 a 13:00.\n\nStatus: https://kurierbocian.example/p/{n}"),
    ("Ledgerly", "no-reply@ledgerly.example", "Payment received: €{m}.00", "A payment of €{m}.00 for invoice {n} has been booked.\n\nYou do not need to do anything."),
    ("Bank Wisła", "wyciagi@bankwisla.example", "Wyciąg z rachunku nr {s}", "Nowy wyciąg jest dostępny w bankowości elektronicznej.\n\nTo jest wiadomość automatyczna, prosimy na nią nie odpowiadać."),
    ("Roomkey Bookings", "bookings@roomkey.example", "Confirmed: Showroom, slot {s}", "Your booking {n} is confirmed.\n\nAdd it to your calendar: https://roomkey.example/b/{n}"),
    ("Formularz WWW", "www@demo.example", "Nowe zgłoszenie z formularza #{s}", "Temat: katalog\nTelefon: 555 {s}\n\nProszę o kontakt w sprawie katalogu mebli."),
    ("Cloudbarn", "noreply@cloudbarn.example", "{s} files were shared with you", "Julia Sowa shared a folder with {s} files: renderings.\n\nOpen: https://cloudbarn.example/f/{n}"),
    ("Kolej Północna", "bilety@kolejpolnocna.example", "Twój bilet {n}", "Dziękujemy za zakup. Bilet {n} pokaż obsłudze pociągu na ekranie telefonu."),
    ("Parcelwise", "tracking@parcelwise.example", "Out for delivery: {n}", "Your parcel {n} is on the van and will reach you today.\n\nNot at home? Choose a neighbour: https://parcelwise.example/{n}"),
    ("Support Desk", "desk@ledgerly.example", "[Ticket {n}] Your request has been solved", "Hello Anna,\n\nwe have marked ticket {n} as solved. Reply to this message to open it again."),
)  # fmt: skip

SPAM = (
    ("Prize Office", "winner@lucky-draw.example", "You have been selected, claim {n} now", "Dear friend,\n\nyour address was drawn among thousands. Send your details within 24 hours."),
    ("SEO Experts", "growth@rank-rocket.example", "First page in {s} days, guaranteed", "Hi,\n\nI looked at your website and found {s} errors. Shall I send you the list?"),
    ("Kredyty Ekspres", "oferta@kredyt-ekspres.example", "Kredyt bez dokumentów: {m} zł", "Decyzja w 5 minut. Kliknij i odbierz gotówkę już dziś!"),
    ("Mail Admin", "security@mail-quota.example", "Your mailbox is {s}% full", "Your mailbox will be closed. Confirm your password here: http://mail-quota.example/login"),
    ("Dr. Harold", "harold@inheritance.example", "Confidential proposal {n}", "Greetings,\n\nI write to you about a matter of mutual benefit and utmost urgency."),
    ("Tabletki Plus", "promo@tabletki-plus.example", "💊 Tylko dziś -{s}%", "Największa wyprzedaż roku. Ilość ograniczona."),
)  # fmt: skip

Notice = tuple[Person, str, str]


def notice(number: int, rng: Random) -> Notice:
    return _filled(NOTICES[number % len(NOTICES)], rng)


def spam(number: int, rng: Random) -> Notice:
    return _filled(SPAM[number % len(SPAM)], rng)


def _filled(template: tuple[str, str, str, str], rng: Random) -> Notice:
    numbers = {
        "n": rng.randint(104200, 989900),
        "m": rng.randint(240, 9800),
        "s": rng.randint(11, 97),
    }
    name, address, subject, text = template
    return Person(name, address, "en", ""), subject.format_map(numbers), text.format_map(numbers)


DAEMON = Person("Mail Delivery System", "MAILER-DAEMON@mail.demo.example", "en", "")


def failure(lost: Person, subject: str, message_id: str) -> mime.Part:
    """A delivery status notification (RFC 3464) for a message to `lost`."""
    said = (
        f"I'm sorry to have to inform you that your message could not be delivered to\n"
        f"<{lost.address}>: host mx.{lost.address.partition('@')[2]} said:\n"
        f"550 5.1.1 User unknown (in reply to RCPT TO command)\n"
    )
    status = (
        "Reporting-MTA: dns; mail.demo.example\r\n\r\n"
        f"Final-Recipient: rfc822; {lost.address}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
    )
    original = (
        f"From: {mime.address(ANNA.name, ANNA.address)}\r\nTo: <{lost.address}>\r\n"
        f"Subject: {mime.header(subject)}\r\nMessage-ID: <{message_id}>\r\n"
    )
    parts = [
        mime.text(said),
        mime.Part([("Content-Type", "message/delivery-status")], status.encode()),
        mime.Part([("Content-Type", "text/rfc822-headers")], original.encode()),
    ]
    return mime.multipart("report", parts, report_type="delivery-status")
