"""Keys are made, listed and revoked by a command, and a service that others can reach does not start without one."""

from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.commands import serve
from app.commands.serve import guard_of
from app.errors import WrongUsage
from app.settings import Settings
from app.store.keys import PREFIX, digest
from app.store.repository import Store
from tests.app.served import an_archive, serving, url_in


def keys(folder: Path, *args: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    result = CliRunner().invoke(cli, ["keys", *args, "--db", url_in(folder)], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def bytes_of_store(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("counterclaim.db*")))


def test_a_key_is_shown_once_and_only_its_digest_is_kept(tmp_path: Path) -> None:
    status, shown, said = keys(tmp_path, "add", "desk", "read", "write")
    key = shown.strip()
    assert (status, shown.count("\n")) == (0, 1)
    assert "cannot be shown again" in said
    assert key not in said
    _, listed, _ = keys(tmp_path, "list")
    secret = key.split("_", 2)[2]
    assert "desk" in listed
    assert "read, write" in listed
    assert secret not in listed
    assert secret.encode() not in bytes_of_store(tmp_path)
    assert digest(key).encode() in bytes_of_store(tmp_path)


def test_a_key_opens_a_running_service_and_does_no_more_when_it_is_revoked(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path)) as client:
        key = keys(tmp_path, "add", "desk", "read")[1].strip()
        identity = key.split("_")[1]
        send = {"authorization": f"Bearer {key}"}
        assert client.get("/v1/articles", headers=send).status_code == 200
        assert client.get("/v1/articles").status_code == 401
        assert keys(tmp_path, "revoke", identity)[0] == 0
        assert client.get("/v1/articles", headers=send).status_code == 401
        first = keys(tmp_path, "list")[1]
        assert keys(tmp_path, "revoke", identity)[0] == 0
        assert keys(tmp_path, "list")[1] == first


def test_keys_differ_and_are_long(tmp_path: Path) -> None:
    made = {keys(tmp_path, "add", "desk", "admin")[1].strip() for _ in range(3)}
    assert len(made) == 3
    assert all(each.startswith(f"{PREFIX}_") and len(each.split("_", 2)[2]) == 43 for each in made)


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "\x1b[2J", "x" * 101])
def test_a_name_that_cannot_be_listed_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongUsage, match=r"^NAME is"):
        keys(tmp_path, "add", name, "read")
    assert keys(tmp_path, "list")[1].count("\n") == 1


@pytest.mark.parametrize("args", [("add", "desk"), ("add", "desk", "fly"), ("add",), ("revoke",), ("show",)])
def test_wrong_usage_exits_with_2(tmp_path: Path, args: tuple[str, ...]) -> None:
    assert keys(tmp_path, *args)[0] == 2


def test_what_is_not_there_cannot_be_revoked(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="there is no key 'x'"):
        keys(tmp_path, "revoke", "x")


# Serving


def settled(folder: Path, **given: object) -> Settings:
    return Settings.model_validate({"database_url": url_in(folder), **given})


BEYOND = [
    {"host": "0.0.0.0"},
    {"host": "::"},
    {"host": ""},
    {"host": "192.168.0.7"},
    {"host": "::ffff:127.0.0.1"},
    {"host": "desk.example"},
    {"allowed_hosts": "localhost, desk.example"},
]


@pytest.mark.parametrize("given", BEYOND)
def test_a_service_that_others_can_reach_needs_a_key(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(WrongUsage, match="there is no key; expected one made by `counterclaim keys add"):
        guard_of(settled(tmp_path, **given))
    store = Store(url_in(tmp_path))
    key = store.keys.add("desk", [])
    assert guard_of(settled(tmp_path, **given)).closed
    store.keys.revoke(key.split("_")[1])
    store.close()
    with pytest.raises(WrongUsage, match="there is no key"):
        guard_of(settled(tmp_path, **given))


def test_it_is_refused_before_any_model_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_needed(_: object) -> NoReturn:
        pytest.fail("a model was loaded")

    monkeypatch.setattr(serve, "load_encoder", not_needed)
    with pytest.raises(WrongUsage, match=r"can reach 0\.0\.0\.0"):
        serve.run(settled(tmp_path, host="0.0.0.0"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"])
def test_a_service_for_this_machine_alone_needs_none_and_answers_to_its_own_names(tmp_path: Path, host: str) -> None:
    guard = guard_of(settled(tmp_path, host=host))
    assert (guard.closed, guard.key) == (False, None)
    assert set(guard.hosts) == {"localhost", "127.0.0.1", "::1", host.lower()}


def test_the_names_that_are_given_are_allowed_beside_this_machines_own(tmp_path: Path) -> None:
    Store(url_in(tmp_path)).keys.add("desk", [])
    behind = guard_of(settled(tmp_path, allowed_hosts=" Desk.example ,desk2.example"))
    assert {"desk.example", "desk2.example", "localhost"} < set(behind.hosts)
    assert guard_of(settled(tmp_path, host="0.0.0.0")).hosts == ()


def test_a_file_can_hold_the_key(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 32 + "\n")
    guard = guard_of(settled(tmp_path, host="0.0.0.0", key_file=file))
    assert guard.key == digest("k" * 32)
    assert guard_of(settled(tmp_path, key_file=file)).closed is False


@pytest.mark.parametrize("held", ["", "short", "s" * 31, "two words " * 9, "k" * 40 + "\n" + "k" * 40, "ключ" * 20])
def test_a_file_that_holds_no_good_key_is_refused_and_not_told(tmp_path: Path, held: str) -> None:
    file = tmp_path / "key"
    file.write_text(held)
    with pytest.raises(WrongUsage, match=r"^--key-file") as refused:
        guard_of(settled(tmp_path, key_file=file))
    assert not held or held not in str(refused.value)
