"""`/v1/disputes` and `/v1/why` do what docs/api.md says, and what the commands do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.schemas import ArticleBody, DisputeOut, WhyOut
from corpus.origins import origins
from nli.disputes import disputes
from nli.pipeline import compare, shelve
from nli.records import Shelf
from nli.why import why
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, serving, stock
from tests.fakes import FakeEncoder, FakeJudge

BODIES = {"signed": SIGNED, "denied": NOT_SIGNED, "again": AGAIN}
ARTICLES = [ArticleBody.model_validate(body).article(identity) for identity, body in BODIES.items()]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path)) as client:
        yield client


@pytest.fixture
def stocked(client: TestClient) -> TestClient:
    for identity, body in BODIES.items():
        assert client.put(f"/v1/articles/{identity}", json=body).status_code == 201
    return client


def listed(client: TestClient, **params: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/disputes", params=params)
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert isinstance(items, list)
    return items


def test_disputes_are_those_of_the_command(stocked: TestClient) -> None:
    found = compare(shelve(ARTICLES, FakeEncoder()), Shelf.empty(), FakeJudge())
    expected = [DisputeOut.of(each).model_dump(mode="json") for each in disputes(found, origins(ARTICLES))]
    assert expected
    assert listed(stocked) == expected


def test_two_outlets_that_agree_hold_one_position_against_the_third(stocked: TestClient) -> None:
    (dispute,) = listed(stocked)
    held = [
        [claim["article"] for voice in each["voices"] for claim in voice["claims"]] for each in dispute["positions"]
    ]
    assert held == [["signed", "again"], ["denied"]]
    assert [each["against"] for each in dispute["positions"]] == [[1], [0]]
    assert [each["day"] for each in dispute["timeline"]] == ["2020-08-23", "2021-05-02", "2022-08-17"]
    assert dispute["question"].endswith("?")


def test_a_dispute_can_be_had_by_its_id(stocked: TestClient) -> None:
    (dispute,) = listed(stocked)
    assert stocked.get(f"/v1/disputes/{dispute['id']}").json() == dispute
    assert stocked.get("/v1/disputes/none").status_code == 404


def test_what_is_put_and_deleted_is_seen_at_once_and_the_id_stays(stocked: TestClient) -> None:
    (before,) = listed(stocked)
    stocked.put("/v1/articles/rain", json={"text": "It rained in Oslo all day.", "published": "2023-01-01"})
    assert listed(stocked) == [before]
    later = {**NOT_SIGNED, "outlet": "Late News", "published": "2023-02-01"}
    stocked.put("/v1/articles/later", json=later)
    (after,) = listed(stocked)
    assert (after["id"], after["newest"]) == (before["id"], "2023-02-01")
    for identity in ("denied", "later"):
        stocked.delete(f"/v1/articles/{identity}")
    assert listed(stocked) == []


@pytest.mark.parametrize(
    ("params", "some"),
    [
        ({"outlet": "evening star"}, True),
        ({"outlet": "Evening"}, False),
        ({"holder": "MORNING"}, True),
        ({"holder": "nobody"}, False),
        ({"q": "MISSILE contract"}, True),
        ({"q": "submarine"}, False),
        ({"since": "2022-08-17"}, True),
        ({"since": "2022-08-18"}, False),
        ({"until": "2020-08-23"}, True),
        ({"until": "2020-08-22"}, False),
        ({"since": "2020-08-24", "until": "2021-05-01"}, False),
        ({"min_score": "0.5"}, True),
        ({"min_score": "1"}, False),
        ({"kind": "negation"}, True),
        ({"kind": "date"}, False),
        ({"sort": "score"}, True),
    ],
)
def test_filters_of_disputes(stocked: TestClient, params: dict[str, str], some: bool) -> None:
    assert bool(listed(stocked, **params)) is some


@pytest.mark.parametrize("params", [{"relation": "all"}, {"since": "2023-01-01", "until": "2022-01-01"}, {"sort": "x"}])
def test_a_wrong_filter_is_refused(stocked: TestClient, params: dict[str, str]) -> None:
    answer = stocked.get("/v1/disputes", params=params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("sort", ["newest", "score"])
def test_pages_give_every_dispute_once(tmp_path: Path, sort: str) -> None:
    archive = an_archive(tmp_path)
    stock(archive.store, 40)
    with serving(archive) as client:
        whole = [each["id"] for each in listed(client, sort=sort, limit="500")]
        found: list[str] = []
        following: str | None = f"/v1/disputes?limit=3&sort={sort}"
        while following:
            answer = client.get(following).json()
            found += [each["id"] for each in answer["items"]]
            following = answer["next"]
    assert len(whole) > 6
    assert found == whole
    assert len(set(found)) == len(found)


def pair(client: TestClient) -> tuple[str, str]:
    found = client.get("/v1/contradictions").json()["items"][0]
    return found["left"]["id"], found["right"]["id"]


def test_why_says_of_a_flagged_pair_what_the_list_says(stocked: TestClient) -> None:
    left, right = pair(stocked)
    told = stocked.get("/v1/why", params={"left": left, "right": right}).json()
    assert {**told["finding"], "review": None} == stocked.get("/v1/contradictions").json()["items"][0]
    assert told["compared"]
    assert told == stocked.get("/v1/why", params={"left": right, "right": left}).json()


def test_why_is_that_of_the_pipeline(stocked: TestClient) -> None:
    left, right = pair(stocked)
    expected = why(left, right, shelve(ARTICLES, FakeEncoder()), FakeJudge())
    told = stocked.get("/v1/why", params={"left": left, "right": right}).json()
    assert told == WhyOut.of(expected).model_dump(mode="json")


def test_why_tells_of_a_pair_that_was_not_compared(stocked: TestClient) -> None:
    text = "It rained in Oslo all day. The rain flooded the streets of Oslo."
    stocked.put("/v1/articles/rain", json={"text": text, "outlet": "Oslo News"})
    one, other = [each["id"] for each in stocked.get("/v1/claims?article=rain").json()["items"][:2]]
    told = stocked.get("/v1/why", params={"left": one, "right": other}).json()
    assert (told["compared"], told["comparable"], told["closeness"]) == (False, False, None)
    assert (told["left_rank"], told["right_rank"]) == (None, None)
    assert told["finding"]["relation"] != "contradiction"


def test_why_refuses_what_is_not_stored_and_one_claim_twice(stocked: TestClient) -> None:
    left, _ = pair(stocked)
    for params, name in (({"left": left, "right": "no"}, "right"), ({"left": "no", "right": left}, "left"),
                         ({"left": left, "right": left}, "right"), ({"left": left}, "right")):  # fmt: skip
        answer = stocked.get("/v1/why", params=params)
        assert answer.status_code == 422
        assert [each["parameter"] for each in answer.json()["errors"]] == [name]
