"""Celery's door to the import: short slices, and a task may run twice."""

from celery import shared_task
from django.conf import settings

from contacts.import_work import LOCKS, work
from contacts.locks import alone
from contacts.models import Upload


@shared_task
def import_contacts(upload_id: int) -> None:
    """A part of a file; the next part is a task of its own, so that others have their turn.

    It may have been asked for twice, when it was only late.
    """
    with alone(LOCKS, upload_id) as first:
        upload = Upload.objects.filter(pk=upload_id, state=Upload.State.RUNNING).first()
        more = first and upload is not None and work(upload, settings.SYNC_SLICE_SECONDS)
    if more:
        import_contacts.delay(upload_id)
