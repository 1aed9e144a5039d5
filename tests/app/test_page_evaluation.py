"""The page shows how often it is right: the report of `evaluate`, in figures and whole."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import page
from app.api import create_app
from app.commands.evaluate import run
from app.page.evaluation import MEASURES
from app.settings import Settings
from eval.evaluate import Models
from tests.app.pages import BROWSER, opened, visit
from tests.app.served import an_archive
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

ROWS = [
    {"premise": f"The bridge {n} is open.", "hypothesis": f"The bridge {n} is {word}open.", "label": label}
    for n in range(8)
    for word, label in (("not ", "contradiction"), ("", "entailment"))
]


def client(tmp_path: Path, report: Path | None) -> TestClient:
    app = create_app(an_archive(tmp_path), FakeClassifier())
    page.install(app, report)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    gold, folder = tmp_path / "<gold>.jsonl", tmp_path / "report"
    gold.write_text("\n".join(map(json.dumps, ROWS)))
    run(gold, Settings(report=folder), Models(FakeEncoder, FakeClassifier, FakeJudge))
    return folder


def test_the_figures_of_the_report_are_shown_with_what_they_mean(tmp_path: Path, report: Path) -> None:
    asked = client(tmp_path, report)
    shown = visit(asked, "/evaluation")
    told = json.loads((report / "report.json").read_text())
    measured = next(iter(told["systems"].values()))
    assert "16 labelled pairs in 16 groups (stories or sources) of <gold>.jsonl" in shown.text
    assert [each.text for each in shown.all("dt")] == [name.capitalize() for name, _ in MEASURES if name in measured]
    assert [each.text for each in shown.all("b")] == [
        f"{measured[name]['value']:.2f}" for name, _ in MEASURES if name in measured
    ]
    assert shown.one("a", **{"aria-current": "page"}).text == "Evaluation"
    assert "/evaluation/report" in shown.links


def test_of_one_group_no_interval_is_shown(tmp_path: Path, report: Path) -> None:
    told = json.loads((report / "report.json").read_text())
    (report / "report.json").write_text(json.dumps({**told, "groups": 1}))
    shown = visit(client(tmp_path, report), "/evaluation")
    assert "One group tells nothing" in shown.text
    assert " to " not in shown.one("dl").text


def test_the_whole_report_is_the_file_with_a_policy_that_runs_nothing(tmp_path: Path, report: Path) -> None:
    answer = client(tmp_path, report).get("/evaluation/report", headers=BROWSER)
    assert answer.text == (report / "report.html").read_text()
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in answer.text


@pytest.mark.parametrize("named", [True, False])
def test_without_a_report_the_page_says_how_there_comes_one(tmp_path: Path, named: bool) -> None:
    asked = client(tmp_path, tmp_path if named else None)
    shown = visit(asked, "/evaluation")
    assert "counterclaim serve --report FOLDER" in shown.text
    assert ("There is no report yet" in shown.text) is named
    assert "there is no report" in visit(asked, "/evaluation/report", 404).text


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"systems": {}, "baselines": []}', '{"systems": {"a": 1}, "baselines": []}']
)
def test_what_is_no_report_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    answer = client(tmp_path, tmp_path).get("/evaluation", headers=BROWSER)
    assert "the report cannot be read" in opened(answer, 503).text
