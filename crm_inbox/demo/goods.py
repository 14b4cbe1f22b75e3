"""What the demo company sells, and the facts one conversation is about."""

# ruff: noqa: E501 (a table)

from random import Random

# English singular, English plural, Polish nominative and genitive plural, Japanese, price in euros
GOODS = (
    ("sit-stand desk", "sit-stand desks", "biurka z regulacją wysokości", "biurek z regulacją wysokości", "昇降デスク", 540),
    ("task chair", "task chairs", "fotele obrotowe", "foteli obrotowych", "オフィスチェア", 310),
    ("acoustic booth", "acoustic booths", "budki akustyczne", "budek akustycznych", "防音ブース", 3900),
    ("pendant lamp", "pendant lamps", "lampy wiszące", "lamp wiszących", "ペンダントライト", 185),
    ("oak meeting table", "oak meeting tables", "dębowe stoły konferencyjne", "dębowych stołów konferencyjnych", "会議用テーブル", 1450),
    ("acoustic panel", "acoustic panels", "panele akustyczne", "paneli akustycznych", "吸音パネル", 96),
    ("locker unit", "locker units", "szafki pracownicze", "szafek pracowniczych", "ロッカー", 270),
    ("linear LED light", "linear LED lights", "oprawy liniowe LED", "opraw liniowych LED", "LEDライン照明", 140),
    ("bookcase", "bookcases", "regały na dokumenty", "regałów na dokumenty", "書棚", 420),
    ("lounge armchair", "lounge armchairs", "fotele do strefy relaksu", "foteli do strefy relaksu", "ラウンジチェア", 690),
    ("desk screen", "desk screens", "przegrody biurkowe", "przegród biurkowych", "デスクパーティション", 88),
    ("visitor chair", "visitor chairs", "krzesła dla gości", "krzeseł dla gości", "来客用チェア", 130),
)  # fmt: skip
# Only numbers that take the genitive plural in Polish.
QUANTITIES = (5, 6, 8, 10, 12, 14, 15, 16, 18, 20, 25, 28, 30, 36, 40, 48, 60)

PROJECTS = {
    "en": (
        "Harbour Street|the third floor|the Mill Lane office|the new reception|Canal House|"
        "the training room|the client suite|Station Yard|the boardroom|the west wing|"
        "the quiet zone|the studio extension|Granary Court|the canteen|the ground floor"
    ).split("|"),
    "pl": (
        "ul. Portowa|III piętro|nowa recepcja|biuro przy Młyńskiej|sala szkoleniowa|sala zarządu|"
        "strefa ciszy|skrzydło zachodnie|oddział Gdańsk|open space|kantyna|parter, budynek B|"
        "gabinety|showroom|antresola"
    ).split("|"),
    "ja": ("新オフィス", "会議室", "三階フロア", "受付"),
}
DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "pl": ("poniedziałek", "wtorek", "środę", "czwartek", "piątek"),
    "ja": ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日"),
}
HOURS = ("9:00", "9:30", "10:00", "10:30", "11:15", "12:00", "13:30", "14:00", "14:30", "15:15")
COLOURS = {
    "en": ("natural oak", "smoked oak", "white", "graphite", "sage green", "light grey"),
    "pl": ("dąb naturalny", "dąb wędzony", "biel", "grafit", "zieleń szałwiowa", "jasny szary"),
    "ja": ("ナチュラル", "ホワイト", "グレー"),
}


def facts(rng: Random, language: str, people: dict[str, str]) -> dict[str, str]:
    """The words that fill one conversation's templates; `people` adds names and company."""
    one, many, plural, genitive, japanese, price = rng.choice(GOODS)
    quantity = rng.choice(QUANTITIES)
    day, other_day = rng.sample(DAYS[language], 2)
    hour, other_hour = rng.sample(HOURS, 2)
    colour, other_colour = rng.sample(COLOURS[language], 2)
    wares = {
        "one": one,
        "many": {"en": many, "pl": genitive, "ja": japanese}[language],
        "plural": plural,
        "qty": str(quantity),
        "more": str(quantity * 2 if quantity < 20 else quantity + 10),
        "total": _money(price * quantity, language),
        "less": _money(int(price * quantity * 0.93), language),
    }
    when = {"day": day, "day2": other_day, "hour": hour, "hour2": other_hour}
    numbers = {
        "quote": str(rng.randint(2100, 9899)),
        "invoice": f"{rng.randint(1, 12):02}/{rng.randint(1040, 9870)}",
        "order": f"ZA-{rng.randint(30100, 79990)}",
        "weeks": str(rng.randint(5, 8)),
        "percent": str(rng.choice((5, 7, 8, 10))),
    }
    project = rng.choice(PROJECTS[language])
    looks = {"colour": colour, "colour2": other_colour, "project": project}
    return {**wares, **when, **numbers, **looks, **people}


def _money(euros: int, language: str) -> str:
    if language == "en":
        return f"€{euros:,}"
    if language == "ja":
        return f"{euros * 160:,}円"
    return f"{euros * 4.3:,.0f} zł".replace(",", "\N{NO-BREAK SPACE}")
