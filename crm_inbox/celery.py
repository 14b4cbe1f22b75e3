"""The Celery application: `celery -A crm_inbox worker`."""

import os

from celery import Celery
from celery.signals import celeryd_init, heartbeat_sent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_inbox.settings")

app = Celery("crm_inbox")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["contacts", "sync"])


@celeryd_init.connect
def _let_workers_be_heard(sender: str, **_: object) -> None:
    """A worker says that it lives whenever Celery's own heart beats, every two seconds."""
    # Not above: who only sends tasks has no settings yet.
    from sync.heard import Heart

    heart = Heart("worker")

    def beat(**_: object) -> None:
        heart.beat(sender)

    heartbeat_sent.connect(beat, weak=False)
