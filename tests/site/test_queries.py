"""No list needs more queries where it has more rows; and what an open tab costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Contact
from sync import bulk, changes, searching
from sync.models import Account, Attachment, Folder, LedgerEntry, Thread
from tests.site.conftest import mail, receive

LISTS = {
    "/inbox/": Thread.State.INBOX,
    "/inbox/?filter=from-contact": Thread.State.INBOX,
    "/archive/": Thread.State.ARCHIVED,
    "/sent/": Thread.State.INBOX,
    "/trash/": Thread.State.TRASHED,
    "/search/?q=needle": Thread.State.INBOX,
    "/search/?q=from:ewa+has:attachment": Thread.State.INBOX,
}


def fill(account: Account, numbers: range, state: str) -> None:
    """Each row with all that a row can have: a contact, a label, an attachment."""
    label, _ = Folder.objects.get_or_create(
        account=account, raw_name=b"Offers", defaults={"name": "Offers", "uidnext": 1}
    )
    for number in numbers:
        text = mail(f"n{number}", "needle", sender=f"Ewa <ewa{number}@klient.example>")
        message = receive(account, text, number)
        Contact.objects.create(name="Ewa").add_address(f"ewa{number}@klient.example")
        Attachment.objects.create(
            message=message, section="2", name="a.pdf", content_type="application/pdf", size=1
        )
        LedgerEntry.objects.create(
            folder=label,
            uidvalidity=1,
            uid=number,
            state=LedgerEntry.State.STORED,
            message=message,
            arrived_at=message.arrived_at,
            size=1,
        )
    Thread.objects.update(state=state, has_sent=True, has_attachments=True)
    while searching.index_batch():
        pass


def queries(client: Client, path: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert client.get(path, headers=headers).status_code == 200
    return len(counted)


@pytest.mark.parametrize("path", LISTS)
def test_more_rows_need_no_more_queries(client: Client, account: Account, path: str) -> None:
    fill(account, range(1, 3), LISTS[path])
    page, fragment = queries(client, path), queries(client, path, hx_request="true")
    fill(account, range(3, 30), LISTS[path])
    shown = client.get(path).context["page"].threads
    assert len(shown) == 29
    assert queries(client, path) == page
    assert queries(client, path, hx_request="true") == fragment


def test_asking_for_news_looks_at_four_rows_by_their_keys(client: Client, account: Account) -> None:
    """Session, user, profile, and the number of the last change."""
    client.get("/inbox/")
    path = f"/news/?seen={changes.number(account.owner_id)}&section=inbox"
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(path)
    assert (answer.status_code, answer.content) == (204, b"")
    tables = [query["sql"].split('FROM "')[1].split('"')[0] for query in counted]
    assert tables == ["crm_inbox_session", "auth_user", "crm_inbox_profile", "sync_change"]


@pytest.mark.django_db(transaction=True)
def test_whatever_changes_is_news(client: Client, account: Account) -> None:
    def seen() -> int:
        return changes.number(account.owner_id)

    before = seen()
    receive(account, mail("one", "text"), 1)
    assert seen() > before
    for to in ("read", "unread", "archived"):
        before = seen()
        bulk.act(account.owner, Thread.objects.all(), to, timezone.now())
        assert seen() > before
    answer = client.get(f"/news/?seen={before}&section=inbox")
    assert answer.status_code == 200
    assert f"seen={seen()}" in answer.content.decode()


def test_it_counts_what_is_newer_than_the_page(client: Client, account: Account) -> None:
    fill(account, range(1, 3), Thread.State.INBOX)
    page = client.get("/inbox/").content.decode()
    url = page.split('data-newer="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(url).content.strip() == b""
    fill(account, range(3, 6), Thread.State.INBOX)
    assert "3 new conversations" in client.get(url).content.decode()
    fill(account, range(6, 7), Thread.State.ARCHIVED)
    assert client.get(url).content.strip() == b""
