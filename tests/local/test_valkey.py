"""The private Valkey: made, reused, restarted, and refused in plain words."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from crm_inbox.local import valkey
from crm_inbox.local.processes import LocalServerError


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    valkey.stop(tmp_path)


def test_it_takes_a_running_server_as_it_is(folder: Path) -> None:
    url = valkey.ensure(folder)
    with redis.Redis.from_url(url) as client:
        client.set("kept", 1)
    assert valkey.ensure(folder) == url
    with redis.Redis.from_url(url) as client:
        assert client.get("kept") == b"1"


def test_it_keeps_what_it_was_told_over_a_kill_and_its_address_too(folder: Path) -> None:
    url = valkey.ensure(folder)
    with redis.Redis.from_url(url) as client:
        client.rpush("tasks", *range(20))
        client.execute_command("WAITAOF", 1, 0, 5000)
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
    assert valkey.ensure(folder) == url
    with redis.Redis.from_url(url) as client:
        assert client.llen("tasks") == 20


def test_it_moves_to_another_port_when_its_own_is_taken(folder: Path) -> None:
    old = valkey.ensure(folder)
    valkey.stop(folder)
    port = int(old.rsplit(":", 1)[1].split("/")[0])
    with socket.create_server(("127.0.0.1", port)):
        new = valkey.ensure(folder)
    assert new != old
    with redis.Redis.from_url(new) as client:
        assert client.ping()


def test_it_answers_nobody_without_the_password(folder: Path) -> None:
    port = valkey.ensure(folder).rsplit(":", 1)[1].split("/")[0]
    with (
        redis.Redis(port=int(port)) as client,
        pytest.raises(redis.exceptions.RedisError),
    ):
        client.ping()
    assert (folder / "valkey" / "valkey.conf").stat().st_mode & 0o077 == 0


def test_it_ends_once(folder: Path) -> None:
    assert not valkey.stop(folder)
    valkey.ensure(folder)
    assert valkey.stop(folder)
    assert not valkey.stop(folder)


def test_it_says_in_a_sentence_that_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalServerError, match="Cannot write to"):
        valkey.ensure(tmp_path / "file")
