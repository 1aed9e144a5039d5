"""A copy of the store can be made at any time and is as good as the store."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.cli import main
from app.store.backup import backup
from app.store.errors import UnusableDatabase
from app.store.repository import Store
from tests.app.served import SIGNED, an_archive, serving, stock, url_in
from tests.app.test_store import dump


def test_a_copy_holds_what_the_store_holds(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    store = Store(url_in(tmp_path))
    stock(store, 20)
    copy = tmp_path / "copy" / "counterclaim.db"
    assert backup(store.url, copy) == copy.stat().st_size
    assert dump(tmp_path / "copy") == dump(tmp_path)
    store.close()
    assert [path.name for path in copy.parent.iterdir()] == ["counterclaim.db"]


def test_a_copy_made_while_others_write_is_of_one_moment(tmp_path: Path) -> None:
    store = Store(url_in(tmp_path))
    stock(store, 5)
    ended = threading.Event()

    def write() -> None:
        first = 5
        while not ended.is_set():
            stock(store, 5, first)
            first += 5

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            (tmp_path / str(number)).mkdir()
            backup(store.url, tmp_path / str(number) / "counterclaim.db")
    finally:
        ended.set()
        writer.join()
    store.close()
    for number in range(5):
        copy = Store(url_in(tmp_path / str(number)))
        assert copy.counts().articles == copy.counts().claims == copy.revision() >= 5
        copy.close()


def test_a_copy_is_served_like_the_store(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    with serving(an_archive(tmp_path)) as client:
        client.put("/v1/articles/a1", json=SIGNED)
        backup(url_in(tmp_path), tmp_path / "copy" / "counterclaim.db")
        before = client.get("/v1/articles/a1").json()
    with serving(an_archive(tmp_path / "copy")) as client:
        assert client.get("/v1/articles/a1").json() == before


def test_a_copy_has_no_trace_of_what_was_deleted(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path)) as client:
        client.put("/v1/articles/a1", json=SIGNED)
        client.delete("/v1/articles/a1")
        backup(url_in(tmp_path), tmp_path / "copy.db")
    assert b"missile" not in (tmp_path / "copy.db").read_bytes()


def test_what_is_there_is_not_overwritten_and_what_is_no_store_is_not_copied(tmp_path: Path) -> None:
    Store(url_in(tmp_path)).close()
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(FileExistsError, match="taken"):
        backup(url_in(tmp_path), taken)
    assert taken.read_text() == "mine"
    with pytest.raises(UnusableDatabase, match=r"no file .*none\.db"):
        backup(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE notes (text)")
    with pytest.raises(UnusableDatabase, match="alembic_version"):
        backup(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "copy.db")
    assert not list(tmp_path.glob("*copy*"))
    assert not (tmp_path / "none.db").exists()


def test_the_command_tells_the_size_and_refuses_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Store(url_in(tmp_path)).close()
    arguments = ["counterclaim", "backup", str(tmp_path / "copy.db"), "--db", url_in(tmp_path)]
    monkeypatch.setattr("sys.argv", arguments)
    for status, said in ((0, "bytes, checked"), (2, "it is there already")):
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code or 0) == status
        assert said in capsys.readouterr().err
