"""The command as a whole is tested in `tests/doors/test_command.py`; here, what it parses, imports and refuses."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from app.cli import cli, main
from app.errors import WrongUsage

HEAVY = {
    "fastapi",
    "onnxruntime",
    "sentence_transformers",
    "spacy",
    "sqlalchemy",
    "torch",
    "trafilatura",
    "transformers",
}


@pytest.mark.parametrize("args", [["--help"], ["find", "--help"], ["check", "--help"], ["--version"], []])
def test_help_and_version_import_nothing_heavy(args: list[str]) -> None:
    script = f"import sys\nfrom app.cli import cli\ntry: cli({args!r})\nexcept SystemExit: print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(told.stdout.splitlines()[-1].split())
    assert "typer" in loaded
    assert not HEAVY & loaded


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["find"], "Missing argument"),
        (["fnd", "x"], "Did you mean 'find'?"),
        (["find", "--format", "xml", "x"], "--format"),
        (["find", "--per-claim", "many", "x"], "--per-claim"),
    ],
)
def test_wrong_usage_is_told_and_exits_with_2(args: list[str], said: str) -> None:
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not result.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["check", " ", "x"], "the statement is empty"),
        (["check", "It rained.", "x", "--db", "sqlite:///y"], "one place to check against"),
        (["find", "--per-claim", "0", "x"], "--per-claim is '0'"),
        (["find", "--min-score", "2", "x"], "--min-score is '2.0'"),
        (["serve", "--port", "70000"], "--port is '70000'"),
    ],
)
def test_what_cannot_be_followed_is_refused(args: list[str], said: str) -> None:
    with pytest.raises(WrongUsage, match=said):
        CliRunner().invoke(cli, args, catch_exceptions=False)


def test_an_expected_failure_is_one_line_and_exit_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["counterclaim", "check", " ", "x"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert capsys.readouterr().err == "counterclaim: the statement is empty; expected a sentence in quotation marks\n"
