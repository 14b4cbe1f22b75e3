"""Searching mail: words, operators, folded letters, what is marked, what is said."""

import re
from datetime import datetime
from html import unescape
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from crm_inbox.highlight import excerpt, marked
from crm_inbox.search_terms import understand
from sync import searching
from sync.finding import Part, Term
from sync.models import Account, Attachment, Folder, Message, Thread
from tests.site.conftest import mail, make_account, receive

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture
def mails(account: Account) -> None:
    receive(account, mail("zoo", "Widzieliśmy żółwie i wielbłądy."), 1)
    offer = receive(account, mail("offer", "See the file", sender="Ewa <ewa@klient.example>"), 2)
    Attachment.objects.create(
        message=offer, section="2", name="Cennik_2026.pdf", content_type="application/pdf", size=1
    )
    receive(account, mail("ewa", "She is on holiday until Monday."), 3)
    while searching.index_batch():
        pass


def found(client: Client, text: str, view: str = "search") -> list[str]:
    page = client.get(f"/{view}/", {"q": text}).context["page"]
    return [thread.subject.removeprefix("About ") for thread in page.threads]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("zolw", ["zoo"]),
        ("ŻÓŁW", ["zoo"]),
        ("zolwie wielblady", ["zoo"]),
        ("zolwie holiday", []),
        ("ewa", ["ewa", "offer"]),
        ("from:ewa", ["offer"]),
        ("subject:ewa", ["ewa"]),
        ("ewa@klient.example", ["offer"]),
        ("klient", ["offer"]),
        ("cennik", ["offer"]),
        ("to:me@crm.example holi", ["ewa"]),
        ('"on holiday"', ["ewa"]),
        ('"holiday on"', []),
        ("from: jan", ["ewa", "zoo"]),
        ("after:2026-11-20", []),
        ("after:2026-11-19 before:2026-11-21 subject:zoo", ["zoo"]),
        ("before:2026", []),
        ("label:inbox subject:zoo", ["zoo"]),
        ("label:none", []),
        ("is:read", []),
        ("contact:nowak", ["offer"]),
        ("it's & | ! ) :* <->", []),
        ("!!!", ["ewa", "offer", "zoo"]),
    ],
)
def test_it_finds(client: Client, mails: None, text: str, names: list[str]) -> None:
    Contact.objects.create(name="Ewa Nowak").add_address("ewa@klient.example")
    assert found(client, text) == names


def test_it_finds_what_is_archived_and_not_what_is_in_the_trash(
    client: Client, mails: None
) -> None:
    Thread.objects.filter(subject="About ewa").update(state=Thread.State.ARCHIVED)
    Thread.objects.filter(subject="About offer").update(state=Thread.State.TRASHED)
    assert found(client, "ewa") == ["ewa"]
    assert found(client, "ewa", "trash") == ["offer"]


def test_nobody_finds_the_mail_of_others(client: Client, mails: None) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("secret", "zolwie"))
    searching.index_batch()
    assert found(client, "zolwie") == ["zoo"]


def test_it_shows_where_the_words_are(client: Client, account: Account) -> None:
    receive(account, mail("long", "beginning " * 100 + "the needle <b> in the hay"))
    searching.index_batch()
    page = client.get("/search/", {"q": "needl"}).content.decode()
    assert "the <mark>needl</mark>e &lt;b&gt; in the hay" in page


@pytest.fixture
def talk(account: Account) -> list[Message]:
    """Four read messages of one conversation, in two of which there is a needle."""
    texts = ("nothing", "the needle: https://x.example/needle?a=1&b=2", "a needle", "the end")
    for number, text in enumerate(texts, 1):
        before = f"References: <m{number - 1}@x.example>\r\n".encode() if number > 1 else b""
        receive(account, before + mail(f"m{number}", text), number)
    while searching.index_batch():
        pass
    Message.objects.update(seen=True)
    return list(Message.objects.order_by("arrived_at"))


@pytest.mark.parametrize("text", ["needle", "needle from:jan", "after:2026-01-01 needle"])
def test_what_was_found_is_open_in_its_conversation(
    client: Client, talk: list[Message], text: str
) -> None:
    page = client.get("/search/", {"q": text}).content.decode()
    link = re.search(r'href="(/conversations/[^"#]+)#message-(\d+)"', page)
    assert link
    assert int(link[2]) == talk[2].pk
    conversation = client.get(unescape(link[1]))
    is_open = [letter.is_open for letter in conversation.context["letters"]]
    assert is_open == [False, True, True, True]
    assert f'name="q"\n         value="{text}"' in conversation.content.decode()


def test_what_was_found_is_marked_in_plain_text(client: Client, talk: list[Message]) -> None:
    path = f"/conversations/{talk[0].thread_id}/"
    shown = client.get(path, {"in": "search", "q": "needle"}).content.decode()
    assert "the <mark>needle</mark>: <a " in shown
    assert 'href="https://x.example/needle?a=1&amp;b=2">' in shown
    assert "https://x.example/<mark>needle</mark>?a=1&amp;b=2</a>" in shown
    later = client.get(f"/messages/{talk[0].pk}/", {"q": "nothing"}, headers={"HX-Request": "true"})
    assert "<mark>nothing</mark>" in later.content.decode()


