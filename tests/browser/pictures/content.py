"""What the pictures show: the demo's mailbox, really synced, with something on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import User
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from contacts import import_work
from contacts.models import Contact, Upload
from crm_inbox.demo import installation
from crm_inbox.demo.choices import SEED
from crm_inbox.demo.mailbox import ADDRESS, FOLDERS, generate
from crm_inbox.invitations import Invitation
from sync import explaining, inquiries, moving, preview, runs, searching
from sync.models import (
    Account,
    Attachment,
    Hour,
    Inquiry,
    LedgerEntry,
    Message,
    Run,
    Thread,
    TrustedSender,
)
from tests.site.conftest import make_account
from tests.sync.mailbox import NOW, Mailbox

PASSWORD = "open sesame"
_MAILS = 400
_TABLE = """Imię i nazwisko;Firma;E-mail;Uwagi
Żaneta Gęś;Kwiaciarnia Łódź;zaneta@kwiaty.example;poleca Ewa
Jan Kos;;jan.kos@mailbox.example;
Ktoś;;nobody;bez adresu
Żaneta Gęś;Kwiaciarnia Łódź;zaneta@kwiaty.example;drugi raz
"""


@dataclass(frozen=True)
class Content:
    """Where something is that a page is about."""

    anna: User
    piotr: User
    account: Account
    new_account: Account
    long: Thread
    stranger: Thread
    with_file: Attachment
    contact: Contact
    other: Contact
    upload: Upload
    imported: Upload
    found: Inquiry
    left_out: Inquiry
    invitation: str
    passkey: Authenticator


def people() -> tuple[User, User]:
    """Anna, whose mailbox it is, an administrator; Piotr, who has all kinds of second steps."""
    anna, _ = User.objects.get_or_create(username="anna")
    anna.set_password(PASSWORD)
    anna.email, anna.is_staff, anna.is_superuser = ADDRESS, True, True
    anna.save()
    return anna, User.objects.create_user("piotr", "piotr@demo.example", PASSWORD)


def fill(mailbox: Mailbox, anna: User, piotr: User) -> Content:
    """The mailbox of the demo with three months of it synced, worked in a little, and shared."""
    account = _synced(mailbox)
    long, stranger = _work_in_it(anna)
    contact = Contact.objects.filter(addresses__normalized__in=_writers(long)).first()
    assert contact
    uploads = _uploads(anna)
    Hour.add(messages=41, lag=3)
    User.objects.create_user("julia", "julia@demo.example", is_active=False)
    TrustedSender.objects.create(owner=anna, address="julia@demo.example")
    _, invitation = Invitation.make("jan@demo.example", anna, administrator=True)
    return Content(
        *(anna, piotr, account, _other_accounts(anna), long, stranger),
        with_file=Attachment.objects.filter(
            content_type="application/pdf", message__thread__state=Thread.State.INBOX
        )[0],
        contact=contact,
        other=Contact.objects.exclude(pk=contact.pk)[0],
        upload=uploads[0],
        imported=uploads[1],
        found=_asked(account, Inquiry.Kind.FIND, explaining.by_words("quote")),
        left_out=_left_out(account),
        invitation=invitation,
        passkey=_second_steps(piotr),
    )


def _synced(mailbox: Mailbox) -> Account:
    account = mailbox.account
    account.address, account.own_addresses = ADDRESS, [ADDRESS]
    account.save()
    installation.contacts()
    for folder in FOLDERS:
        mailbox.dovecot.add_folder(mailbox.name, folder)
    for mail in generate(SEED, _MAILS, NOW):
        mailbox.dovecot.deliver(
            *(mailbox.name, mail.folder, mail.raw, mail.internaldate),
            flags=mail.flags | mail.keywords,
        )
    mailbox.first_sync()
    mailbox.past_sync(3)
    while searching.index_batch():
        pass
    _asked(account, Inquiry.Kind.CHECK, {})
    _asked(account, Inquiry.Kind.PREVIEW, preview.asked_for(12, "contacts", restore=False))
    return account


def _asked(account: Account, kind: Inquiry.Kind, asked: dict[str, object]) -> Inquiry:
    inquiry = inquiries.ask(account, kind, asked)
    inquiries.answer(inquiry.pk)
    inquiry.refresh_from_db()
    assert inquiry.state == Inquiry.State.DONE, inquiry.problem
    return inquiry


def _left_out(account: Account) -> Inquiry:
    folder = account.folders.get(name="INBOX")
    reason = LedgerEntry.Reason.TOO_OLD
    return _asked(account, Inquiry.Kind.FIND, explaining.by_reason(folder.pk, reason))


def _work_in_it(anna: User) -> tuple[Thread, Thread]:
    """A conversation to look at and one with a stranger; of the others some are put away."""
    threads = Thread.objects.filter(owner=anna).order_by("-last_message_at")
    long = threads.filter(from_contact=True).order_by("-message_count", "-pk")[0]
    stranger = threads.filter(from_contact=False, has_sent=False)[0]
    rest = threads.exclude(pk__in=[long.pk, stranger.pk])
    keys = list(rest.values_list("pk", flat=True))
    moving.move(anna, threads.filter(pk__in=keys[-24:-8]), Thread.State.ARCHIVED)
    moving.move(anna, threads.filter(pk__in=keys[-8:]), Thread.State.TRASHED)
    long.share(with_team=True)
    return long, stranger


def _writers(thread: Thread) -> list[str]:
    return list(Message.objects.filter(thread=thread).values_list("from_address", flat=True))


def _other_accounts(anna: User) -> Account:
    """Each in another state; the last one has only just been connected."""
    make_account(anna, "refused@demo.example")
    Account.objects.filter(address="refused@demo.example").update(
        state=Account.State.REFUSED, problem="authentication_refused"
    )
    make_account(anna, "held@demo.example")
    Account.objects.filter(address="held@demo.example").update(state=Account.State.ON_HOLD)
    slow = make_account(anna, "slow@demo.example")
    Account.objects.filter(pk=slow.pk).update(
        problem="throttled", retry_at=timezone.now() + timedelta(minutes=4)
    )
    running = make_account(anna, "first@demo.example")
    run = runs.start_first_sync(running)
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING)
    new = make_account(anna, "new@demo.example")
    for name in ("INBOX", "Klienci", "Klienci/Żółw & Syn", "Faktury"):
        new.labels.create(kind="folder", name=name, raw_name=name.encode())
    return new


def _uploads(anna: User) -> list[Upload]:
    uploads = [Upload.take(anna, "klienci.csv", _TABLE.encode()) for _number in range(2)]
    uploads[1].begin("leave")
    import_work.work(uploads[1], 60)
    return uploads


def _second_steps(piotr: User) -> Authenticator:
    """An app, recovery codes and a passkey that no browser has."""
    TOTP.activate(piotr, generate_totp_secret())
    RecoveryCodes.activate(piotr)
    return _passkey(piotr)


def _passkey(piotr: User) -> Authenticator:
    """One that a browser could have made."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = ES256.from_cryptography_key(key)  # type: ignore[no-untyped-call]
    held = AttestedCredentialData.create(Aaguid.NONE, b"laptop", public)
    flags = AuthenticatorData.FLAG.USER_PRESENT | AuthenticatorData.FLAG.ATTESTED
    data = AuthenticatorData.create(sha256(b"localhost").digest(), flags, 0, held)
    response = RegistrationResponse(
        raw_id=b"laptop",
        response=AuthenticatorAttestationResponse(
            client_data=CollectedClientData.create("webauthn.create", b"x", "http://localhost"),
            attestation_object=AttestationObject.create("none", data, {}),
        ),
    )
    made: Authenticator = WebAuthn.add(piotr, "Laptop", dict(response)).instance
    return made
