"""`counterclaim evaluate --suite`: what it writes and refuses, and that its documentation is true."""

import csv
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.commands import evaluate, suite
from app.errors import CommandError, WrongUsage
from app.formats import Format
from app.settings import Settings
from eval.evaluate import Models
from eval.suites.catalogue import SUITES
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

datasets_errors = SimpleNamespace(DatasetsError=RuntimeError)
DOCS = Path(__file__).parents[2] / "docs"
FAKES = Models(FakeEncoder, FakeClassifier, FakeJudge)
ROWS = (
    {"premise": "It was signed.", "hypothesis": "It was not signed.", "label": "contradiction", "story": "a"},
    {"premise": "It was signed.", "hypothesis": "It was signed.", "label": "entailment", "story": "b"},
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "written").mkdir()
    (tmp_path / "written/dev.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    return tmp_path


@pytest.mark.parametrize(("form", "begins"), [(Format.TABLE, "written: "), (Format.JSON, "{"), (Format.JSONL, "{")])
def test_a_suite_is_written_in_every_format(
    form: Format, begins: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suite.run(Settings(suite="written", data=data, format=form), FAKES) == 0
    assert capsys.readouterr().out.startswith(begins)


def test_as_csv_a_suite_is_a_line_a_figure(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite.run(Settings(suite="written", data=data, format=Format.CSV), FAKES)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["measure"] for row in rows if row["system"] == "fake-classifier@0"} >= {"F1", "accuracy"}


def test_a_report_folder_is_written_and_its_files_are_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite.run(Settings(suite="written", data=data, report=data / "report"), FAKES)
    assert (data / "report/suite.md").exists()
    assert (data / "report/written/report.html").exists()
    assert "written: " in capsys.readouterr().err


def test_data_that_are_not_there_are_named(data: Path) -> None:
    with pytest.raises(CommandError, match=r"no data of the suite hans; expected nli/hans_eval\.jsonl\.gz"):
        suite.run(Settings(suite="hans", data=data), FAKES)


def test_a_part_that_is_not_there_makes_the_status_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert suite.run(Settings(suite="news", data=data), FAKES) == 1
    assert "fnc1 test is not measured; expected the file eval/fnc1/test_related.jsonl.gz" in capsys.readouterr().err


def test_a_suite_needs_its_folder() -> None:
    with pytest.raises(WrongUsage, match="expected --data FOLDER"):
        suite.run(Settings(suite="mnli"), FAKES)


def test_the_list_needs_neither_data_nor_models() -> None:
    result = CliRunner().invoke(cli, ["evaluate", "--suite", "list"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(SUITES)


@pytest.mark.parametrize("args", [[], ["gold.jsonl", "--suite", "mnli"]])
def test_one_of_gold_and_a_suite_is_given(args: list[str]) -> None:
    with pytest.raises(WrongUsage, match="given; expected one of them"):
        CliRunner().invoke(cli, ["evaluate", *args], catch_exceptions=False)


def test_gold_goes_before_a_suite_of_the_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERCLAIM_SUITE", "mnli")
    with pytest.raises(CommandError, match=r"nowhere\.jsonl"):
        CliRunner().invoke(cli, ["evaluate", str(data / "nowhere.jsonl")], catch_exceptions=False)


def test_a_sample_of_a_file_is_measured(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate.run(data / "written/dev.jsonl", Settings(sample=1), FAKES)
    assert "1 of 2 pairs, drawn by group with seed 0" in capsys.readouterr().out


def test_a_dataset_is_measured_by_its_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Split(list[dict[str, str]]):
        features = dict.fromkeys(ROWS[0])

    library = SimpleNamespace(load_dataset=lambda *_, split: Split(ROWS), exceptions=datasets_errors)  # noqa: ARG005
    monkeypatch.setitem(sys.modules, "datasets", library)
    assert evaluate.run(Path("hf:owner/name/config:test"), Settings(), FAKES) == 0
    assert "hf:owner/name/config:test (SHA-256 begins" in capsys.readouterr().out


def test_the_documentation_lists_every_suite_as_it_is() -> None:
    lines = (DOCS / "evaluation.md").read_text().splitlines()
    begins = lines.index("| suite | what it measures | rows | unit | licence | what the figure means |") + 2
    listed = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[begins : begins + len(SUITES)]
    ]
    assert listed == [
        (each.name, each.measures, each.size, each.unit, each.licence, each.means) for each in SUITES.values()
    ]
    assert not lines[begins + len(SUITES)].startswith("|")