def test_where_any_message_would_do_none_is_opened(client: Client, talk: list[Message]) -> None:
    for query in ("in=inbox&filter=unread", "in=search&q=is:read"):
        page = client.get(f"/conversations/{talk[0].thread_id}/?{query}")
        is_open = [letter.is_open for letter in page.context["letters"]]
        assert is_open == [False, False, False, True]


def test_it_says_what_it_does_not_understand(client: Client, account: Account) -> None:
    page = client.get("/search/", {"q": "before:soon has:wings is:odd"}).content.decode()
    assert "“soon” is not a day." in page
    assert "Write has:attachment." in page
    assert "Write is:unread or is:read." in page
    assert client.get("/search/", {"q": "a\0b"}).status_code == 200
    page = client.get("/search/", {"q": "word " * 31}).content.decode()
    assert "Only the first 30 words are searched for." in page


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("from:", "from:ewa"),
        ('ewa to:""', "to:ewa"),
        ("subject: !!!", "subject:offer"),
        ("from: subject:zoo", "from:ewa"),
        ("CONTACT:", "contact:nowak"),
        ("label: ", "label:leads"),
        ("has: is:unread", "has:attachment"),
        ("ewa is:", "is:unread"),
        ("after:", "after:2026-03-01"),
    ],
)
def test_an_operator_needs_something_after_it(
    client: Client, mails: None, text: str, example: str
) -> None:
    said = f"Write something after {example.partition(':')[0]}:, such as {example}."
    page = client.get("/search/", {"q": text})
    assert page.context["filter"].search.problems == [said]
    assert said in page.content.decode()


@pytest.mark.parametrize("text", ["after:2026-13-45", "has:wings", "from:", "is:odd ewa"])
@pytest.mark.parametrize("view", ["search", "inbox"])
def test_what_is_not_understood_finds_nothing_and_selects_nothing(
    client: Client, mails: None, text: str, view: str
) -> None:
    page = client.get(f"/{view}/", {"q": text, "order": "best"})
    assert page.context["page"].threads == []
    assert "The search needs a correction" in page.content.decode()
    label = str(Folder.objects.get().pk)
    assert not client.get(f"/{view}/", {"q": text, "label": label}).context["page"].threads
    assert client.get(f"/{view}/count/", {"q": text}).content == b"0"
    asked = {"to": "archived", "all": "1", "as_of": "2030-01-01T00:00:00Z"}
    moved = client.post(f"/{view}/move/?{urlencode({'q': text})}", asked)
    assert moved.status_code == 302
    assert not Thread.objects.filter(state=Thread.State.ARCHIVED).exists()


@pytest.mark.parametrize(
    ("text", "meant"),
    [("frm:ewa", "from"), ("zoo Subjet:offer", "subject"), ("lable:leads", "label")],
)
def test_an_operator_that_is_misspelt_gets_a_hint(
    client: Client, account: Account, text: str, meant: str
) -> None:
    wrong = text.split()[-1].partition(":")[0]
    said = f"There is no {wrong}:. Did you mean {meant}:?"
    assert said in client.get("/search/", {"q": text}).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "10:30",
        "http://x.example",
        "https://x.example",
        "mailto:ewa@x.example",
        "Re: offer",
        "re:offer",
        "Form: A4",
        "temat:oferta",
        '"frm:ewa"',
        "from:frm:ewa",
    ],
)
def test_other_words_with_a_colon_are_words(text: str) -> None:
    search = understand(text, WARSAW)
    assert search.problems + search.hints == []
    assert search.wanted.terms


def test_days_are_the_persons_own() -> None:
    wanted = understand("after:2026-03-01 before:2026-04", WARSAW).wanted
    assert wanted.after == datetime(2026, 3, 2, tzinfo=WARSAW)
    assert wanted.before == datetime(2026, 4, 1, tzinfo=WARSAW)


def test_an_operator_it_does_not_know_is_a_word() -> None:
    terms = understand("re:offer to:ewa", WARSAW).wanted.terms
    assert terms == (Term("re:offer"), Term("ewa", Part.TO))


def test_marking_escapes_and_ignores_accents() -> None:
    assert marked("<i>Żółw", ["zolw"]) == "&lt;i&gt;<mark>Żółw</mark>"
    assert marked("amazing", ["zing"]) == "amazing"
    assert excerpt("nothing here", ["else"]) == ""


def test_what_was_found_stands_near_the_beginning_of_its_excerpt() -> None:
    assert excerpt("word " * 30 + "needle", ["need"]).index("needle") < 25


def test_more_rows_need_no_more_queries(client: Client, account: Account) -> None:
    receive(account, mail("n0", "needle"), 1)
    searching.index_batch()
    with CaptureQueriesContext(connection) as one:
        client.get("/search/", {"q": "needle"})
    for number in range(1, 12):
        receive(account, mail(f"n{number}", "needle"), number + 1)
    searching.index_batch()
    with CaptureQueriesContext(connection) as many:
        client.get("/search/", {"q": "needle"})
    assert len(many) == len(one)
