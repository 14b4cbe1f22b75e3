"""Every error of a mail server has its sentence, and says what to do."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.utils.functional import Promise
from django.utils.translation import override

import sync.wire
from sync.models import Account, LedgerEntry, Run
from sync.problems import (
    DISK_FULL,
    NO_READER,
    PROBLEMS,
    RENUMBERED,
    SECRET_UNREADABLE,
    Problem,
    explain,
)
from sync.rows import DAMAGED
from sync.wire.errors import WireError

for module in pkgutil.iter_modules(sync.wire.__path__):
    import_module(f"sync.wire.{module.name}")


def errors(of: type[WireError] = WireError) -> Iterator[type[WireError]]:
    yield of
    for kind in of.__subclasses__():
        yield from errors(kind)


@pytest.mark.parametrize("error", list(errors()), ids=lambda error: error.__name__)
def test_it_explains_every_error_of_a_server(error: type[WireError]) -> None:
    assert error.code in PROBLEMS


def test_it_explains_nothing_that_does_not_happen() -> None:
    ours = {DAMAGED, DISK_FULL, NO_READER, RENUMBERED, SECRET_UNREADABLE}
    assert set(PROBLEMS) == {error.code for error in errors()} | ours


def test_it_tells_errors_apart() -> None:
    assert len({str(problem.sentence) for problem in PROBLEMS.values()}) == len(PROBLEMS)
    assert len({error.code for error in errors()}) == len(list(errors()))


@pytest.mark.parametrize("problem", list(PROBLEMS.values()), ids=list(PROBLEMS))
def test_it_speaks_in_sentences_that_can_be_translated(problem: Problem) -> None:
    for text in (problem.sentence, problem.advice):
        assert isinstance(text, Promise)
        with override("en"):
            assert str(text)[0].isupper()
            assert str(text).endswith(".")
            assert not any(word in str(text) for word in ("Exception", "error code", "_", "  "))


def test_it_says_something_about_a_code_it_does_not_know() -> None:
    assert explain("from_a_later_version") == explain("wire_error")


@pytest.mark.parametrize("model", [Account, LedgerEntry, Run])
def test_it_has_codes_that_fit_into_the_database(
    model: type[Account] | type[LedgerEntry] | type[Run],
) -> None:
    room = model._meta.get_field("problem").max_length
    assert room is not None
    assert max(map(len, PROBLEMS)) <= room
