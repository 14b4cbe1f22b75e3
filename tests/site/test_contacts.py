"""The pages of the contacts, and the people beside a conversation."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contacts.models import Contact, Organization
from crm_inbox.views.contacts.leafing import Leaf
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


def test_its_addresses_come_and_go_with_their_mail(client: Client, account: Account) -> None:
    receive(account, mail("one", "text", sender="Ewa <ewa@klient.example>"))
    contact = make("Ewa", "first@klient.example")
    url = f"/contacts/{contact.pk}/"
    client.post(f"{url}addresses/", {"address": "Ewa@klient.example"})
    assert Thread.objects.get().from_contact
    assert "About one" in client.get(url).content.decode()
    client.post(f"{url}addresses/main/", {"address": "ewa@klient.example"})
    assert [row.email for row in contact.addresses.all()] == [
        "Ewa@klient.example",
        "first@klient.example",
    ]
    page = client.post(f"{url}addresses/remove/", {"address": "Ewa@klient.example"}, follow=True)
    assert "“Ewa@klient.example” no longer belongs to Ewa." in page.content.decode()
    assert not Thread.objects.get().from_contact
    assert contact.addresses.get().email == "first@klient.example"


def test_it_is_changed_and_deleted(client: Client, account: Account) -> None:
    receive(account, mail("one", "text", sender="Ewa <ewa@klient.example>"))
    contact = make("Ewa", "ewa@klient.example")
    url = f"/contacts/{contact.pk}/"
    client.post(url, {"name": "Ewa Żak", "organization": "Klient"})
    changed = Contact.objects.get()
    assert (changed.name, str(changed.organization)) == ("Ewa Żak", "Klient")
    assert "This field is required." in client.post(url, {"name": " "}).content.decode()
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


def test_two_contacts_become_one_after_a_preview(client: Client, anna: User) -> None:
    one, other = make("Ewa", "ewa@klient.example"), make("Ewa Żak", "zak@klient.example")
    other.organization = Organization.objects.create(name="Klient")
    other.save()
    page = client.get(f"/contacts/{one.pk}/", {"words": "zak"}).content.decode()
    assert f"/contacts/{one.pk}/merge/?with={other.pk}" in page
    preview = client.get(f"/contacts/{one.pk}/merge/", {"with": other.pk}).content.decode()
    for said in ("Merge Ewa and Ewa Żak", "ewa@klient.example", "zak@klient.example", "Klient"):
        assert said in preview
    assert Contact.objects.count() == 2
    client.post(f"/contacts/{one.pk}/merge/", {"with": other.pk, "name": other.pk})
    kept = Contact.objects.get()
    assert (kept.pk, kept.name, str(kept.organization)) == (one.pk, "Ewa Żak", "Klient")
    assert [row.email for row in kept.addresses.order_by("email")] == [
        "ewa@klient.example",
        "zak@klient.example",
    ]
    for gone in ("", "x", one.pk, other.pk):
        assert client.post(f"/contacts/{one.pk}/merge/", {"with": gone}).status_code == 404


def test_a_merge_keeps_the_name_and_organization_that_are_chosen(
    client: Client, anna: User
) -> None:
    one, other = make("Ewa"), make("E. Żak")
    for contact, name in ((one, "Wrong"), (other, "Right")):
        contact.organization = Organization.objects.create(name=name)
        contact.save()
    preview = client.get(f"/contacts/{one.pk}/merge/", {"with": other.pk})
    assert preview.context["both"] == preview.context["organizations"] == [one, other]
    chosen = {"with": other.pk, "name": other.pk, "organization": other.pk}
    done = client.post(f"/contacts/{one.pk}/merge/", chosen, follow=True).content.decode()
    assert "Ewa and E. Żak are one contact now." in done
    kept = Contact.objects.get()
    assert (kept.pk, kept.name, str(kept.organization)) == (one.pk, "E. Żak", "Right")


def test_a_merge_keeps_the_contact_that_people_stand_on(client: Client, anna: User) -> None:
    other, one = make("E. Żak", "old@klient.example"), make("Ewa", "ewa@klient.example")
    for contact, name in ((one, "Right"), (other, "Wrong")):
        contact.organization = Organization.objects.create(name=name)
        contact.save()
    url = f"/contacts/{one.pk}/merge/"
    preview = client.get(url, {"with": other.pk}).content.decode()
    chosen = re.findall(r'name="(\w+)"\s+value="(\d+)"\s+checked', preview)
    assert chosen == [("name", f"{one.pk}"), ("organization", f"{one.pk}")]
    assert preview.index("ewa@klient.example") < preview.index("old@klient.example")
    client.post(url, {"with": other.pk, **dict(chosen)})
    kept = Contact.objects.get()
    assert (kept.pk, kept.name, str(kept.organization)) == (one.pk, "Ewa", "Right")
    assert kept.addresses.all()[0].email == "ewa@klient.example"


def names(client: Client, query: str) -> tuple[list[str], Leaf[Contact]]:
    leaf = client.get(f"/contacts/?{query}").context["leaf"]
    return [contact.name for contact in leaf.rows], leaf


def test_the_list_is_sorted_without_accents_and_leafs_both_ways(client: Client, anna: User) -> None:
    Contact.objects.bulk_create(Contact(name=f"Person {number:03}") for number in range(120))
    for name in ("Żaneta", "Zbigniew", "zenon", "Ćwik"):
        make(name)
    first, leaf = names(client, "")
    assert (first[0], leaf.previous) == ("Ćwik", "")
    second, leaf = names(client, f"after={leaf.next}")
    third, last = names(client, f"after={leaf.next}")
    assert third[-3:] == ["Żaneta", "Zbigniew", "zenon"]
    assert len({*first, *second, *third}) == len(first + second + third) == 124
    assert last.next == ""
    assert names(client, f"before={last.previous}")[0] == second
    assert names(client, f"before={leaf.previous}")[0] == first
    assert client.get("/contacts/?after=x&before=1.%00&words=%00").status_code == 200


def test_the_list_finds_by_name_organization_and_address(client: Client, anna: User) -> None:
    zaneta = make("Żaneta", "z.wojcik@klient.example")
    zaneta.organization = Organization.objects.create(name="Łódzkie Kwiaty")
    zaneta.save()
    make("Other")
    assert "<mark>Żan</mark>eta" in client.get("/contacts/?words=zan").content.decode()
    for words in ("ZANETA", "lodzkie", "wojcik@kl", "kwiaty zan", "%E2%80%8A zaneta"):
        assert names(client, f"words={words}")[0] == ["Żaneta"]
    Organization.objects.filter(name="Łódzkie Kwiaty").update(name="Inna")
    assert names(client, "words=lodzkie")[0] == []
    assert names(client, "words=inna")[0] == ["Żaneta"]
    for words in ("nobody", "100%25", "_"):
        assert "No contact is found" in client.get(f"/contacts/?words={words}").content.decode()


def test_the_timeline_leafs(client: Client, account: Account) -> None:
    sender = "Ewa <ewa@klient.example>"
    for number in range(1, 53):
        receive(account, mail(f"n{number}", "text", sender=sender), number)
    contact = make("Ewa", "ewa@klient.example")
    page = client.get(f"/contacts/{contact.pk}/").context["page"]
    assert [thread.subject for thread in page.threads][:2] == ["About n52", "About n51"]
    older = client.get(f"/contacts/{contact.pk}/", {"older": page.older}).context["page"]
    assert [thread.subject for thread in older.threads] == ["About n2", "About n1"]


def test_it_shows_no_mail_of_others(client: Client, anna: User) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("secret", "text"))
    contact = make("Jan", "jan@firma.example")
    page = client.get(f"/contacts/{contact.pk}/").content.decode()
    assert "About secret" not in page
    assert "You have no mail with this contact." in page


@pytest.mark.parametrize(
    "path",
    [
        *("", "add/", "1/", "1/delete/", "1/merge/", "1/addresses/", "1/addresses/main/"),
        *("1/addresses/remove/", "import/"),
    ],
)
def test_strangers_are_asked_to_sign_in(db: None, path: str) -> None:
    response = Client().post(f"/contacts/{path}") if path else Client().get("/contacts/")
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "path", ["contacts/import/1/report/", "contacts/export/", "organizations/"]
)
def test_strangers_see_no_lists_and_files(db: None, path: str) -> None:
    response = Client().get(f"/{path}")
    assert response["Location"].startswith("/sign-in/")
