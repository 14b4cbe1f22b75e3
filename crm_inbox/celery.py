"""The Celery application: `celery -A crm_inbox worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_inbox.settings")

app = Celery("crm_inbox")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["contacts", "sync"])
