"""The Email sync page: previews, the certificate, why a message is not here."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contacts.models import Contact
from sync import deleting, explaining, inquiries
from sync.models import Account, Inquiry, LedgerEntry, Message
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def synced(mailbox: Mailbox) -> Client:
    """Anna, signed in, with one letter here and three left out."""
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    mailbox.deliver("new")
    mailbox.deliver("old", days=20)
    mailbox.deliver("ewa", days=21, sender="ewa@klient.example")
    mailbox.deliver("spam", "Junk")
    mailbox.first_sync()
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    return client


def text(client: Client, path: str) -> str:
    """The page without its tags, in one line."""
    page = client.get(path, follow=True).content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", page).split()).replace("&#x27;", "'")


def work() -> None:
    """What the workers would do now."""
    for inquiry in Inquiry.objects.filter(state=Inquiry.State.WAITING):
        inquiries.answer(inquiry.pk)


def search(client: Client, mailbox: Mailbox, words: str) -> str:
    """Where the answer is shown."""
    answer = client.post(f"/email-sync/{mailbox.account.pk}/why/", {"words": words})
    work()
    return str(answer["Location"])


def key(name: str, path: str) -> str:
    inquiry = Inquiry.objects.get(pk=int(path.split("/")[-2]))
    (hit,) = (h for h in inquiry.answer["hits"] if h["message_id"] == f"{name}@mail.example")
    return str(hit["key"])


def test_a_preview_says_what_would_come(synced: Client, mailbox: Mailbox) -> None:
    path = f"/email-sync/{mailbox.account.pk}/past/preview/"
    synced.post(path, {"months": "1", "scope": "everyone"})
    assert "Looking ahead" in text(synced, "/email-sync/")
    work()
    page = text(synced, "/email-sync/")
    assert "This would come: Messages 2 With contacts 1 Size" in page
    assert "less than a minute" in page
    synced.post(path, {"months": "1", "scope": "contacts"})
    work()
    assert "This would come: Messages 1 With contacts 1" in text(synced, "/email-sync/")
    synced.post(f"/email-sync/{mailbox.account.pk}/past/", {"months": "1", "scope": "contacts"})
    mailbox.sync()
    assert mailbox.letters == ["ewa", "new"]
    # What was found out before that sync holds no more.
    assert "This would come" not in text(synced, "/email-sync/")
    synced.post(path, {"months": "1", "scope": "contacts"})
    work()
    assert "Nothing is missing: all of this is here already." in text(synced, "/email-sync/")


def test_a_preview_comes_as_a_part_of_the_page_while_it_is_worked_out(
    synced: Client, mailbox: Mailbox
) -> None:
    path = f"/email-sync/{mailbox.account.pk}/past/preview/"
    form = {"months": "1", "scope": "everyone"}
    begun = synced.post(path, form, headers={"HX-Request": "true"}).content.decode()
    inquiry = Inquiry.objects.get()
    state = f"/email-sync/previews/{inquiry.pk}/"
    assert state in begun
    assert "<html" not in begun
    work()
    done = synced.get(state, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in done
    assert "This would come" in done


def test_what_was_deleted_is_named_in_the_preview(synced: Client, mailbox: Mailbox) -> None:
    mailbox.past_sync(1)
    deleting.bury([Message.objects.get(message_id="old@mail.example").pk])
    mailbox.deliver("forgotten", days=40)
    path = f"/email-sync/{mailbox.account.pk}/past/preview/"
    synced.post(path, {"months": "1", "scope": "everyone", "restore": "on"})
    work()
    assert "Messages 1 With contacts 0" in text(synced, "/email-sync/")


def test_a_preview_that_fails_says_why(synced: Client, mailbox: Mailbox) -> None:
    Account.objects.update(port=1)
    path = f"/email-sync/{mailbox.account.pk}/past/preview/"
    synced.post(path, {"months": "1", "scope": "everyone"})
    work()
    assert "does not accept connections on this port" in text(synced, "/email-sync/")


def test_the_certificate_adds_up_and_repairs(synced: Client, mailbox: Mailbox) -> None:
    path = f"/email-sync/{mailbox.account.pk}/completeness/"
    assert "Not checked yet" in text(synced, path)
    synced.post(path)
    assert "Comparing with the server" in text(synced, path)
    work()
    page = text(synced, path)
    assert "3 on the server, 1 here, 2 left out, 0 missing" in page
    assert "Older than what was synced: 2" in page
    assert "Junk: 1" in page
    assert "3 on the server, 1 here" in text(synced, "/email-sync/")
    LedgerEntry.objects.filter(state="stored").delete()
    Message.objects.all().delete()
    synced.post(path)
    work()
    assert "Fetch the missing message" in text(synced, path)
    synced.post(f"/email-sync/{mailbox.account.pk}/repair/")
    mailbox.sync()
    assert "Mail has been fetched since then." in text(synced, path)
    synced.post(path)
    work()
    assert "Mail has been fetched since then." not in text(synced, path)
    assert "3 on the server, 1 here, 2 left out, 0 missing" in text(synced, path)


def test_the_messages_behind_a_reason_can_be_looked_at(
    synced: Client, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = mailbox.account.folders.get(name="INBOX").pk
    form = {"folder": str(folder), "reason": "too_old"}
    answer = synced.post(f"/email-sync/{mailbox.account.pk}/left-out/", form)
    work()
    page = text(synced, answer["Location"])
    assert "Letter old" in page
    assert "Letter ewa" in page
    assert "Letter new" not in page
    # It is the heading and the title; each of them does not repeat it.
    assert page.count("Older than what was synced") == 2
    monkeypatch.setattr(explaining, "A_PAGE", 1)
    answer = synced.post(f"/email-sync/{mailbox.account.pk}/left-out/", form)
    work()
    page = text(synced, answer["Location"])
    assert "2 messages in the mailbox at the provider The newest are shown." in page
    assert "Older" in page
    (shown,) = Inquiry.objects.latest("pk").answer["hits"]
    answer = synced.post(
        f"/email-sync/{mailbox.account.pk}/left-out/", {**form, "before": str(shown["uid"])}
    )
    work()
    (older,) = Inquiry.objects.latest("pk").answer["hits"]
    assert older["uid"] < shown["uid"]
    bad = synced.post(f"/email-sync/{mailbox.account.pk}/left-out/", {"folder": "x"})
    assert bad.status_code == 404


def test_a_message_that_is_not_here_says_why_and_is_imported(
    synced: Client, mailbox: Mailbox
) -> None:
    path = search(synced, mailbox, "Letter old")
    page = text(synced, path)
    assert "It is older than the period that was synced." in page
    assert "Import it" in page
    synced.post(f"{path}import/", {"key": key("old", path)})
    assert "It is known and waits to be fetched" in text(synced, path)
    mailbox.sync()
    page = text(synced, path)
    assert "This message is here." in page
    assert "Open the conversation" in page
    assert mailbox.letters == ["new", "old"]


def test_deleted_mail_is_imported_only_after_a_question(synced: Client, mailbox: Mailbox) -> None:
    deleting.bury([Message.objects.get().pk])
    path = search(synced, mailbox, "new@mail.example")
    page = text(synced, path)
    assert "You deleted it here" in page
    assert "Bring back what you deleted?" in page
    synced.post(f"{path}import/", {"key": key("new", path)})
    mailbox.sync()
    assert mailbox.letters == []
    synced.post(f"{path}import/", {"key": key("new", path), "restore": "yes"})
    mailbox.sync()
    assert mailbox.letters == ["new"]


def test_a_search_that_finds_nothing_says_what_next(synced: Client, mailbox: Mailbox) -> None:
    assert "holds no such message" in text(synced, search(synced, mailbox, "nowhere"))
    assert not Inquiry.objects.filter(asked={"words": ""}).exists()
    assert search(synced, mailbox, "  \n ") == "/email-sync/"
    assert "Write a sender, a subject or a Message-ID." in text(synced, "/email-sync/")


def test_a_search_can_be_stopped(synced: Client, mailbox: Mailbox) -> None:
    synced.post(f"/email-sync/{mailbox.account.pk}/why/", {"words": "letter"})
    inquiry = Inquiry.objects.get()
    answer = synced.post(f"/email-sync/inquiries/{inquiry.pk}/", {"state": "cancelled"})
    work()
    assert "The search was stopped." in text(synced, answer["Location"])
