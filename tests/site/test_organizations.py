"""Organisations with their people and conversations."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contacts.models import Contact, Organization
from sync.models import Account
from tests.site.conftest import mail, make_account, receive


@pytest.fixture
def firma(anna: User) -> Organization:
    firma = Organization.objects.create(name="Łódzka Firma")
    for name in ("Jan", "Ewa"):
        person = Contact.objects.create(name=name, organization=firma)
        person.add_address(f"{name}@firma.example")
    return firma


def test_it_shows_people_and_their_conversations(
    client: Client, account: Account, firma: Organization
) -> None:
    receive(account, mail("theirs", "text", sender="Ewa <ewa@firma.example>"), 1)
    receive(account, mail("else", "text", sender="X <x@x.example>"), 2)
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("secret", "text"), 3)
    page = client.get(f"/organizations/{firma.pk}/").content.decode()
    for said in ("Ewa", "Jan", "About theirs"):
        assert said in page
    for hidden in ("About else", "About secret"):
        assert hidden not in page


def test_it_is_found_renamed_and_deleted(client: Client, firma: Organization) -> None:
    Organization.objects.create(name="Inna")
    page = client.get("/organizations/?words=lodz").content.decode()
    assert "<mark>Łódz</mark>ka Firma" in page
    assert "2 contacts" in page
    assert "Inna" not in page
    url = f"/organizations/{firma.pk}/"
    told = client.post(url, {"name": "Inna"}).content.decode()
    assert "There is an organization of this name already." in told
    client.post(url, {"name": "Nowa"})
    assert Contact.objects.search("nowa ewa").count() == 1
    assert "Its people stay." in client.post(f"{url}delete/", follow=True).content.decode()
    assert Contact.objects.filter(organization=None).count() == 2
    assert Contact.objects.search("nowa").count() == 0


def test_a_contact_is_added_from_its_page(client: Client, firma: Organization) -> None:
    assert "/contacts/add/?organization=" in client.get(
        f"/organizations/{firma.pk}/"
    ).content.decode().replace("%C5%81%C3%B3dzka+Firma", "")
    page = client.get("/contacts/add/", {"organization": "Łódzka Firma"}).content.decode()
    assert 'value="Łódzka Firma"' in page
