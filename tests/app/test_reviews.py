"""A review of a pair: what it says, how it is kept, and what follows from it."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from starlette.testclient import TestClient

from app.archive import open_archive
from app.store.records import Opinion, Place, Reason, ReviewFilter, Verdict, pair_id
from app.store.repository import Store
from nli.records import Finding
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, a_claim, a_finding, an_archive, an_article, serving, url_in
from tests.app.test_store import ALL, back_to, put_pair
from tests.fakes import FakeEncoder, FakeJudge

BODIES = {"signed": SIGNED, "denied": NOT_SIGNED, "again": AGAIN}
CONFIRMED = {"verdict": "confirmed", "reviewer": "Ann Lee"}
REJECTED = {"verdict": "rejected", "reason": "not now", "note": "Two years later.", "reviewer": "Ben Ode"}
OPEN = {"verdict": "open", "reviewer": "Ann Lee"}


class OtherJudge(FakeJudge):
    """The same answers under another name."""

    name = "other-judge@1"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path)) as client:
        put_all(client)
        yield client


def put_all(client: TestClient) -> None:
    for identity, body in BODIES.items():
        assert client.put(f"/v1/articles/{identity}", json=body).status_code == 201


def listed(client: TestClient, path: str = "contradictions", **params: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/{path}", params=params)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert isinstance(items, list)
    return items


def between(client: TestClient, *articles: str) -> str:
    """The id of the contradiction between two articles."""
    (found,) = [each for each in listed(client) if {each["left"]["article"], each["right"]["article"]} == {*articles}]
    return str(found["id"])


def test_each_pair_can_be_had_by_its_id_as_it_stands_in_the_list(client: TestClient) -> None:
    client.put(f"/v1/contradictions/{between(client, 'signed', 'denied')}/review", json=CONFIRMED)
    pairs = listed(client, relation="all")
    assert {each["relation"] for each in pairs} > {"contradiction"}
    assert [each["review"] for each in pairs if each["review"]]
    for each in pairs:
        assert client.get(f"/v1/contradictions/{each['id']}").json() == each
    client.delete("/v1/articles/signed")
    client.delete("/v1/articles/denied")
    assert {client.get(f"/v1/contradictions/{each['id']}").status_code for each in pairs} == {404}


def review(client: TestClient, identity: str, opinion: dict[str, str], status: int = 200) -> dict[str, Any]:
    answer = client.put(f"/v1/contradictions/{identity}/review", json=opinion)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert isinstance(told, dict)
    return told


def said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("verdict", "reason", "note", "reviewer")}


# Giving one


def test_a_review_is_given_read_and_stands_beside_its_pair(client: TestClient) -> None:
    pair = between(client, "signed", "denied")
    given = review(client, pair, REJECTED, 201)
    assert said(given) == REJECTED
    assert given["contradiction"] == pair
    (item,) = [each for each in listed(client) if each["id"] == pair]
    assert given["left"]["article"] == item["left"]["article"] == "signed"
    assert (given["right"]["start"], given["right"]["stop"]) == (item["right"]["start"], item["right"]["stop"])
    assert (given["score"], given["model"]) == (item["score"], item["model"])
    assert item["review"] == {**REJECTED, "at": given["at"]}
    assert client.get(f"/v1/contradictions/{pair}/review").json() == {**given, "history": []}
    assert [each["review"] for each in listed(client) if each["id"] != pair] == [None]


def test_the_newest_counts_and_those_before_it_are_kept(client: TestClient) -> None:
    pair = between(client, "signed", "denied")
    review(client, pair, REJECTED, 201)
    review(client, pair, CONFIRMED)
    told = client.get(f"/v1/contradictions/{pair}/review").json()
    assert (told["verdict"], told["reason"], told["note"]) == ("confirmed", None, "")
    assert [said(each) for each in told["history"]] == [REJECTED]
    assert [each["verdict"] for each in listed(client, "reviews")] == ["confirmed"]
    assert [each["verdict"] for each in listed(client, "reviews", history="true")] == ["confirmed", "rejected"]


def test_the_same_opinion_again_changes_nothing(client: TestClient) -> None:
    pair = between(client, "signed", "denied")
    first = review(client, pair, CONFIRMED, 201)
    assert review(client, pair, {**CONFIRMED, "reviewer": " Ann Lee "}) == first
    review(client, pair, {**CONFIRMED, "reviewer": "Ben Ode"})
    review(client, pair, CONFIRMED)
    assert len(client.get(f"/v1/contradictions/{pair}/review").json()["history"]) == 2


def test_a_review_can_be_taken_back(client: TestClient) -> None:
    pair = between(client, "signed", "denied")
    review(client, pair, REJECTED, 201)
    review(client, pair, OPEN)
    assert [each["review"] for each in listed(client)] == [None, None]
    told = client.get(f"/v1/contradictions/{pair}/review").json()
    assert (told["verdict"], told["history"][0]["verdict"]) == ("open", "rejected")


@pytest.mark.parametrize(
    ("opinion", "said"),
    [
        ({"verdict": "rejected", "reviewer": "Ann"}, "a rejection needs a reason"),
        ({"verdict": "confirmed", "reason": "not now", "reviewer": "Ann"}, "a rejection needs a reason"),
        ({"verdict": "rejected", "reason": "a hunch", "reviewer": "Ann"}, "not the same thing"),
        ({"verdict": "true", "reviewer": "Ann"}, "confirmed"),
        ({"verdict": "confirmed"}, "Field required"),
        ({"verdict": "confirmed", "reviewer": " "}, "name of who gives it"),
        ({"verdict": "confirmed", "reviewer": "A" * 201}, "at most 200"),
        ({**CONFIRMED, "note": "x" * 4001}, "at most 4000"),
        ({**CONFIRMED, "note": "\ud800"}, "lone surrogate"),
        ({**CONFIRMED, "score": "1"}, "not permitted"),
    ],
)
def test_what_is_no_opinion_is_refused_and_nothing_is_written(
    client: TestClient, opinion: dict[str, str], said: str
) -> None:
    pair = between(client, "signed", "denied")
    # By hand: the client's own JSON cannot hold half of a surrogate pair.
    headers = {"content-type": "application/json"}
    answer = client.put(f"/v1/contradictions/{pair}/review", content=json.dumps(opinion), headers=headers)
    assert answer.status_code == 422
    assert said in " ".join(each["detail"] for each in answer.json()["errors"])
    assert listed(client, "reviews", history="true") == []


def test_what_is_not_there_has_no_review(client: TestClient) -> None:
    assert client.put("/v1/contradictions/none/review", json=CONFIRMED).status_code == 404
    assert client.get("/v1/contradictions/none/review").status_code == 404
    assert client.get(f"/v1/contradictions/{between(client, 'signed', 'denied')}/review").status_code == 404


# Lists


def test_contradictions_are_filtered_by_what_their_review_says(client: TestClient) -> None:
    one, other = between(client, "signed", "denied"), between(client, "again", "denied")
    assert {each["id"] for each in listed(client, review="open")} == {one, other}
    review(client, one, CONFIRMED, 201)
    review(client, other, REJECTED, 201)
    assert [each["id"] for each in listed(client, review="confirmed")] == [one]
    assert [each["id"] for each in listed(client, review="rejected")] == [other]
    assert listed(client, review="open") == []
    review(client, other, OPEN)
    assert [each["id"] for each in listed(client, review="open")] == [other]
    assert {each["id"] for each in listed(client)} == {one, other}


def test_reviews_are_listed_by_pages_and_filters(client: TestClient) -> None:
    one, other = between(client, "signed", "denied"), between(client, "again", "denied")
    for pair, opinion, status in ((one, CONFIRMED, 201), (other, REJECTED, 201), (one, REJECTED, 200)):
        review(client, pair, opinion, status)
    found: list[str] = []
    following: str | None = "/v1/reviews?history=true&limit=1"
    while following:
        answer = client.get(following).json()
        found += [each["contradiction"] for each in answer["items"]]
        following = answer["next"]
    assert found == [one, other, one]
    assert [each["contradiction"] for each in listed(client, "reviews")] == [one, other]
    assert [each["contradiction"] for each in listed(client, "reviews", article="again")] == [other]
    assert listed(client, "reviews", reviewer="Ann Lee") == []
    assert [each["verdict"] for each in listed(client, "reviews", reviewer="Ann Lee", history="true")] == ["confirmed"]
    assert len(listed(client, "reviews", verdict="rejected")) == 2
    assert client.get("/v1/reviews?colour=red").status_code == 422


def test_files_carry_reviews(client: TestClient) -> None:
    pair = between(client, "signed", "denied")
    given = review(client, pair, {**REJECTED, "note": "=SUM(A1)"}, 201)
    assert client.get("/v1/contradictions.json").json() == listed(client)
    assert client.get("/v1/disputes.json").json() == listed(client, "disputes")
    rows = {each["id"]: each for each in csv.DictReader(io.StringIO(client.get("/v1/contradictions.csv").text))}
    told = {name: rows[pair][f"review_{name}"] for name in ("verdict", "reason", "note", "reviewer", "at")}
    assert told == {**REJECTED, "note": "'=SUM(A1)", "at": given["at"]}
    assert {each["review_verdict"] for each in rows.values()} == {"rejected", ""}


# What keeps it


def test_it_is_kept_when_the_corpus_grows_and_when_its_articles_are_put_again(client: TestClient) -> None:
    pair = between(client, "signed", "denied")
    review(client, pair, CONFIRMED, 201)
    client.put("/v1/articles/rain", json={"text": "It rained in Oslo all day."})
    for change in ({}, {"desk": "weather"}, {"title": "Contract", "url": "https://morning.example/1"}):
        assert client.put("/v1/articles/signed", json={**SIGNED, **change}).status_code == 200
        (item,) = listed(client, review="confirmed")
        assert {item["left"]["article"], item["right"]["article"]} == {"signed", "denied"}
    assert item["id"] != pair, "the title is part of a claim's id"
    assert listed(client, "reviews")[0]["contradiction"] == item["id"]


def test_it_is_kept_when_dates_turn_the_pair_round(client: TestClient) -> None:
    review(client, between(client, "signed", "denied"), CONFIRMED, 201)
    client.put("/v1/articles/signed", json={**SIGNED, "published": "2023-01-01"})
    (item,) = listed(client, relation="all", review="confirmed")
    assert (item["left"]["article"], item["right"]["article"]) == ("denied", "signed")


def test_it_speaks_of_nothing_while_other_words_stand_there(client: TestClient) -> None:
    pair = between(client, "signed", "denied")
    review(client, pair, CONFIRMED, 201)
    client.put("/v1/articles/signed", json={**SIGNED, "text": "The ministry bought the missile contract in Moscow."})
    assert listed(client, relation="all", review="confirmed") == []
    assert [each["contradiction"] for each in listed(client, "reviews")] == [None]
    client.put("/v1/articles/signed", json=SIGNED)
    assert [each["id"] for each in listed(client, review="confirmed")] == [pair]


def test_it_is_kept_when_other_models_judge_the_pair(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path)) as client:
        put_all(client)
        pair = between(client, "signed", "denied")
        given = review(client, pair, REJECTED, 201)
    with serving(open_archive(url_in(tmp_path), FakeEncoder(), OtherJudge(), reread=True)) as client:
        (item,) = listed(client, review="rejected")
        assert (item["id"], item["model"]) == (pair, "other-judge@1")
        assert client.get(f"/v1/contradictions/{pair}/review").json() == {**given, "history": []}
        assert given["model"] == FakeJudge.name


def test_deleting_an_article_leaves_no_review_of_it(client: TestClient) -> None:
    review(client, between(client, "signed", "denied"), REJECTED, 201)
    review(client, between(client, "again", "denied"), CONFIRMED, 201)
    client.delete("/v1/articles/signed")
    assert len(listed(client, "reviews", history="true")) == 1
    client.delete("/v1/articles/denied")
    assert listed(client, "reviews", history="true") == []


# Disputes


def test_a_rejected_contradiction_makes_no_dispute(client: TestClient) -> None:
    one, other = between(client, "signed", "denied"), between(client, "again", "denied")
    (before,) = listed(client, "disputes")
    review(client, one, REJECTED, 201)
    (after,) = listed(client, "disputes")
    assert [each["id"] for each in after["contradictions"]] == [other]
    review(client, other, REJECTED, 201)
    assert listed(client, "disputes") == []
    review(client, other, OPEN)
    review(client, one, OPEN)
    assert listed(client, "disputes") == [before]


def test_a_confirmed_contradiction_is_marked_in_its_dispute(client: TestClient) -> None:
    pair = between(client, "signed", "denied")
    given = review(client, pair, CONFIRMED, 201)
    (dispute,) = listed(client, "disputes")
    marked = {each["id"]: each["review"] for each in dispute["contradictions"]}
    assert marked == {
        pair: {**CONFIRMED, "reason": None, "note": "", "at": given["at"]},
        between(client, "again", "denied"): None,
    }
    assert client.get(f"/v1/disputes/{dispute['id']}").json() == dispute


# The store


def a_pair() -> Finding:
    return a_finding(
        a_claim(an_article("a", "Signed.", "2020-01-01")), a_claim(an_article("b", "Not signed.", "2022-01-01"))
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(url_in(tmp_path))
    put_pair(store)
    yield store
    store.close()


def test_every_field_of_a_review_comes_back(store: Store) -> None:
    opinion = Opinion(Verdict.REJECTED, "Zoë", Reason.NOT_THE_SAME_THING, "Two  bridges.\n")
    given, first = store.reviews.add(a_pair(), opinion)
    assert first
    assert (given.left, given.right) == (Place.of(a_pair().left), Place.of(a_pair().right))
    assert store.reviews.history(a_pair()) == (given,)
    assert store.reviews.of([a_pair()]) == {a_pair().id: given}
    assert store.reviews.listed(ReviewFilter(), ALL).items == ((given, a_pair().id),)
    assert store.reviews.judged() == ((a_pair(), given),)


def test_any_number_of_pairs_can_be_asked_for_at_once(store: Store) -> None:
    assert store.reviews.of([a_pair()] * 40_000) == {}


def test_findings_of_an_older_file_find_their_reviews(store: Store, tmp_path: Path) -> None:
    store.close()
    back_to("0006", tmp_path)
    again = Store(url_in(tmp_path))
    with sqlite3.connect(tmp_path / "counterclaim.db") as connection:
        ((pair,),) = connection.execute("SELECT pair FROM findings")
    connection.close()
    assert pair == pair_id(Place.of(a_pair().left), Place.of(a_pair().right))
    again.close()


def test_a_review_waits_for_the_disk_and_nothing_else_does(store: Store) -> None:
    with store._writing() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 1
    seen: list[int] = []

    def note(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO reviews"):
            seen.append(connection.connection.cursor().execute("PRAGMA synchronous").fetchone()[0])

    event.listen(store._engine, "before_cursor_execute", note)
    store.reviews.add(a_pair(), Opinion(Verdict.CONFIRMED, "Ann"))
    assert seen == [2]
