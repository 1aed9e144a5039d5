"""A file of gold in, a report out, on fakes: what it says of pairs, of a corpus, and of what it could not use."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from eval.evaluate import Models, Report, evaluate_file
from eval.gold import UnusableGold
from eval.page import as_html
from eval.report import as_csv, as_json, as_markdown, as_text, write
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

FAKES = Models(FakeEncoder, FakeClassifier, FakeJudge)
PAIRS = (
    {"premise": "The contract was signed.", "hypothesis": "The contract was not signed.", "label": "contradiction"},
    {"premise": "The contract was signed in May.", "hypothesis": "The contract was signed.", "label": "entailment"},
    {"premise": "The contract was signed.", "hypothesis": "Payments are open.", "label": "neutral"},
    {"premise": "=2+2 is <b>four</b> | five.", "hypothesis": "Nobody agrees with that.", "label": "contradiction"},
)
CORPUS = (
    {"id": "a", "text": "The contract for the bridge was signed, the ministry said.", "published": "2020-01-01"},
    {"id": "b", "text": "The contract for the bridge was not signed, officials said.", "published": "2022-01-01"},
)
CLASH: dict[str, Any] = {
    "id": "P1",
    "relation": "contradiction",
    "left": {
        "article": "a",
        "start": 0,
        "stop": 38,
        "text": "The contract for the bridge was signed",
        "holder": "ministry",
    },
    "right": {
        "article": "b",
        "start": 0,
        "stop": 42,
        "text": "The contract for the bridge was not signed",
        "holder": None,
    },
}


def written(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
    return path


@pytest.fixture(scope="module")
def of_pairs(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return evaluate_file(written(tmp_path_factory.mktemp("pairs") / "pairs.jsonl", *PAIRS, "no JSON"), models=FAKES)


@pytest.fixture(scope="module")
def of_corpus(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("corpus")
    gold, articles = written(folder / "gold.jsonl", CLASH), written(folder / "articles.jsonl", *CORPUS)
    return evaluate_file(gold, articles, FAKES)


def test_pairs_are_measured_by_the_label_that_the_classifier_gives(of_pairs: Report) -> None:
    judge = of_pairs.systems[0]
    assert [each.said for each in of_pairs.predictions] == ["contradiction", "entailment", "neutral", "neutral"]
    assert (judge["accuracy"].value, judge["precision"].value, judge["recall"].value) == (0.75, 1.0, 0.5)
    assert ("contradiction", "neutral", 1) in of_pairs.confusion


def test_the_baselines_stand_beside_the_judge(of_pairs: Report) -> None:
    assert {system.name: system.baseline for system in of_pairs.systems} == {
        "fake-classifier@0": False,
        "most frequent label": True,
        "one side negated": True,
        "similarity of .5 or more": True,
        "words alone (TF-IDF)": True,
    }
    assert of_pairs.systems[1]["average precision"].value == 0.5
    assert of_pairs.systems[2]["recall"].value == 1.0
    with pytest.raises(KeyError):
        of_pairs.systems[3]["accuracy"]


def test_the_judge_is_timed_on_the_pairs_of_the_run(of_pairs: Report, of_corpus: Report) -> None:
    assert of_pairs.speed is not None
    assert (of_pairs.speed.count, len(of_pairs.speed.alone)) == (4, 4)
    assert of_corpus.speed is not None
    assert of_corpus.speed.unit == "pairs of claims, both directions"
    assert of_corpus.speed.per_second > 0


def test_a_line_that_cannot_be_used_is_reported_and_the_rest_measured(of_pairs: Report) -> None:
    assert [fault.what for fault in of_pairs.faults] == ["not JSON (Expecting value)"]
    assert "pairs.jsonl:5" in as_text(of_pairs)


def test_two_class_gold_counts_a_contradiction_as_not_entailed(tmp_path: Path) -> None:
    rows = [{**pair, "label": "entailment" if pair["label"] == "entailment" else "not_entailment"} for pair in PAIRS]
    report = evaluate_file(written(tmp_path / "rte.jsonl", *rows), models=FAKES)
    assert report.systems[0]["accuracy"].value == 1.0
    assert "precision" not in dict(report.systems[0].measures)


def test_a_corpus_is_measured_from_articles_to_relations(of_corpus: Report) -> None:
    assert [system.name for system in of_corpus.systems][:2] == ["whole road", "labelled pairs given"]
    assert of_corpus.systems[1]["recall"].value == 1.0
    steps = {step.name: (step.through, step.of) for step in of_corpus.steps}
    assert steps["sides found as claims"] == (2, 2)
    assert steps["contradictions found"] == (1, 1)


def test_the_labels_of_a_corpus_without_its_articles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableGold, match="expected --articles FILE"):
        evaluate_file(written(tmp_path / "gold.jsonl", CLASH), models=FAKES)


def test_a_file_without_one_good_line_is_refused_and_names_the_first_fault(tmp_path: Path) -> None:
    with pytest.raises(UnusableGold, match=r"gold\.jsonl:1: not JSON.*expected at least one"):
        evaluate_file(written(tmp_path / "gold.jsonl", "{", "{"), models=FAKES)


def test_articles_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableGold, match=r"nowhere\.jsonl"):
        evaluate_file(written(tmp_path / "gold.jsonl", CLASH), tmp_path / "nowhere.jsonl", FAKES)


def test_every_shape_shows_the_same_figure(of_pairs: Report) -> None:
    value = of_pairs.systems[0]["accuracy"]
    shown = f"{value.value:.3f} ({value.low:.2f}-{value.high:.2f})"
    assert all(shown in re.sub("<.*?>", "", shape(of_pairs)) for shape in (as_text, as_markdown, as_html))
    assert json.loads(as_json(of_pairs))["systems"]["fake-classifier@0"]["accuracy"]["value"] == value.value


def test_the_page_needs_nothing_else_and_runs_nothing(of_pairs: Report) -> None:
    page = as_html(of_pairs)
    assert "<b>four</b>" not in page
    assert "&lt;b&gt;four&lt;/b&gt;" in page
    assert not re.search(r"<script|src=|href=|url\(", page)


def test_the_page_plots_what_the_tables_say_and_takes_its_colours_from_the_page(of_pairs: Report) -> None:
    page = as_html(of_pairs)
    assert page.count('<svg class="plot"') == 2
    assert page.count('class="dot s0"') >= 2
    assert "fill:#" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


def test_the_json_holds_the_curves_and_what_each_system_said(of_pairs: Report) -> None:
    told = json.loads(as_json(of_pairs))
    assert {each["system"] for each in told["curves"]} == {system.name for system in of_pairs.systems}
    assert told["predictions"][0]["systems"]["fake-classifier@0"] == ["contradiction", 0.95]
    assert told["speed"]["count"] == 4


def test_a_cell_of_markdown_cannot_break_its_table(of_pairs: Report) -> None:
    line = next(line for line in as_markdown(of_pairs).splitlines() if "four" in line)
    assert r"\| five" in line


def test_the_predictions_open_in_a_spreadsheet_without_running(of_pairs: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(of_pairs))))
    assert [row["said"] for row in rows] == [each.said for each in of_pairs.predictions]
    assert rows[3]["premise"] == "'=2+2 is <b>four</b> | five."


def test_a_report_is_written_whole(of_corpus: Report, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "report"
    files = write(of_corpus, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in files)
    assert {path.name for path in files} == {"report.md", "report.html", "report.json", "predictions.csv"}
