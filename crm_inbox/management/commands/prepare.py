from django.core.management import call_command
from django.core.management.base import BaseCommand

from crm_inbox.translations import compile_changed


class Command(BaseCommand):
    help = "Make ready what the site needs to start: tables, translations, style sheets."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        compile_changed()
        call_command("collectstatic", verbosity=0, interactive=False)
