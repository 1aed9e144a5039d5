"""The lists as files: what the pages show, all of it, in the formats of the command; safe to open, and to read back."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from starlette.testclient import TestClient

from app.schemas import ArticleOut, ClaimOut, ContradictionOut, DisputedClaim, DisputeOut
from app.serialisation import FORMULA, columns
from app.store.errors import Unavailable
from app.store.records import Page, Slice
from corpus.records import Article
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, serving, stock
from tests.app.test_api_problems import told

LISTS = ("articles", "claims", "contradictions", "disputes")
SHAPES: dict[str, type[BaseModel]] = {
    "articles": ArticleOut,
    "claims": ClaimOut,
    "contradictions": ContradictionOut,
    "disputes": DisputedClaim,
}
MEDIA_TYPES = {"json": "application/json", "jsonl": "application/jsonl", "csv": "text/csv"}
MANY = 1203


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("exports"))) as client:
        for identity, body in {"signed": SIGNED, "denied": NOT_SIGNED, "again": AGAIN}.items():
            client.put(f"/v1/articles/{identity}", json={**body, "desk": "foreign"})
        yield client


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """More of each list than is read at once."""
    archive = an_archive(tmp_path_factory.mktemp("large"))
    stock(archive.store, MANY)
    with serving(archive) as client:
        yield client


def paged(client: TestClient, name: str, question: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    following: str | None = f"/v1/{name}?limit=500{question}"
    while following:
        answer = client.get(following).json()
        found += answer["items"]
        following = answer["next"]
    return found


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", LISTS)
def test_a_file_holds_what_the_pages_of_the_list_hold(client: TestClient, name: str) -> None:
    items = paged(client, name)
    assert items
    assert client.get(f"/v1/{name}.json").json() == items
    assert [json.loads(line) for line in client.get(f"/v1/{name}.jsonl").text.splitlines()] == items


@pytest.mark.parametrize("name", ["articles", "claims", "contradictions"])
def test_a_list_longer_than_is_read_at_once_is_whole_and_in_order(large: TestClient, name: str) -> None:
    items = paged(large, name)
    assert len(items) >= MANY - 1
    assert large.get(f"/v1/{name}.json").json() == items
    assert len(table(large.get(f"/v1/{name}.csv").text)) == len(items)


def test_a_file_takes_the_filters_and_the_order_of_its_list(large: TestClient) -> None:
    question = "&min_score=0.5&sort=score&outlet=morning+post"
    assert large.get(f"/v1/contradictions.json?{question}").json() == paged(large, "contradictions", question)
    assert large.get("/v1/claims.json?article=n007").json() == paged(large, "claims", "&article=n007")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_file_says_what_it_is(client: TestClient, name: str, form: str) -> None:
    headers = client.get(f"/v1/{name}.{form}").headers
    assert headers["content-type"] == f"{MEDIA_TYPES[form]}; charset=utf-8"
    told = client.get("/openapi.json").json()["paths"][f"/v1/{name}.{{form}}"]["get"]["responses"]["200"]["content"]
    assert told[MEDIA_TYPES[form]] == {"schema": {"type": "array" if form == "json" else "string"}}
    assert headers["content-disposition"] == f'attachment; filename="{name}.{form}"'
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", LISTS)
def test_a_file_of_nothing_is_a_whole_file(tmp_path: Path, name: str) -> None:
    with serving(an_archive(tmp_path)) as client:
        assert client.get(f"/v1/{name}.json").json() == []
        assert client.get(f"/v1/{name}.jsonl").text == ""
        assert client.get(f"/v1/{name}.csv").text == ",".join(columns(SHAPES[name])) + "\r\n"


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/claims.xml", "form"),
        ("/v1/claims.csv?limit=5", "limit"),
        ("/v1/articles.csv?cursor=x", "cursor"),
        ("/v1/disputes.json?min_score=2", "min_score"),
    ],
)
def test_what_a_file_cannot_be_asked_is_refused(client: TestClient, path: str, parameter: str) -> None:
    problem = told(client.get(path), 422)
    faults = problem["errors"]
    assert isinstance(faults, list)
    assert [each["parameter"] for each in faults] == [parameter]


def test_a_store_that_cannot_be_read_is_a_problem_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = an_archive(tmp_path)

    def unreadable(_: Page) -> Slice[Article]:
        raise Unavailable("sqlite:///a.db", "disk I/O error")

    monkeypatch.setattr(archive.store, "articles", unreadable)
    with serving(archive) as client:
        assert told(client.get("/v1/articles.csv"), 503)


# What spreadsheets take for formulas, what CSV gives a meaning to, and letters that no ASCII file holds.
WORDS = st.text(st.sampled_from("'=+-@\t\r\n\0\uff1d\",;\\|%[{(0aé字🙂 "), min_size=1, max_size=12)
SAID = WORDS.filter(str.strip)
ARTICLES = st.lists(
    st.fixed_dictionaries(
        {"text": SAID, "title": WORDS, "outlet": WORDS, "url": WORDS, "desk": WORDS | st.none() | st.integers()}
    ),
    min_size=1,
    max_size=4,
)


def plain(cell: str) -> str:
    """A cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if FORMULA.match(cell) else cell


def flat(row: Mapping[str, Any]) -> dict[str, str]:
    """An article as its row of CSV should read: nothing for null, metadata as JSON."""
    return {
        name: "" if value is None else value if isinstance(value, str) else json.dumps(value)
        for name, value in row.items()
    }


@settings(max_examples=60)
@given(bodies=ARTICLES)
def test_what_is_put_comes_back_from_every_format_and_no_cell_is_a_formula(
    client: TestClient, bodies: list[dict[str, Any]]
) -> None:
    ids = [f"=put+{number}" for number in range(len(bodies))]
    for identity, body in zip(ids, bodies, strict=True):
        assert client.put(f"/v1/articles/{identity}", json=body).status_code in (200, 201)
    expected = {identity: client.get(f"/v1/articles/{identity}").json() for identity in ids}
    as_json = {each["id"]: each for each in client.get("/v1/articles.json").json()}
    lines = client.get("/v1/articles.jsonl").text.split("\n")[:-1]
    rows = table(client.get("/v1/articles.csv").text)
    # What they claim may clash with the articles that the other tests expect to be alone.
    for identity in ids:
        assert client.delete(f"/v1/articles/{identity}").status_code == 204
    assert {identity: as_json[identity] for identity in ids} == expected
    assert [json.loads(line) for line in lines] == list(as_json.values())
    assert not [cell for row in rows for cell in row.values() if cell[:1] in set("=+-@\t\r\n\0\uff1d")]
    read_back = [{name: plain(cell) for name, cell in row.items()} for row in rows]
    assert read_back == [flat(each) for each in as_json.values()]


def test_a_number_below_zero_stays_a_number(client: TestClient) -> None:
    (row, *_) = table(client.get("/v1/contradictions.csv").text)
    (item, *_) = paged(client, "contradictions")
    assert float(row["similarity"]) == item["similarity"]
    assert float(row["forward_contradiction"]) == item["forward"]["contradiction"]


def test_a_row_of_disputes_is_a_claim_with_its_position(client: TestClient) -> None:
    (dispute,) = [DisputeOut.model_validate_json(line) for line in client.get("/v1/disputes.jsonl").text.splitlines()]
    rows = table(client.get("/v1/disputes.csv").text)
    assert [(row["position"], row["claim_article"]) for row in rows] == [
        ("A", "signed"),
        ("A", "again"),
        ("B", "denied"),
    ]
    assert {row["dispute"] for row in rows} == {dispute.id}
