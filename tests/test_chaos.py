"""A small company whose workers are killed, whose Redis is emptied, whose PostgreSQL restarts.

The large one is `python -m tests.bench.chaos`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# This run's servers are not for it.
OURS = ("DATABASE_URL", "REDIS_URL", "DATA_DIR")


@pytest.mark.needs("dovecot")
@pytest.mark.timeout(1200)
def test_everything_is_synced_although_whatever_can_die_does(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.bench.chaos", "--folder", str(tmp_path / "company")]
    command += ["--workers", "2", "--accounts", "6", "--messages", "60"]
    command += ["--kills", "6", "--kill-every", "2", "--hurry"]
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=False)
    told = json.loads(ended.stdout)
    assert told["differences"] == []
    assert told["deadlocks"] == 0
    assert told["happened"]["killed"] + told["happened"]["children killed"] == 6
    assert told["happened"]["redis emptied"] == told["happened"]["postgres restarted"] == 1
    assert told["messages"] == 6 * 60 + told["happened"]["new mail"]
