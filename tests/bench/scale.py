"""A million messages beside ten thousand: the same pages, measured in turn.

    python -m tests.bench.scale                        # minutes, 6 GB in .build, removed afterwards
    python -m tests.bench.scale --messages 20000 --threads 6000 --contacts 2000 --small 2000

Each page's best time counts: what else the machine does makes a page slower, never faster. Only
the ratio of the two means anything.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from crm_inbox.local import postgres, valkey

FOLDER = Path(__file__).resolve().parent.parent.parent / ".build" / "scale"
# Times as long as the same page of the small database, and as the bare UPDATE.
WANTED, WANTED_SEARCH, WANTED_BULK = 2.0, 4.0, 1.5
# What is within so many seconds is fast enough whatever the ratio: clocks are not that exact.
GRAIN = 0.005
BULK_ROUNDS = 3


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=300_000)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000, help="messages of the other one")
    parser.add_argument("--rounds", type=int, default=15, help="times each page is measured")
    parser.add_argument("--bulk", type=int, default=100_000, help="conversations archived at once")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    asked = parser.parse_args(arguments)
    few = asked.small / asked.messages
    sizes = {
        "small": [asked.small, *(max(20, round(n * few)) for n in (asked.threads, asked.contacts))],
        "large": [asked.messages, asked.threads, asked.contacts],
    }
    with _servers(asked.folder) as url:
        urls = {name: _filled(url, name, size) for name, size in sizes.items()}
        with _measured(urls["small"]) as small, _measured(urls["large"]) as large:
            missed = _compare_pages(small, large, asked.rounds)
            return int(_compare_bulk(large, asked.bulk) or missed)


@contextmanager
def _servers(folder: Path) -> Iterator[str]:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "static").mkdir(parents=True)
    os.environ |= {"DATA_DIR": str(folder), "HTTPS": "no", "HASHED_STATIC": "no"}
    try:
        os.environ["REDIS_URL"] = valkey.ensure(folder)
        yield postgres.ensure(folder, durable=False)
    finally:
        valkey.stop(folder)
        postgres.stop(folder)
        postgres.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _filled(url: str, name: str, size: list[int]) -> str:
    """The URL of a new database of that size."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    ours = url.replace(f"/{postgres.DATABASE}?", f"/{name}?")
    command = [sys.executable, "-m", "tests.bench.pages", "fill", *map(str, size)]
    subprocess.run(command, check=True, env={**os.environ, "DATABASE_URL": ours})
    print(f"{name}: {size[0]:,} messages, {size[1]:,} conversations, {size[2]:,} contacts")
    return ours


class _Pages:
    """A process that shows the pages of one database."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.names = self._answer().split("\t")

    def seconds(self, question: str) -> float:
        assert self._process.stdin
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The measured process has ended.")
        return line.strip()


@contextmanager
def _measured(url: str) -> Iterator[_Pages]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.pages", "serve"],
        env={**os.environ, "DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield _Pages(process)
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(60)
        if process.stdout:
            process.stdout.close()


def _compare_pages(small: _Pages, large: _Pages, rounds: int) -> bool:
    """Print a line a page; True where a goal was missed."""
    print(f"\n{'page':26}{'small':>10}{'large':>10}{'ratio':>8}{'goal':>6}")
    missed = False
    for name in small.names:
        times = [(small.seconds(name), large.seconds(name)) for _round in range(rounds)]
        one, many = (min(column) for column in zip(*times, strict=True))
        wanted = WANTED_SEARCH if name.startswith("search") else WANTED
        slow = bool(many > max(one * wanted, one + GRAIN))
        missed |= slow
        print(
            f"{name:26}{one * 1000:7.1f} ms{many * 1000:7.1f} ms{many / one:8.2f}{wanted:6.1f}"
            + ("  missed" if slow else ""),
            flush=True,
        )
    return missed


def _compare_bulk(large: _Pages, most: int) -> bool:
    times = [
        (large.seconds(f"bulk update {most}"), large.seconds(f"bulk archive {most}"))
        for _round in range(BULK_ROUNDS)
    ]
    bare, ours = (min(column) for column in zip(*times, strict=True))
    slow = bool(ours > bare * WANTED_BULK)
    print(
        f"\nArchive all that match, {most:,} conversations: {ours:.2f} s, the bare UPDATE"
        f" {bare:.2f} s, ratio {ours / bare:.2f} (goal: {WANTED_BULK})"
        + ("  missed" if slow else "")
    )
    return slow


if __name__ == "__main__":
    sys.exit(main())
