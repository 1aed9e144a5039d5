"""Models are loaded by folder: safe weights only, labels by their names, and no model that fails the probes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nli.errors import FailedProbe, MissingWeights, ModelError, UnsafeWeights, WrongLabels
from nli.loading import BUNDLED, load_classifier, load_encoder
from nli.runtime import (
    LABELS,
    MAX_TOKENS,
    PROBES,
    OnnxClassifier,
    OnnxEncoder,
    TorchClassifier,
    TorchEncoder,
    for_torch,
    label_columns,
)
from tests.nli.tiny import (
    empty_folder,
    misnamed_classifier,
    nameless_classifier,
    pickled_classifier,
    tiny_classifier,
    two_class_classifier,
    weightless_classifier,
)


@pytest.mark.parametrize(
    "labels", [("neutral", "contradiction", "entailment"), ("ENTAILMENT", "Neutral", "CONTRADICTION")]
)
def test_labels_are_found_by_name_whatever_their_order(tmp_path: Path, labels: tuple[str, str, str]) -> None:
    classifier = load_classifier(str(tiny_classifier(tmp_path / "tiny", labels, examples=PROBES)))
    answers = classifier.classify([(premise, hypothesis) for premise, hypothesis, _ in PROBES])
    assert [LABELS[row.argmax()] for row in answers] == [label for _, _, label in PROBES]
    assert answers.sum(axis=1) == pytest.approx(np.ones(3))


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (two_class_classifier, WrongLabels, "entailment, neutral, contradiction"),
        (nameless_classifier, WrongLabels, "label_0"),
        (pickled_classifier, UnsafeWeights, "pickled"),
        (weightless_classifier, MissingWeights, "no weights"),
        (empty_folder, MissingWeights, "config.json"),
    ],
)
def test_a_folder_that_is_no_judge_is_refused_and_told_why(
    tmp_path: Path, make: Callable[[Path], Path], error: type[ModelError], told: str
) -> None:
    with pytest.raises(error, match=told):
        load_classifier(str(make(tmp_path / "model")))


def test_a_model_whose_labels_are_named_wrongly_fails_the_probes(tmp_path: Path) -> None:
    with pytest.raises(FailedProbe):
        load_classifier(str(misnamed_classifier(tmp_path / "model", examples=PROBES)))


def test_a_model_that_wants_to_run_its_own_code_is_refused(tmp_path: Path) -> None:
    folder = tiny_classifier(tmp_path / "model", examples=())
    config = folder / "config.json"
    config.write_text(config.read_text().replace("{", '{"auto_map": {"AutoModel": "evil.Model"},', 1))
    with pytest.raises(UnsafeWeights, match="own code"):
        load_classifier(str(folder))


def test_a_name_that_is_neither_folder_nor_cached_is_named_in_the_error() -> None:
    with pytest.raises(ModelError, match="no-such-model"):
        load_classifier("no-such-model")


@pytest.mark.parametrize("missing", [{}, {0: "entailment"}, {0: "entailment", 1: "neutral", 2: "neutral"}])
def test_labels_must_be_exactly_the_three(missing: dict[int, str]) -> None:
    with pytest.raises(WrongLabels):
        label_columns("some/model", missing)


@pytest.mark.model
def test_a_changed_byte_in_bundled_weights_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(BUNDLED / "encoder", folder)
    weights = folder / "model.onnx"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.onnx"):
        load_encoder(str(folder))


@pytest.mark.model
def test_the_bundled_encoder_gives_unit_vectors_that_do_not_hang_on_their_neighbours() -> None:
    encoder = load_encoder()
    texts = ["The contract has been signed.", "Rain is expected in the north on Monday and Tuesday.", "No."]
    together = encoder.encode(texts)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    for row, text in enumerate(texts):
        assert np.array_equal(encoder.encode([text])[0], together[row])
    assert encoder.encode([]).shape == (0, together.shape[1])


@pytest.mark.model
def test_the_bundled_judge_gives_the_same_numbers_whatever_is_asked_with_a_pair() -> None:
    classifier = load_classifier()
    pair = ("a corresponding agreement has already been signed", "there are no new agreements")
    alone = classifier.classify([pair])[0]
    among = classifier.classify([("It rained.", "It was dry all day long in the whole of the country."), pair])[1]
    assert np.array_equal(alone, among)
    assert LABELS[alone.argmax()] == "contradiction"


@pytest.mark.model
def test_a_pair_is_cut_from_the_token_on_that_the_model_does_not_read() -> None:
    fits, cut = "rain " * (MAX_TOKENS - 6), "rain " * (MAX_TOKENS - 5)  # the hypothesis and four marks take the rest
    with for_torch(BUNDLED / "base") as whole:
        for classifier in (OnnxClassifier(BUNDLED / "base"), TorchClassifier(whole)):
            short = ("It rained.", "It is wet.")
            assert classifier.cut([short, (fits, "rain rain"), (cut, "rain rain")]) == [False, False, True]
            assert classifier.cut([]) == []


@pytest.mark.model
def test_on_torch_the_bundled_judge_says_what_it_says_on_onnx_runtime() -> None:
    pairs = [(premise, hypothesis) for premise, hypothesis, _ in PROBES]
    with for_torch(BUNDLED / "base") as folder:
        on_torch = TorchClassifier(folder).classify(pairs)
    on_onnx = OnnxClassifier(BUNDLED / "base").classify(pairs)
    assert on_torch == pytest.approx(on_onnx, abs=0.05)
    assert on_torch.argmax(axis=1).tolist() == on_onnx.argmax(axis=1).tolist()


@pytest.mark.model
def test_on_torch_the_bundled_encoder_gives_nearly_the_same_vectors() -> None:
    texts = [premise for premise, _, _ in PROBES]
    with for_torch(BUNDLED / "encoder") as folder:
        on_torch = TorchEncoder(folder).encode(texts)
    cosines = (on_torch * OnnxEncoder(BUNDLED / "encoder").encode(texts)).sum(axis=1)
    assert (cosines > 0.98).all()


@pytest.mark.model
def test_where_there_is_cuda_the_bundled_judge_runs_on_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nli.loading.runs_on_cuda", lambda: True)
    load_classifier.cache_clear()
    try:
        assert isinstance(load_classifier(), TorchClassifier)
    finally:
        load_classifier.cache_clear()
