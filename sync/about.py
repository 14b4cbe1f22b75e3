"""Whose account, and which run, is worked on here: every line of the log says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NOW: ContextVar[dict[str, int]] = ContextVar("about", default={})  # noqa: B039 - never changed


@contextmanager
def about(**ids: int) -> Iterator[None]:
    """Inside it, what is logged is about these, too."""
    token = _NOW.set(_NOW.get() | ids)
    try:
        yield
    finally:
        _NOW.reset(token)


def begin(**ids: int) -> None:
    """From now on, and whatever was before: for tasks, whose errors are logged after their end."""
    _NOW.set(ids)


def what() -> dict[str, int]:
    """By name, such as account and run; empty outside of sync work."""
    return _NOW.get()
