"""A dataset by name: how it is named, what its columns and labels become, and what is refused."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from eval.evaluate import Models, evaluate_gold
from eval.gold import UnusableGold
from eval.hub import Address, Dataset, read_hub
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

FAKES = Models(FakeEncoder, FakeClassifier, FakeJudge)
NLI = ["entailment", "neutral", "contradiction"]


@dataclass
class Classes:
    names: list[str]


@dataclass
class Split:
    features: Mapping[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)


def split(*labels: object, names: list[str] | None = None, sides: tuple[str, str] = ("premise", "hypothesis")) -> Split:
    rows = [
        {sides[0]: "It was signed.", sides[1]: f"It was not signed {n}.", "label": label}
        for n, label in enumerate(labels)
    ]
    return Split({sides[0]: "text", sides[1]: "text", "label": Classes(names) if names else "text"}, rows)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("hf:nyu-mll/multi_nli:test", Address("nyu-mll/multi_nli", None, "test")),
        ("hf:nyu-mll/glue/rte:validation[:100]", Address("nyu-mll/glue", "rte", "validation[:100]")),
        ("hf:./folder/of/mine:test", Address("folder/of/mine", None, "test")),
    ],
)
def test_a_dataset_is_named_by_owner_configuration_and_split(text: str, address: Address) -> None:
    assert Address.of(text) == address


@pytest.mark.parametrize("text", ["hf:", "hf:nyu-mll/multi_nli", "hf:snli:test", "hf:a/b/c/d:test", "hf:a/:test"])
def test_a_name_of_another_form_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(UnusableGold, match="expected hf:NAME/CONFIG:SPLIT"):
        Address.of(text)


def test_what_is_asked_for_is_what_was_named() -> None:
    asked: list[tuple[str, str | None, str]] = []

    def load(name: str, config: str | None, part: str) -> Dataset:
        asked.append((name, config, part))
        return split(0, names=NLI)

    read_hub("hf:nyu-mll/glue/mnli:test", load)
    assert asked == [("nyu-mll/glue", "mnli", "test")]


def test_the_names_of_classes_are_the_labels() -> None:
    gold = read_hub("hf:a/b:test", lambda *_: split(2, 0, names=["contradiction", "neutral", "entailment"]))
    assert [pair.label for pair in gold.pairs] == ["entailment", "contradiction"]


def test_rows_without_a_label_are_left_out_and_counted() -> None:
    gold = read_hub("hf:a/b:test", lambda *_: split(0, -1, 2, -1, names=NLI))
    assert (len(gold.pairs), gold.name) == (2, "hf:a/b:test, 2 rows without a label left out")
    assert not gold.faults


def test_two_class_sets_keep_their_two_classes() -> None:
    rte = split(0, 1, names=["entailment", "not_entailment"], sides=("sentence1", "sentence2"))
    report = evaluate_gold(read_hub("hf:a/b:test", lambda *_: rte), FAKES)
    assert "F1" not in report.systems[0]


def test_a_set_without_neutral_is_not_asked_for_it() -> None:
    gold = read_hub("hf:a/b:test", lambda *_: split("entailment", "contradiction"))
    assert gold.answers == ("entailment", "contradiction")


def test_pairs_with_one_premise_are_a_group() -> None:
    assert len({pair.group for pair in read_hub("hf:a/b:test", lambda *_: split(0, 1, 2, names=NLI)).pairs}) == 1


def test_labels_that_are_numbers_without_names_are_refused() -> None:
    with pytest.raises(UnusableGold, match=r"label '0'.*expected labels of entailment"):
        read_hub("hf:a/b:test", lambda *_: split(0, 1))


def test_columns_without_two_texts_and_a_label_are_refused() -> None:
    with pytest.raises(UnusableGold, match="columns text; expected 'label' beside 'premise' and 'hypothesis'"):
        read_hub("hf:a/b:test", lambda *_: Split({"text": "text"}))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(
        UnusableGold, match=r"hf:a/b:test: the library `datasets` is not installed.*counterclaim\[hub\]"
    ):
        read_hub("hf:a/b:test")


def test_a_folder_is_read_and_what_is_not_there_refused(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    row = {"premise": "It was signed.", "hypothesis": "It was not.", "label": "contradiction"}
    (tmp_path / "test.jsonl").write_text(json.dumps(row))
    assert [pair.label for pair in read_hub(f"hf:{tmp_path}:test").pairs] == ["contradiction"]
    with pytest.raises(UnusableGold, match=r"cannot be loaded \(Unknown split"):
        read_hub(f"hf:{tmp_path}:train")
