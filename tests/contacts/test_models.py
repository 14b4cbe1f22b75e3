from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction

from contacts.models import Address, AddressTaken, Contact, InvalidAddress, Organization
from contacts.signals import addresses_changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced() -> Iterator[list[set[str]]]:
    heard: list[set[str]] = []

    def hear(sender: type, addresses: set[str], **kwargs: object) -> None:
        assert transaction.get_connection().in_atomic_block
        heard.append(addresses)

    addresses_changed.connect(hear)
    yield heard
    addresses_changed.disconnect(hear)


def contact(name: str, *emails: str, organization: str = "") -> Contact:
    made = Contact.objects.create(
        name=name,
        organization=Organization.objects.create(name=organization) if organization else None,
    )
    for email in emails:
        made.add_address(email)
    return made


def test_it_announces_an_added_address(announced: list[set[str]]) -> None:
    jan = contact("Jan Nowak")
    address = jan.add_address("  Jan.Nowak@Firma.Example ")
    assert (address.email, address.normalized) == (
        "Jan.Nowak@Firma.Example",
        "jan.nowak@firma.example",
    )
    assert announced == [{"jan.nowak@firma.example"}]


def test_it_adds_an_address_only_once(announced: list[set[str]]) -> None:
    jan = contact("Jan Nowak", "jan@firma.example")
    assert jan.add_address("JAN@firma.example") == jan.addresses.get()
    assert len(announced) == 1


def test_it_refuses_an_address_of_somebody_else() -> None:
    jan = contact("Jan Nowak", "jan@firma.example")
    with pytest.raises(AddressTaken) as refused:
        contact("Other", "jan@firma.example")
    assert refused.value.owner == jan


@pytest.mark.parametrize("text", ["", "jan", "@firma.example"])
def test_it_refuses_what_is_no_address(text: str) -> None:
    with pytest.raises(InvalidAddress):
        contact("Jan Nowak", text)
    with pytest.raises(InvalidAddress):
        Address(contact=contact("Jan"), email=text).save()


def test_it_announces_both_sides_of_an_edit(announced: list[set[str]]) -> None:
    address = contact("Jan", "jan@old.example").addresses.get()
    address.email = "jan@new.example"
    address.save(update_fields=["email"])
    assert Address.objects.get().normalized == "jan@new.example"
    assert announced[1:] == [{"jan@old.example", "jan@new.example"}]


def test_it_stays_silent_when_an_address_is_saved_unchanged(announced: list[set[str]]) -> None:
    contact("Jan", "jan@firma.example").addresses.get().save()
    assert len(announced) == 1


def test_it_announces_an_address_given_to_another_contact(announced: list[set[str]]) -> None:
    address = contact("Jan", "jan@firma.example").addresses.get()
    address.contact = contact("Ewa")
    address.save()
    assert announced[1:] == [{"jan@firma.example"}]


def test_it_announces_a_removed_address(announced: list[set[str]]) -> None:
    jan = contact("Jan", "a@firma.example", "b@firma.example")
    jan.remove_address("A@firma.example")
    assert [address.email for address in jan.addresses.all()] == ["b@firma.example"]
    jan.addresses.get().delete()
    assert announced[2:] == [{"a@firma.example"}, {"b@firma.example"}]


def test_it_removes_no_address_of_somebody_else(announced: list[set[str]]) -> None:
    contact("Jan", "jan@firma.example")
    contact("Ewa").remove_address("jan@firma.example")
    assert Address.objects.count() == 1
    assert len(announced) == 1


def test_it_announces_a_deleted_contact(announced: list[set[str]]) -> None:
    contact("Jan", "a@firma.example", "b@firma.example").delete()
    assert not Address.objects.exists()
    assert announced[2:] == [{"a@firma.example", "b@firma.example"}]


def test_it_announces_many_deleted_contacts_at_once(announced: list[set[str]]) -> None:
    contact("Jan", "jan@firma.example")
    contact("Ewa", "ewa@firma.example")
    contact("Nobody")
    Contact.objects.exclude(name="Jan").delete()
    assert announced[2:] == [{"ewa@firma.example"}]
    assert not hasattr(Contact.objects, "delete")


