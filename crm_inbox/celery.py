"""The Celery application: `celery -A crm_inbox worker`."""

import os
from collections.abc import Sequence

from celery import Celery, Task
from celery.signals import celeryd_init, heartbeat_sent, task_postrun, task_prerun

from sync import about

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_inbox.settings")

app = Celery("crm_inbox")
app.config_from_object("crm_inbox.background")
app.autodiscover_tasks(["contacts", "sync", "crm_inbox"])

# Tasks whose first argument is the id of an account.
_OF_AN_ACCOUNT = frozenset(f"sync.tasks.{name}" for name in ("live", "first", "past", "remove"))


@task_prerun.connect
def _say_whose(task: Task[..., object], args: Sequence[object], **_: object) -> None:
    """What Celery itself logs of a task, its errors above all, names the account, too."""
    if task.name in _OF_AN_ACCOUNT:
        about.begin(account=int(str(args[0])))


@task_postrun.connect
def _say_no_more(**_: object) -> None:
    about.begin()


@celeryd_init.connect
def _let_workers_be_heard(sender: str, **_: object) -> None:
    """A worker says that it lives whenever Celery's own heart beats, every two seconds."""
    # Not above: who only sends tasks has no settings yet.
    from sync.heard import Heart

    heart = Heart("worker")

    def beat(**_: object) -> None:
        heart.beat(sender)

    heartbeat_sent.connect(beat, weak=False)
