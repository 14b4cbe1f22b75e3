from argparse import ArgumentParser

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from crm_inbox.accounts import password_path


class Command(BaseCommand):
    help = (
        "The first administrator: prints a link with which they choose a password, once and"
        " within a day. Run again, it prints a new link, until somebody has used one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("email")
        parser.add_argument(
            "--site", default="http://127.0.0.1:8000", help="the address of the site"
        )

    @transaction.atomic
    def handle(
        self, username: str, email: str, site: str, *args: object, **options: object
    ) -> None:
        validate_email(email)
        if any(user.has_usable_password() for user in User.objects.filter(is_superuser=True)):
            raise CommandError(
                "There is an administrator already, who can invite more people on the page Team."
            )
        user, made = User.objects.get_or_create(username=username, defaults={"email": email})
        if not made and not user.is_superuser:
            raise CommandError(f"{username} is somebody who is no administrator.")
        user.email, user.is_staff, user.is_superuser = email, True, True
        user.set_unusable_password()
        user.save()
        self.stdout.write(f"{username} chooses a password here, once and within a day:")
        self.stdout.write(f"{site.rstrip('/')}{password_path(user)}")