def test_it_merges_one_contact_into_another(announced: list[set[str]]) -> None:
    old = contact("J. Nowak", "jan@old.example", organization="Nowak i Wspólnicy")
    kept = contact("Jan Nowak", "jan@new.example")
    old.merge_into(kept)
    kept.refresh_from_db()
    assert str(kept.organization) == "Nowak i Wspólnicy"
    assert {a.email for a in kept.addresses.all()} == {"jan@old.example", "jan@new.example"}
    assert list(Contact.objects.all()) == [kept]
    assert announced[2:] == [{"jan@old.example"}]


def test_it_keeps_the_organisation_of_the_contact_merged_into() -> None:
    kept = contact("Jan", organization="Kept")
    contact("J.", organization="Other").merge_into(kept)
    kept.refresh_from_db()
    assert str(kept.organization) == "Kept"


@pytest.mark.parametrize("chosen", [[], ["kept"], ["old"], ["kept", "old"]])
def test_a_merge_keeps_the_main_address_of_the_contact_merged_into(chosen: list[str]) -> None:
    old, kept = (
        contact(name, f"a@{name}.example", f"b@{name}.example") for name in ("old", "kept")
    )
    for name in chosen:
        Contact.objects.get(name=name).make_main(f"b@{name}.example")
    old.merge_into(kept)
    main = kept.addresses.all()[0].email
    assert main == ("b@kept.example" if "kept" in chosen else "a@kept.example")


def test_the_main_address_is_taken_over_where_there_is_none() -> None:
    old, kept = contact("J.", "jan@old.example", "main@old.example"), contact("Jan")
    old.make_main("main@old.example")
    old.merge_into(kept)
    assert kept.addresses.all()[0].email == "main@old.example"


def test_it_does_not_merge_a_contact_into_itself() -> None:
    jan = contact("Jan", "jan@firma.example")
    with pytest.raises(ValueError, match="itself"):
        jan.merge_into(jan)
    assert jan.addresses.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_takes_the_change_back_when_a_listener_fails() -> None:
    def fail(**kwargs: object) -> None:
        raise RuntimeError("relinking failed")

    jan = contact("Jan", "jan@firma.example")
    everybody = Contact.objects.all()
    addresses_changed.connect(fail)
    try:
        for change in (lambda: jan.add_address("b@x.example"), everybody.delete, jan.delete):
            with pytest.raises(RuntimeError):
                change()
    finally:
        addresses_changed.disconnect(fail)
    assert [address.email for address in Address.objects.all()] == ["jan@firma.example"]


def test_it_keeps_addresses_unique_in_the_database() -> None:
    contact("Jan", "jan@firma.example")
    with pytest.raises(IntegrityError):
        Address.objects.create(contact=contact("Ewa"), email="Jan@Firma.example")


def test_it_keeps_contacts_of_a_deleted_organisation() -> None:
    jan = contact("Jan", "jan@firma.example", organization="Firma")
    Organization.objects.get().delete()
    jan.refresh_from_db()
    assert jan.organization is None


@pytest.mark.parametrize(
    "text",
    ["wojcik", "Wójcik", "zofia WÓJ", "kwiaty", "z.wojcik@", "SKLEP.example", "zofia lodz", ""],
)
def test_it_finds_a_contact_by_name_organisation_or_address(text: str) -> None:
    zofia = contact(
        "Zofia Wójcik", "z.wojcik@sklep.example", "zofia@x.example", organization="Kwiaty Łódź"
    )
    contact("Jan Nowak", "jan@firma.example", organization="Nowak")
    found = Contact.objects.search(text)
    assert list(found.filter(pk=zofia.pk)) == [zofia]
    assert found.count() == (1 if text else 2)


def test_it_finds_the_contact_of_an_address() -> None:
    jan = contact("Jan", "Jan@Firma.example")
    assert list(Contact.objects.with_address("jan@firma.example")) == [jan]
    assert not Contact.objects.with_address("ewa@firma.example").exists()
