"""The service whole, on fakes: each route does what docs/api.md says."""

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.drafts import DRAFT
from app.schemas import ArticleBody, FindingOut
from corpus.records import Article
from nli.blocking import PER_CLAIM
from nli.pipeline import compare, shelve
from nli.records import Shelf
from nli.relation import THRESHOLDS
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, serving
from tests.fakes import FakeEncoder, FakeJudge

BODIES = {"signed": SIGNED, "denied": NOT_SIGNED, "again": AGAIN}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path)) as client:
        yield client


@pytest.fixture
def stocked(client: TestClient) -> TestClient:
    for identity, body in BODIES.items():
        assert client.put(f"/v1/articles/{identity}", json=body).status_code == 201
    return client


def test_an_article_is_created_then_unchanged_then_replaced(client: TestClient) -> None:
    created = client.put("/v1/articles/a1", json=SIGNED)
    assert (created.status_code, created.json()["change"]) == (201, "created")
    assert created.headers["location"] == "http://testserver/v1/articles/a1"
    same = client.put("/v1/articles/a1", json=SIGNED)
    assert (same.status_code, same.json()["change"]) == (200, "unchanged")
    other = client.put("/v1/articles/a1", json=NOT_SIGNED)
    assert (other.status_code, other.json()["change"]) == (200, "replaced")
    assert client.get("/v1/articles/a1").json()["text"] == NOT_SIGNED["text"]


def test_putting_says_what_was_found(client: TestClient) -> None:
    client.put("/v1/articles/a1", json=SIGNED)
    put = client.put("/v1/articles/a2", json=NOT_SIGNED).json()
    assert put["claims"] >= 1
    assert put["findings"]["contradiction"] >= 1


def test_an_article_comes_back_as_it_was_given(client: TestClient) -> None:
    given = {
        **SIGNED,
        "title": "Signed",
        "url": "https://example.org/1",
        "desk": {"name": "défense"},
        "text": "A\u00a0b. C d.",
    }
    client.put("/v1/articles/a1", json=given)
    assert client.get("/v1/articles/a1").json() == {
        "id": "a1",
        "metadata": {"desk": given.pop("desk")},
        "digest": hashlib.sha256("A\u00a0b. C d.".encode()).hexdigest(),
        **given,
    }


def test_what_is_missing_stays_missing(client: TestClient) -> None:
    client.put("/v1/articles/a1", json={"text": "It rained.", "outlet": "", "published": None})
    got = client.get("/v1/articles/a1").json()
    assert (got["outlet"], got["published"], got["url"], got["title"]) == (None, None, None, "")


@pytest.mark.parametrize("identity", ["https://example.org/news/1?page=2", "a b", "Ä/ö#1", "50 %", "1"])
def test_any_text_can_be_an_id(client: TestClient, identity: str) -> None:
    path = f"/v1/articles/{quote(identity, safe='')}"
    assert client.put(path, json=SIGNED).json()["id"] == identity
    assert client.get(path).json()["id"] == identity
    assert client.delete(path).status_code == 204


def test_deleting_an_article_removes_what_derives_from_it(stocked: TestClient) -> None:
    assert stocked.delete("/v1/articles/denied").status_code == 204
    assert stocked.get("/v1/articles/denied").status_code == 404
    assert stocked.get("/v1/claims", params={"article": "denied"}).json()["items"] == []
    assert stocked.get("/v1/contradictions").json()["items"] == []
    assert stocked.delete("/v1/articles/denied").status_code == 404


def test_contradictions_have_the_fields_and_values_of_find(stocked: TestClient) -> None:
    articles = [ArticleBody.model_validate(body).article(identity) for identity, body in BODIES.items()]
    found = compare(shelve(articles, FakeEncoder()), Shelf.empty(), FakeJudge())
    expected = [{**FindingOut.of(each).model_dump(mode="json"), "review": None} for each in found]
    listed = stocked.get("/v1/contradictions", params={"relation": "all"}).json()["items"]
    assert sorted(listed, key=str) == sorted(expected, key=str)


def test_contradictions_alone_are_listed_by_default(stocked: TestClient) -> None:
    listed = stocked.get("/v1/contradictions").json()["items"]
    assert {each["relation"] for each in listed} == {"contradiction"}


