"""Watches: what new articles contradict is held against saved queries, and told by signed webhooks, at least once."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.testclient import TestClient

from app.api import Posting
from app.api.webhooks import after, fault_of, new_secret, signed
from app.archive import Archive, open_archive
from app.schemas import ArticleBody
from app.store.errors import Unavailable
from app.store.records import FindingFilter, Page
from app.store.watches import Attempt, Delivery, State, Watch
from nli.records import Kind, Relation
from tests.app.outside import Asked, Outside, Said, listening
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, serving, url_in
from tests.fakes import FakeEncoder, FakeJudge

QUICK = Posting(private=True, attempts=4, first=0.01, factor=1.0, look=0.02)
ALL = Page(500)


def wait_for(condition: Callable[[], object]) -> None:
    """Until it holds."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path), posting=QUICK) as client:
        yield client


@pytest.fixture
def outside() -> Iterator[Outside]:
    with listening(lambda _: Said(204)) as outside:
        yield outside


def saved(client: TestClient, **query: object) -> dict[str, Any]:
    answer = client.post("/v1/watches", json={"name": "the contract", **query})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert isinstance(told, dict)
    return told


def put(client: TestClient, **articles: dict[str, str]) -> None:
    for identity, body in articles.items():
        assert client.put(f"/v1/articles/{identity}", json=body).status_code in (200, 201)


def put_both(client: TestClient) -> None:
    put(client, signed=SIGNED, denied=NOT_SIGNED)


def listed(client: TestClient, watch: dict[str, Any], what: str) -> list[dict[str, Any]]:
    items = client.get(f"/v1/watches/{watch['id']}/{what}").json()["items"]
    assert isinstance(items, list)
    return items


def verified(asked: Asked, secret: str) -> dict[str, Any]:
    """The message, as a receiver's library sees it."""
    told = Webhook(secret).verify(asked.body, dict(asked.headers))
    assert isinstance(told, dict)
    return told


def all_delivered(client: TestClient, watch: dict[str, Any]) -> bool:
    return {each["state"] for each in listed(client, watch, "deliveries")} == {"delivered"}


