"""Whatever goes wrong is told as application/problem+json, with the place of each fault; nothing is half done."""

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from httpx2 import Response
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api import Limits, create_app
from app.archive import open_archive
from app.store.errors import Unavailable
from nli.records import Judgement, Pair, Probabilities, Vectors
from tests.app.served import NOT_SIGNED, SIGNED, an_archive, serving, url_in
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

SMALL = Limits(body=20_000, text=2_000, pairs=3, waiting=2)
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("problems")), SMALL) as client:
        yield client


class Switch:
    """What fakes look at to know how to behave."""

    fails = False

    def __init__(self) -> None:
        self.running, self.go_on = threading.Event(), threading.Event()


class SwitchedJudge(FakeJudge):
    """Fails when told to; waits to be told to go on where `hold` is given."""

    def __init__(self, switch: Switch, *, hold: bool = False) -> None:
        self.switch, self.hold = switch, hold

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        if self.hold and pairs:
            self.switch.running.set()
            self.switch.go_on.wait(20)
        if self.switch.fails:
            raise RuntimeError("a secret of the model")
        return super().judge(pairs)


class BrokenClassifier(FakeClassifier):
    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        raise RuntimeError(f"no weights for {len(pairs)} pairs")


class SlowEncoder(FakeEncoder):
    def __init__(self, switch: Switch) -> None:
        self.switch = switch

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.switch.go_on.wait(20)
        return super().encode(texts)


