"""The 400 people who write to the demo mailbox, and the 60 of them who are contacts."""

from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from crm_inbox.demo import names
from crm_inbox.demo.companies import NOWAK, OWN, TARAS, Company, companies, slug

CORRESPONDENTS = 400
CONTACTS = 60


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str
    language: str
    first: str
    greeting: str = ""
    title: str = ""
    phone: str = ""
    company: Company | None = None
    second_address: str = ""
    zone: str = "Europe/Warsaw"
    contact: bool = False


@dataclass(frozen=True, slots=True)
class DemoContact:
    name: str
    organization: str
    addresses: tuple[str, ...]


ANNA = Person(
    "Anna Kowalska",
    "anna@demo.example",
    "pl",
    "Anna",
    "Pani Anno",
    "Key Account Manager",
    "+48 61 555 01 20",
    OWN,
)
COLLEAGUES = (
    Person("Piotr Lenart", "piotr@demo.example", "pl", "Piotr", "Piotrze", "Logistyka",
           "+48 61 555 01 24", OWN),
    Person("Julia Sowa", "julia@demo.example", "pl", "Julia", "Julio", "Projektantka",
           "+48 61 555 01 27", OWN),
    Person("Biuro Dąb & Lumen", "biuro@demo.example", "pl", "Biuro", "", "", "", OWN),
)  # fmt: skip

_FREE_MAIL = ("poczta.example", "mailbox.example", "skrzynka.example", "post.example")


@lru_cache(maxsize=4)
def correspondents(seed: int) -> tuple[Person, ...]:
    """Everybody, contacts first."""
    rng = Random(f"people/{seed}")
    everybody = _people(rng)
    rng.shuffle(everybody)
    everybody.sort(key=lambda person: not _known_client(person))
    # Early enough in the row to be among the newest conversations.
    for place, person in zip((7, 35), [p for p in everybody if p.language == "ja"], strict=False):
        everybody.remove(person)
        everybody.insert(place, person)
    known = [replace(person, contact=True) for person in everybody[:CONTACTS]]
    known = [_with_second_address(person, i) for i, person in enumerate(known)]
    return (*known, *everybody[CONTACTS:])


def contacts(seed: int) -> list[DemoContact]:
    """The people the address book starts with; every fourth has two addresses."""
    return [
        DemoContact(
            person.name,
            person.company.name if person.company else "",
            tuple(filter(None, (person.address, person.second_address))),
        )
        for person in correspondents(seed)
        if person.contact
    ]


def _known_client(person: Person) -> bool:
    return person.company is not None and person.company.name in (NOWAK, TARAS)


def _with_second_address(person: Person, index: int) -> Person:
    if index % 4:
        return person
    local = person.address.partition("@")[0]
    free = _FREE_MAIL[index // 4 % len(_FREE_MAIL)]
    return replace(person, second_address=f"{local}.{index}@{free}")


def _people(rng: Random) -> list[Person]:
    everywhere = companies(rng)
    taken: set[str] = set()
    found: list[Person] = []
    while len(found) < CORRESPONDENTS:
        company = everywhere[len(found) % len(everywhere)]
        person = _person(rng, company, 1 + len(found) // len(everywhere))
        if person.address not in taken:
            taken.add(person.address)
            found.append(person)
    return found


def _person(rng: Random, company: Company, nth: int) -> Person:
    maker = {"pl": _pole, "ja": _japanese}.get(company.language)
    if maker is None:
        maker = _briton if company.city else _european
    person = maker(rng, company)
    if nth > 2 and company.language != "ja" and rng.random() < 0.3:
        free = f"{slug(person.name).replace('-', '.')}@{rng.choice(_FREE_MAIL)}"
        return replace(person, address=free, company=None, title="")
    return person


def _address(rng: Random, first: str, last: str, company: Company) -> str:
    first, last = slug(first), slug(last)
    pattern = rng.choice(("{f}.{l}", "{f}.{l}", "{i}.{l}", "{f}", "{l}"))
    return f"{pattern.format(f=first, i=first[0], l=last)}@{company.domain}"


def _pole(rng: Random, company: Company) -> Person:
    woman = rng.random() < 0.5
    first, vocative = rng.choice(names.POLISH_WOMEN if woman else names.POLISH_MEN)
    last = rng.choice(names.POLISH_SURNAMES)[woman]
    return Person(
        f"{first} {last}",
        _address(rng, first, last, company),
        "pl",
        first,
        f"{'Pani' if woman else 'Panie'} {vocative}",
        rng.choice(names.TITLES["pl"]),
        f"+48 {rng.choice((22, 12, 58, 61, 71))} 555 {rng.randint(10, 99)} {rng.randint(10, 99)}",
        company,
    )


def _briton(rng: Random, company: Company) -> Person:
    first, last = rng.choice(names.ENGLISH_FIRST), rng.choice(names.ENGLISH_SURNAMES)
    return Person(
        f"{first} {last}",
        _address(rng, first, last, company),
        "en",
        first,
        first,
        rng.choice(names.TITLES["en"]),
        f"+44 1632 960{rng.randint(100, 999)}",
        company,
        zone="Europe/London",
    )


def _european(rng: Random, company: Company) -> Person:
    name = rng.choice(names.EUROPEAN)
    first, _, last = name.partition(" ")
    title = rng.choice(names.TITLES["en"])
    address = _address(rng, first, last, company)
    return Person(name, address, "en", first, first, title, "", company, zone="Europe/Berlin")


def _japanese(rng: Random, company: Company) -> Person:
    name, first, last = rng.choice(names.JAPANESE).split("/")
    surname = name.split()[0]
    address = f"{last.lower()}.{first[0].lower()}@{company.domain}"
    title = rng.choice(names.TITLES["ja"])
    return Person(name, address, "ja", surname, f"{surname}様", title, "", company,
                  zone="Asia/Tokyo")  # fmt: skip
