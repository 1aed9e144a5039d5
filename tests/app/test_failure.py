"""Under load and when something fails: a clear answer in time, reads go on, nothing half-written, and it recovers."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient
from structlog.contextvars import get_contextvars

from app.api import Limits
from app.api.bench import Bench
from app.archive import Archive, open_archive
from app.store.repository import Store
from corpus.records import Article
from nli.pipeline import shelve
from nli.records import Judgement, Pair, Vectors
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, serving, url_in
from tests.app.test_api_problems import told
from tests.fakes import FakeEncoder, FakeJudge


@pytest.fixture(autouse=True, scope="module")
def parser() -> None:
    """Loaded before anything is timed."""
    shelve([Article("warm-up", "It rained on Monday.")], FakeEncoder())


class HeldJudge(FakeJudge):
    """Stands still while it is held."""

    def __init__(self) -> None:
        self.free, self.reached = threading.Event(), threading.Event()
        self.free.set()

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        if pairs:
            self.reached.set()
            assert self.free.wait(20)
        return super().judge(pairs)


@contextmanager
def held(judge: HeldJudge) -> Iterator[None]:
    judge.reached.clear()
    judge.free.clear()
    try:
        yield
    finally:
        judge.free.set()


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    latest = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < latest
        time.sleep(0.01)


def ready(client: TestClient) -> bool:
    return client.get("/readyz").status_code == 200


# Models that are stuck


def test_models_that_are_stuck_are_told_in_time_and_answer_again_when_they_can(tmp_path: Path) -> None:
    judge = HeldJudge()
    archive = open_archive(url_in(tmp_path), FakeEncoder(), judge)
    with serving(archive, Limits(silence=1)) as client, ThreadPoolExecutor(2) as threads:
        client.put("/v1/articles/a1", json=SIGNED)
        until(lambda: ready(client))
        with held(judge):
            in_hand = threads.submit(client.put, "/v1/articles/a2", json=NOT_SIGNED)
            assert judge.reached.wait(10)
            waiting = threads.submit(client.post, "/v1/check", json={"text": "It rained."})
            for asked in (in_hand, waiting):
                assert asked.result().headers["retry-after"]
                assert "have not answered" in str(told(asked.result(), 504)["detail"])
            assert "have not answered" in str(told(client.get("/readyz"), 503)["detail"])
            began = time.monotonic()
            assert told(client.put("/v1/articles/a3", json=AGAIN), 503)
            assert time.monotonic() - began < 1
            # Whoever reads notices nothing.
            assert client.get("/v1/articles/a1").status_code == 200
            assert client.get("/healthz").status_code == 200
        until(lambda: ready(client))
        assert client.put("/v1/articles/a2", json=NOT_SIGNED).json()["findings"]["contradiction"] >= 1
        assert client.put("/v1/articles/a3", json=AGAIN).status_code == 201


def test_models_that_work_long_but_show_signs_of_life_are_not_stuck() -> None:
    bench = Bench(lambda _: None)
    go_on = threading.Event()

    def work() -> str:
        for done in range(5):
            time.sleep(0.05)
            bench.beat("judging", done, 5)
        quiet.append(bench.quiet())
        assert go_on.wait(10)
        return "done"

    quiet: list[float] = []
    asked = bench.submit(work)
    until(lambda: bool(quiet))
    assert quiet[0] < 0.25
    until(lambda: bench.quiet() > 0.1)
    go_on.set()
    assert asked.result(10) == "done"
    assert bench.quiet() == 0
    bench.close(10)


def test_what_was_done_is_counted_by_stage_however_often_a_stage_begins_anew() -> None:
    bench = Bench(lambda _: None)
    for stage, done in [("embedding", 3), ("judging", 128), ("judging", 200), ("judging", 128), ("embedding", 5)]:
        bench.beat(stage, done, 200)
    assert bench.heard == {"embedding": 8, "judging": 328}


def test_a_service_whose_models_are_stuck_can_be_stopped_and_stores_nothing_when_they_go_on(tmp_path: Path) -> None:
    judge = HeldJudge()
    archive = open_archive(url_in(tmp_path), FakeEncoder(), judge)
    with ThreadPoolExecutor(1) as threads, held(judge):
        with serving(archive, Limits(silence=1, leaving=0.2)) as client:
            client.put("/v1/articles/a1", json=SIGNED)
            told(threads.submit(client.put, "/v1/articles/a2", json=NOT_SIGNED).result(), 504)
        # Left while the models were still held, by a thread that outlives the service here.
        abandoned = [thread for thread in threading.enumerate() if thread.name == "models"]
    for thread in abandoned:
        thread.join(10)
    with closing(Store(url_in(tmp_path))) as store:
        assert store.counts().articles == 1


# Overload


def test_of_many_requests_at_once_those_without_a_place_are_told_at_once_to_come_again(tmp_path: Path) -> None:
    judge = HeldJudge()
    archive = open_archive(url_in(tmp_path), FakeEncoder(), judge)
    with serving(archive, Limits(waiting=4)) as client, ThreadPoolExecutor(20) as threads:
        client.put("/v1/articles/a1", json=SIGNED)
        with held(judge):
            asked = [threads.submit(client.put, f"/v1/articles/n{number}", json=NOT_SIGNED) for number in range(20)]
            until(lambda: sum(each.done() for each in asked) == 16)
            for each in asked:
                if each.done():
                    assert told(each.result(), 503)
                    assert int(each.result().headers["retry-after"]) >= 1
        answers = [each.result() for each in asked]
        assert sorted(each.status_code for each in answers) == [201] * 4 + [503] * 16
        assert archive.store.counts().articles == 5


def test_who_waits_too_long_for_his_turn_is_told_to_come_again_and_nothing_of_his_is_stored(tmp_path: Path) -> None:
    judge = HeldJudge()
    archive = open_archive(url_in(tmp_path), FakeEncoder(), judge)
    with serving(archive, Limits(turn=0.3)) as client, ThreadPoolExecutor(2) as threads:
        client.put("/v1/articles/a1", json=SIGNED)
        with held(judge):
            first = threads.submit(client.put, "/v1/articles/a2", json=NOT_SIGNED)
            assert judge.reached.wait(10)
            late = client.put("/v1/articles/a3", json=AGAIN)
            assert "no time" in str(told(late, 503)["detail"])
        # What had begun is ended, however long it took.
        assert first.result().status_code == 201
        assert client.put("/v1/articles/a4", json=AGAIN).status_code == 201
        assert client.get("/v1/articles/a3").status_code == 404


def test_the_id_of_a_request_goes_with_it_to_the_models(tmp_path: Path) -> None:
    seen: list[object] = []

    class Asking(FakeEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            seen.append(get_contextvars().get("request_id"))
            return super().encode(texts)

    with serving(open_archive(url_in(tmp_path), Asking(), FakeJudge())) as client:
        client.put("/v1/articles/a1", json=SIGNED, headers={"X-Request-Id": "mine"})
    assert "mine" in seen


# A store that cannot be written


def limit_pages(archive: Archive, more: int | None) -> None:
    """Lets the file grow by so many pages only: what a full disk does, on any disk. None lifts that."""
    with archive.store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    most = 2**31 if more is None else pages + more

    def limit(driver: sqlite3.Connection, *_: object) -> None:
        driver.execute(f"PRAGMA max_page_count = {most}").close()

    event.listen(archive.store._engine, "checkout", limit)


def test_a_full_disk_is_507_reads_go_on_and_so_does_writing_when_there_is_room(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:
        client.put("/v1/articles/a1", json=SIGNED)
        limit_pages(archive, 1)
        long = {**NOT_SIGNED, "text": f"{NOT_SIGNED['text']} It rained in the hills. " * 200}
        answer = client.put("/v1/articles/a2", json=long)
        assert str(tmp_path) not in str(told(answer, 507))
        assert answer.headers["retry-after"]
        batch = client.post("/v1/articles", json={"articles": [{"id": "a2", **long}]})
        assert [item["status"] for item in batch.json()["items"]] == [507]
        assert [each["id"] for each in client.get("/v1/articles").json()["items"]] == ["a1"]
        assert client.get("/v1/articles/a2").status_code == 404
        assert client.get("/v1/claims?article=a2").json()["items"] == []
        limit_pages(archive, None)
        assert client.put("/v1/articles/a2", json=long).status_code == 201
        with archive.store._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_a_disk_without_room_is_told_by_readiness_and_reads_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(an_archive(tmp_path)) as client:
        client.put("/v1/articles/a1", json=SIGNED)
        until(lambda: ready(client))
        with monkeypatch.context() as patched:
            patched.setattr("app.store.database.ROOM", 2**63)
            assert str(tmp_path) not in str(told(client.get("/readyz"), 507))
            assert client.get("/v1/articles/a1").status_code == 200
            assert client.get("/v1/disputes").status_code == 200
        assert ready(client)


def test_a_store_that_turns_read_only_is_503_and_unready_and_reads_go_on(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:
        client.put("/v1/articles/a1", json=SIGNED)

        def forbid(driver: sqlite3.Connection, *_: object) -> None:
            driver.execute("PRAGMA query_only = ON").close()

        event.listen(archive.store._engine, "checkout", forbid)
        for answer in (
            client.put("/v1/articles/a2", json=NOT_SIGNED),
            client.delete("/v1/articles/a1"),
            client.get("/readyz"),
        ):
            told(answer, 503)
            assert answer.headers["retry-after"]
        assert client.get("/v1/articles/a1").status_code == 200
        assert client.post("/v1/check", json={"text": str(NOT_SIGNED["text"])}).json()["items"]


def test_a_read_only_store_is_served_for_reading_and_left_alone(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path)) as client:
        client.put("/v1/articles/a1", json=SIGNED)
    before = (tmp_path / "counterclaim.db").read_bytes()
    url = f"sqlite:///file:{tmp_path / 'counterclaim.db'}?mode=ro&uri=true"
    with serving(open_archive(url, FakeEncoder(), FakeJudge())) as client:
        assert client.get("/v1/articles/a1").status_code == 200
        assert client.post("/v1/check", json={"text": str(NOT_SIGNED["text"])}).json()["items"]
        told(client.put("/v1/articles/a2", json=NOT_SIGNED), 503)
        told(client.get("/readyz"), 503)
    assert (tmp_path / "counterclaim.db").read_bytes() == before


def test_a_damaged_file_is_a_503_and_not_an_error_of_ours(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:
        client.put("/v1/articles/a1", json=SIGNED)
        with archive.store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        archive.store._engine.dispose()
        file = tmp_path / "counterclaim.db"
        content = file.read_bytes()
        file.write_bytes(content[:4096] + b"\x55" * (len(content) - 4096))
        told(client.get("/v1/articles"), 503)
        told(client.get("/readyz"), 503)
        assert client.get("/healthz").status_code == 200


# What is deleted


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


@pytest.mark.parametrize("by", ["deleting", "replacing"])
def test_no_byte_of_a_deleted_text_is_left_in_the_files(tmp_path: Path, by: str) -> None:
    said = "The ministry signed the xylophone contract with the exporter in Quetzaltenango."
    secret = {**SIGNED, "text": said * 30, "title": "Xylophone", "desk": "xylophone"}

    def traces() -> list[bytes]:
        found = bytes_of(tmp_path).lower()
        return [word for word in (b"xylophone", b"quetzaltenango") if word in found]

    with serving(an_archive(tmp_path)) as client:
        client.put("/v1/articles/a1", json=NOT_SIGNED)
        client.put("/v1/articles/a2", json=secret)
        client.put("/v1/articles/a3", json=AGAIN)
        assert traces()
        path = "/v1/articles/a2"
        answer = client.delete(path) if by == "deleting" else client.put(path, json=AGAIN)
        assert answer.is_success
        assert traces() == []
        assert client.get("/v1/articles/a3").json()["text"] == AGAIN["text"]
    assert traces() == []


def test_a_reader_at_work_does_not_keep_a_deletion_from_succeeding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.database.BUSY_SECONDS", 0.1)
    with serving(an_archive(tmp_path)) as client:
        client.put("/v1/articles/a1", json=SIGNED)
        reader = sqlite3.connect(tmp_path / "counterclaim.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchall()
        assert client.delete("/v1/articles/a1").status_code == 204
        reader.execute("COMMIT")
        reader.close()
        client.put("/v1/articles/a2", json=AGAIN)
        client.delete("/v1/articles/a2")
        assert b"missile" not in bytes_of(tmp_path)
