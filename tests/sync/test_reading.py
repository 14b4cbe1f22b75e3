"""Reading mail in a process of its own: what dies or hangs there costs one message."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_inbox.local.processes import runs, wait_until
from sync import reading
from sync.packing import unpack
from sync.parse import Unread
from sync.reading import Reader

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def letter(raw: bytes) -> Unread:
    return Unread(raw, len(raw), NOW)


GOOD = letter(b"Subject: offer\r\n\r\nPlease find our offer.\r\n")


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A reading process that a message can kill or stop, by a word in it."""
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent("""
        import os, time, sync.rows
        honest = sync.rows.read
        def read(unread):
            if b"DIE" in unread.raw:
                os._exit(9)
            if b"HANG ONCE" in unread.raw:
                try:
                    os.mkdir(os.environ["PYTHONPATH"].partition(os.pathsep)[0] + "/once")
                except FileExistsError:
                    return honest(unread)
            if b"HANG" in unread.raw:
                time.sleep(3600)
            return honest(unread)
        sync.rows.read = read
        """)
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path.cwd()}")
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 4.0)


def test_messages_come_back_in_order(reader: Reader) -> None:
    other = letter(b"Subject: other\r\n\r\nAnother.\r\n")
    read = reader.read([GOOD, other])
    assert [unpack(message.body) for message in read] == [
        ("Subject: offer\n", "Please find our offer.", ""),
        ("Subject: other\n", "Another.", ""),
    ]


@pytest.mark.usefixtures("fragile")
@pytest.mark.parametrize("word", [b"DIE", b"HANG"])
def test_a_message_on_which_the_reading_ends_becomes_a_stub(reader: Reader, word: bytes) -> None:
    bad = letter(b"Subject: bad\r\n\r\n" + word)
    read = reader.read([GOOD, bad, GOOD])
    assert [b"\tstub\t" in message.message for message in read] == [False, True, False]
    assert unpack(read[1].body) == ("Subject: bad\n", "", "")
    assert read[1].message.split(b"\t")[1] == b"bad"


def test_a_process_that_was_killed_between_two_batches_is_started_again(reader: Reader) -> None:
    reader.read([GOOD])
    process = reader._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert b"\tgood\t" in reader.read([GOOD])[0].message


@pytest.mark.usefixtures("fragile")
def test_one_message_alone_is_given_another_try(reader: Reader) -> None:
    read = reader.read([letter(b"Subject: slow\r\n\r\nHANG ONCE")])
    assert b"\tgood\t" in read[0].message


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("raise ImportError('half of the new version')", "does not start"),
        ("import sync.rows; sync.rows.FORM = 'newer'", "restart the workers"),
        ("import time; time.sleep(3600)", "not there after"),
    ],
    ids=["that dies", "of another version", "that hangs"],
)
def test_a_process_that_cannot_read_at_all_is_no_messages_fault(
    program: str, why: str, reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        f"import os, sys\ntry:\n    exec({program!r})\nexcept ImportError:\n    os._exit(1)\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path.cwd()}")
    if "sleep" in program:
        monkeypatch.setattr(reading, "START_SECONDS", 1.0)
    with pytest.raises(reading.NoReader, match=why):
        reader.read([GOOD])
    assert reader._process is None
    monkeypatch.undo()
    assert b"\tgood\t" in reader.read([GOOD])[0].message


def test_where_no_process_can_be_started_no_message_is_to_blame(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(reading.NoReader, match="can be started"):
        reader.read([GOOD])
    monkeypatch.undo()
    assert b"\tgood\t" in reader.read([GOOD])[0].message


def test_a_process_that_takes_nothing_any_more_is_given_up(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 2.0)
    reader.read([GOOD])
    process = reader._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    large = letter(b"Subject: large\r\n\r\n" + b"text \r\n" * 200_000)
    read = reader.read([GOOD, large])
    assert [b"\tstub\t" in message.message for message in read] == [False, False]
    assert process.poll() == -signal.SIGKILL


def test_the_reading_process_ends_with_its_worker() -> None:
    with subprocess.Popen([sys.executable, "-c", _WORKER], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        reading_process = int(worker.stdout.readline())
        assert runs(reading_process)
        worker.kill()
    assert wait_until(lambda: not runs(reading_process), 60)


def test_a_forked_worker_takes_no_reader_of_its_parent() -> None:
    reader = reading.take_reader()
    reader.read([GOOD])
    reading.give_back(reader)
    pid = os.fork()
    if pid == 0:
        os._exit(reading.take_reader() is reader)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert reading.take_reader() is reader
    reading.give_back(reader)


_WORKER = """
import django, os, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_inbox.settings")
django.setup()
from datetime import datetime
from sync.parse import Unread
from sync.reading import Reader
reader = Reader()
reader.read([Unread(b"Subject: x", 10, datetime.now())])
print(reader._process.pid, flush=True)
time.sleep(60)
"""
