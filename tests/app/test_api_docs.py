"""The reference says what the service does, and needs no network."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from app.api import articles, examples, jobs, models, paging, predict, problems, reviews, watches
from app.api.docs import FILES, FOLDER
from app.schemas import (
    ArticleBody,
    ArticleIn,
    ArticleOut,
    ClaimOut,
    ClashOut,
    ContradictionOut,
    DisputeOut,
    EventDataOut,
    EventOut,
    FindingOut,
    MomentOut,
    OpinionIn,
    PlaceOut,
    PositionOut,
    PutOut,
    ReviewOut,
    VoiceOut,
    WhyOut,
)
from app.store.records import Reason, Verdict
from nli.records import Kind, Relation
from tests.app.served import an_archive, serving

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("docs"))) as client:
        yield client


@pytest.fixture(scope="module")
def schema(client: TestClient) -> dict[str, Any]:
    described = client.get("/openapi.json").json()
    assert isinstance(described, dict)
    return described


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in schema["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_every_route_is_in_the_reference_and_no_other(schema: dict[str, Any]) -> None:
    routes = {f"{method} {path}" for method, path, _ in operations(schema)}
    assert set(re.findall(r"^\| `((?:GET|PUT|POST|DELETE) [^`]+)` \|", DOCS.read_text(), re.M)) == routes


def test_every_parameter_relation_and_kind_is_in_the_reference(schema: dict[str, Any]) -> None:
    prose = re.sub(r"^```.*?^```", "", DOCS.read_text(), flags=re.M | re.S)
    words = set(re.findall(r"`([^`]+)`", prose))
    for _, _, operation in operations(schema):
        assert {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"} <= words
    assert {*map(str, Relation), *map(str, Kind)} <= words


def test_every_operation_has_an_id_a_tag_a_summary_and_its_errors(schema: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(schema)]
    assert len(ids) == len(set(ids))
    named = {tag["name"] for tag in schema["tags"]}
    for _, _, operation in operations(schema):
        assert set(operation["tags"]) <= named
        assert operation["summary"]
        assert operation["description"]
        wrong = {status: each for status, each in operation["responses"].items() if status >= "400"}
        assert {"422", "500"} <= set(wrong)
        theirs = set(map(str, predict.ERRORS)) if operation["operationId"] == "predict" else set()
        for status, each in wrong.items():
            assert set(each["content"]) == {"application/json" if status in theirs else "application/problem+json"}


def test_the_description_is_of_openapi_3_1_and_its_references_hold(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    names = set(re.findall(r"#/components/schemas/([\w-]+)", str(schema)))
    assert names <= set(schema["components"]["schemas"])


@pytest.mark.parametrize("shape", [DisputeOut, PositionOut, VoiceOut, ClashOut, MomentOut])
def test_the_fields_of_a_dispute_are_in_the_reference(shape: type[BaseModel]) -> None:
    (told,) = re.findall(r"^DISPUTE = .*?^```", DOCS.read_text(), re.M | re.S)
    assert set(shape.model_fields) <= set(re.findall(r'"(\w+)"', told))


def test_the_fields_and_words_of_a_review_are_in_the_reference() -> None:
    told = DOCS.read_text().partition("## Reviews")[2].partition("## Lists")[0]
    prose = re.sub(r"^```.*?^```", "", told, flags=re.M | re.S)
    words = set(re.findall(r'"(\w+)"', told)) | set(re.findall(r"`([^`]+)`", prose))
    assert {*reviews.HistoryOut.model_fields, *PlaceOut.model_fields, *map(str, Verdict), *map(str, Reason)} <= words


@pytest.mark.parametrize("shape", [EventOut, EventDataOut])
def test_the_fields_of_an_event_are_in_the_reference(shape: type[BaseModel]) -> None:
    (told,) = re.findall(r"^EVENT = .*?^```", DOCS.read_text(), re.M | re.S)
    assert set(shape.model_fields) <= set(re.findall(r'"(\w+)"', told))


def test_the_fields_of_why_are_in_the_reference() -> None:
    rows = re.findall(r"^\| (`.+?) \|", DOCS.read_text().partition("## Why")[2].partition("## Reviews")[0], re.M)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(WhyOut.model_fields)


SHAPES: dict[str, type[BaseModel]] = {
    "ArticleBody": ArticleBody,
    "ArticleIn": ArticleIn,
    "ArticleOut": ArticleOut,
    "BatchIn": articles.BatchIn,
    "BatchOut": articles.BatchOut,
    "CheckIn": models.CheckIn,
    "CheckOut": models.CheckOut,
    "ClaimOut": ClaimOut,
    "ContradictionOut": ContradictionOut,
    "DisputeOut": DisputeOut,
    "FindingOut": FindingOut,
    "HistoryOut": reviews.HistoryOut,
    "JobItem": jobs.JobItem,
    "JobOut": jobs.JobOut,
    "JudgementsIn": models.JudgementsIn,
    "JudgementsOut": models.JudgementsOut,
    "Listing_ArticleOut_": paging.Listing[ArticleOut],
    "Listing_ClaimOut_": paging.Listing[ClaimOut],
    "Listing_DisputeOut_": paging.Listing[DisputeOut],
    "Listing_ContradictionOut_": paging.Listing[ContradictionOut],
    "Listing_JobItem_": paging.Listing[jobs.JobItem],
    "Listing_JobOut_": paging.Listing[jobs.JobOut],
    "Listing_ReviewOut_": paging.Listing[ReviewOut],
    "OpinionIn": OpinionIn,
    "Failure": predict.Failure,
    "PredictIn": predict.PredictIn,
    "Prediction": predict.Prediction,
    "Problem": problems.Problem,
    "PutOut": PutOut,
    "ReviewOut": ReviewOut,
    "Listing_DeliveryOut_": paging.Listing[watches.DeliveryOut],
    "Listing_MatchOut_": paging.Listing[watches.MatchOut],
    "Listing_WatchOut_": paging.Listing[watches.WatchOut],
    "DeliveryOut": watches.DeliveryOut,
    "SecretOut": watches.SecretOut,
    "WatchIn": watches.WatchIn,
    "WatchOut": watches.WatchOut,
    "WatchSaved": watches.WatchSaved,
    "WhyOut": WhyOut,
}


@pytest.mark.parametrize("name", sorted(examples.EXAMPLES))
def test_every_example_fits_its_shape(name: str) -> None:
    SHAPES[name].model_validate_json(json.dumps(examples.EXAMPLES[name]))


def test_the_browser_reference_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert {f"/docs/{name}" for name in FILES} == set(loaded)
    for path in loaded:
        assert client.get(path).status_code == 200
    assert "http" not in page.text


def test_the_browser_reference_may_run_what_it_holds_and_nothing_else(client: TestClient) -> None:
    page = client.get("/docs")
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in page.headers["content-security-policy"]


def test_the_licence_of_what_is_vendored_lies_beside_it() -> None:
    assert "Apache License" in (FOLDER / "LICENSE").read_text()
    assert (FOLDER / "NOTICE").exists()
    assert set(FILES) <= {file.name for file in FOLDER.iterdir()}
