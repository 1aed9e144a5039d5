"""`counterclaim evaluate`: how it was made, and what a comparison does to the exit status."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.commands.evaluate import Maker, run
from app.errors import CommandError
from app.settings import Settings
from eval.evaluate import Models
from nli.records import Probabilities
from nli.relation import THRESHOLDS
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

GOOD = Models(FakeEncoder, FakeClassifier, FakeJudge)


class Backwards(FakeClassifier):
    """Takes contradictions for entailments, and entailments for contradictions."""

    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        return super().classify(pairs)[:, ::-1]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    rows = [
        {"premise": f"The bridge {n} is open.", "hypothesis": f"The bridge {n} is {word}open.", "label": label}
        for n in range(8)
        for word, label in (("not ", "contradiction"), ("", "entailment"))
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_the_report_tells_how_it_was_made(gold: Path) -> None:
    folder = gold.parent / "report"
    run(gold, Settings(report=folder), GOOD, Maker("counterclaim evaluate gold.jsonl", "0.1.0"))
    made = json.loads((folder / "report.json").read_text())["provenance"]
    assert made["command"] == "counterclaim evaluate gold.jsonl"
    assert made["thresholds"]["contradiction"] == THRESHOLDS.contradiction
    assert all(len(file["sha256"]) == 64 for file in made["files"])
    assert any(file["name"] == "base/model.onnx" for file in made["files"])
    assert "counterclaim evaluate gold.jsonl" in (folder / "report.html").read_text()


def test_a_regression_exits_with_1_and_an_improvement_with_0(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = gold.parent / "good", gold.parent / "bad"
    run(gold, Settings(report=good), GOOD)
    assert run(gold, Settings(report=bad, compare=good / "report.json"), Models(FakeEncoder, Backwards, FakeJudge)) == 1
    assert "a regression" in capsys.readouterr().out
    assert run(gold, Settings(compare=bad / "report.json"), GOOD) == 0


def test_a_report_on_other_data_is_refused_before_anything_is_measured(gold: Path) -> None:
    def unasked() -> FakeClassifier:
        raise AssertionError("the judge was loaded")

    run(gold, Settings(report=gold.parent / "report"), GOOD)
    gold.write_text(gold.read_text() + "\n")
    with pytest.raises(CommandError, match="a report on other data"):
        run(gold, Settings(compare=gold.parent / "report/report.json"), Models(FakeEncoder, unasked, FakeJudge))
