"""No page of the contacts asks the database more where it has more to show."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact, Organization, Upload
from sync.models import Account
from tests.site.conftest import mail, receive

PAGES = (
    "/contacts/",
    "/contacts/?words=person",
    "/contacts/{first}/",
    "/contacts/{first}/?words=person",
    "/contacts/{first}/merge/?with={second}",
    "/contacts/add/?address=new@x.example&words=person",
    "/organizations/",
    "/organizations/{firma}/",
    "/contacts/import/",
    "/contacts/import/{upload}/",
    "/contacts/export/",
    "/contacts/export/?as=vcard",
)


def more(account: Account, start: int, end: int) -> None:
    """Contacts with two addresses and an organisation each, mail and lines of an upload."""
    for number in range(start, end):
        firma, _ = Organization.objects.get_or_create(name=f"Firma {number % 5}")
        person = Contact.objects.create(name=f"Person {number}", organization=firma)
        person.add_addresses([f"p{number}@x.example", f"q{number}@x.example"])
        first = Contact.objects.order_by("pk")[0]
        first.add_address(f"r{number}@x.example")
        for kind in "pr":
            sender = f"P <{kind}{number}@x.example>"
            receive(
                account, mail(f"{kind}{number}", "x", sender=sender), 2 * number + (kind == "p")
            )
    rows = "".join(f"Person {number},p{number}@x.example,y{number}@y.pl\n" for number in range(end))
    Upload.objects.all().delete()
    Upload.take(account.owner, "people.csv", f"Name,Email,Email\n{rows}".encode())


def counted(client: Client) -> dict[str, int]:
    first, second = Contact.objects.order_by("pk")[:2]
    places = {
        "first": first.pk,
        "second": second.pk,
        "firma": first.organization_id,
        "upload": Upload.objects.get().pk,
    }
    counts = {}
    for page in PAGES:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page.format(**places))
            if answer.streaming:
                list(answer.streaming_content)  # type: ignore[attr-defined]
        assert answer.status_code == 200, page
        counts[page] = len(queries)
    return counts


@pytest.mark.usefixtures("anna")
def test_more_rows_need_no_more_queries(client: Client, account: Account, anna: User) -> None:
    more(account, 0, 6)
    few = counted(client)
    more(account, 6, 25)
    assert counted(client) == few
