"""Importing contacts from CSV with a preview, and exporting them."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts import import_work, tasks
from contacts.lines import MOST_LINES
from contacts.models import Address, Contact, Organization, Upload
from sync.models import Account, Thread
from tests.site.conftest import mail, receive

TABLE = """Imię;Nazwisko;Firma;E-mail;Uwagi
Ewa;Żak;Klient;ewa@klient.example, ewa.zak@klient.example;x
Jan;Nowak;Klient;JAN@firma.example;
Zła;;;nobody;
;;;;
Ewa;Again;;ewa@klient.example;
;;Sama firma;;
;;;;only a note
"""


def send(client: Client, data: bytes) -> str:
    file = SimpleUploadedFile("people.csv", data, "text/csv")
    answer = client.post("/contacts/import/", {"file": file}, follow=True)
    return str(answer.content.decode())


def test_the_preview_says_what_becomes_of_each_line(client: Client, anna: User) -> None:
    Contact.objects.create(name="Jan Stary").add_address("jan@firma.example")
    page = send(client, TABLE.encode())
    assert "2 new contacts" in page
    assert "“JAN@firma.example” belongs to Jan Stary" in page
    assert "“ewa@klient.example” belongs to Ewa Żak" in page
    assert "“nobody” is not an email address." in page
    assert "It has neither a name nor an address." in page
    assert Contact.objects.count() == 1


def import_it(client: Client, **choices: str) -> str:
    """The report of what was uploaded last, imported as a worker would."""
    upload = Upload.objects.latest("pk")
    data = {"import": "1", "previewed": upload.columns, **choices}
    answer = client.post(f"/contacts/import/{upload.pk}/", data, follow=True)
    upload.refresh_from_db()
    import_work.work(upload, 60)
    return str(client.get(answer.request["PATH_INFO"]).content.decode())


def test_the_import_links_the_mail_that_is_here(client: Client, account: Account) -> None:
    receive(account, mail("one", "text", sender="Ewa <ewa@klient.example>"))
    send(client, TABLE.encode())
    report = import_it(client)
    for said in ("3 contacts imported", "1 row left out", "2 rows cannot be imported"):
        assert said in report
    assert "“nobody” is not an email address." in report
    ewa = Contact.objects.get(name="Ewa Żak")
    assert ewa.organization is not None
    assert [row.email for row in ewa.addresses.all()] == [
        "ewa@klient.example",
        "ewa.zak@klient.example",
    ]
    assert Contact.objects.filter(name="Sama firma", organization__name="Sama firma").exists()
    assert Thread.objects.get().from_contact
    assert not bytes(Upload.objects.get().data)


@pytest.mark.parametrize(
    ("duplicates", "name", "organization", "addresses"),
    [
        ("leave", "Ewa", "", 1),
        ("complete", "Ewa", "Klient", 3),
        ("update", "Ewa Żak", "Klient", 3),
    ],
)
def test_what_becomes_of_duplicates_is_chosen(
    client: Client, anna: User, duplicates: str, name: str, organization: str, addresses: int
) -> None:
    ewa = Contact.objects.create(name="Ewa")
    ewa.add_address("ewa@klient.example")
    again = "Ewa Żak,Klient,ewa@klient.example new@klient.example\n,,ewa@klient.example more@k.pl\n"
    page = send(client, f"Name,Company,Email\n{again}Jan,,jan@firma.example\n".encode())
    assert "2 rows of existing contacts" in page
    assert "New: new@klient.example" in page
    import_it(client, duplicates=duplicates)
    ewa.refresh_from_db()
    assert ewa.name == name
    assert (ewa.organization.name if ewa.organization else "") == organization
    assert ewa.addresses.count() == addresses
    assert Contact.objects.count() == 2


def test_a_file_imported_twice_makes_nobody_twice(client: Client, anna: User) -> None:
    for _time in range(2):
        send(client, TABLE.encode())
        import_it(client, duplicates="complete")
    assert Contact.objects.count() == 3


def test_a_large_file_is_imported_in_the_background(client: Client, anna: User) -> None:
    rows = "".join(f"Person {number},p{number}@firma.example\n" for number in range(2_500))
    page = send(client, f"Name,Email\n{rows}".encode())
    assert "1,500 more rows are judged in the same way" in page
    upload = Upload.objects.get()
    client.post(f"/contacts/import/{upload.pk}/", {"import": "1", "previewed": upload.columns})
    assert not Contact.objects.exists()
    upload.refresh_from_db()
    # A slice of time that is over after one batch; then a worker dies, and another goes on.
    assert import_work.work(upload, 0.000001)
    running = client.get(f"/contacts/import/{upload.pk}/report/").content.decode()
    assert "1000 of 2500 rows" in running
    assert 'hx-trigger="every 1s"' in running
    assert "Import another file" not in running
    stale = Upload.objects.get()
    tasks.import_contacts(upload.pk)
    assert not import_work.work(stale, 60)
    assert Contact.objects.count() == Address.objects.count() == 2_500
    done = client.get(f"/contacts/import/{upload.pk}/report/", headers={"HX-Request": "true"})
    assert "2500 contacts imported" in done.content.decode()
    assert "hx-trigger" not in done.content.decode()


def test_columns_can_be_chosen_by_hand(client: Client, anna: User) -> None:
    send(client, b"one,two\nEwa,ewa@klient.example\n")
    url = f"/contacts/import/{Upload.objects.get().pk}/"
    assert 'name="import"' not in client.get(url).content.decode()
    again = client.post(url, {"column": ["name", "address"]}).content.decode()
    assert "1 new contact" in again
    assert "You changed the columns." not in again
    seen = re.findall(r'name="previewed" value="(\w*)"', again)
    client.post(url, {"column": ["name", "address"], "previewed": seen, "import": "1"})
    assert Contact.objects.get(name="Ewa").addresses.count() == 1


def test_columns_that_nobody_has_seen_are_previewed_first(client: Client, anna: User) -> None:
    page = send(client, b"Name,Company,Email\nEwa,Klient,ewa@klient.example\n")
    url = f"/contacts/import/{Upload.objects.get().pk}/"
    seen = re.findall(r'name="previewed" value="(\w*)"', page)
    assert seen == ["name", "organization", "address"]
    changed = {"column": ["organization", "name", "address"], "import": "1"}
    page = client.post(url, {**changed, "previewed": seen}).content.decode()
    assert "You changed the columns." in page
    assert "1 new contact" in page
    assert not Contact.objects.exists()
    assert Upload.objects.get().state == Upload.State.WAITING
    seen = re.findall(r'name="previewed" value="(\w*)"', page)
    assert seen == changed["column"]
    report = client.post(url, {**changed, "previewed": seen}, follow=True).content.decode()
    assert "1 contact imported" in report
    assert "Import another file" in report
    assert Contact.objects.get(name="Klient", organization__name="Ewa").addresses.count() == 1


CARDS = """BEGIN:VCARD
VERSION:3.0
FN:Ewa Żak
ORG:Klient;Dział
EMAIL;TYPE=INTERNET:ewa@klient.example
EMAIL;TYPE=INTERNET,PREF:zak@klient.example
END:VCARD
BEGIN:VCARD
FN:Cut off
BEGIN:VCARD
VERSION:4.0
FN:Jan
EMAIL:nobody
END:VCARD
"""


def test_vcards_are_imported_each_for_itself(client: Client, anna: User) -> None:
    page = send(client, CARDS.encode())
    assert "The card has no end, so it may be cut off." in page
    assert "What the columns are" not in page
    report = import_it(client)
    assert "1 contact imported" in report
    assert "2 rows cannot be imported" in report
    ewa = Contact.objects.get()
    assert (ewa.name, str(ewa.organization)) == ("Ewa Żak", "Klient")
    assert ewa.addresses.all()[0].email == "zak@klient.example"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"nothing", "This is neither a CSV file"),
        (b"name\n" + b"x\n" * (MOST_LINES + 1), "more than 200,000 contacts"),
        (b"name\n" + b"x" * 15_000_000, "larger than 15 MB"),
    ],
)
def test_a_file_that_cannot_be_imported_is_told(
    client: Client, anna: User, data: bytes, said: str
) -> None:
    assert said in send(client, data)
    assert "Choose a file first." in client.post("/contacts/import/").content.decode()


def test_nobody_sees_the_upload_of_others(client: Client, anna: User) -> None:
    other = Upload.objects.create(owner=User.objects.create_user("jan"), name="x", data=b"a\nb")
    for place in ("", "report/"):
        assert client.get(f"/contacts/import/{other.pk}/{place}").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "vcard"])
def test_what_is_exported_can_be_imported(client: Client, anna: User, kind: str) -> None:
    send(client, TABLE.encode())
    import_it(client)
    formula = Contact.objects.create(name="=HYPERLINK(1), \\;\n")
    formula.organization = Organization.objects.create(name="Ż; ó\\w, " + "dług" * 30)
    formula.save()
    Contact.objects.get(name="Ewa Żak").make_main("ewa.zak@klient.example")
    before = everybody()
    answer = client.get("/contacts/export/", {"as": kind})
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert all(len(line) <= 75 for line in data.splitlines()) or kind == "csv"
    assert ("'=HYPERLINK(1)" in data.decode()) == (kind == "csv")
    Contact.objects.all().delete()
    Organization.objects.all().delete()
    send(client, data)
    import_it(client)
    assert everybody() == before


def everybody() -> set[tuple[str, str, tuple[str, ...]]]:
    rows = Contact.objects.select_related("organization").prefetch_related("addresses")
    return {
        (
            " ".join(row.name.split()),
            row.organization.name if row.organization else "",
            tuple(address.email for address in row.addresses.all()),
        )
        for row in rows
    }
