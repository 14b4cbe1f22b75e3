"""Newsletters Anna gets: publishers with many issues, HTML with remote pictures."""

# ruff: noqa: E501 (headlines and stories read better unbroken)

from dataclasses import dataclass
from random import Random

from crm_inbox.demo import html, mime
from crm_inbox.demo.people import Person


@dataclass(frozen=True, slots=True)
class Publisher:
    brand: str
    site: str
    sender: str
    language: str
    colour: str
    subject: str = "{headline}"
    html_only: bool = False


PUBLISHERS = (
    Publisher("Workplace Weekly", "workplaceweekly.example", "editors", "en", "#2f5d50", "Workplace Weekly #{issue}: {headline}"),
    Publisher("Biuro i Design", "biuroidesign.example", "redakcja", "pl", "#8a4b2a", "{headline} | Biuro i Design"),
    Publisher("The Timber Letter", "timberletter.example", "hello", "en", "#5a4632", "🌲 {headline}"),
    Publisher("Targi Meblowe Północ", "targipolnoc.example", "newsletter", "pl", "#1d4e89", "{headline}"),
    Publisher("Lightwell Journal", "lightwelljournal.example", "news", "en", "#b8860b", "{headline} ✨", True),
    Publisher("Puls Sprzedaży", "pulssprzedazy.example", "zespol", "pl", "#7a1f3d", "[Puls Sprzedaży] {headline}"),
    Publisher("Closing Notes", "closingnotes.example", "maya", "en", "#3b3b98", "{headline}"),
    Publisher("Kadry Wprost", "kadrywprost.example", "biuletyn", "pl", "#444444", "Biuletyn {issue}: {headline}", True),
    Publisher("デザイン通信", "design-tsushin.example", "info", "ja", "#333333", "【デザイン通信】第{issue}号"),
)  # fmt: skip

HEADLINES = {
    "en": (
        "The quiet return of the private office|Five lobbies that calm people down|What oak costs this season|"
        "Why meeting rooms are never the right size|A chair that took nine years|Acoustics, explained with felt|"
        "How one team halved its floor space|Daylight beats every lamp|The case for fewer desks|Repair before you replace|"
        "Colour trends we actually believe in|Ask better questions on the first call|When to stop following up|"
        "Pricing without apologising|Small studios, big clients|A short guide to fire ratings|Inside a factory that runs on offcuts|"
        "The follow-up email that works|Lessons from 200 lost deals|Lighting a room without windows|Plants that survive offices|"
        "Standing desks: the second wave|Circular furniture gets practical|Seven minutes on tender law"
    ).split("|"),
    "pl": (
        "Trendy w biurach na nowy sezon|Cicho, ciszej, budka akustyczna|Drewno z certyfikatem: co to znaczy|Jak rozmawiać o cenie|"
        "Program targów i bezpłatne wejściówki|Nowe przepisy o pracy zdalnej|Ergonomia w 10 minut|Światło, które nie męczy|"
        "Realizacja miesiąca: dawna drukarnia|Cztery błędy w ofertach|Rynek powierzchni biurowych w liczbach|Wywiad z projektantką krzeseł|"
        "Kiedy przestać dzwonić|Meble z odzysku w praktyce|Rejestracja wystawców ruszyła|Kolory, które się nie starzeją|"
        "Szkolenie: negocjacje z działem zakupów|Jak czytać specyfikację przetargu|Zieleń w biurze bez kłopotu|Wynagrodzenia w handlu: raport|"
        "Akustyka sal konferencyjnych|Klient wraca po roku: i co teraz?|Oświetlenie a koszty energii|Nowości z fabryk Północy"
    ).split("|"),
    "ja": (
        "秋のオフィス特集",
        "木の家具の手入れ",
        "静かな会議室をつくる",
        "照明と集中力",
        "小さな工房を訪ねて",
    ),
}
STORIES = {
    "en": (
        "We asked twelve office managers what they would do differently. Their answers were short and surprisingly alike.",
        "The numbers are in, and they say that people sit nearer to windows than any plan allows for.",
        "A factory visit with many photographs, three misunderstandings and one very good soup.",
        "Our columnist has moved offices four times in five years and has opinions about boxes.",
        "A table with all the figures is at the end; the short version is that prices have settled.",
    ),
    "pl": (
        "Zapytaliśmy dwunastu administratorów biur, co zrobiliby inaczej. Odpowiedzi były zaskakująco zgodne.",
        "Ceny surowca ustabilizowały się, ale terminy dostaw wciąż zależą od regionu.",
        "Relacja z wizyty w zakładzie, w którym nic się nie marnuje.",
        "Praktyczna lista kontrolna do wydrukowania, razem z przykładami.",
        "Felieton o tym, dlaczego sala konferencyjna jest zawsze zajęta.",
    ),
    "ja": ("編集部が現場を訪ねました。", "専門家に話を聞きました。", "写真とともにご紹介します。"),
}
LEAVE = {"en": "Unsubscribe", "pl": "Wypisz się", "ja": "配信停止"}


def issue(number: int, rng: Random) -> tuple[Person, str, mime.Part, mime.Headers]:
    """The number-th newsletter, counted over all publishers: sender, subject, body, extra fields."""
    publisher = PUBLISHERS[number % len(PUBLISHERS)]
    nth = number // len(PUBLISHERS)
    pool = HEADLINES[publisher.language]
    headline = pool[(number * 5 + nth * 2) % len(pool)]
    sender = Person(publisher.brand, f"{publisher.sender}@{publisher.site}", publisher.language, "")
    # Newer conversations have lower numbers, newer issues higher ones.
    subject = publisher.subject.format(headline=headline, issue=412 - nth)
    headers = [
        ("List-Id", f"<news.{publisher.site}>"),
        ("List-Unsubscribe", f"<https://{publisher.site}/leave>"),
        ("Precedence", "bulk"),
    ]
    return sender, subject, _body(publisher, headline, rng), headers


def _body(publisher: Publisher, headline: str, rng: Random) -> mime.Part:
    language = publisher.language
    others = [other for other in HEADLINES[language] if other != headline]
    titles = [headline, *rng.sample(others, 2)]
    stories = list(zip(titles, rng.sample(STORIES[language], 3), strict=True))
    page = html.newsletter(
        site=publisher.site,
        brand=publisher.brand,
        headline=headline,
        stories=stories,
        leave=LEAVE[language],
        colour=publisher.colour,
    )
    page_part = mime.text(page, "html")
    if publisher.html_only:
        return page_part
    plain = "\n\n".join(f"{title}\n{text}" for title, text in stories)
    return mime.multipart("alternative", [mime.text(plain), page_part])
