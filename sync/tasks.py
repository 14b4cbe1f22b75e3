"""Celery's doors to the engine: short slices, and every task may run twice."""

import logging
import os
import socket
from uuid import UUID

from celery import Task, shared_task
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis, RedisError

from contacts import import_work
from contacts.locks import alone
from contacts.tasks import import_contacts
from sync import bulk as bulk_work
from sync import (
    deleting,
    engine,
    inquiries,
    marking,
    moving,
    rearranging,
    removing,
    runs,
    scheduling,
    searching,
)
from sync.models import Hour, News
from sync.scheduling import Queue, Request

logger = logging.getLogger(__name__)
# See contacts.locks.
_INDEX_LOCK = 0x1DE7
# Requests that nobody takes must not fill Redis. Whoever finds no room is asked for again later.
LONGEST_QUEUE = 10_000


@shared_task
def tick() -> None:
    """Ask for a worker for every account that has something to do."""
    if _is_new("queues-are-remembered", None):
        scheduling.forget_queued()
    _publish(scheduling.claim_due())
    Hour.add(lag=scheduling.lag())
    if _has_room("first"):
        for pk in inquiries.lost():
            if _is_new(f"inquire:{pk}", inquiries.LOST_AFTER.seconds):
                inquire.delay(pk)
    if _has_room("live"):
        for action in bulk_work.stuck().values_list("pk", flat=True):
            if _is_new(f"bulk:{action}", bulk_work.STUCK_AFTER.seconds):
                bulk.delay(str(action))
    if _has_room("past"):
        for place in filter(_is_lost, import_work.running()):
            import_contacts.delay(place.upload)
    if _has_room("index"):
        _tidy_up()


def _tidy_up() -> None:
    seconds = settings.SYNC_SLICE_SECONDS
    for pk in removing.waiting():
        if _is_new(f"remove:{pk}", seconds):
            remove.delay(pk)
    if searching.backlog() and _is_new("index", seconds):
        index.apply_async(expires=seconds)
    if deleting.backlog() and _is_new("bury", seconds):
        bury.delay()


def _is_lost(place: import_work.Place) -> bool:
    """An import that was as far as this some time ago: whoever was asked for it never came."""
    here = f"import:{place.upload}:{place.done}"
    known = not _is_new(f"{here}:seen", 10 * import_work.LOST_SECONDS)
    return _is_new(here, import_work.LOST_SECONDS) and known


@shared_task
def live(account_id: int) -> None:
    """A look for new mail."""
    _slice(account_id, "live")


@shared_task
def first(account_id: int) -> None:
    """The first sync, and what else a look for new mail has to wait for."""
    _slice(account_id, "first")


@shared_task
def past(account_id: int) -> None:
    """Past emails; new mail that comes meanwhile goes first."""
    _slice(account_id, "past")


@shared_task
def inquire(inquiry_id: int) -> None:
    """Answer a question about a mailbox."""
    inquiries.answer(inquiry_id)


@shared_task
def remove(account_id: int) -> None:
    """A part of an account that its owner removes."""
    if removing.remove_some(account_id, settings.SYNC_SLICE_SECONDS):
        remove.delay(account_id)


@shared_task
def index() -> None:
    """A part of the search's backlog, by one worker at a time: the others have mail to bring."""
    with alone(_INDEX_LOCK) as is_alone:
        if is_alone and searching.catch_up(settings.SYNC_SLICE_SECONDS):
            index.apply_async(expires=settings.SYNC_SLICE_SECONDS)


@shared_task
def bulk(action: str) -> None:
    """A part of what a person does to more conversations than one click can."""
    if bulk_work.work(UUID(action), settings.SYNC_LOOK_SECONDS):
        bulk.delay(action)
    elif not settings.TRASH_DAYS:
        empty_trash.delay()
    elif deleting.backlog():
        bury.delay()


@shared_task
def bury() -> None:
    """A part of the mail that was deleted for good."""
    if not deleting.catch_up(settings.SYNC_SLICE_SECONDS):
        bury.delay()


@shared_task
def empty_trash() -> None:
    """What was deleted long enough ago is deleted for good."""
    deleting.empty_trash(settings.TRASH_DAYS)
    moving.forget_old()
    marking.forget_old()
    inquiries.forget_old()
    bulk_work.forget_old()
    rearranging.forget_old()
    runs.forget_old()


def wake(account_id: int) -> None:
    """Ask for a worker now, and for a look at the server: somebody is waiting."""
    scheduling.forget_queued([account_id])
    hear([account_id])
    ask(account_id)


def hear(account_ids: list[int]) -> None:
    """There is news of these accounts: look at them now."""
    News.hear(account_ids)
    _publish(scheduling.claim_due(account_ids))


def ask(account_id: int) -> None:
    """A worker for what is left to do."""
    _publish(scheduling.claim_due([account_id]))


def _slice(account_id: int, queue: Queue) -> None:
    scheduling.begin(account_id, queue)
    holder = f"{socket.gethostname()}:{os.getpid()}"[:64]
    look_only = queue == "live"
    seconds = settings.SYNC_LOOK_SECONDS if look_only else settings.SYNC_SLICE_SECONDS
    engine.work(account_id, holder, seconds, look_only=look_only)
    # Only now, without the lease: what came up meanwhile may have found nobody to do it.
    ask(account_id)


def _publish(requests: list[Request]) -> None:
    tasks: dict[Queue, Task[[int], None]] = {"live": live, "first": first, "past": past}
    full = {queue for queue in {each.queue for each in requests} if not _has_room(queue)}
    scheduling.forget_queued([each.account_id for each in requests if each.queue in full])
    for request in requests:
        if request.queue in full:
            continue
        try:
            tasks[request.queue].apply_async((request.account_id,), expires=request.seconds)
        except OperationalError:
            logger.warning("The queue cannot be reached; what is asked for is asked again.")
            scheduling.forget_queued([each.account_id for each in requests])
            return


def _has_room(queue: str) -> bool:
    """Whether those that are in it already were taken in time; what is away has room."""
    try:
        with Redis.from_url(settings.REDIS_URL) as redis:
            return int(redis.llen(queue)) < LONGEST_QUEUE
    except RedisError:
        return True


def _is_new(what: str, seconds: int | None) -> bool:
    """Whether this is the first time that it is said, for so long or for ever.

    Redis remembers, as long as it remembers the queues.
    """
    try:
        with Redis.from_url(settings.REDIS_URL) as redis:
            return bool(redis.set(f"crm-inbox:{what}", "", nx=True, ex=seconds))
    except RedisError:
        return False
