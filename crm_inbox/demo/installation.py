"""What the demo puts into the site itself: a user, contacts, the mail account.

Everything here may run again: what is there stays as people have left it.
"""

from django.contrib.auth.models import User

from contacts.models import Contact, Organization
from crm_inbox.demo import mailbox
from crm_inbox.demo.choices import PASSWORD, SEED, USERNAME
from sync.models import Account
from sync.secrets import seal


def user() -> User:
    """The user to sign in as, who may also see the admin pages."""
    found = User.objects.filter(username=USERNAME).first()
    return found or User.objects.create_superuser(USERNAME, mailbox.ADDRESS, PASSWORD)


def contacts() -> None:
    """The 60 people of the demo mailbox who are contacts, once."""
    if Contact.objects.exists():
        return
    for known in mailbox.contacts(SEED):
        organization = None
        if known.organization:
            organization, _ = Organization.objects.get_or_create(name=known.organization)
        contact = Contact.objects.create(name=known.name, organization=organization)
        for address in known.addresses:
            contact.add_address(address)


def account(owner: User, host: str, port: int, password: str) -> Account:
    """The mail account; a later start may find its server on another port."""
    found, _ = Account.objects.update_or_create(
        owner=owner,
        host=host,
        username=mailbox.ADDRESS,
        defaults={
            "address": mailbox.ADDRESS,
            "own_addresses": [mailbox.ADDRESS],
            "port": port,
            "security": Account.Security.PLAIN,
            "encrypted_secret": seal(password),
        },
    )
    return found
