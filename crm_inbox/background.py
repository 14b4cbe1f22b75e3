"""How Celery works here: its queues, what a killed worker leaves behind, and what beats."""

from django.conf import settings

broker_url = settings.REDIS_URL
# A slice of work is shorter than visibility_timeout, in seconds, or it would run twice. A
# killed worker's tasks are looked for every interval x throttle seconds (kombu's are 10 x 10).
broker_transport_options = {
    "visibility_timeout": 180,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "queue_order_strategy": "priority",
}
broker_connection_retry_on_startup = True
accept_content = ["json"]
task_serializer = "json"
task_ignore_result = True
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
timezone = "UTC"
# Workers take from the queues in the order in which they name them: see sync/scheduling.py.
task_default_queue = "live"
task_routes = {
    "sync.tasks.first*": {"queue": "first"},
    "sync.tasks.inquire*": {"queue": "first"},
    "contacts.tasks.*": {"queue": "past"},
    "sync.tasks.past*": {"queue": "past"},
    "sync.tasks.index*": {"queue": "index"},
    "sync.tasks.remove*": {"queue": "index"},
    "sync.tasks.bury*": {"queue": "index"},
    "sync.tasks.*": {"queue": "live"},
}
beat_scheduler = "crm_inbox.beat:Beat"
beat_schedule = {
    "tick": {"task": "sync.tasks.tick", "schedule": 5.0},
    "empty-trash": {"task": "sync.tasks.empty_trash", "schedule": 3600.0},
    "forget-old": {"task": "crm_inbox.tasks.forget_old", "schedule": 3600.0},
}