def test_offsets_of_stored_claims_give_their_text(stocked: TestClient) -> None:
    for claim in stocked.get("/v1/claims").json()["items"]:
        text = stocked.get(f"/v1/articles/{claim['article']}").json()["text"]
        assert text[claim["start"] : claim["stop"]] == claim["text"]


def test_a_claim_can_be_had_by_its_id(stocked: TestClient) -> None:
    listed = stocked.get("/v1/claims").json()["items"]
    assert stocked.get(f"/v1/claims/{listed[0]['id']}").json() == listed[0]


@pytest.mark.parametrize(
    ("params", "some"),
    [
        ({"outlet": "evening star"}, True),
        ({"outlet": "Nowhere Times"}, False),
        ({"q": "MISSILE contract"}, True),
        ({"q": "submarine"}, False),
        ({"since": "2022-08-17"}, True),
        ({"since": "2022-08-18"}, False),
        ({"until": "2020-08-23"}, True),
        ({"until": "2020-08-22"}, False),
        ({"min_score": "0.5"}, True),
        ({"relation": "superseded"}, False),
        ({"sort": "score"}, True),
    ],
)
def test_filters_of_contradictions(stocked: TestClient, params: dict[str, str], some: bool) -> None:
    assert bool(stocked.get("/v1/contradictions", params=params).json()["items"]) is some


def test_newest_comes_first(stocked: TestClient) -> None:
    listed = stocked.get("/v1/contradictions", params={"relation": "all"}).json()["items"]
    days = [max(each["left"]["published"], each["right"]["published"]) for each in listed]
    assert days == sorted(days, reverse=True)


def test_a_batch_stores_the_good_and_names_the_faulty(client: TestClient) -> None:
    batch = [
        {"id": "a1", **SIGNED},
        {"id": "a2", "text": "  "},
        "not an article",
        {"text": "It has no id."},
        {"id": "a1", **NOT_SIGNED},
        {"id": "a1", **SIGNED},
        {"id": "a3", **NOT_SIGNED},
    ]
    answer = client.post("/v1/articles", json={"articles": batch})
    assert answer.status_code == 207
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [201, 422, 422, 422, 422, 200, 201]
    assert items[1]["problem"]["errors"] == [{"detail": "the article has no text", "pointer": "/articles/1/text"}]
    assert items[4]["problem"]["errors"][0]["pointer"] == "/articles/4/id"
    assert items[6]["put"]["findings"]["contradiction"] >= 1
    assert {each["id"] for each in client.get("/v1/articles").json()["items"]} == {"a1", "a3"}
    assert client.get("/v1/articles/a1").json()["text"] == SIGNED["text"]


def test_a_batch_without_fault_is_200(client: TestClient) -> None:
    batch = [{"id": identity, **body} for identity, body in BODIES.items()]
    first = client.post("/v1/articles", json={"articles": batch})
    again = client.post("/v1/articles", json={"articles": batch})
    assert (first.status_code, again.status_code) == (200, 200)
    assert {item["put"]["change"] for item in again.json()["items"]} == {"unchanged"}


def test_a_check_says_what_contradicts_and_what_supports_and_stores_nothing(stocked: TestClient) -> None:
    before = stocked.get("/v1/info").json()["counts"]
    answer = stocked.post("/v1/check", json={"text": NOT_SIGNED["text"]}).json()
    assert [each["text"] for each in answer["claims"]] == [NOT_SIGNED["text"].rstrip(".")] or answer["claims"]
    assert answer["items"][0]["relation"] == "contradiction"
    assert {each["relation"] for each in answer["items"]} <= {"contradiction", "corroboration"}
    assert stocked.get("/v1/info").json()["counts"] == before


def test_a_draft_can_be_checked_as_an_article(stocked: TestClient) -> None:
    answer = stocked.post("/v1/check", json={"article": {**NOT_SIGNED, "id": "denied"}}).json()
    others = {each[side]["article"] for each in answer["items"] for side in ("left", "right")} - {"denied"}
    assert others == {"signed", "again"}


def test_a_check_shows_every_related_pair_if_asked(stocked: TestClient) -> None:
    some = stocked.post("/v1/check", json={"text": NOT_SIGNED["text"]}).json()["items"]
    every = stocked.post("/v1/check", json={"text": NOT_SIGNED["text"], "all": True}).json()["items"]
    assert len(every) >= len(some)


