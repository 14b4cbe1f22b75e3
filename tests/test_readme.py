"""README names every setting, command and make target that there is, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_table_and_no_other() -> None:
    source = (ROOT / "crm_inbox" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert told == read


def test_every_command_is_told_and_no_other() -> None:
    there = {path.stem for path in ROOT.glob("[cs]*/management/commands/*.py")}
    # What the demo and the Makefile call.
    there -= {"__init__", "compile_translations", "demo_setup"}
    told = set(re.findall(r"manage\.py (\w+)", README)) - {"collectstatic"}
    assert told == there


def test_every_make_target_is_told_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    there = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = set(re.findall(r"make\s+([a-z-]+)", README))
    assert told == there
