"""Help in both languages, and the guided clean-up."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from contacts.models import Contact
from crm_inbox.views.helping import TOPICS
from sync.models import Account, Message, Thread
from tests.site.conftest import mail, make_account, receive

EWA = "Ewa <ewa@klient.example>"


@pytest.mark.parametrize("slug", TOPICS)
def test_every_topic_is_there_in_every_language(client: Client, anna: User, slug: str) -> None:
    texts = set()
    for language, _name in settings.LANGUAGES:
        page = client.get(f"/help/{slug}/", headers={"Accept-Language": language})
        assert page.status_code == 200
        texts.add(page.content.decode().partition("<article")[2].partition("</article>")[0])
    assert len(texts) == len(settings.LANGUAGES)
    assert f"/help/{slug}/" in client.get("/help/").content.decode()


def test_an_unknown_topic_is_none(client: Client, anna: User) -> None:
    assert client.get("/help/nonsense/").status_code == 404


def test_the_clean_up_keeps_mail_from_contacts_and_can_be_undone(
    client: Client, account: Account
) -> None:
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    receive(account, mail("from", "text", sender=EWA), 1)
    only_sent = receive(account, mail("to", "text"), 2)
    Message.objects.filter(pk=only_sent.pk).update(direction="sent")
    Thread.objects.filter(pk=only_sent.thread_id).update(to_contact=True)
    receive(account, mail("stranger", "text"), 3)
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("his", "text"))
    page = client.get("/help/clean-up/")
    assert "2 conversations have none" in page.content.decode()
    assert "About his" not in page.content.decode()
    form = {"to": "trashed", "as_of": page.context["as_of"].isoformat()}
    done = client.post("/help/clean-up/", form, follow=True)
    assert "2 conversations moved to the trash." in done.content.decode()
    inbox = Thread.objects.filter(owner=account.owner, state=Thread.State.INBOX)
    assert [thread.subject for thread in inbox] == ["About from"]
    action = str(next(iter(done.context["messages"])).extra_tags)
    undone = client.post(f"/undo/{action}/", follow=True)
    assert "2 conversations are as they were." in undone.content.decode()
    assert inbox.all().count() == 3
    assert Thread.objects.get(owner=other.owner).state == Thread.State.INBOX


@pytest.mark.parametrize("form", [{}, {"to": "inbox"}, {"to": "trashed", "as_of": "soon"}])
def test_a_clean_up_without_its_form_changes_nothing(
    client: Client, account: Account, form: dict[str, str]
) -> None:
    receive(account, mail("stranger", "text"))
    assert client.post("/help/clean-up/", form).status_code == 400
    assert Thread.objects.get().state == Thread.State.INBOX


def test_with_nothing_to_clean_up_it_says_so(client: Client, anna: User) -> None:
    assert "There is nothing to clean up." in client.get("/help/clean-up/").content.decode()