def told(answer: Response, status: int) -> dict[str, object]:
    """The problem in an answer, its shape held to RFC 9457."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert isinstance(said, dict)
    assert {"type", "title", "status", "detail"} <= set(said) <= {"type", "title", "status", "detail", "errors"}
    assert said["status"] == status
    assert said["title"]
    assert "Traceback" not in answer.text
    return said


def pointers(said: dict[str, object]) -> list[str]:
    errors = said["errors"]
    assert isinstance(errors, list)
    return [each["pointer"] for each in errors]


@pytest.mark.parametrize(
    "path", ["/none", "/v1", "/v2/articles", "/v1/articles/none", "/v1/claims/none", "/docs/none.js", "/favicon.ico"]
)
def test_nothing_there(client: TestClient, path: str) -> None:
    told(client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/healthz"), ("PATCH", "/v1/articles"), ("DELETE", "/v1/claims")]
)
def test_a_method_that_is_not_there(client: TestClient, method: str, path: str) -> None:
    assert told(client.request(method, path), 405)
    assert client.request(method, path).headers["allow"]


@pytest.mark.parametrize("path", ["/v1/articles", "/v1/check", "/v1/judgements"])
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_a_body_that_is_not_declared_as_json(client: TestClient, path: str, media_type: str) -> None:
    told(client.post(path, content=b"{}", headers={"content-type": media_type} if media_type else {}), 415)


def test_json_with_parameters_or_a_suffix_is_json(client: TestClient) -> None:
    for media_type in ("application/json; charset=utf-8", "application/ld+json"):
        body = json.dumps({"text": "It rained."})
        answer = client.post("/v1/check", content=body, headers={"content-type": media_type})
        assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"nonsense", b'{"text": "\xff"}', b"[" * 9_000])
def test_a_body_that_is_no_json(client: TestClient, body: bytes) -> None:
    assert client.post("/v1/check", content=body, headers=JSON).status_code in (400, 422)
    told(client.post("/v1/check", content=body, headers=JSON), 422 if body == b"" else 400)


def test_a_body_that_is_too_large_by_its_declared_length(client: TestClient) -> None:
    told(client.put("/v1/articles/big", json={"text": "x" * 20_001}), 413)
    assert client.get("/v1/articles/big").status_code == 404


def test_a_body_that_is_too_large_and_undeclared(client: TestClient) -> None:
    chunks = (b"[" + b"1," * 5_000 for _ in range(10))
    told(client.post("/v1/check", content=chunks, headers=JSON), 413)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["/text"]),
        ({"text": ""}, ["/text"]),
        ({"text": " \n\u00a0"}, ["/text"]),
        ({"text": 5}, ["/text"]),
        ({"text": None}, ["/text"]),
        ({"text": "It rained.", "published": "yesterday"}, ["/published"]),
        ({"text": "It rained.", "published": "2020-02-30"}, ["/published"]),
        ({"text": "It rained.", "published": 20200101}, ["/published"]),
        ({"text": "It rained.", "published": "2020-01-01T25:00"}, ["/published"]),
        ({"text": "It rained.", "outlet": ["A"], "title": 3}, ["/title", "/outlet"]),
        ({"text": "It rained.", "id": "another"}, ["/id"]),
        ({"text": "It rained. " * 200}, ["/text"]),
        ([], [""]),
        ("It rained.", [""]),
    ],
)
def test_a_faulty_article_is_refused_by_place_and_not_stored(
    client: TestClient, body: object, places: list[str]
) -> None:
    assert pointers(told(client.put("/v1/articles/faulty", json=body), 422)) == places
    assert client.get("/v1/articles/faulty").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        rb'{"text": "x \ud800"}',
        rb'{"text": "x y", "desk": "\ud800"}',
        b'{"text": "x y", "n": NaN}',
        b'{"text": "x", "n": 1e999}',
    ],
)
def test_what_no_other_reader_of_json_would_take_is_refused(client: TestClient, body: bytes) -> None:
    told(client.put("/v1/articles/faulty", content=body, headers=JSON), 422)


@pytest.mark.parametrize("name", [r"\ud800", "~/"])
def test_a_pointer_quotes_what_was_sent_escaped(client: TestClient, name: str) -> None:
    body = f'{{"pairs": [{{"id": "p", "premise": "a", "hypothesis": "b", "{name}": 1}}]}}'
    said = told(client.post("/v1/judgements", content=body, headers=JSON), 422)
    assert said["errors"]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, [""]),
        ({"text": "a", "article": {"text": "b"}}, [""]),
        ({"text": "  "}, [""]),
        ({"text": "a", "limit": 3}, ["/limit"]),
        ({"article": {"text": "x", "published": "soon"}}, ["/article/published"]),
        ({"text": "x" * 2_001}, ["/text"]),
        ({"article": {"text": "x" * 2_001}}, ["/article/text"]),
    ],
)
def test_a_faulty_check(client: TestClient, body: object, places: list[str]) -> None:
    assert pointers(told(client.post("/v1/check", json=body), 422)) == places


PAIR = {"id": "p1", "premise": "It rained.", "hypothesis": "It was dry."}


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"pairs": []}, ["/pairs"]),
        ({"pairs": [PAIR] * 4}, ["/pairs"]),
        ({"pairs": [PAIR, {**PAIR, "premise": " "}]}, ["/pairs/1/premise"]),
        ({"pairs": [{"id": "p1", "premise": "It rained."}]}, ["/pairs/0/hypothesis"]),
        ({"pairs": [{**PAIR, "hypothesis": "x" * 2_001}]}, ["/pairs/0/hypothesis"]),
    ],
)
def test_faulty_pairs(client: TestClient, body: object, places: list[str]) -> None:
    assert pointers(told(client.post("/v1/judgements", json=body), 422)) == places


@pytest.mark.parametrize(
    ("url", "parameter"),
    [
        ("/v1/articles?page=2", "page"),
        ("/v1/articles/a?x=1", "x"),
        ("/v1/claims?holders=x", "holders"),
        ("/v1/claims?q=", "q"),
        ("/v1/claims?min_check_worthiness=2", "min_check_worthiness"),
        ("/v1/contradictions?relation=lie", "relation"),
        ("/v1/contradictions?kind=odd", "kind"),
        ("/v1/contradictions?sort=oldest", "sort"),
        ("/v1/contradictions?since=1600000000", "since"),
        ("/v1/contradictions?until=2020-02-30", "until"),
        ("/v1/contradictions?min_score=NaN", "min_score"),
        ("/v1/info?verbose=1", "verbose"),
        ("/healthz?x=1", "x"),
    ],
)
def test_a_parameter_that_is_unknown_or_faulty_is_named(client: TestClient, url: str, parameter: str) -> None:
    errors = told(client.get(url), 422)["errors"]
    assert isinstance(errors, list)
    assert {each["parameter"] for each in errors} == {parameter}


def test_a_range_that_ends_before_it_begins_is_refused(client: TestClient) -> None:
    told(client.get("/v1/contradictions?since=2021-01-01&until=2020-01-01"), 422)


def test_an_error_of_the_service_tells_nothing_of_its_inside(tmp_path: Path) -> None:
    switch = Switch()
    archive = open_archive(url_in(tmp_path), FakeEncoder(), SwitchedJudge(switch))
    with serving(archive) as client:
        client.put("/v1/articles/a1", json=SIGNED)
        switch.fails = True
        answer = client.put("/v1/articles/a2", json=NOT_SIGNED)
        assert "secret" not in str(told(answer, 500))
        assert client.get("/v1/articles/a2").status_code == 404
        switch.fails = False
        assert client.put("/v1/articles/a2", json=NOT_SIGNED).status_code == 201


def test_a_store_that_fails_is_503_and_tells_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:

        def fail(*_: object, **__: object) -> None:
            raise Unavailable(archive.store.url, "disk I/O error")

        for name in ("put", "counts", "try_writing"):
            monkeypatch.setattr(archive.store, name, fail)
        for answer in (client.put("/v1/articles/a1", json=SIGNED), client.get("/v1/info"), client.get("/readyz")):
            assert str(tmp_path) not in str(told(answer, 503))
            assert answer.headers["retry-after"]
        batch = client.post("/v1/articles", json={"articles": [{"id": "a1", **SIGNED}]})
        assert [item["status"] for item in batch.json()["items"]] == [503]
        assert client.get("/healthz").status_code == 200


def test_it_is_not_ready_before_the_models_are(tmp_path: Path) -> None:
    switch = Switch()
    archive = open_archive(url_in(tmp_path), SlowEncoder(switch), FakeJudge())
    with serving(archive) as client:
        told(client.get("/readyz"), 503)
        assert client.get("/healthz").status_code == 200
        switch.go_on.set()
        client.post("/v1/check", json={"text": "It rained in Moscow."})
        assert client.get("/readyz").status_code == 200


def test_it_is_never_ready_with_models_that_fail(tmp_path: Path) -> None:
    with TestClient(create_app(an_archive(tmp_path), BrokenClassifier()), raise_server_exceptions=False) as client:
        client.post("/v1/check", json={"text": "It rained in Moscow."})
        told(client.get("/readyz"), 503)


def test_reads_do_not_wait_for_the_models_and_too_many_requests_are_told_to_come_again(tmp_path: Path) -> None:
    switch = Switch()
    archive = open_archive(url_in(tmp_path), FakeEncoder(), SwitchedJudge(switch, hold=True))
    with serving(archive, Limits(waiting=1)) as client, ThreadPoolExecutor(1) as thread:
        client.put("/v1/articles/a1", json=SIGNED)
        slow = thread.submit(client.put, "/v1/articles/a2", json=NOT_SIGNED)
        assert switch.running.wait(10)
        try:
            assert [each["id"] for each in client.get("/v1/articles").json()["items"]] == ["a1"]
            assert client.get("/v1/contradictions").status_code == 200
            assert client.put("/v1/articles/a1", json=SIGNED).json()["change"] == "unchanged"
            told(client.post("/v1/check", json={"text": "It rained."}), 503)
        finally:
            switch.go_on.set()
        assert slow.result().status_code == 201


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
bodies = (
    st.dictionaries(st.sampled_from(["text", "article", "articles", "pairs", "all", "id", "x"]), json_values)
    | json_values
)


@settings(max_examples=60)
@given(body=bodies, path=st.sampled_from(["/v1/articles", "/v1/check", "/v1/judgements"]))
def test_no_json_makes_an_error_of_the_service(client: TestClient, body: object, path: str) -> None:
    answer = client.post(path, content=json.dumps(body), headers=JSON)
    assert answer.status_code in (200, 207, 400, 413, 422)
    if answer.status_code >= 400:
        told(answer, answer.status_code)
