"""The locked requirements fit pyproject.toml, carry hashes and name no host."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WANTED = {
    "requirements.txt": PROJECT["project"]["dependencies"],
    "requirements-demo.txt": PROJECT["dependency-groups"]["local"],
    "requirements-dev.txt": PROJECT["dependency-groups"]["dev"],
}
# Put together here, so that this file does not name them either.
REGISTRIES = [f"{name}.{end}" for name, end in (("pypi", "org"), ("pythonhosted", "org"))]


def entries(name: str) -> Iterator[str]:
    """Each package's lines as one."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return (line for line in text.splitlines() if line.strip() and not line.startswith((" ", "#")))


def pins(name: str) -> dict[str, str]:
    return {
        canonicalize_name(found[1]): found[2]
        for entry in entries(name)
        if (found := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", entry))
    }


@pytest.mark.parametrize("name", WANTED)
def test_it_locks_what_the_project_asks_for(name: str) -> None:
    locked = pins(name)
    for requirement in map(Requirement, WANTED[name]):
        assert Version(locked[canonicalize_name(requirement.name)]) in requirement.specifier


@pytest.mark.parametrize("name", WANTED)
def test_it_locks_every_package_with_hashes(name: str) -> None:
    assert len(pins(name)) == len(list(entries(name)))
    assert [entry for entry in entries(name) if "--hash=sha256:" not in entry] == []


def test_it_gives_all_uses_the_same_versions() -> None:
    runtime, demo, everything = (pins(name) for name in WANTED)
    assert runtime.items() <= demo.items() <= everything.items()


def test_no_file_names_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    naming = [
        name
        for name in listed.stdout.decode().split("\0")
        if name and (ROOT / name).is_file() and _names_registry((ROOT / name).read_bytes())
    ]
    assert naming == []


def _names_registry(content: bytes) -> bool:
    return any(registry.encode() in content for registry in REGISTRIES)
