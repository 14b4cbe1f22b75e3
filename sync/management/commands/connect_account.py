"""Connect a mailbox from the command line."""

import getpass
import os
import sys
from argparse import ArgumentParser

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from contacts.addresses import normalise
from sync import problems, runs
from sync.connecting import connect
from sync.models import Account
from sync.wire import WireError


class Command(BaseCommand):
    help = (
        "Connect an IMAP mailbox: test the login, keep the account, begin its first sync."
        " The password is read from IMAP_PASSWORD, from standard input, or asked for."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("owner", help="user name of the person whose mailbox it is")
        parser.add_argument("address", help="email address")
        parser.add_argument("--host", required=True)
        parser.add_argument("--port", type=int, default=993)
        parser.add_argument("--security", choices=Account.Security.values, default="tls")
        parser.add_argument("--username", help="the address, unless given")

    def handle(self, *args: object, **options: object) -> None:
        account = _account(options)
        account.set_secret(_password())
        try:
            connect(account).close()
        except WireError as error:
            problem = problems.explain(error.code)
            raise CommandError(f"{problem.sentence} {problem.advice}") from error
        account.save()
        runs.start_first_sync(account)
        self.stdout.write(f"Account {account.pk} is connected: manage.py sync_account {account.pk}")


def _account(options: dict[str, object]) -> Account:
    owner = get_user_model()._default_manager.filter(username=options["owner"]).first()
    if owner is None:
        raise CommandError(f"There is no user {options['owner']}.")
    address = normalise(str(options["address"]))
    if not address:
        raise CommandError(f"{options['address']} is no email address.")
    username = str(options["username"] or options["address"])
    if Account.objects.filter(owner=owner, host=options["host"], username=username).exists():
        raise CommandError(f"{username} at {options['host']} is connected already.")
    return Account(
        owner=owner,
        address=address,
        own_addresses=[address],
        host=str(options["host"]),
        port=int(str(options["port"])),
        security=str(options["security"]),
        username=username,
    )


def _password() -> str:
    if password := os.environ.get("IMAP_PASSWORD"):
        return password
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass()
