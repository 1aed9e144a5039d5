"""Suites on a few rows of our own in the layout that the data folder has, with fakes for models."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.parse import parse
from corpus.records import Article, Span
from eval.evaluate import Models
from eval.gold import UnusableGold
from eval.suites.attribution import Link, found_links, gold_links, links, matched
from eval.suites.catalogue import SUITES, listed, measure
from eval.suites.checkworthy import ranked
from eval.suites.documents import NEAREST
from eval.suites.records import Bench, Part, SuiteReport
from eval.suites.retrieval import found
from eval.suites.shapes import as_csv, as_json, as_markdown, as_text, write
from tests.eval.test_evaluate import CLASH, CORPUS
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

BENCH = Bench(Models(FakeEncoder, FakeClassifier, FakeJudge))
SIGNED, UNSIGNED = "The contract was signed.", "The contract was not signed."
CONTRADICTED = {"premise": SIGNED, "hypothesis": UNSIGNED, "label": "contradiction", "group": "a"}
ENTAILED = {"premise": "The contract was signed in May.", "hypothesis": SIGNED, "label": "entailment", "group": "b"}
NEUTRAL = {"premise": SIGNED, "hypothesis": "Payments are still open.", "label": "neutral", "group": "c"}
THREE = (CONTRADICTED, ENTAILED, NEUTRAL)
TWO = ({**CONTRADICTED, "label": "not_entailment"}, ENTAILED, {**NEUTRAL, "label": "not_entailment"})
FILLER = "The weather in the valley stayed mild all week. Trains ran late. Children played. Shops closed. Rain fell. "
ATTRIBUTED = {
    "id": "n1",
    "text": "The mayor said that the bridge had been closed.",
    "attributions": [{"source_spans": [[0, 9]], "cue_spans": [[10, 14]], "content_spans": [[15, 46]]}],
}
DEBATE = (
    {"id": "1", "text": "Unemployment fell by 2 million people in Ohio last year.", "label": 1, "group": "one"},
    {"id": "2", "text": "Good evening.", "label": 0, "group": "one"},
    {"id": "3", "text": "Thank you, everybody.", "label": 0, "group": "two"},
    {"id": "4", "text": "Exports to Canada rose by 40 percent in 2019.", "label": 1, "group": "two"},
)
REPORTS = tuple(
    {"id": f"{story}{outlet}", "story": story, "outlet": outlet, "published": "2021-03-01", "title": "", "text": text}
    for story, outlet, text in (
        ("bridge", "Post", "The bridge in Orlen was closed after an inspection on Monday."),
        ("bridge", "Times", "Engineers closed the Orlen bridge after the inspection."),
        ("vote", "Post", "Parliament passed the pension reform with a narrow majority."),
        ("vote", "Times", "The pension reform was passed by parliament on Tuesday."),
    )
)
DATA: dict[str, tuple[dict[str, Any], ...]] = {
    "nli/mnli_dev_matched": THREE,
    "nli/mnli_dev_mismatched": THREE,
    "nli/lingnli_val": THREE,
    "nli/hans_eval": TWO,
    "nli/negnli-mnli_test": THREE,
    "nli/negnli-snli_test": THREE,
    "nli/negnli-rte_test": TWO,
    "nli/breakingnli_test": tuple({**row, "genre": "antonyms"} for row in THREE),
    "nli/natural_test_pairs": tuple({key: row[key] for key in ("premise", "hypothesis")} for row in THREE),
    "eval/fever_symmetric/dev": THREE[:2],
    "eval/fever_symmetric/test": THREE[:2],
    "eval/climate_fever/all": THREE,
    "eval/healthver/dev": THREE,
    "eval/healthver/test": THREE,
    "eval/emergent/train": THREE,
    "eval/emergent/test": THREE,
    "eval/claimdiff/test": (
        {**CONTRADICTED, "relation": "weakens"},
        {**ENTAILED, "relation": "strengthens"},
        {**NEUTRAL, "relation": "neither"},
    ),
    "eval/fnc1/test_related": tuple({**row, "premise": FILLER + row["premise"], "stance": "discuss"} for row in THREE),
    "eval/summedits/news": THREE,
    "eval/summedits/other_domains": THREE,
    "eval/clef2020_task2/queries": (
        {"id": "q1", "text": "They say the bridge was sold to a farmer!", "relevant": ["c2"]},
        {"id": "q2", "text": "Nobody checked this.", "relevant": []},
    ),
    "eval/clef2020_task2/verified_claims": (
        {"id": "c1", "text": "The moon is made of cheese.", "title": "Moon"},
        {"id": "c2", "text": "The bridge was sold to a farmer.", "title": "Bridge"},
    ),
    "eval/claimbuster/test": tuple({key: row[key] for key in ("id", "text", "label")} for row in DEBATE),
    "eval/clef2019_task1/test": DEBATE,
    "eval/polnear/dev": (ATTRIBUTED,),
    "eval/polnear/test": (ATTRIBUTED,),
    "eval/allsides_roundups/articles_short": REPORTS,
    "eval/basil/articles": REPORTS,
    "eval/allsides/articles": (*CORPUS, *REPORTS),
}
PLAIN: dict[str, tuple[dict[str, Any], ...]] = {
    "written/dev.jsonl": ({**CONTRADICTED, "kind": "negation"}, ENTAILED, NEUTRAL),
    "stories/dev_gold.jsonl": (CLASH,),
    "stories/dev_articles.jsonl": CORPUS,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with every file that a suite asks for."""
    folder = tmp_path_factory.mktemp("data")
    for name, rows in (*((f"{name}.jsonl.gz", rows) for name, rows in DATA.items()), *PLAIN.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "\n".join(json.dumps(row) for row in rows).encode()
        path.write_bytes(gzip.compress(lines) if path.suffix == ".gz" else lines)
    # The labels of real news lie in the package, without texts; here those of a story of ours.
    labels = folder / "labels.jsonl"
    sides = {side: {key: value for key, value in CLASH[side].items() if key != "text"} for side in ("left", "right")}
    labels.write_text(json.dumps(CLASH | sides), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eval.suites.news.LABELS", labels)
        yield folder


def only(report: SuiteReport) -> Part:
    (part,) = report.parts
    return part


@pytest.mark.parametrize("name", SUITES)
def test_every_suite_measures_every_one_of_its_parts(name: str, data: Path) -> None:
    report = measure(name, data, BENCH)
    assert not report.missing
    assert len(report.parts) >= len(SUITES[name].recipes)
    for part in report.parts:
        first = part.systems[0]
        assert not first.baseline
        assert part.count
        assert all(measure in first for measure in part.headline), f"{part.name} has no {part.headline}"
        assert all(shape(report) for shape in (as_text, as_markdown, as_json, as_csv))


@pytest.mark.parametrize("name", ["hans", "summedits"])
def test_two_class_sets_are_scored_by_two_classes(name: str, data: Path) -> None:
    for part in measure(name, data, BENCH).parts:
        judge = part.systems[0]
        assert judge["accuracy"].value == 1.0
        assert "F1" not in judge


def test_of_the_negation_sets_rte_alone_has_two_classes(data: Path) -> None:
    parts = {part.name: part for part in measure("negation", data, BENCH).parts}
    assert {name: "F1" in part.systems[0] for name, part in parts.items()} == {
        "negation mnli": True,
        "negation snli": True,
        "negation rte": False,
    }


def test_a_set_without_neutral_asks_for_entailment_or_contradiction(data: Path) -> None:
    for part in measure("fever-symmetric", data, BENCH).parts:
        assert {each.said for each in part.systems[0].predictions} <= {"entailment", "contradiction"}


def test_the_four_rows_that_were_made_from_one_claim_are_a_group(tmp_path: Path) -> None:
    (tmp_path / "eval/fever_symmetric").mkdir(parents=True)
    ids = ("88040", "880400000002", "880400000003", "880400000004", "12345")
    rows = [{**CONTRADICTED, "id": name, "orig_id": name, "group": name[-7:]} for name in ids]
    (tmp_path / "eval/fever_symmetric/dev.jsonl.gz").write_bytes(
        gzip.compress("\n".join(map(json.dumps, rows)).encode())
    )
    assert only(measure("fever-symmetric", tmp_path, BENCH)).groups == 2


def test_a_weakening_claim_is_no_contradiction(data: Path) -> None:
    report = measure("claimdiff", data, BENCH)
    flagged = {part.name: part.systems[0] for part in report.parts}
    assert {name: dict(system.measures).keys() for name, system in flagged.items()} == {
        "claimdiff test, neither": {"flagged"},
        "claimdiff test, strengthens": {"flagged"},
        "claimdiff test, weakens": {"flagged"},
    }
    assert flagged["claimdiff test, weakens"]["flagged"].value == 1.0
    assert flagged["claimdiff test, neither"]["flagged"].value == 0.0


def test_of_labelled_news_only_the_articles_that_the_labels_speak_of_are_read(data: Path) -> None:
    part = only(measure("labelled-news", data, BENCH))
    assert (part.count, part.groups) == (1, 1)
    assert part.report is not None
    assert part.report.predictions[0].pair.premise == CLASH["left"]["text"]
    assert not part.faults


def test_of_unlabelled_pairs_the_share_that_is_flagged_is_told_and_nothing_else(data: Path) -> None:
    part = only(measure("natural", data, BENCH))
    assert part.systems[0].measures == (("flagged", part.systems[0]["flagged"]),)
    assert part.systems[0]["flagged"].value == pytest.approx(1 / 3)
    assert {system.name for system in part.systems[1:]} == {"one side negated", "similarity of .5 or more"}


def test_of_a_long_document_the_sentences_nearest_to_the_other_side_are_read(data: Path) -> None:
    part = only(measure("fnc1", data, BENCH))
    read = part.systems[0].predictions[0].pair.premise
    assert SIGNED in read
    assert read.count(".") == NEAREST


def test_the_news_suite_shows_one_headline_figure_each(data: Path) -> None:
    report = measure("news", data, BENCH)
    shown = as_text(report)
    assert all(shown.count(f"  {part.name}  ") == 1 for part in report.parts)
    judges = sum(not system.baseline and part.headline[0] in system for part in report.parts for system in part.systems)
    assert sum("@0" in line or "whole road" in line or "given" in line for line in shown.splitlines()) == judges


def test_a_query_finds_the_claim_that_shares_its_words_and_one_without_a_claim_is_left_out(data: Path) -> None:
    part = only(measure("clef2020", data, BENCH))
    assert (part.count, part.systems[0]["recall@1"].value, part.systems[0]["MAP@5"].value) == (1, 1.0, 1.0)


def test_average_precision_of_retrieval_falls_with_the_place() -> None:
    similarity = np.array([[0.9, 0.8, 0.1], [0.9, 0.8, 0.1]])
    figures = dict(found(similarity, [[1], [0]]))
    assert (figures["MAP@5"].value, figures["recall@1"].value, figures["recall@5"].value) == (0.75, 0.5, 1.0)


def test_sentences_with_facts_go_before_pleasantries(data: Path) -> None:
    systems = {system.name: system for system in only(measure("clef2019", data, BENCH)).systems}
    assert systems["check-worthiness of claims"]["mean average precision"].value == 1.0
    assert systems["all alike"]["average precision"].value == 0.5


def test_debates_are_ranked_each_by_itself() -> None:
    truth, scores = np.array([True, False, True, False]), np.array([0.2, 0.1, 0.9, 0.8])
    figures = dict(ranked(truth, scores, ["one", "one", "two", "two"]))
    assert figures["mean average precision"].value == 1.0
    assert figures["average precision"].value == pytest.approx((1 + 2 / 3) / 2)
    assert "mean average precision" not in dict(ranked(truth, scores, ["1", "2", "3", "4"]))


def test_a_link_is_found_exactly_or_by_overlap() -> None:
    text = "The mayor said that the bridge had been closed."
    gold = gold_links(ATTRIBUTED)
    assert gold == (Link(Span(0, 9), Span(15, 46)),)
    shorter = (Link(Span(4, 9), Span(24, 46)),)
    assert matched(gold, shorter, Link.overlaps) == 1
    assert matched(gold, shorter, lambda one, other: one == other) == 0
    assert matched(gold, gold * 2, Link.overlaps) == 1
    assert matched(gold, [Link(Span(10, 14), Span(15, 46))], Link.overlaps) == 0
    assert matched(gold, found_links(Article("a", text), parse(Article("a", text))), Link.overlaps) == 1


def test_a_pronoun_may_name_the_holder_and_an_unmarked_content_counts_against_the_claims(tmp_path: Path) -> None:
    said = "Lena Marsh came on Monday. She said that the bridge had been closed."
    row = {"id": "n1", "attributions": [{"source_spans": [[27, 30]], "content_spans": [[36, 67]]}]}
    texts = {"said": said, "more": f"{said} Emil Lund said that the dam had been sold."}
    for name, text in texts.items():
        (tmp_path / name).write_text(json.dumps({**row, "text": text}), encoding="utf-8")
    values = {
        name: {
            measure: estimate.value for measure, estimate in links("p", [tmp_path / name], BENCH)[1].systems[0].measures
        }
        for name in texts
    }
    assert values["said"]["F1 of content, indirect"] == values["said"]["holder right, indirect"] == 1.0
    assert values["more"]["precision of content, all"] == 0.5
    assert values["more"]["recall of content, all"] == 1.0


def test_attributions_without_a_source_are_left_out() -> None:
    assert (
        gold_links({"attributions": [{"source_spans": [], "content_spans": [[0, 4]]}, {"content_spans": [[0, 4]]}]})
        == ()
    )


def test_pairing_brings_the_reports_of_one_event_together(data: Path) -> None:
    part = only(measure("roundups", data, BENCH))
    assert part.systems[0]["reports of one event compared"].value == 1.0
    assert (part.count, part.unit, part.groups) == (4, "articles", 2)


def test_a_sample_is_drawn_and_the_report_says_so(data: Path) -> None:
    report = measure("mnli", data, Bench(BENCH.models, sample=2))
    assert [part.count for part in report.parts] == [2, 2]
    assert "up to 2 rows of every part, drawn by group with seed 0" in as_text(report)
    assert json.loads(as_json(report))["sample"] == 2


def test_rivals_stand_beside_the_first_model(data: Path) -> None:
    rivals = Models(FakeEncoder, FakeClassifier, FakeJudge, (BENCH.models,))
    for name in ("mnli", "stories", "claimdiff"):
        part = measure(name, data, Bench(rivals)).parts[0]
        measured = [system.name for system in part.systems if not system.baseline]
        assert any(name.endswith("(2)") for name in measured)


def test_a_suite_without_its_data_names_the_file_and_where_it_comes_from(tmp_path: Path) -> None:
    with pytest.raises(UnusableGold, match=r"expected nli/hans_eval\.jsonl\.gz \(from tommccoy1/hans\)"):
        measure("hans", tmp_path, BENCH)


def test_a_part_without_its_data_is_a_fault_and_the_others_are_measured(data: Path, tmp_path: Path) -> None:
    (tmp_path / "nli").mkdir()
    (tmp_path / "nli/mnli_dev_matched.jsonl.gz").write_bytes((data / "nli/mnli_dev_matched.jsonl.gz").read_bytes())
    report = measure("mnli", tmp_path, BENCH)
    assert [part.name for part in report.parts] == ["mnli matched"]
    assert [fault.what for fault in report.faults] == ["mnli mismatched is not measured"]
    assert "Not measured: mnli mismatched (the file nli/mnli_dev_mismatched.jsonl.gz" in as_text(report)


def test_a_row_that_is_no_pair_is_a_fault_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    rows = ({"premise": "Only one side.", "label": "neutral"}, CONTRADICTED, ENTAILED)
    (tmp_path / "written/dev.jsonl").write_text("\n".join(map(json.dumps, rows)))
    report = measure("written", tmp_path, BENCH)
    assert only(report).count == 2
    assert [(fault.where.endswith("dev.jsonl:1"), fault.what) for fault in report.faults] == [(True, "an empty text")]


@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_a_file_that_holds_no_rows_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    (tmp_path / "written/dev.jsonl").write_text(content)
    with pytest.raises(UnusableGold, match=r"dev\.jsonl: .*expected"):
        measure("written", tmp_path, BENCH)


def test_a_suite_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnusableGold, match="no suite 'snli'; expected one of mnli, lingnli"):
        measure("snli", tmp_path, BENCH)


def test_the_list_names_every_suite() -> None:
    assert [line.split()[0] for line in listed().splitlines()] == list(SUITES)


def test_a_folder_gets_the_figures_and_the_report_of_each_part(data: Path, tmp_path: Path) -> None:
    files = {path.relative_to(tmp_path).as_posix() for path in write(measure("mnli", data, BENCH), tmp_path)}
    assert {"suite.md", "suite.json", "suite.csv"} <= files
    assert {"mnli-matched/report.html", "mnli-mismatched/predictions.csv"} <= files
    flagged = write(measure("natural", data, BENCH), tmp_path / "natural")
    assert {path.name for path in flagged} == {"suite.md", "suite.json", "suite.csv", "predictions.csv"}


def test_every_shape_shows_the_same_figure(data: Path) -> None:
    report = measure("lingnli", data, BENCH)
    value = only(report).systems[0]["F1"]
    rows = list(csv.DictReader(io.StringIO(as_csv(report))))
    told = next(row for row in rows if (row["system"], row["measure"]) == ("fake-classifier@0", "F1"))
    assert str(value) in as_text(report)
    assert str(value) in as_markdown(report)
    assert float(told["value"]) == pytest.approx(value.value, abs=1e-6)
    figures = json.loads(as_json(report))["parts"][0]["systems"]["fake-classifier@0"]["F1"]
    assert figures["value"] == value.value
