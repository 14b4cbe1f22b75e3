"""The bench of large mailboxes runs, at a size at which it shows nothing."""

from pathlib import Path

import pytest

from tests.bench import scale

SMALL = ("--messages", "600", "--threads", "200", "--contacts", "160", "--small", "200")


@pytest.mark.timeout(600)
def test_it_measures_every_page_and_removes_its_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATA_DIR", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "")
    # At this size the ratio is chance: what is measured counts, not what comes of it.
    folder = tmp_path / "scale"
    outcome = scale.main([*SMALL, "--rounds", "1", "--bulk", "50", "--folder", str(folder)])
    said = capsys.readouterr().out
    assert outcome in (0, 1)
    for line in ("first page", "filter from-contact", "search two words", "Archive all that match"):
        assert line in said
    assert not folder.exists()
