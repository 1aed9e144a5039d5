"""`/predict` is text-embeddings-inference's: its questions, its answers, its errors."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api import Limits, create_app
from nli.records import Probabilities
from tests.app.served import an_archive, serving
from tests.fakes import FakeClassifier

RAIN, NO_RAIN = "It rained on Monday.", "It never rained on Monday."
LONG = "It rained on Monday and on Tuesday and on Wednesday and on Thursday."
SMALL = Limits(body=5_000, text=1_000, pairs=3)


class BrokenClassifier(FakeClassifier):
    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        raise RuntimeError(f"a secret of the model, asked of {len(pairs)} pairs")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("predict")), SMALL) as client:
        yield client


def asked(client: TestClient, inputs: object, **options: object) -> Any:  # noqa: ANN401 - any JSON
    answer = client.post("/predict", json={"inputs": inputs, **options})
    assert answer.status_code == 200, answer.text
    return answer.json()


def failed(answer: Response, status: int, kind: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error", "error_type"}
    assert answer.json()["error_type"] == kind
    return str(answer.json()["error"])


def test_a_pair_gives_its_labels_the_most_probable_first(client: TestClient) -> None:
    answer = asked(client, [RAIN, NO_RAIN])
    assert [each["label"] for each in answer] == ["contradiction", "neutral", "entailment"]
    assert [each["score"] for each in answer] == [0.95, 0.03, 0.02]


def test_a_batch_gives_a_list_for_each_pair_even_for_one(client: TestClient) -> None:
    alone = asked(client, [RAIN, NO_RAIN])
    assert asked(client, [[RAIN, NO_RAIN]]) == [alone]
    assert asked(client, [[RAIN, RAIN], [RAIN, NO_RAIN]]) == [asked(client, [RAIN, RAIN]), alone]


def test_it_is_the_answer_of_judgements_in_another_shape(client: TestClient) -> None:
    body = {"pairs": [{"id": "p", "premise": RAIN, "hypothesis": NO_RAIN}]}
    (judgement,) = client.post("/v1/judgements", json=body).json()["items"]
    assert {each["label"]: each["score"] for each in asked(client, [RAIN, NO_RAIN])}.items() <= judgement.items()


def test_raw_scores_are_logits_their_softmax_gives_the_probabilities(client: TestClient) -> None:
    raw = asked(client, [RAIN, NO_RAIN], raw_scores=True)
    summed = sum(math.exp(each["score"]) for each in raw)
    for each, plain in zip(raw, asked(client, [RAIN, NO_RAIN]), strict=True):
        assert each["label"] == plain["label"]
        assert math.exp(each["score"]) / summed == pytest.approx(plain["score"], abs=1e-6)


@pytest.mark.parametrize("truncate", [True, None])
def test_a_pair_that_is_too_long_is_cut(client: TestClient, truncate: bool | None) -> None:
    assert len(asked(client, [LONG, LONG], truncate=truncate)) == 3


def test_unless_it_must_not_be(client: TestClient) -> None:
    answer = client.post("/predict", json={"inputs": [[RAIN, RAIN], [LONG, LONG]], "truncate": False})
    assert "pair 1 is longer" in failed(answer, 413, "validation")
    assert len(asked(client, [RAIN, NO_RAIN], truncate=False)) == 3


def test_the_model_and_its_revision_stand_in_a_header(client: TestClient) -> None:
    assert client.post("/predict", json={"inputs": [RAIN, RAIN]}).headers["x-model"] == FakeClassifier.name


@pytest.mark.parametrize("inputs", [[], ["", RAIN], [[RAIN, RAIN], [RAIN, " \n"]]])
def test_nothing_to_judge_is_empty(client: TestClient, inputs: object) -> None:
    failed(client.post("/predict", json={"inputs": inputs}), 400, "empty")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"inputs": RAIN}, "expected a pair of texts"),
        ({"inputs": [RAIN]}, "expected a pair of texts"),
        ({"inputs": [RAIN, RAIN, RAIN]}, "expected a pair of texts"),
        ({"inputs": [[RAIN, RAIN], [RAIN]]}, "pair 1: expected a pair of texts"),
        ({"inputs": [[RAIN, RAIN], RAIN]}, "expected a pair of texts"),
        ({"inputs": [RAIN, 5]}, "expected a pair of texts"),
        ({"inputs": {"premise": RAIN}}, "expected a pair of texts"),
        ({}, "`inputs`: Field required"),
        ({"inputs": [RAIN, RAIN], "raw_scores": "yes"}, "`raw_scores`: Input should be a valid boolean"),
        ({"inputs": [RAIN, RAIN], "parameters": {}}, "`parameters`: Extra inputs are not permitted"),
        ([RAIN, RAIN], "`body`"),
    ],
)
def test_what_is_no_pair_is_told_in_their_shape(client: TestClient, body: object, said: str) -> None:
    assert said in failed(client.post("/predict", json=body), 422, "validation")


def test_too_much_at_once_is_told_in_their_shape(client: TestClient) -> None:
    many = client.post("/predict", json={"inputs": [[RAIN, RAIN]] * 4})
    assert failed(many, 413, "validation") == "batch size 4 > maximum allowed batch size 3"
    assert "1500 characters" in failed(client.post("/predict", json={"inputs": [RAIN, "a" * 1500]}), 422, "validation")


def test_what_cannot_be_read_is_told_in_their_shape(client: TestClient) -> None:
    as_json = {"content-type": "application/json"}
    assert "not JSON" in failed(client.post("/predict", content="{", headers=as_json), 400, "validation")
    plain = client.post("/predict", content="{}", headers={"content-type": "text/plain"})
    assert "expected Content-Type: application/json" in failed(plain, 415, "validation")
    assert "`model`" in failed(client.post("/predict?model=x", json={"inputs": [RAIN, RAIN]}), 422, "validation")


def test_a_broken_model_is_a_backend_error_that_tells_no_secret(tmp_path: Path) -> None:
    with TestClient(create_app(an_archive(tmp_path), BrokenClassifier())) as client:
        said = failed(client.post("/predict", json={"inputs": [RAIN, RAIN]}), 424, "backend")
    assert "secret" not in said


def test_too_many_that_wait_is_overloaded(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path), Limits(waiting=0)) as client:
        answer = client.post("/predict", json={"inputs": [RAIN, RAIN]})
    failed(answer, 429, "overloaded")
    assert int(answer.headers["retry-after"]) > 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=8,
)


@given(inputs=JSON)
def test_any_json_is_answered_or_told_in_their_shape(client: TestClient, inputs: object) -> None:
    answer = client.post("/predict", json={"inputs": inputs})
    if answer.status_code == 200:
        assert isinstance(inputs, list)
    else:
        assert answer.status_code in (400, 413, 422)
        assert set(answer.json()) == {"error", "error_type"}
