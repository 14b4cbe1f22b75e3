"""Best matches first, and what a misspelt search may have meant."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sync import ranking, searching
from sync.models import Account, SearchWord
from tests.site.conftest import mail, make_account, receive


@pytest.fixture
def mails(account: Account) -> None:
    receive(account, mail("zeppelin", "In the subject, and the oldest."), 1)
    receive(account, mail("sender", "x", sender="Z <info@zeppelin.example>"), 2)
    receive(account, mail("text", "a zeppelin among żółwie and " + "other words " * 30), 3)
    receive(account, mail("else", "nothing of the kind"), 4)
    index()


def index() -> None:
    while searching.index_batch():
        pass


def found(client: Client, query: str) -> list[str]:
    page = client.get(f"/search/?{query}").context["page"]
    return [thread.subject.removeprefix("About ") for thread in page.threads]


def test_the_best_match_comes_first_where_it_is_asked_for(client: Client, mails: None) -> None:
    assert found(client, "q=zeppelin") == ["text", "sender", "zeppelin"]
    assert found(client, "q=zeppelin&order=best") == ["zeppelin", "sender", "text"]
    page = client.get("/search/?q=zeppelin&order=best").content.decode()
    assert re.search(r'aria-current="true">\s*Best match', page)
    # Where there is no word to rank by, there is no choice.
    assert "Best match" not in client.get("/search/?q=has:attachment&order=best").content.decode()


def test_what_is_old_has_to_match_better() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    year = timedelta(days=365)
    ranked = [(1, 0.6, now - year), (2, 0.06, now), (3, 0.06, now - 2 * year), (2, 0.01, now)]
    assert ranking._sorted([4, 3, 2, 1], ranked, now) == [1, 2, 3, 4]


def test_the_best_matches_leaf_and_are_moved_as_any(client: Client, account: Account) -> None:
    for number in range(1, 56):
        receive(account, mail(f"n{number}", "needle"), number)
    index()
    first = client.get("/search/?q=needle&order=best").context["page"]
    assert (str(first.older), first.newer) == ("50", None)
    second = client.get("/search/?q=needle&order=best&before=50").context["page"]
    assert (second.older, str(second.newer)) == (None, "0")
    pages = [thread.pk for page in (first, second) for thread in page.threads]
    assert len(pages) == len(set(pages)) == 55
    for odd in ("before=x", "before=999", "before=1.2", "after=-1"):
        assert client.get(f"/search/?q=needle&order=best&{odd}").status_code == 200


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("zepelin", "zeppelin"),
        ("ŻÓWIE", "zolwie"),
        ("from:zepelin", "from:zeppelin"),
        ("subject:zepelin zowie", ""),
        ("zepelin zowie", "zeppelin zolwie"),
        ("zepelin holiday", ""),
        ("qqqqqqq", ""),
        ("123456", ""),
        ("% _", ""),
    ],
)
def test_it_says_what_may_have_been_meant(
    client: Client, mails: None, text: str, meant: str
) -> None:
    answer = client.get("/search/", {"q": text})
    if not answer.context["page"].threads:
        assert answer.context["meant"] == meant
        assert ("Did you mean" in answer.content.decode()) == bool(meant)


def test_it_suggests_no_word_of_other_peoples_mail(client: Client, account: Account) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("secret", "zeppelin"))
    index()
    assert client.get("/search/?q=zepelin").context["meant"] == ""
    assert SearchWord.objects.filter(account=other, word="zeppelin").exists()
    other.delete()
    assert not SearchWord.objects.exists()


def test_it_suggests_nothing_that_is_gone(client: Client, mails: None, account: Account) -> None:
    account.threads.all().delete()
    assert client.get("/search/?q=zepelin").context["meant"] == ""
