"""Who takes part in a conversation, in lists: "Isla, me", and to whom the owner has written."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from crm_inbox.speakers import who
from sync import summaries
from sync.models import Account, Message, Thread
from tests.site.conftest import mail, receive

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        (["Isla Garside"], "Isla Garside"),
        (["isla@x.example"], "isla@x.example"),
        ([""], "(no sender)"),
        ([None], "me"),
        (["Isla Garside", None], "Isla, me"),
        ([None, "Garside, Isla"], "me, Isla"),
        ([None, "中村 拓也"], "me, 中村 拓也"),
        (["isla@x.example", None], "isla, me"),
        (["", None], "(no sender), me"),
        (["Isla Garside", "Jan Żółw", None], "Isla, Jan, me"),
        ([None, "Isla Garside", "Jan Żółw", "Ewa Nowak"], "me … Jan, Ewa"),
        ([], "(no sender)"),
    ],
)
def test_several_are_given_names_and_the_owner_is_me(
    anna: User, people: list[str | None], shown: str
) -> None:
    assert who(anna, [Thread(pk=1, owner=anna, people=people)]) == {1: shown}


def test_a_colleague_sees_the_owners_name(anna: User) -> None:
    ola = User.objects.create_user("ola")
    thread = Thread(pk=1, owner=ola, people=["Isla Garside", None])
    assert who(anna, [thread]) == {1: "Isla, ola"}


def sent(account: Account, to: str) -> Message:
    raw = mail("offer", "text", sender=f"Anna <{account.address}>")
    message = receive(account, raw.replace(b"To: me@crm.example", f"To: {to}".encode()))
    Message.objects.update(direction="sent")
    summaries.refresh([message.thread_id])
    return message


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("Isla Garside <isla@x.example>", "To: Isla Garside"),
        ("isla@x.example", "To: isla@x.example"),
        ("Isla Garside <isla@x.example>, Jan Nowak <jan@x.example>", "To: Isla, Jan"),
    ],
)
def test_where_nobody_has_answered_it_is_to_whom(
    client: Client, account: Account, to: str, shown: str
) -> None:
    sent(account, to)
    assert shown in client.get("/inbox/").content.decode()


def test_the_list_says_it_in_polish(client: Client, account: Account) -> None:
    thread = sent(account, "Isla Garside <isla@x.example>").thread
    Thread.objects.filter(pk=thread.pk).update(people=["Isla Garside", None])
    client.post("/settings/", {"language": "pl"})
    assert "Isla, ja" in client.get("/inbox/").content.decode()


def details(client: Client, message: Message) -> str:
    page = client.get(f"/conversations/{message.thread_id}/").content.decode()
    return page[page.index('<details class="letter"') :]


def test_on_its_page_the_owner_is_me_and_the_details_say_who(
    client: Client, account: Account
) -> None:
    message = sent(account, "Isla Garside <isla@x.example>, Jan <jan@x.example>")
    shown = details(client, message)
    assert '<span class="sender" dir="auto">me</span>' in shown
    assert "to Isla, Jan" in shown
    assert "<bdi>Anna</bdi>" in shown
    assert "&lt;me@crm.example&gt;" in shown


@pytest.mark.parametrize(
    ("others", "shown"),
    [
        ("", "to me<"),
        (", Isla Garside <isla@x.example>", "to me, Isla<"),
        (", a@x.example, b@x.example, c@x.example, d@x.example", "to me, a, b and 2 more<"),
    ],
)
def test_a_message_says_to_whom_it_went(
    client: Client, account: Account, others: str, shown: str
) -> None:
    raw = mail("one", "text").replace(b"To: me@crm.example", f"To: me@crm.example{others}".encode())
    message = receive(account, raw)
    assert shown in details(client, message)
    client.post("/settings/", {"language": "pl"})
    polish = shown.replace("to me", "do mnie").replace("and 2 more", "i jeszcze 2")
    assert polish in details(client, message)


def test_in_a_shared_conversation_the_owner_is_not_me(client: Client, account: Account) -> None:
    message = sent(account, "Isla Garside <isla@x.example>")
    message.thread.share(with_team=True)
    client.force_login(User.objects.create_user("ola"))
    assert '<span class="sender" dir="auto">Anna</span>' in details(client, message)
