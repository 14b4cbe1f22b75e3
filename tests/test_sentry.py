"""What a Sentry is told of an error, and what it is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crm_inbox.sentry import scrubbed

ROOT = Path(__file__).resolve().parent.parent
# In a process of its own: Sentry changes the interpreter it is started in.
PROGRAM = """
import json, logging, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "crm_inbox.settings"
from sentry_sdk.transport import Transport
from crm_inbox import sentry

class Told(Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            print(json.dumps(item.payload.json))

sentry.start("https://key@sentry.example/1", Told)
import django
from django.test import Client
django.setup()
from crm_inbox import urls
from django.urls import path
def broken(request):
    password = "quincunx"
    request.body
    logging.getLogger("x").error("redis://:quincunx@host broke")
    raise ValueError("no\\nDETAIL:  Failing row (quincunx)")
urls.urlpatterns.append(path("broken/", broken))
client = Client(raise_request_exception=False)
client.cookies["other"] = "quincunx"
client.post("/broken/?q=quincunx", {"password": "quincunx"}, HTTP_AUTHORIZATION="quincunx",
            HTTP_HOST="localhost")
"""


@pytest.fixture
def told() -> list[dict[str, object]]:
    pytest.importorskip("sentry_sdk")
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_sentry_is_told_where_it_broke_and_nothing_that_anybody_said(
    told: list[dict[str, object]],
) -> None:
    text = json.dumps(told)
    assert "quincunx" not in text
    kinds = [event["exception"]["values"][-1]["type"] for event in told if "exception" in event]  # type: ignore[index]
    assert kinds == ["ValueError"]
    assert '"function": "broken"' in text
    assert '"transaction": "/broken/"' in text


def test_what_is_not_known_is_dropped() -> None:
    event = scrubbed(
        {
            "user": {"email": "x"},
            "request": {"url": "https://a/b?c=d", "data": "x", "cookies": {}, "headers": {}},
            "contexts": {"trace": {}, "celery-job": {"args": ["x"]}},
        },
        {},
    )
    assert event["request"] == {"url": "https://a/b"}
    assert "user" not in event
    assert set(event["contexts"]) == {"trace"}
    invited = scrubbed({"request": {"url": "https://a/invitations/quincunx/"}}, {})
    assert invited["request"] == {"url": "https://a/invitations/.../"}
