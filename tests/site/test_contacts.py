"""The pages of the contacts, and the people beside a conversation."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contacts.models import Contact, Organization
from sync.models import Account, Thread
from tests.site.conftest import mail, make_account, receive

EWA = {"name": "Ewa Żak", "organization": "Klient", "addresses": "ewa@klient.example\n"}


def make(name: str, *addresses: str) -> Contact:
    contact = Contact.objects.create(name=name)
    for address in addresses:
        contact.add_address(address)
    return contact


def test_an_added_contact_links_the_mail_that_is_here(client: Client, account: Account) -> None:
    thread = receive(account, mail("one", "text", sender="Ewa <ewa@klient.example>")).thread
    page = client.get(f"/conversations/{thread.pk}/").content.decode()
    link = "/contacts/add/?address=ewa%40klient.example&amp;name=Ewa&amp;next=%2Fconversations"
    assert link in page
    back = f"/conversations/{thread.pk}/"
    response = client.post(f"/contacts/add/?next={back}", EWA, follow=True)
    assert response.redirect_chain == [(back, 302)]
    assert "Ewa Żak is a contact now." in response.content.decode()
    assert Thread.objects.get().from_contact
    assert f'href="/contacts/{Contact.objects.get().pk}/"' in response.content.decode()


def test_changing_and_deleting_unlink_it(client: Client, account: Account) -> None:
    receive(account, mail("one", "text", sender="Ewa <ewa@klient.example>"))
    contact = make("Ewa", "ewa@klient.example")
    url = f"/contacts/{contact.pk}/"
    assert "About one" in client.get(url).content.decode()
    client.post(url, {**EWA, "addresses": "ewa@nowa.example, \n\nother@nowa.example"})
    assert contact.addresses.count() == 2
    assert Contact.objects.get().organization == Organization.objects.get(name="Klient")
    assert not Thread.objects.get().from_contact
    client.post(url, EWA)
    assert Thread.objects.get().from_contact
    assert "The mail stays." in client.post(f"{url}delete/", follow=True).content.decode()
    assert not Thread.objects.get().from_contact
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " "}, "This field is required."),
        ({"addresses": "nobody"}, "“nobody” is not an email address."),
        ({"addresses": "Jan@Firma.example"}, "“Jan@Firma.example” already belongs to Jan."),
    ],
)
def test_bad_input_is_told_and_kept(
    client: Client, anna: User, changed: dict[str, str], said: str
) -> None:
    make("Jan", "jan@firma.example")
    page = client.post("/contacts/add/", {**EWA, **changed}).content.decode()
    assert said in page
    assert 'value="Klient"' in page
    assert Contact.objects.count() == 1


def test_an_address_goes_to_an_existing_contact(client: Client, account: Account) -> None:
    thread = receive(account, mail("one", "text")).thread
    contact = make("Jan Nowak")
    query = {"address": "jan@firma.example", "words": "nowak", "next": "/inbox/"}
    assert "Add to Jan Nowak" in client.get("/contacts/add/", query).content.decode()
    response = client.post(f"/contacts/{contact.pk}/addresses/", query)
    assert response["Location"] == "/inbox/"
    assert Thread.objects.get(pk=thread.pk).from_contact
    other = make("Other")
    for address, said in (
        ("jan@firma.example", "already belongs to Jan Nowak"),
        ("x", "is not an"),
    ):
        told = client.post(f"/contacts/{other.pk}/addresses/", {"address": address}, follow=True)
        assert said in told.content.decode()


def test_it_leads_back_to_this_site_only(client: Client, anna: User) -> None:
    page = client.get("/contacts/add/", {"next": "javascript:alert(1)"}).content.decode()
    assert "javascript:" not in page


def test_two_contacts_become_one(client: Client, anna: User) -> None:
    one, other = make("Ewa", "ewa@klient.example"), make("Ewa Żak", "zak@klient.example")
    page = client.get(f"/contacts/{one.pk}/", {"words": "zak"}).content.decode()
    assert "Merge into Ewa Żak" in page
    client.post(f"/contacts/{one.pk}/merge/", {"into": other.pk})
    assert [row.email for row in Contact.objects.get().addresses.order_by("email")] == [
        "ewa@klient.example",
        "zak@klient.example",
    ]
    for into in ("", "x", other.pk, 10**6):
        assert client.post(f"/contacts/{other.pk}/merge/", {"into": into}).status_code == 404


def test_the_list_finds_and_leafs(client: Client, anna: User) -> None:
    Contact.objects.bulk_create(Contact(name=f"Person {number:03}") for number in range(120))
    make("Żaneta", "z@klient.example")
    assert "<mark>Żan</mark>eta" in client.get("/contacts/?words=zan").content.decode()
    assert "No contact is found" in client.get("/contacts/?words=nobody").content.decode()
    names = [
        contact.name
        for page in "123"
        for contact in client.get(f"/contacts/?page={page}").context["contacts"]
    ]
    assert len(names) == len(set(names)) == 121
    assert client.get("/contacts/?page=-1&words=%00").status_code == 200


def test_it_shows_no_mail_of_others(client: Client, anna: User) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("secret", "text"))
    contact = make("Jan", "jan@firma.example")
    page = client.get(f"/contacts/{contact.pk}/").content.decode()
    assert "About secret" not in page
    assert "You have no mail with this contact." in page


@pytest.mark.parametrize("path", ["", "add/", "1/", "1/delete/", "1/merge/", "1/addresses/"])
def test_strangers_are_asked_to_sign_in(db: None, path: str) -> None:
    response = Client().post(f"/contacts/{path}") if path else Client().get("/contacts/")
    assert response["Location"].startswith("/sign-in/")
