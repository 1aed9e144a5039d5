"""Two reports on the same pairs: what has changed, how surely, and what cannot be compared."""

import json
from pathlib import Path

import pytest

from eval.comparison import Comparison, Earlier, Incomparable, read_report, set_beside
from eval.evaluate import Models, evaluate_file
from eval.report import as_json
from eval.scoring import System
from tests.eval.made import said
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

CLASH, NONE = "contradiction", "neutral"
GOOD = said(*[(CLASH, CLASH, 0.9)] * 10, *[(NONE, NONE, 0.1)] * 10)
BAD = said(*[(CLASH, NONE, 0.2)] * 8, *[(CLASH, CLASH, 0.9)] * 2, *[(NONE, CLASH, 0.7)] * 5, *[(NONE, NONE, 0.1)] * 5)


def as_earlier(system: System, digest: str = "d") -> Earlier:
    answers = {each.pair.id: (each.said, each.score) for each in system.predictions}
    measures = tuple(name for name, _ in system.measures)
    return Earlier("before/report.json", digest, "2026", ("m",), {system.name: measures}, {system.name: answers})


def verdicts(comparison: Comparison) -> dict[str, str]:
    return {each.measure: each.verdict for each in comparison.differences}


def test_what_is_surely_lower_in_f1_or_average_precision_is_a_regression() -> None:
    worse = set_beside([BAD], "d", as_earlier(GOOD))
    assert worse.regressed
    assert verdicts(worse)["F1"] == "worse"
    assert not set_beside([GOOD], "d", as_earlier(BAD)).regressed


def test_a_lower_brier_score_is_better() -> None:
    assert verdicts(set_beside([GOOD], "d", as_earlier(BAD)))["Brier"] == "better"


def test_a_report_is_not_told_apart_from_itself() -> None:
    same = set_beside([BAD], "d", as_earlier(BAD))
    assert set(verdicts(same).values()) == {"not told apart"}
    assert {each.change.value for each in same.differences} == {0.0}


def test_one_pair_more_is_no_proof() -> None:
    one_less = said(*[(CLASH, CLASH, 0.9)] * 9, (CLASH, NONE, 0.2), *[(NONE, NONE, 0.1)] * 10)
    comparison = set_beside([one_less], "d", as_earlier(GOOD))
    assert verdicts(comparison)["F1"] == "not told apart"
    assert not comparison.regressed


def test_only_pairs_of_both_reports_count() -> None:
    fewer = as_earlier(said(*[(CLASH, CLASH, 0.9)] * 10, (NONE, NONE, 0.1)))
    assert set_beside([GOOD], "d", fewer).pairs == 11


def test_a_judge_of_another_name_is_compared_with_the_one_in_its_place() -> None:
    renamed = System("other judge", GOOD.measures, GOOD.predictions)
    assert {each.against for each in set_beside([renamed], "d", as_earlier(BAD)).differences} == {"made"}


def test_reports_on_other_data_are_refused() -> None:
    with pytest.raises(Incomparable, match=r"other data \(SHA-256 e, not d\)"):
        set_beside([GOOD], "d", as_earlier(GOOD, digest="e"))


def test_a_report_that_was_written_is_read_again(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(json.dumps({"premise": "It was signed.", "hypothesis": "It was not signed.", "label": CLASH}))
    report = evaluate_file(pairs, models=Models(FakeEncoder, FakeClassifier, FakeJudge))
    (tmp_path / "report.json").write_text(as_json(report))
    earlier = read_report(tmp_path / "report.json")
    assert (earlier.digest, list(earlier.said)) == (report.digest, ["fake-classifier@0"])
    assert set_beside(report.systems, report.digest, earlier).pairs == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not JSON"),
        ("[]", "not a report"),
        ('{"systems": {}}', "without predictions"),
        ('{"systems": {"m": {}}, "predictions": [{"id": "1"}]}', "not a whole report"),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text)
    with pytest.raises(Incomparable, match=f"{what}.*expected the report.json"):
        read_report(file)


def test_a_report_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Incomparable, match="no such file"):
        read_report(tmp_path / "nowhere.json")