def unreviewed(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding less its review, which nobody has given yet."""
    assert finding["review"] is None
    return {name: value for name, value in finding.items() if name != "review"}


# The saved query


def test_a_watch_is_saved_read_replaced_and_deleted(client: TestClient) -> None:
    query = {
        "relation": "all",
        "kind": "negation",
        "holder": "ministry",
        "outlet": "Post",
        "entity": "Army-2020",
        "q": "contract",
        "min_score": 0.5,
    }
    answer = client.post("/v1/watches", json={"name": "desk", **query})
    made = answer.json()
    assert (answer.status_code, made["secret"]) == (201, None)
    address = answer.headers["location"].removeprefix("http://testserver")
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert shown == {"name": "desk", "webhook": None, "id": made["id"], "created": made["created"], **query}
    assert client.get(address).json() == shown
    assert client.get("/v1/watches").json()["items"] == [shown]
    assert client.put(address, json={"name": "news"}).json()["relation"] == "contradiction"
    assert client.get(address).json()["q"] is None
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(address).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "/matches"),
        ("GET", "/deliveries"),
        ("POST", "/test"),
        ("POST", "/secret"),
    ],
)
def test_a_watch_that_is_not_there_is_404(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, f"/v1/watches/nobody{path}", json={"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"name": "x", "relation": "quarrel"}, "/relation"),
        ({"name": "x", "min_score": 2}, "/min_score"),
        ({"name": "x", "colour": "red"}, "/colour"),
        ({"name": "x", "holder": ""}, "/holder"),
        ({"name": "x", "webhook": "ftp://example.org/"}, "/webhook"),
        ({"name": "x", "webhook": "https://user:secret@example.org/"}, "/webhook"),
        ({"name": "x", "webhook": "https://"}, "/webhook"),
    ],
)
def test_a_faulty_watch_is_refused_with_the_place_of_the_fault(
    client: TestClient, body: dict[str, object], pointer: str
) -> None:
    answer = client.post("/v1/watches", json=body)
    assert answer.status_code == 422
    assert pointer in {each["pointer"].partition("/literal")[0] for each in answer.json()["errors"]}
    assert client.get("/v1/watches").json()["items"] == []


def test_lists_go_on_where_they_ended(client: TestClient) -> None:
    made = {saved(client, name=f"w{number}")["id"] for number in range(5)}
    seen: list[str] = []
    url = "/v1/watches?limit=2"
    while url:
        told = client.get(url).json()
        seen += [each["id"] for each in told["items"]]
        url = told["next"]
    assert (len(seen), set(seen)) == (5, made)


# What matches


def test_a_new_contradiction_matches_and_can_be_read_without_a_webhook(client: TestClient) -> None:
    watch = saved(client)
    put_both(client)
    (match,) = listed(client, watch, "matches")
    assert match["finding"] == client.get("/v1/contradictions").json()["items"][0]
    assert datetime.fromisoformat(match["matched"]) <= datetime.now(UTC)
    assert listed(client, watch, "deliveries") == []


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ({}, True),
        ({"q": "MISSILE contract"}, True),
        ({"q": "submarine"}, False),
        ({"entity": "missile contract"}, True),
        ({"entity": "MISSILE"}, True),
        ({"entity": "missil"}, False),
        ({"entity": ".*"}, False),
        ({"outlet": "evening star"}, True),
        ({"outlet": "Nowhere Times"}, False),
        ({"holder": "morning"}, True),
        ({"holder": "nobody"}, False),
        ({"kind": "negation"}, True),
        ({"kind": "numeric"}, False),
        ({"min_score": 0.5}, True),
        ({"min_score": 1}, False),
        ({"relation": "superseded"}, False),
        ({"relation": "all"}, True),
    ],
)
def test_a_watch_matches_what_the_same_query_lists(
    client: TestClient, query: dict[str, str | float], *, matches: bool
) -> None:
    watch = saved(client, **query)
    put_both(client)
    found = client.get("/v1/contradictions", params=query).json()["items"]
    told = [each["finding"] for each in listed(client, watch, "matches")]
    assert bool(told) is matches
    assert sorted(told, key=str) == sorted(found, key=str)


def test_what_was_there_before_the_watch_does_not_match(client: TestClient) -> None:
    put_both(client)
    watch = saved(client)
    put_both(client)
    put(client, denied={**NOT_SIGNED, "desk": "defence"})
    assert listed(client, watch, "matches") == []
    put(client, again=AGAIN)
    (match,) = listed(client, watch, "matches")
    assert {match["finding"]["left"]["article"], match["finding"]["right"]["article"]} == {"again", "denied"}


def test_an_article_with_other_words_arrives_anew(client: TestClient) -> None:
    watch = saved(client)
    put_both(client)
    put(client, denied={**NOT_SIGNED, "text": "It rained. " + NOT_SIGNED["text"]})
    (match,) = listed(client, watch, "matches")
    assert match["finding"] == client.get("/v1/contradictions").json()["items"][0]


def test_what_still_stands_where_it_stood_is_told_once(client: TestClient, outside: Outside) -> None:
    watch = saved(client, webhook=outside.url)
    put_both(client)
    wait_for(lambda: [each["state"] for each in listed(client, watch, "deliveries")] == ["delivered"])
    before = listed(client, watch, "matches")
    put(client, denied={**NOT_SIGNED, "title": "Corrected", "text": NOT_SIGNED["text"] + " It rained."})
    (match,) = listed(client, watch, "matches")
    assert match["matched"] == before[0]["matched"]
    assert match["finding"]["right"]["id"] != before[0]["finding"]["right"]["id"]
    (delivery,) = listed(client, watch, "deliveries")
    assert (delivery["state"], delivery["finding"]) == ("delivered", match["finding"]["id"])


def test_what_a_reviewer_has_rejected_is_told_to_no_watch(client: TestClient) -> None:
    put_both(client)
    (found,) = client.get("/v1/contradictions").json()["items"]
    opinion = {"verdict": "rejected", "reason": "not now", "reviewer": "Ann Lee"}
    assert client.put(f"/v1/contradictions/{found['id']}/review", json=opinion).status_code == 201
    watch = saved(client)
    put(client, denied={**NOT_SIGNED, "title": "Corrected"})
    assert len(client.get("/v1/contradictions").json()["items"]) == 1
    assert listed(client, watch, "matches") == []


def test_articles_that_are_read_again_with_other_models_do_not_arrive(tmp_path: Path) -> None:
    class OtherEncoder(FakeEncoder):
        name = "another-encoder@1"

    archive = an_archive(tmp_path)
    with serving(archive, posting=QUICK) as client:
        watch = saved(client)
        put_both(client)
        before = listed(client, watch, "matches")
        later = saved(client)
    with serving(open_archive(url_in(tmp_path), OtherEncoder(), FakeJudge(), reread=True), posting=QUICK) as client:
        assert [each["matched"] for each in listed(client, watch, "matches")] == [each["matched"] for each in before]
        assert listed(client, later, "matches") == []


def test_deleting_an_article_leaves_no_match_of_it(client: TestClient, outside: Outside) -> None:
    watch = saved(client, webhook=outside.url)
    put_both(client)
    wait_for(lambda: outside.asked)
    assert client.delete("/v1/articles/denied").status_code == 204
    assert listed(client, watch, "matches") == listed(client, watch, "deliveries") == []


def test_a_match_is_there_with_its_article_or_not_at_all(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    store = archive.store.watches
    store.add(Watch("w", "w", "2026-12-01T09:00:00Z", FindingFilter(), "https://example.org"), new_secret())
    archive.put(ArticleBody.model_validate(SIGNED).article("signed"))
    with archive.store._engine.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        connection.commit()
    with pytest.raises(Exception, match="full"):
        archive.put(ArticleBody.model_validate(NOT_SIGNED).article("denied"))
    assert archive.store.article("denied") is None
    assert store.matches("w", ALL).items == ()
    archive.store.close()


# What is sent


def test_a_match_is_sent_signed_as_receivers_verify_it(client: TestClient, outside: Outside) -> None:
    watch = saved(client, webhook=f"{outside.url}/hook?desk=1")
    put_both(client)
    wait_for(lambda: outside.asked)
    (asked,) = outside.asked
    assert (asked.method, asked.path, asked.headers["content-type"]) == ("POST", "/hook?desk=1", "application/json")
    told = verified(asked, watch["secret"])
    (match,) = listed(client, watch, "matches")
    assert told == {
        "type": "watch.matched",
        "timestamp": match["matched"],
        "data": {"watch": watch["id"], "name": "the contract", "finding": unreviewed(match["finding"])},
    }
    with pytest.raises(WebhookVerificationError):
        verified(asked, new_secret())
    wait_for(lambda: listed(client, watch, "deliveries")[0]["state"] == "delivered")
    (delivery,) = listed(client, watch, "deliveries")
    assert delivery["id"] == asked.headers["webhook-id"]
    assert (delivery["type"], delivery["finding"]) == ("watch.matched", match["finding"]["id"])
    assert [(each["status"], each["fault"]) for each in delivery["attempts"]] == [(204, None)]
    assert delivery["due"] is None


def test_what_is_not_taken_is_sent_again_under_the_same_id(client: TestClient) -> None:
    statuses = iter([500, 302, 204])
    with listening(lambda _: Said(next(statuses), headers={"Location": "/elsewhere"})) as outside:
        watch = saved(client, webhook=f"{outside.url}/hook")
        put_both(client)
        wait_for(lambda: [each["state"] for each in listed(client, watch, "deliveries")] == ["delivered"])
        assert [each.path for each in outside.asked] == ["/hook"] * 3
        assert len({each.headers["webhook-id"] for each in outside.asked}) == 1
        assert len({each.body for each in outside.asked}) == 1
        for each in outside.asked:
            verified(each, watch["secret"])
    (delivery,) = listed(client, watch, "deliveries")
    assert [each["status"] for each in delivery["attempts"]] == [500, 302, 204]


def test_after_the_last_attempt_it_is_given_up_and_the_log_says_why(client: TestClient) -> None:
    with listening(lambda _: Said()) as gone:
        pass
    watch = saved(client, webhook=gone.url)
    put_both(client)
    wait_for(lambda: [each["state"] for each in listed(client, watch, "deliveries")] == ["failed"])
    (delivery,) = listed(client, watch, "deliveries")
    assert len(delivery["attempts"]) == QUICK.attempts
    assert all(each["status"] is None and "connect" in each["fault"].lower() for each in delivery["attempts"])


def test_an_address_that_is_gone_for_good_is_not_asked_again(client: TestClient) -> None:
    with listening(lambda _: Said(410)) as outside:
        watch = saved(client, webhook=outside.url)
        put_both(client)
        wait_for(lambda: [each["state"] for each in listed(client, watch, "deliveries")] == ["failed"])
        assert len(outside.asked) == 1


def test_what_waits_when_the_service_ends_is_sent_by_the_next(tmp_path: Path) -> None:
    refusing = Posting(private=True, attempts=1000, first=0.01, factor=1.0, look=0.02)
    with listening(lambda _: Said(503)) as outside:
        with serving(an_archive(tmp_path), posting=refusing) as client:
            watch = saved(client, webhook=outside.url)
            put_both(client)
            wait_for(lambda: outside.asked)
        asked = outside.asked[0].headers["webhook-id"]
        outside.answers = lambda _: Said(200)
        archive = an_archive(tmp_path)
        _lapse(archive)
        with serving(archive, posting=QUICK) as client:
            wait_for(lambda: [each["state"] for each in listed(client, watch, "deliveries")] == ["delivered"])
        assert {each.headers["webhook-id"] for each in outside.asked} == {asked}


def _lapse(archive: Archive) -> None:
    """As if a minute had gone by: what a killed process had in hand is free."""
    with archive.store._engine.connect() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET due = 0 WHERE state = 'pending'")
        connection.commit()


def test_a_taken_delivery_is_nobody_elses_until_its_lease_runs_out(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    store = archive.store.watches
    store.add(Watch("w", "w", "2026-12-01T09:00:00Z", FindingFilter(), "https://example.org"), new_secret())
    identity = store.test("w", 100.0, 100.0).delivery.id
    assert not store.due(99.0, (), 1)
    (taken,) = store.take(100.0, 160.0, (), 9)
    assert taken.delivery.id == identity
    assert store.take(159.0, 219.0, (), 9) == ()
    (again,) = store.take(160.0, 220.0, (), 9)
    assert again.delivery.id == identity
    store.settle(after(again.delivery, Attempt("2026-12-01T09:00:00Z", 0.1, 200), QUICK, 0.0))
    assert store.take(1e12, 2e12, (), 9) == ()
    archive.store.close()


def test_one_watch_that_answers_slowly_keeps_only_its_own_waiting(client: TestClient) -> None:
    go_on = threading.Event()

    def answers(asked: Asked) -> Said:
        if asked.path == "/slow":
            assert go_on.wait(30)
        return Said(200)

    with listening(answers) as outside:
        slow, quick = (saved(client, relation="all", webhook=f"{outside.url}/{name}") for name in ("slow", "quick"))
        put(client, signed=SIGNED, denied=NOT_SIGNED, again=AGAIN)
        wait_for(lambda: all_delivered(client, quick))
        assert len([each for each in outside.asked if each.path == "/slow"]) == 1
        go_on.set()
        wait_for(lambda: all_delivered(client, slow))
        assert len(outside.asked) == 2 * len(listed(client, slow, "deliveries"))


def test_two_services_on_one_store_send_each_message_once(tmp_path: Path, outside: Outside) -> None:
    with (
        serving(an_archive(tmp_path), posting=QUICK) as client,
        serving(an_archive(tmp_path), posting=QUICK),
    ):
        watches = [saved(client, relation="all", webhook=outside.url) for _ in range(4)]
        put(client, signed=SIGNED, denied=NOT_SIGNED, again=AGAIN)
        for watch in watches:
            wait_for(partial(all_delivered, client, watch))
        sent = [each.headers["webhook-id"] for each in outside.asked]
        assert sorted(sent) == sorted(each["id"] for watch in watches for each in listed(client, watch, "deliveries"))


def test_what_has_lost_its_webhook_is_dropped(tmp_path: Path) -> None:
    refusing = Posting(private=True, first=0.01, factor=1.0, attempts=1000, look=0.02)
    with listening(lambda _: Said(503)) as outside, serving(an_archive(tmp_path), posting=refusing) as client:
        watch = saved(client, webhook=outside.url)
        put_both(client)
        wait_for(lambda: outside.asked)
        client.put(f"/v1/watches/{watch['id']}", json={"name": "read only"})
        wait_for(lambda: listed(client, watch, "deliveries")[0]["state"] == "dropped")
        assert len(listed(client, watch, "matches")) == 1


def test_a_store_that_fails_for_a_moment_stops_no_sending(
    client: TestClient, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = client.app.state.service.archive.store.watches  # type: ignore[attr-defined]
    failures = iter([Unavailable("x", "locked")] * 3)
    take = store.take

    def failing(*args: object) -> object:
        for failure in failures:
            raise failure
        return take(*args)

    monkeypatch.setattr(store, "take", failing)
    saved(client, webhook=outside.url)
    put_both(client)
    wait_for(lambda: outside.asked)


# Tests, secrets, addresses


def test_a_test_message_is_sent_at_once_and_once(client: TestClient) -> None:
    with listening(lambda _: Said(500)) as outside:
        watch = saved(client, webhook=outside.url)
        told = client.post(f"/v1/watches/{watch['id']}/test").json()
        assert (told["type"], told["state"], told["finding"]) == ("watch.test", "failed", None)
        assert [each["status"] for each in told["attempts"]] == [500]
        outside.answers = lambda _: Said(200)
        assert client.post(f"/v1/watches/{watch['id']}/test").json()["state"] == "delivered"
        first, second = outside.asked
        message = verified(second, watch["secret"])
        assert (message["type"], message["data"]["finding"]) == ("watch.test", None)
        assert first.headers["webhook-id"] == told["id"] != second.headers["webhook-id"]
        assert len(listed(client, watch, "deliveries")) == 2


def test_without_a_webhook_there_is_nothing_to_test_or_rotate(client: TestClient) -> None:
    watch = saved(client)
    for what in ("test", "secret"):
        answer = client.post(f"/v1/watches/{watch['id']}/{what}")
        assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")


def test_a_secret_is_shown_once_and_a_webhook_that_is_new_has_a_new_one(client: TestClient, outside: Outside) -> None:
    watch = saved(client, webhook=f"{outside.url}/a")
    assert watch["secret"].startswith("whsec_")
    address = f"/v1/watches/{watch['id']}"
    told = client.get(address).text + client.get("/v1/watches").text
    assert "whsec_" not in told
    assert "secret" not in told
    same = client.put(address, json={"name": "renamed", "webhook": f"{outside.url}/a"}).json()
    assert same["secret"] is None
    client.post(f"{address}/test")
    verified(outside.asked[-1], watch["secret"])
    moved = client.put(address, json={"name": "moved", "webhook": f"{outside.url}/b"}).json()
    client.post(f"{address}/test")
    verified(outside.asked[-1], moved["secret"])
    with pytest.raises(WebhookVerificationError):
        verified(outside.asked[-1], watch["secret"])


def test_for_a_day_after_a_rotation_both_secrets_verify(client: TestClient, outside: Outside) -> None:
    watch = saved(client, webhook=outside.url)
    rotated = client.post(f"/v1/watches/{watch['id']}/secret").json()
    left = datetime.fromisoformat(rotated["old_until"]) - datetime.now(UTC)
    assert 23 < left.total_seconds() / 3600 <= 24
    client.post(f"/v1/watches/{watch['id']}/test")
    for secret in (watch["secret"], rotated["secret"]):
        verified(outside.asked[-1], secret)
    client.app.state.service.archive.store.watches.rotate(watch["id"], newest := new_secret(), time.time() - 1)  # type: ignore[attr-defined]
    client.post(f"/v1/watches/{watch['id']}/test")
    verified(outside.asked[-1], newest)
    with pytest.raises(WebhookVerificationError):
        verified(outside.asked[-1], rotated["secret"])


@pytest.mark.parametrize(
    "webhook",
    ["http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.8:8443/x", "https://0.0.0.0/"],
)
def test_by_default_only_https_and_only_public_addresses_can_be_named(tmp_path: Path, webhook: str) -> None:
    with serving(an_archive(tmp_path)) as client:
        answer = client.post("/v1/watches", json={"name": "x", "webhook": webhook})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/webhook"


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1"])
def test_by_default_a_name_that_leads_home_is_not_connected_to(tmp_path: Path, outside: Outside, host: str) -> None:
    with serving(an_archive(tmp_path)) as client:
        watch = saved(client, webhook=f"https://{host}:{outside.url.rpartition(':')[2]}/")
        told = client.post(f"/v1/watches/{watch['id']}/test").json()
        assert told["state"] == "failed"
        assert "not at a public address" in told["attempts"][0]["fault"]
    assert outside.asked == []


# The parts


def test_the_published_example_of_standard_webhooks_is_signed_alike() -> None:
    headers = signed(
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        '{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(attempts=st.integers(1, 30), luck=st.floats(0, 1))
def test_each_attempt_waits_longer_than_the_one_before_but_never_beyond_half_a_day_and_a_fifth(
    attempts: int, luck: float
) -> None:
    delay = Posting().delay(attempts, luck)
    assert 5 <= delay <= 12 * 3600 * 1.2
    assert Posting().delay(attempts, 0.0) <= delay
    assert Posting().delay(attempts + 1, 0.0) >= Posting().delay(attempts, 0.0)


@given(status=st.one_of(st.none(), st.integers(100, 599)), tried=st.integers(0, 9), test=st.booleans())
def test_a_delivery_ends_when_it_is_taken_or_cannot_be(status: int | None, tried: int, *, test: bool) -> None:
    attempt = Attempt("2026-12-01T09:00:00Z", 0.1, status, None if status else "no answer")
    delivery = Delivery("msg_1", attempt.at, State.PENDING, None if test else 1, None, 0.0, (attempt,) * tried)
    told = after(delivery, attempt, Posting(), 0.5)
    assert told.attempts == (attempt,) * (tried + 1)
    if status is not None and 200 <= status < 300:
        assert told.state is State.DELIVERED
    elif test or status == 410 or tried == 9:
        assert told.state is State.FAILED
    else:
        assert told.state is State.PENDING
    assert (told.due is None) is (told.state is not State.PENDING)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_fault(text: str) -> None:
    fault = fault_of(text, private=False)
    assert fault is None or fault
    if fault is None:
        assert text.lower().startswith("https://")


def test_every_field_of_a_watch_and_its_deliveries_comes_back(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    store = archive.store.watches
    which = FindingFilter(None, Kind.NUMERIC, "Ann", "The Post", min_score=0.5, q="rain", entity="York")
    watch = Watch("w", "weather", "2026-12-01T09:00:00Z", which, "https://example.org")
    store.add(watch, "whsec_AAAA")
    assert store.watch("w") == watch
    other = Watch("w", "other", watch.created, FindingFilter(Relation.SUPERSEDED))
    store.replace(other, None)
    assert store.watch("w") == other
    store.replace(watch, "whsec_BBBB")
    sending = store.test("w", 0.0, 60.0)
    assert (sending.watch, sending.secrets, sending.finding) == (watch, ("whsec_BBBB",), None)
    told = Delivery(
        sending.delivery.id,
        sending.delivery.created,
        State.PENDING,
        None,
        None,
        99.5,
        (Attempt("2026-12-01T09:00:00Z", 0.25, 500), Attempt("2026-12-01T09:00:05Z", 15.0, None, "no answer")),
    )
    store.settle(told)
    assert store.deliveries("w", ALL).items == (told,)
    assert json.dumps(told.state) == '"pending"'
    archive.store.close()
