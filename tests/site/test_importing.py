"""Importing contacts from CSV with a preview, and exporting them."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.importing import (
    MOST_ROWS,
    Column,
    UnreadableTable,
    guess_columns,
    read_table,
)
from contacts.models import Contact, Upload
from sync.models import Account, Thread
from tests.site.conftest import mail, receive

TABLE = """Imię;Nazwisko;Firma;E-mail;Uwagi
Ewa;Żak;Klient;ewa@klient.example, ewa.zak@klient.example;x
Jan;Nowak;Klient;JAN@firma.example;
Zła;;;nobody;
;;;;
Ewa;Again;;ewa@klient.example;
;;Sama firma;;
"""


def send(client: Client, data: bytes) -> str:
    file = SimpleUploadedFile("people.csv", data, "text/csv")
    answer = client.post("/contacts/import/", {"file": file}, follow=True)
    return str(answer.content.decode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_it_reads_any_encoding(encoding: str) -> None:
    table = read_table(TABLE.encode(encoding))
    assert table.rows[0][:2] == ["Ewa", "Żak"]
    assert guess_columns(table.header) == [
        *(Column.FIRST_NAME, Column.LAST_NAME, Column.ORGANIZATION, Column.ADDRESS),
        Column.IGNORED,
    ]


def test_it_knows_the_headers_of_other_products() -> None:
    header = [
        "First Name",
        "Last Name",
        "Company",
        "E-mail 1 - Label",
        "E-mail 1 - Value",
        "Address",
    ]
    assert guess_columns(header) == [
        *(Column.FIRST_NAME, Column.LAST_NAME, Column.ORGANIZATION),
        *(Column.IGNORED, Column.ADDRESS, Column.IGNORED),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"only a heading", b"\n\n", b"a,b\n\0\0\n", b"\x89PNG\r\n\x1a\n\0"]
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableTable):
        read_table(data)


def test_the_preview_says_what_becomes_of_each_line(client: Client, anna: User) -> None:
    Contact.objects.create(name="Jan Stary").add_address("jan@firma.example")
    page = send(client, TABLE.encode())
    assert "1 new contact" in page
    assert "“JAN@firma.example” belongs to Jan Stary" in page
    assert "“ewa@klient.example” belongs to Ewa Żak" in page
    assert "“nobody” is not an email address." in page
    assert "It has neither a name nor an address." in page
    assert Contact.objects.count() == 1


def test_the_import_links_the_mail_that_is_here(client: Client, account: Account) -> None:
    receive(account, mail("one", "text", sender="Ewa <ewa@klient.example>"))
    send(client, TABLE.encode())
    url = f"/contacts/import/{Upload.objects.get().pk}/"
    done = client.post(url, {"import": "1"}, follow=True)
    assert "2 contacts imported." in done.content.decode()
    ewa = Contact.objects.get(name="Ewa Żak")
    assert ewa.organization is not None
    assert ewa.addresses.count() == 2
    assert Thread.objects.get().from_contact
    assert not Upload.objects.exists()


def test_columns_can_be_chosen_by_hand(client: Client, anna: User) -> None:
    send(client, b"one,two\nEwa,ewa@klient.example\n")
    url = f"/contacts/import/{Upload.objects.get().pk}/"
    assert 'name="import"' not in client.get(url).content.decode()
    again = client.post(url, {"column": ["name", "address"]}).content.decode()
    assert "1 new contact" in again
    client.post(url, {"column": ["name", "address"], "import": "1"})
    assert Contact.objects.get(name="Ewa").addresses.count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"nothing", "This is no CSV file"),
        (b"name\n" + b"x\n" * (MOST_ROWS + 1), "more than 20000 rows"),
        (b"name\n" + b"x" * 5_000_000, "larger than 5 MB"),
    ],
)
def test_a_file_that_cannot_be_imported_is_told(
    client: Client, anna: User, data: bytes, said: str
) -> None:
    assert said in send(client, data)
    assert "Choose a file first." in client.post("/contacts/import/").content.decode()


def test_nobody_sees_the_upload_of_others(client: Client, anna: User) -> None:
    other = Upload.objects.create(owner=User.objects.create_user("jan"), name="x", data=b"a\nb")
    assert client.get(f"/contacts/import/{other.pk}/").status_code == 404


def test_what_is_exported_can_be_imported(client: Client, anna: User) -> None:
    send(client, TABLE.encode())
    client.post(f"/contacts/import/{Upload.objects.get().pk}/", {"import": "1"})
    Contact.objects.create(name="=HYPERLINK(1)")
    data = b"".join(client.get("/contacts/export/").streaming_content)  # type: ignore[attr-defined]
    assert "'=HYPERLINK(1)" in data.decode()
    Contact.objects.all().delete()
    send(client, data)
    client.post(f"/contacts/import/{Upload.objects.get().pk}/", {"import": "1"})
    assert Contact.objects.get(name="Ewa Żak").addresses.count() == 2
    assert Contact.objects.count() == 3
