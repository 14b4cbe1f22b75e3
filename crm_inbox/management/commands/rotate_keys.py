from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from sync import rotating, secrets
from sync.rotating import Rotated

# What django-allauth keeps sealed of a second step.
_SEALED = ("secret", "seed")


class Command(BaseCommand):
    help = (
        "Seal every secret that is stored with the first of FIELD_ENCRYPTION_KEYS, while the site"
        " and its workers run. May be broken off and run again."
    )

    def handle(self, *args: object, **options: object) -> None:
        done = rotating.rotate()
        for second_step in Authenticator.objects.order_by("pk").iterator():
            _rotate(second_step, done)
        self.stdout.write(f"{done.anew} secrets are sealed with the first key.")
        if done.unreadable:
            raise CommandError(
                f"{done.unreadable} can be read with none of the keys: keep looking for the key, or"
                " have people enter these passwords again."
            )
        self.stdout.write("No other key is needed any more.")


def _rotate(second_step: Authenticator, done: Rotated) -> None:
    data = dict(second_step.data)
    for name in _SEALED:
        sealed = str(data.get(name, "")).encode("ascii")
        if not sealed or secrets.is_current(sealed):
            continue
        try:
            data[name] = secrets.rotate(sealed).decode("ascii")
        except secrets.SecretUnreadable:
            done.unreadable += 1
    if data != second_step.data:
        # Only where nobody has used a code meanwhile; the next run finds it again.
        unchanged = Authenticator.objects.filter(pk=second_step.pk, data=second_step.data)
        done.anew += unchanged.update(data=data)