def test_a_check_of_an_empty_corpus_finds_nothing(client: TestClient) -> None:
    answer = client.post("/v1/check", json={"text": NOT_SIGNED["text"]})
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_judgements_keep_order_and_ids(client: TestClient) -> None:
    pairs = [
        {"id": "p1", "premise": "It has not rained today.", "hypothesis": "It has rained today."},
        {"id": 2, "premise": "It rained all day.", "hypothesis": "It rained."},
    ]
    items = client.post("/v1/judgements", json={"pairs": pairs}).json()["items"]
    assert [(each["id"], each["label"]) for each in items] == [("p1", "contradiction"), (2, "entailment")]
    for each in items:
        assert sum(each[label] for label in ("entailment", "neutral", "contradiction")) == pytest.approx(1)
        assert each["model"] == "fake-classifier@0"


def test_health_readiness_and_info(stocked: TestClient) -> None:
    assert stocked.get("/healthz").json() == {"status": "ok"}
    assert stocked.get("/readyz").json() == {"status": "ready", "models": "ok", "database": "ok"}
    info = stocked.get("/v1/info").json()
    assert info["models"] == {"encoder": "fake-encoder@0", "judge": "fake-judge@0", "classifier": "fake-classifier@0"}
    assert info["counts"]["articles"] == 3
    assert info["counts"]["findings"]["contradiction"] >= 1
    assert info["thresholds"] == asdict(THRESHOLDS)
    assert info["per_claim"] == PER_CLAIM
    told = info["versions"]
    assert (told["python"], told["spacy"]) == (python_version(), version("spacy"))
    assert set(told) == {"python", "sqlite", "tables", "parser", "onnxruntime", "spacy", "tokenizers", "torch"}
    assert re.fullmatch(r"en_core_web_\w+ \d+\.\d+\.\d+", told["parser"])
    assert told["tables"].isdecimal()


def test_every_result_states_its_model_its_thresholds_and_the_text_that_it_speaks_of(stocked: TestClient) -> None:
    checked = stocked.post("/v1/check", json={"text": NOT_SIGNED["text"]}).json()
    found = stocked.get("/v1/contradictions?relation=all").json()["items"] + checked["items"]
    claims = stocked.get("/v1/claims").json()["items"] + checked["claims"]
    clashes = [each for dispute in stocked.get("/v1/disputes").json()["items"] for each in dispute["contradictions"]]
    assert found
    assert clashes
    for each in (*found, *clashes):
        assert (each["model"], each["thresholds"]) == ("fake-judge@0", asdict(THRESHOLDS))
    texts = {identity: body["text"] for identity, body in BODIES.items()} | {DRAFT: NOT_SIGNED["text"]}
    digests = {identity: hashlib.sha256(text.encode()).hexdigest() for identity, text in texts.items()}
    for claim in (*claims, *(each[side] for each in found for side in ("left", "right"))):
        assert claim["article_digest"] == digests[claim["article"]]
        assert texts[claim["article"]][claim["start"] : claim["stop"]] == claim["text"]
    for article in stocked.get("/v1/articles").json()["items"]:
        assert article["digest"] == digests[article["id"]]


def test_eight_clients_that_put_at_once_lose_nothing(client: TestClient) -> None:
    bodies = [(f"{identity}{number}", body) for number in range(4) for identity, body in BODIES.items()]

    def put(each: tuple[str, dict[str, str]]) -> int:
        return client.put(f"/v1/articles/{each[0]}", json=each[1]).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(put, bodies)) == {201}
        assert set(threads.map(put, bodies)) == {200}
    articles = [ArticleBody.model_validate(body).article(identity) for identity, body in bodies]
    found = compare(shelve(articles, FakeEncoder()), Shelf.empty(), FakeJudge())
    assert sum(client.get("/v1/info").json()["counts"]["findings"].values()) == len(found)


def test_eight_clients_that_put_one_article_create_it_once(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.put("/v1/articles/a1", json=SIGNED).status_code, range(8)))
    assert sorted(answers) == [200] * 7 + [201]


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip),
    title=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)
def test_any_unicode_text_comes_back_whole(text: str, title: str) -> None:
    body = ArticleBody.model_validate({"text": text, "title": title})
    assert body.article("a1") == Article("a1", text, title=title)
