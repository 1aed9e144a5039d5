"""Batches that outlive their request: taken at once, carried out once, told as they go on."""

import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app.api import Limits, worker
from app.archive import Archive, open_archive
from app.scopes import Scope
from app.store import jobs as store_jobs
from app.store.errors import Taken, Unavailable
from app.store.records import Batch, Change, Derived, Hold, JobState, ModelNames, Put, Refused, Settled
from app.store.repository import Store
from corpus.records import Article
from nli.records import Judgement, Pair, Vectors
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, an_article, serving, url_in
from tests.fakes import FakeEncoder, FakeJudge

LATER = {"prefer": "respond-async"}
BATCH = {
    "articles": [
        {"id": "signed", **SIGNED},
        {"id": "faulty", "text": " "},
        {"id": "denied", **NOT_SIGNED},
        {"id": "again", **AGAIN},
    ]
}
PATIENCE = 60


class HeldJudge(FakeJudge):
    """Judges only when it may; notes what it was asked."""

    def __init__(self) -> None:
        self.asked, self.may = threading.Event(), threading.Event()

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        if pairs:
            self.asked.set()
            assert self.may.wait(PATIENCE)
        return super().judge(pairs)


class Poisoned(FakeEncoder):
    """Fails on one word, and counts how often it met it."""

    met = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        if any("poison" in text for text in texts):
            self.met += 1
            raise MemoryError("a secret of the model")
        return super().encode(texts)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path)) as client:
        yield client


