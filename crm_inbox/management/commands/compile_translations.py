from django.core.management.base import BaseCommand

from crm_inbox.translations import compile_changed


class Command(BaseCommand):
    help = "Compile the translations that have changed; needs no gettext on the machine."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        for path in compile_changed():
            self.stdout.write(f"Compiled {path}")
