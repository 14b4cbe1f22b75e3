"""Settings from the environment fail loudly and name the variable."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm_inbox import database_url, env
from crm_inbox.private_keys import own_key


def test_it_reads_a_secret_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("zażółć\n", encoding="utf-8")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    assert env.text("SOME_SECRET") == "zażółć"


def test_it_refuses_a_value_and_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOME_SECRET", "a")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    with pytest.raises(ImproperlyConfigured, match="SOME_SECRET or SOME_SECRET_FILE"):
        env.text("SOME_SECRET")


def test_it_names_the_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET_FILE", "/nowhere/secret")
    with pytest.raises(ImproperlyConfigured, match="SOME_SECRET_FILE: cannot read /nowhere/secret"):
        env.text("SOME_SECRET")


def test_it_reads_a_secret_from_the_folder_of_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    assert env.text("SOME_SECRET", "none") == "none"
    (tmp_path / "some_secret").write_text("zażółć\n", encoding="utf-8")
    assert env.text("SOME_SECRET") == "zażółć"
    monkeypatch.setenv("SOME_SECRET", "a")
    with pytest.raises(
        ImproperlyConfigured, match=r"SOME_SECRET or keep \S+/some_secret, not both"
    ):
        env.text("SOME_SECRET")


def test_a_folder_of_secrets_need_not_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETS_DIR", "/nowhere")
    assert env.text("SOME_SECRET", "none") == "none"


def test_it_passes_over_no_secret_that_it_may_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "some_secret").write_text("quincunx")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    with monkeypatch.context() as closed:
        closed.setattr(Path, "read_text", refuse)
        with pytest.raises(ImproperlyConfigured, match="some_secret: Permission denied"):
            env.text("SOME_SECRET", "")
    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(ImproperlyConfigured, match="SECRETS_DIR: cannot enter"):
        env.text("SOME_SECRET", "")


def test_it_names_a_variable_that_is_missing() -> None:
    with pytest.raises(ImproperlyConfigured, match="NO_SUCH_VARIABLE is not set"):
        env.text("NO_SUCH_VARIABLE")


@pytest.mark.parametrize(
    ("word", "value"), [("yes", True), ("ON", True), ("0", False), ("", False)]
)
def test_it_reads_yes_and_no(monkeypatch: pytest.MonkeyPatch, word: str, value: bool) -> None:
    monkeypatch.setenv("SOME_FLAG", word)
    assert env.flag("SOME_FLAG", default=not value) is value


def test_it_refuses_a_flag_that_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_FLAG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="SOME_FLAG must be yes or no"):
        env.flag("SOME_FLAG", default=False)


def test_it_reads_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_HOSTS", " a.example, ,b.example ")
    assert env.words("SOME_HOSTS", "") == ["a.example", "b.example"]


def test_it_reads_a_database_address_with_a_strange_password() -> None:
    database = database_url.parse(
        "postgresql://crm:p%40ss%2Fw%C3%B3rd@db:5433/inbox?sslmode=require"
    )
    assert (database["PASSWORD"], database["HOST"], database["PORT"]) == ("p@ss/wórd", "db", "5433")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_it_reads_a_socket_folder() -> None:
    database = database_url.parse("postgresql://crm@/inbox?host=%2Frun%2Fpg")
    assert (database["HOST"], database["NAME"], database["OPTIONS"]) == ("/run/pg", "inbox", {})


@pytest.mark.parametrize(
    "url", ["mysql://a:hunter2@b/c", "postgresql://a:hunter2@b/", "postgresql://a:hunter2@b:port/c"]
)
def test_it_refuses_an_address_without_repeating_its_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        database_url.parse(url)
    assert "hunter2" not in str(refusal.value)


def test_it_keeps_its_own_key_private(tmp_path: Path) -> None:
    key = own_key(tmp_path / "data", "secret_key")
    assert len(key) >= 64
    assert own_key(tmp_path / "data", "secret_key") == key
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_it_gives_every_installation_another_key(tmp_path: Path) -> None:
    assert own_key(tmp_path / "one", "key") != own_key(tmp_path / "two", "key")
