"""README's unit for those who run it without Docker, as systemd itself reads it."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.components import program
from tests.compose import DEMO, ONCE

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.needs("systemd")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    lines = re.search(r"crm-inbox@\.service:\n\n((?:    .*\n)+)", README)
    assert lines
    unit = re.sub(r"^    ", "", lines[1], flags=re.MULTILINE)
    assert "/srv/crm-inbox/run/%i" in unit
    path = tmp_path / "crm-inbox@.service"
    path.write_text(unit.replace("/srv/crm-inbox/run/%i", "/bin/true"))
    said = subprocess.run(
        [str(program("systemd")), "verify", "--man=no", str(tmp_path / "crm-inbox@web.service")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    ours = [line for line in said.stderr.splitlines() if "crm-inbox" in line]
    assert (ours, said.returncode) == ([], 0), said.stderr


def test_every_process_of_ours_is_enabled() -> None:
    enabled = re.search(r"`systemctl enable --now ([^`]+)`", README)
    assert enabled
    ours = set(DEMO) - {"database", "redis", "mailbox", *ONCE}
    assert {name.removeprefix("crm-inbox@") for name in enabled[1].split()} == ours
