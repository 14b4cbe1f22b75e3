"""The private PostgreSQL: made, reused, restarted, and refused in plain words."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest

from crm_inbox.local import postgres, processes


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    postgres.stop(tmp_path)


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def test_it_keeps_its_data_over_a_restart(folder: Path) -> None:
    url = postgres.ensure(folder)
    run(url, "CREATE TABLE kept AS SELECT 'żółw' AS word")
    assert postgres.stop(folder)
    assert not postgres.stop(folder)
    assert run(postgres.ensure(folder), "SELECT word FROM kept") == [("żółw",)]


def test_it_takes_a_running_server_as_it_is(folder: Path) -> None:
    first = run(postgres.ensure(folder), "SELECT pg_postmaster_start_time()")
    assert run(postgres.ensure(folder), "SELECT pg_postmaster_start_time()") == first


def test_it_starts_again_after_a_kill(folder: Path) -> None:
    url = postgres.ensure(folder)
    run(url, "CREATE TABLE kept AS SELECT 1 AS n")
    pid = (folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    subprocess.run(["kill", "-9", pid], check=True)
    assert run(postgres.ensure(folder), "SELECT n FROM kept") == [(1,)]


def test_it_starts_while_a_child_of_a_killed_server_still_dies(folder: Path) -> None:
    url = postgres.ensure(folder)
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [(child,)] = cursor.fetchall()
        os.kill(child, signal.SIGSTOP)
        pid = (folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(pid), signal.SIGKILL)
        with ThreadPoolExecutor() as threads:
            again = threads.submit(postgres.ensure, folder)
            log = folder / "postgres.log"
            assert processes.wait_until(lambda: postgres.STILL_IN_USE in log.read_bytes(), 60)
            os.kill(child, signal.SIGCONT)
            assert run(again.result(), "SELECT 1") == [(1,)]


def test_it_finds_room_for_its_socket_below_a_deep_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    try:
        assert run(postgres.ensure(deep), "SELECT 1") == [(1,)]
    finally:
        postgres.stop(deep)


def test_it_lets_nobody_else_reach_the_socket(folder: Path) -> None:
    url = postgres.ensure(folder)
    sockets = Path(parse_qs(urlsplit(url).query)["host"][0])
    assert sockets.stat().st_mode & 0o077 == 0


def test_its_log_quotes_nothing_that_it_refuses(folder: Path) -> None:
    url = postgres.ensure(folder)
    run(url, "CREATE TABLE mail (id int PRIMARY KEY, text text CHECK (text <> 'quincunx'))")
    run(url, "INSERT INTO mail VALUES (1, 'plugh')")
    for refused in ("(2, 'quincunx')", "(1, 'xyzzy')"):
        with pytest.raises(psycopg2.IntegrityError):
            run(url, f"INSERT INTO mail VALUES {refused}")  # noqa: S608 - a test's own
    log = (folder / "postgres.log").read_text()
    assert "violates check constraint" in log
    assert "duplicate key" in log
    assert not any(word in log for word in ("quincunx", "xyzzy", "INSERT"))


def test_it_says_in_a_sentence_that_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(postgres.LocalServerError, match="Cannot write to"):
        postgres.ensure(tmp_path / "file")