def sent(client: TestClient, body: dict[str, Any] = BATCH, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/articles", json=body, headers={**LATER, **named})


def said(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same JSON without what is null."""
    if isinstance(value, list):
        return [said(each) for each in value]
    return {name: said(each) for name, each in value.items() if each is not None} if isinstance(value, dict) else value


def ended(client: TestClient, identity: str) -> dict[str, Any]:
    """The job when it is over; by its events, which end with it."""
    kind, _, job = events(client, identity)[-1]
    assert kind == "end"
    assert isinstance(job, dict)
    return job


def events(client: TestClient, identity: str, **headers: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """All events of a stream, to its end, as kind, id and data."""
    answer = client.get(f"/v1/jobs/{identity}/events", headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = []
    for block in answer.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            told.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
    return told


# Taking a batch as a job


def test_a_batch_is_taken_as_a_job_and_carried_out(client: TestClient) -> None:
    answer = sent(client)
    job = answer.json()
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    assert answer.headers["location"] == f"http://testserver/v1/jobs/{job['id']}"
    assert (job["state"], job["articles"], job["done"], job["failed"]) == ("queued", 4, 1, 1)
    over = ended(client, job["id"])
    assert over == client.get(f"/v1/jobs/{job['id']}").json()
    assert (over["state"], over["done"], over["failed"]) == ("done", 4, 1)
    assert over["created"] <= over["started"] <= over["ended"]
    assert {each["id"] for each in client.get("/v1/articles").json()["items"]} == {"signed", "denied", "again"}


def test_a_job_says_of_each_article_what_a_batch_would_have_said(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "at once").mkdir()
    with serving(an_archive(tmp_path / "at once")) as other:
        at_once = other.post("/v1/articles", json=BATCH).json()["items"]
    job = sent(client).json()["id"]
    ended(client, job)
    items = client.get(f"/v1/jobs/{job}/items").json()["items"]
    assert [item.pop("at") for item in items] == [0, 1, 2, 3]
    assert said(items) == at_once


def test_the_pairs_of_a_job_are_those_that_were_judged(client: TestClient) -> None:
    over = ended(client, sent(client).json()["id"])
    assert over["pairs"] == sum(client.get("/v1/info").json()["counts"]["findings"].values()) > 0


@pytest.mark.parametrize("prefer", ["wait=5, respond-async", "Respond-Async;foo=bar", "handling=lenient,respond-async"])
def test_the_preference_is_found_among_others(client: TestClient, prefer: str) -> None:
    assert client.post("/v1/articles", json=BATCH, headers={"prefer": prefer}).status_code == 202


@pytest.mark.parametrize("prefer", ["", "return=minimal", "wait=5", 'x="respond-async"'])
def test_other_preferences_are_passed_over(client: TestClient, prefer: str) -> None:
    assert client.post("/v1/articles", json=BATCH, headers={"prefer": prefer}).status_code == 207


def test_a_job_of_faulty_articles_alone_is_over_at_once(client: TestClient) -> None:
    for articles in (["x", {"id": "a"}], list[object]()):
        job = sent(client, {"articles": articles}).json()
        assert (job["state"], job["done"]) == ("done", len(articles))
        assert job["ended"]


def test_so_many_jobs_may_wait_and_no_more(tmp_path: Path) -> None:
    judge = HeldJudge()
    with serving(open_archive(url_in(tmp_path), FakeEncoder(), judge), Limits(jobs=2)) as client:
        try:
            first, second = sent(client), sent(client)
            refused = sent(client)
            assert (refused.status_code, refused.json()["detail"]) == (503, "2 jobs wait already")
            assert refused.headers["retry-after"]
            assert client.post(f"/v1/jobs/{second.json()['id']}:cancel").status_code == 200
            assert sent(client).status_code == 202
        finally:
            judge.may.set()
        assert ended(client, first.json()["id"])["done"] == 4


# The list


def test_jobs_are_listed_the_newest_first_page_by_page(client: TestClient) -> None:
    made = [sent(client).json()["id"] for _ in range(7)]
    for identity in made:
        ended(client, identity)
    found: list[str] = []
    following: str | None = "/v1/jobs?limit=3&state=done"
    while following:
        answer = client.get(following)
        found += [each["id"] for each in answer.json()["items"]]
        following = answer.json()["next"]
        assert answer.headers.get("link") == (f'<{following}>; rel="next"' if following else None)
    assert len(found) == len(set(found)) == 7
    created = [client.get(f"/v1/jobs/{identity}").json()["created"] for identity in found]
    assert created == sorted(created, reverse=True)
    assert client.get("/v1/jobs?state=queued").json()["items"] == []


def test_the_articles_of_a_job_come_page_by_page(client: TestClient) -> None:
    job = sent(client).json()["id"]
    ended(client, job)
    first = client.get(f"/v1/jobs/{job}/items?limit=3").json()
    rest = client.get(first["next"]).json()
    assert [each["at"] for each in first["items"] + rest["items"]] == [0, 1, 2, 3]
    assert rest["next"] is None


@pytest.mark.parametrize("path", ["", "/items", "/events"])
def test_a_job_that_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(f"/v1/jobs/nobody{path}").status_code == 404
    assert client.post("/v1/jobs/nobody:cancel").status_code == 404


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "cursor=x", "colour=red"])
def test_what_cannot_be_asked_of_jobs_is_named(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/jobs?{query}").json()["errors"][0]["parameter"] == query.partition("=")[0]


# Events


def test_the_events_of_a_job_tell_each_article_and_the_end(client: TestClient) -> None:
    job = sent(client).json()["id"]
    told = events(client, job)
    numbered = [(number, item["id"], item["status"]) for kind, number, item in told if kind == "item"]
    assert numbered == [("1", "faulty", 422), ("2", "signed", 201), ("3", "denied", 201), ("4", "again", 201)]
    assert [kind for kind, _, _ in told if kind != "progress"] == ["item"] * 4 + ["end"]
    assert told[-1][2]["state"] == "done"


def test_who_was_cut_off_goes_on_where_they_were(client: TestClient) -> None:
    job = sent(client).json()["id"]
    whole = [each for each in events(client, job) if each[0] == "item"]
    for seen in range(5):
        rest = [each for each in events(client, job, **{"last-event-id": str(seen)}) if each[0] == "item"]
        assert rest == whole[seen:]


def test_an_event_id_that_is_none_is_refused(client: TestClient) -> None:
    job = sent(client).json()["id"]
    answer = client.get(f"/v1/jobs/{job}/events", headers={"last-event-id": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "Last-Event-ID")


def test_more_items_than_are_told_at_once_are_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.api.jobs.EVENTS_AT_ONCE", 2)
    told = events(client, sent(client).json()["id"])
    assert [number for kind, number, _ in told if kind == "item"] == ["1", "2", "3", "4"]


# Cancelling


def test_nothing_of_a_cancelled_job_is_stored_after_the_answer(tmp_path: Path) -> None:
    judge = HeldJudge()
    with serving(open_archive(url_in(tmp_path), FakeEncoder(), judge)) as client:
        job = sent(client).json()["id"]
        assert judge.asked.wait(PATIENCE)
        answer = client.post(f"/v1/jobs/{job}:cancel")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
        stored = client.get("/v1/articles").json()
        judge.may.set()
        # The next job is taken only when the worker has let go of the cancelled one.
        assert ended(client, sent(client, {"articles": [{"id": "next", **AGAIN}]}).json()["id"])["state"] == "done"
        assert [each["id"] for each in client.get("/v1/articles").json()["items"] if each["id"] != "next"] == [
            each["id"] for each in stored["items"]
        ]
        items = client.get(f"/v1/jobs/{job}/items").json()["items"]
        assert [each["status"] for each in items] == [201, 422, None, None]
        assert ended(client, job)["state"] == "cancelled"
        assert client.post(f"/v1/jobs/{job}:cancel").status_code == 200


def test_what_has_ended_cannot_be_cancelled(client: TestClient) -> None:
    job = sent(client).json()["id"]
    ended(client, job)
    assert client.post(f"/v1/jobs/{job}:cancel").status_code == 409
    assert client.get(f"/v1/jobs/{job}").json()["state"] == "done"


def test_of_what_is_settled_or_cancelled_no_text_is_kept(tmp_path: Path) -> None:
    judge = HeldJudge()
    archive = open_archive(url_in(tmp_path), FakeEncoder(), judge)
    with serving(archive) as client:
        job = sent(client).json()["id"]
        assert judge.asked.wait(PATIENCE)
        client.post(f"/v1/jobs/{job}:cancel")
        judge.may.set()
        with archive.store._reading() as connection:
            kept = connection.exec_driver_sql("SELECT count(*) FROM job_items WHERE given IS NOT NULL").scalar_one()
        assert kept == 0


# Idempotency keys


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(client: TestClient) -> None:
    first = client.post("/v1/articles", json=BATCH, headers={"idempotency-key": '"k-1"'})
    client.delete("/v1/articles/signed")
    again = client.post("/v1/articles", json=BATCH, headers={"idempotency-key": "k-1"})
    assert (first.status_code, again.status_code) == (207, 207)
    assert again.content == first.content
    assert client.get("/v1/articles/signed").status_code == 404


def test_a_keyed_batch_is_answered_as_one_without_a_key(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    with serving(an_archive(tmp_path / "without")) as other:
        without = other.post("/v1/articles", json=BATCH)
    keyed = client.post("/v1/articles", json=BATCH, headers={"idempotency-key": "k"})
    assert (keyed.status_code, keyed.json()) == (without.status_code, without.json())


def test_the_same_key_with_another_body_is_refused(client: TestClient) -> None:
    client.post("/v1/articles", json=BATCH, headers={"idempotency-key": "k"})
    other = client.post("/v1/articles", json={"articles": []}, headers={"idempotency-key": "k"})
    assert (other.status_code, other.json()["errors"][0]["parameter"]) == (422, "Idempotency-Key")


def test_a_request_that_is_not_followed_yet_is_a_conflict(tmp_path: Path) -> None:
    judge = HeldJudge()
    with serving(open_archive(url_in(tmp_path), FakeEncoder(), judge)) as client, ThreadPoolExecutor(1) as threads:
        first = threads.submit(client.post, "/v1/articles", json=BATCH, headers={"idempotency-key": "k"})
        assert judge.asked.wait(PATIENCE)
        early = client.post("/v1/articles", json=BATCH, headers={"idempotency-key": "k"})
        judge.may.set()
        assert (early.status_code, first.result().status_code) == (409, 207)
        assert early.headers["retry-after"]
        late = client.post("/v1/articles", json=BATCH, headers={"idempotency-key": "k"})
        assert late.content == first.result().content


def test_sixteen_clients_with_one_key_make_one_job(client: TestClient) -> None:
    start = threading.Barrier(16)

    def send(_: int) -> str:
        start.wait()
        return str(sent(client, idempotency_key="k").json()["id"])

    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(send, range(16)))) == 1
    assert len(client.get("/v1/jobs").json()["items"]) == 1


def test_who_waits_goes_before_who_does_not(tmp_path: Path) -> None:
    judge = HeldJudge()
    with serving(open_archive(url_in(tmp_path), FakeEncoder(), judge)) as client, ThreadPoolExecutor(1) as threads:
        body = {
            "articles": [
                {"id": f"{at} {number}", **each} for number in range(6) for at, each in enumerate((SIGNED, NOT_SIGNED))
            ]
        }
        long = sent(client, body).json()["id"]
        assert judge.asked.wait(PATIENCE)
        first = threads.submit(client.post, "/v1/articles", json=BATCH, headers={"idempotency-key": "k"})
        while client.get("/v1/jobs").json()["items"][0]["id"] == long:
            time.sleep(0.01)
        judge.may.set()
        assert first.result().status_code == 207
        waited = client.get("/v1/jobs").json()["items"][0]
        assert waited["ended"] < ended(client, long)["ended"]


@pytest.mark.parametrize("key", ["", '""', "a b", '"a', "x" * 256, '"' + "x" * 256 + '"'])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    answer = client.post("/v1/articles", json=BATCH, headers={"idempotency-key": key})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "Idempotency-Key")


def test_two_who_send_the_same_key_do_not_meet(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    names = [archive.store.keys.add(name, [Scope.ADMIN]) for name in ("desk", "wire")]
    with serving(archive) as client:
        made = {sent(client, idempotency_key="k", authorization=f"Bearer {key}").json()["id"] for key in names}
        assert len(made) == 2


# Failing, stopping, starting again


def test_an_article_that_fails_is_tried_three_times_and_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = Poisoned()
    with serving(open_archive(url_in(tmp_path), encoder, FakeJudge())) as client, caplog.at_level(logging.CRITICAL):
        bad = {"id": "bad", "text": "The poison was found in the river, the ministry said."}
        job = sent(client, {"articles": [bad, {"id": "good", **SIGNED}]}).json()["id"]
        assert (ended(client, job)["done"], ended(client, job)["failed"]) == (2, 1)
        first, second = client.get(f"/v1/jobs/{job}/items").json()["items"]
    assert (first["status"], second["status"]) == (500, 201)
    assert "secret" not in str(first)
    assert encoder.met == 3


def test_a_store_that_fails_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "REPEATED", 0.05)
    archive = an_archive(tmp_path)
    put, failures = archive.store.put, iter(range(5))

    def fail(article: Article, derived: Derived, names: ModelNames, *, revision: int, settled: Settled | None) -> int:
        if next(failures, None) is not None:
            raise Unavailable(archive.store.url, "database or disk is full")
        return put(article, derived, names, revision=revision, settled=settled)

    monkeypatch.setattr(archive.store, "put", fail)
    with serving(archive) as client:
        over = ended(client, sent(client).json()["id"])
    assert (over["done"], over["failed"]) == (4, 1)


def test_a_service_that_stops_gives_back_what_it_has_in_hand_and_the_next_goes_on(tmp_path: Path) -> None:
    judge = HeldJudge()
    with serving(open_archive(url_in(tmp_path), FakeEncoder(), judge)) as client:
        job = sent(client).json()["id"]
        assert judge.asked.wait(PATIENCE)
        threading.Timer(0.2, judge.may.set).start()
    with serving(an_archive(tmp_path)) as client:
        over = ended(client, job)
        assert (over["state"], over["done"]) == ("done", 4)
        assert [each["status"] for each in client.get(f"/v1/jobs/{job}/items").json()["items"]] == [201, 422, 201, 201]


# The store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(url_in(tmp_path))
    yield store
    store.close()


def a_job(store: Store, *names: str, key: str | None = None) -> str:
    job, new = store.jobs.add(Batch([an_article(name) for name in names], "digest", key), most=100)
    assert new
    return job.id


def test_an_article_comes_back_from_a_job_as_it_was_given(store: Store) -> None:
    a_job(store, "a")
    held = store.jobs.take("me", timedelta(seconds=60))
    assert held is not None
    assert held.article == an_article("a")


def test_what_is_in_hand_is_nobody_elses_until_its_lease_runs_out(store: Store) -> None:
    a_job(store, "a")
    assert store.jobs.take("me", timedelta(seconds=60))
    assert store.jobs.take("you", timedelta(seconds=60)) is None
    a_job(store, "b")
    short = store.jobs.take("me", timedelta(seconds=-1))
    long = store.jobs.take("you", timedelta(seconds=60))
    assert short is not None
    assert long is not None
    assert (long.article, long.attempts) == (short.article, 2)
    assert not store.jobs.renew(short.hold, timedelta(seconds=60), 5)
    assert store.jobs.renew(long.hold, timedelta(seconds=60), 5)


def test_what_was_taken_over_is_settled_by_its_new_owner_alone_and_once(store: Store) -> None:
    job = a_job(store, "a", "b")
    old, new = (store.jobs.take(name, timedelta(seconds=-1)) for name in ("me", "you"))
    assert old is not None
    assert new is not None
    refused = Refused("a", {"title": "x", "status": 500, "detail": "y"})
    with pytest.raises(Taken):
        store.jobs.settle(Settled(old.hold, refused, 3))
    store.jobs.settle(Settled(new.hold, refused, 4))
    with pytest.raises(Taken):
        store.jobs.settle(Settled(new.hold, refused, 4))
    found = store.jobs.job(job)
    assert found is not None
    assert (found.done, found.failed, found.pairs, found.state) == (1, 1, 4, JobState.RUNNING)


def test_a_put_whose_item_was_taken_over_stores_nothing(tmp_path: Path) -> None:
    archive: Archive = an_archive(tmp_path)
    job = a_job(archive.store, "a")
    archive.store.jobs.take("you", timedelta(seconds=60))
    with pytest.raises(Taken):
        archive.put(an_article("a"), hold=Hold(job, 0, "me"))
    assert archive.store.article("a") is None
    assert archive.put(an_article("a"), hold=Hold(job, 0, "you")).change == "created"
    (item,) = archive.store.jobs.look(job, 0, 9)[1]
    assert item.outcome == Put(Change.CREATED, 1, {})
    archive.store.close()


def test_an_article_that_brings_the_service_down_three_times_is_refused(store: Store) -> None:
    job = a_job(store, "a")
    for _ in range(worker.ATTEMPTS):
        store.jobs.take("killed", timedelta(seconds=-1))
    with ThreadPoolExecutor(1) as threads:
        archive = Archive(store, FakeEncoder(), FakeJudge())
        working = worker.Worker(archive, threads.submit, lambda: None)
        working.start()
        while not (found := store.jobs.job(job)) or not found.state.over:
            time.sleep(0.01)
        working.stop(10)
    (item,) = store.jobs.look(job, 0, 9)[1]
    assert isinstance(item.outcome, Refused)
    assert item.outcome.problem["detail"] == "the service ended 3 times while it had this article in hand"


def test_what_ended_long_ago_is_forgotten_with_its_key(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    old = a_job(store, key="k")
    again, new = store.jobs.add(Batch([], "digest", "k"), most=100)
    assert (again.id, new) == (old, False)
    monkeypatch.setattr(store_jobs, "KEPT", timedelta(seconds=-1))
    assert a_job(store, key="k") != old
    assert store.jobs.job(old) is None
