"""The list of conversations."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from contacts.models import Contact
from sync.models import Account, Run, Thread
from tests.site.conftest import mail, make_account, receive


def test_it_shows_conversations_newest_first(client: Client, account: Account) -> None:
    receive(account, mail("old", "text"), 1)
    receive(account, mail("new", "the beginning"), 2)
    page = client.get("/inbox/").content.decode()
    assert 0 < page.index("About new") < page.index("About old")
    assert "the beginning" in page


def test_from_existing_contact_keeps_only_mail_from_contacts(
    client: Client, account: Account
) -> None:
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    receive(account, mail("known", "text", sender="Ewa <ewa@klient.example>"), 1)
    receive(account, mail("unknown", "text"), 2)
    page = client.get("/inbox/?filter=from-contact").content.decode()
    assert "About known" in page
    assert "About unknown" not in page


def test_pages_lead_on_without_losing_any(client: Client, account: Account) -> None:
    for number in range(55):
        receive(account, mail(f"n{number:02}", "text"), number + 1)
    first = client.get("/inbox/")
    older = client.get(f"/inbox/?before={first.context['page'].older}")
    subjects = [
        thread.subject for page in (first, older) for thread in page.context["page"].threads
    ]
    assert subjects == [f"About n{number:02}" for number in reversed(range(55))]


def test_nobody_sees_the_mail_of_others(client: Client, account: Account) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("secret", "text"))
    assert "About secret" not in client.get("/inbox/").content.decode()


@pytest.mark.parametrize("path", ["/inbox/", "/archive/", "/sent/", "/trash/", "/email-sync/"])
def test_strangers_are_asked_to_sign_in(db: None, path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_the_archive_shows_what_is_archived(client: Client, account: Account) -> None:
    receive(account, mail("done", "text"))
    Thread.objects.update(state=Thread.State.ARCHIVED)
    assert "About done" in client.get("/archive/").content.decode()
    assert "About done" not in client.get("/inbox/").content.decode()


def test_an_empty_inbox_says_why(client: Client, anna: User) -> None:
    assert "Connect your mailbox" in client.get("/inbox/").content.decode()
    account = make_account(anna, "me@crm.example")
    Run.objects.create(account=account, kind=Run.Kind.INITIAL)
    assert "Your mail is on its way" in client.get("/inbox/").content.decode()


def test_an_empty_account_says_why(client: Client, account: Account) -> None:
    receive(account, mail("one", "text"))
    other = make_account(account.owner, "other@crm.example")
    page = client.get(f"/inbox/?account={other.pk}").content.decode()
    assert "The first sync of other@crm.example is not done yet" in page
    Account.objects.update(first_sync_done_at=timezone.now())
    page = client.get(f"/inbox/?account={other.pk}").content.decode()
    assert "Nothing of this account is here" in page
    page = client.get(f"/inbox/?account={other.pk}&filter=attachments").content.decode()
    assert "Nothing matches the filter" in page


def test_the_first_account_is_added_from_the_empty_inbox(client: Client, anna: User) -> None:
    assert 'href="/email-sync/add/"' in client.get("/inbox/").content.decode()


def test_htmx_gets_the_list_alone(client: Client, account: Account) -> None:
    receive(account, mail("one", "text"))
    fragment = client.get("/inbox/", headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "HX-Request" in fragment["Vary"]
