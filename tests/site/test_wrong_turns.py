"""What cannot be shown or done is said on pages of the site's own."""

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client

from crm_inbox.redirects import HEADER
from sync.models import Account
from tests.site.conftest import mail, receive

pytestmark = pytest.mark.django_db


def test_a_page_that_is_not_here_says_so(client: Client) -> None:
    answer = client.get("/nonsense/")
    assert answer.status_code == 404
    assert "This page is not here" in answer.content.decode()


def test_it_says_so_in_the_persons_language(client: Client) -> None:
    client.post("/settings/", {"language": "pl"})
    assert "Tej strony tu nie ma" in client.get("/conversations/1/").content.decode()


def test_a_form_from_another_session_says_that_it_is_out_of_date(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    answer = client.post("/settings/", {"language": "pl"})
    assert answer.status_code == 403
    assert "This page is out of date" in answer.content.decode()


@pytest.mark.parametrize("page", ["400", "403", "500"])
def test_other_pages_need_no_request(page: str) -> None:
    assert "CRM Inbox" in render_to_string(f"{page}.html")


def test_who_has_to_sign_in_again_comes_back_to_the_page_of_the_form(db: None) -> None:
    page = "http://testserver/conversations/1/"
    answer = Client().post("/inbox/move/", headers={"referer": page})
    assert answer.headers["Location"].endswith("?next=http%3A//testserver/conversations/1/")
    elsewhere = Client().post("/inbox/move/", headers={"referer": "https://evil.example/"})
    assert elsewhere.headers["Location"].endswith("?next=/")


def test_a_script_that_sends_a_form_is_told_where_to_go(client: Client, account: Account) -> None:
    thread = receive(account, mail("one", "text")).thread_id
    form = {"to": "archived", "thread": thread}
    answer = client.post("/inbox/move/", form, headers={HEADER: "told"})
    assert (answer.status_code, answer.content) == (200, b"/inbox/")
    assert client.post("/inbox/move/", form).status_code == 302
    assert Client().post("/inbox/move/", form, headers={HEADER: "told"}).status_code == 401
