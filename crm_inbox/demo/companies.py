"""Made-up companies; every domain ends in .example (RFC 2606)."""

import unicodedata
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    domain: str
    language: str
    city: str


OWN = Company("Dąb & Lumen", "demo.example", "pl", "Poznań")
NOWAK = "Nowak i Wspólnicy"
TARAS = "Zielony Taras"

ENGLISH_STEMS = (
    "Alderbrook Brackenfield Copperline Dunmore Eastvale Fernhurst Greywater Harrowdene Ivybridge "
    "Juniper Kestrel Larkhill Marlowe Northgate Oakhaven Pennywell Quarrybank Ridgeway Silverbirch "
    "Thistledown Upfield Vellum Westmere Yewtree Ashgrove Bellweather Cobblestone Driftwood "
    "Elmstead Foxglove Goldcrest Hollybank Inkwell Jasperfield Kingfisher Limekiln Moorside "
    "Nightingale Orchardleigh Pebblebrook Quillon Rosemount Stonebridge Tidewater Umberside "
    "Violetta Wychwood Applecross Birchfield Cloverdale Dovecote Eversley Flintlock Gorsebank "
    "Heathermoor Islington-Vale Jackdaw Knollwood Lanternhouse Meadowsweet"
).split()
ENGLISH_TRADES = (
    "Architects|Legal|Studios|Logistics|Dental Group|Software|Partners|Hotels|Accountants|"
    "Properties|Media|Engineering|Coworking|Foods|Clinics|Publishing|Insurance Brokers|Academy"
).split("|")
ENGLISH_CITIES = (
    "Leeds Bristol Glasgow Cardiff Dublin Norwich Sheffield Brighton Manchester York "
    "Edinburgh Exeter Belfast Nottingham"
).split()
POLISH_NAMES = (
    "Jasny Horyzont|Biuro Rachunkowe Saldo Plus|Pracownia Architektoniczna Kreska|Hotel Pod Lipami|"
    "Kancelaria Temida i Syn|Software Jodła|Drukarnia Czcionka|Przychodnia Zdrowa Rodzina|"
    "Logistyka Bałtyk|Piekarnia Złoty Kłos|Studio Wnętrz Ćma|Wydawnictwo Szósta Strona|"
    "Meble Świerk|Fabryka Pomysłów|Agencja Żółw|Ubezpieczenia Parasol|Szkoła Językowa Papuga|"
    "Deweloper Nowe Tarasy|Browar Stary Młyn|Instalacje Źródło|Centrum Szkoleń Kompas|Ogrody Łąka|"
    "Klinika Uśmiech|Kwiaciarnia Piwonia|Transport Wilga|Galeria Ósemka|Biuro Podróży Wędrowiec|"
    "Elektro Iskra|Akustyka Cisza|Gabinety Nad Wartą|Restauracja Dzika Róża|Tartak Sosna|"
    "Laboratorium Próba|Konsulting Filar|Przedszkole Bajka|Fundacja Otwarte Drzwi|Siłownia Forma|"
    "Apteki Rumianek|Nieruchomości Klucz|Teatr Na Skarpie|Stolarnia Wiór|Oświetlenie Promyk|"
    "Biurowce Aleja|Spedycja Jaskółka|Optyk Soczewka|Hurtownia Karton|Energia Wiatrak|"
    "Szpital Nad Potokiem|Uczelnia Zachodnia|Tkaniny Len|Radca Prawny Paragraf|Kawiarnia Ziarno|"
    "Montaż Imadło|Muzeum Rzeki|Wodociągi Zdrój|Cukiernia Beza|Salon Stolik|Inwestycje Grunt"
).split("|")
POLISH_CITIES = (
    "Poznań Gdańsk Wrocław Kraków Łódź Szczecin Toruń Katowice Lublin Białystok Rzeszów Olsztyn"
).split()
EUROPEAN_NAMES = (
    "Lindenhof Bürobau|Atelier Clairière|Nordlys Kontor|Kancelář Javor|Skärgård Inredning|"
    "Studio Cipresso|Tisza Irodabútor|Dunărea Design|Azulejo Interiores|Almendro Oficinas"
).split("|")
JAPANESE_NAMES = ("青葉設計/aoba-sekkei", "みどり商事/midori-shoji", "北斗オフィス/hokuto-office")

_PLAIN = str.maketrans("łŁßøØæđ", "lLsoOad")


def slug(text: str) -> str:
    """The text in lower-case ASCII letters and digits, words joined by a hyphen."""
    folded = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    kept = (c if c.isalnum() else " " for c in folded if c.isascii())
    return "-".join("".join(kept).lower().split())


def companies(rng: Random) -> list[Company]:
    """Some 135 companies in three languages, the two with folders of their own first."""
    named = [(NOWAK, "nowak-wspolnicy", "pl", "Poznań"), (TARAS, "zielonytaras", "pl", "Gdańsk")]
    named += [(name, slug(name), "pl", rng.choice(POLISH_CITIES)) for name in POLISH_NAMES]
    for stem in ENGLISH_STEMS:
        name = f"{stem} {rng.choice(ENGLISH_TRADES)}"
        named.append((name, slug(stem), "en", rng.choice(ENGLISH_CITIES)))
    named += [(name, slug(name), "en", "") for name in EUROPEAN_NAMES]
    for pair in JAPANESE_NAMES:
        name, domain = pair.split("/")
        named.append((name, domain, "ja", "東京"))
    return [Company(name, f"{domain}.example", lang, city) for name, domain, lang, city in named]
