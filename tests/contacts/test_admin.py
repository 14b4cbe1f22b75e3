import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from contacts.models import Address, Contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("anna", "anna@demo.example", "x"))
    return client


def form(name: str, *emails: str) -> dict[str, str]:
    """The fields that the admin's "add contact" form posts."""
    typed = {f"addresses-{i}-email": email for i, email in enumerate(emails)}
    counts = {"addresses-TOTAL_FORMS": str(len(emails)), "addresses-INITIAL_FORMS": "0"}
    return {"name": name, "organization": ""} | typed | counts


def test_it_adds_a_contact_with_two_addresses(staff: Client) -> None:
    url = reverse("admin:contacts_contact_add")
    assert staff.post(url, form("Jan", "Jan@a.example", "jan@b.example")).status_code == 302
    stored = set(Address.objects.values_list("normalized", flat=True))
    assert stored == {"jan@a.example", "jan@b.example"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [("jan", "This is not an email address."), ("EWA@a.example", "already belongs to Ewa.")],
)
def test_it_says_why_an_address_is_refused(staff: Client, typed: str, said: str) -> None:
    Contact.objects.create(name="Ewa").add_address("ewa@a.example")
    answer = staff.post(reverse("admin:contacts_contact_add"), form("Jan", typed))
    assert said in answer.content.decode()
    assert Contact.objects.count() == 1


def test_it_searches_contacts_by_address(staff: Client) -> None:
    Contact.objects.create(name="Ewa").add_address("ewa@a.example")
    Contact.objects.create(name="Jan").add_address("jan@b.example")
    page = staff.get(
        reverse("admin:contacts_contact_changelist"), {"q": "b.example"}
    ).content.decode()
    assert "Jan" in page
    assert "Ewa" not in page
