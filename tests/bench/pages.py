"""How long the pages of one database take, in a process of its own.

It answers lines: the name of a page in, its seconds out, so that two databases are measured in turn
and a busy moment of the machine hurts both.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import django


def main(action: str, *numbers: str) -> None:
    django.setup()
    if action == "fill":
        from django.core.management import call_command

        from tests.bench.filling import Size, fill

        call_command("migrate", verbosity=0)
        fill(Size(*(int(number) for number in numbers)))
    else:
        _serve()


def _serve() -> None:
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from tests.bench.filling import OWNER

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    urls = _urls()
    print(*urls, sep="\t", flush=True)
    for line in sys.stdin:
        name = line.strip()
        seconds = _bulk(name) if name.startswith("bulk") else _timed(client, urls[name])
        print(seconds, flush=True)


def _timed(client: object, url: str) -> float:
    get: Callable[[str], object] = client.get  # type: ignore[attr-defined]
    began = time.perf_counter()
    answer = get(url)
    seconds = time.perf_counter() - began
    if answer.status_code != 200:  # type: ignore[attr-defined]
        raise SystemExit(f"{url} answers {answer.status_code}.")  # type: ignore[attr-defined]
    return seconds


def _urls() -> dict[str, str]:
    from crm_inbox.filters import NARROWINGS
    from crm_inbox.paging import Place
    from sync.models import Account, Folder, Thread
    from tests.bench.filling import ADDRESSES, COMMON, MEDIUM, SELDOM

    first, _second, third = (Account.objects.get(address=one).pk for one in ADDRESSES)
    inbox = Thread.objects.filter(owner__mail_accounts=first, state=Thread.State.INBOX)
    newest_first = inbox.order_by("-last_message_at", "-pk")
    far = Place.of(newest_first[inbox.count() * 4 // 5])
    labels = dict(Folder.objects.filter(account=first).values_list("name", "pk"))
    return {
        "first page": "/inbox/",
        "far down": f"/inbox/?before={far}",
        **{f"filter {name}": f"/inbox/?filter={name}" for name in NARROWINGS},
        **{name: f"/{name}/" for name in ("archive", "sent", "trash")},
        "large account": f"/inbox/?account={first}",
        "small account": f"/inbox/?account={third}",
        "label INBOX": f"/inbox/?label={labels['INBOX']}",
        "label Clients": f"/archive/?label={labels['Clients']}",
        "label, nothing here": f"/inbox/?label={labels['Clients']}",
        "search two common words": f"/search/?q={COMMON}+offer",
        "search two words": f"/search/?q={COMMON}+{MEDIUM}",
        "search two rare words": f"/search/?q={MEDIUM}+{SELDOM}",
        "search best match": f"/search/?q={COMMON}+offer&order=best",
        "contacts": "/contacts/",
        "contacts, two words": "/contacts/?words=zolk+firma",
        "contact": "/contacts/20/",
        "organization": "/organizations/5/",
    }


def _bulk(question: str) -> float:
    """Archive all that match, or the bare UPDATE of as many rows."""
    from tests.bench import bulk

    _bulk, verb, most = question.split()
    return (bulk.archive if verb == "archive" else bulk.bare_update)(int(most))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_inbox.settings")
    main(*sys.argv[1:])
