"""Errors told to a Sentry of the company's choice, where SENTRY_DSN names one.

What is sent is where in the program it broke, and for which account. No request's body, cookies,
headers or query, no user, no variable's value: each of them may hold mail or a password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_inbox.logs import discreet
from sync.about import what

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

_OF_A_REQUEST = ("method", "url")


def start(dsn: str, transport: type[Transport] | None = None) -> None:
    """Raises ImportError where the package sentry-sdk is missing."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        include_source_context=False,
        # What happened before is lines of the log and queries.
        max_breadcrumbs=0,
        before_send=scrubbed,
    )


def scrubbed(event: Event, _hint: Hint) -> Event:
    """The event with nothing in it that was said by anybody but this program."""
    told: dict[str, Any] = dict(event)
    for name in ("user", "breadcrumbs", "extra", "server_name", "threads"):
        told.pop(name, None)
    request = told.pop("request", {})
    if kept := {name: request[name] for name in _OF_A_REQUEST if name in request}:
        kept["url"] = discreet(str(kept.get("url", "")).partition("?")[0])
        told["request"] = kept
    for value in told.get("exception", {}).get("values", []):
        value["value"] = discreet(str(value.get("value", "")))
        for frame in value.get("stacktrace", {}).get("frames", []):
            frame.pop("vars", None)
    if "logentry" in told:
        said = told["logentry"]
        text = said.get("formatted") or said.get("message") or ""
        told["logentry"] = {"message": discreet(str(text))}
    told["contexts"] = {
        name: context
        for name, context in told.get("contexts", {}).items()
        if name in ("trace", "runtime")
    }
    told["tags"] = dict(told.get("tags", {})) | {k: str(v) for k, v in what().items()}
    return told  # type: ignore[return-value]  # a plain dict of the same keys
