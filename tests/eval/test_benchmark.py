"""The benchmark runs, counts and says what it could not measure; no verdict here hangs on the clock."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.records import Article
from eval import benchmark as benchmarks
from eval.benchmark import Benchmark, Plan, Rate, agree, as_json, as_text, enlarged, run_benchmark, take_turns
from eval.evaluate import Models
from eval.machine import observe
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

ARTICLES = (
    Article("a", "The contract for the bridge was signed in May, the ministry said.", published="2020-01-01"),
    Article("b", "The contract for the bridge was not signed in May, officials said.", published="2022-01-01"),
)
FAKES = Models(FakeEncoder, FakeClassifier, FakeJudge)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Benchmark:
    # A command that starts at once stands in for ours, which is measured where the real weights are.
    monkeypatch.setattr(benchmarks, "COMMAND", (sys.executable, "-c", "pass"))
    return run_benchmark(ARTICLES, Plan(sizes=(2, 4), pairs=2, repeats=2), FAKES)


def test_every_job_is_measured_in_every_turn(measured: Benchmark) -> None:
    assert [(rate.unit, rate.count, len(rate.seconds)) for rate in measured.rates] == [
        ("articles", 2, 2),
        ("claims", 2, 2),
        ("pairs of claims", 1, 2),
        ("pairs of texts", 1, 2),
    ]
    assert all(rate.per_second > 0 for rate in measured.rates)


def test_the_command_runs_cold_at_every_size(measured: Benchmark) -> None:
    assert [run.job for run in measured.runs] == [
        "counterclaim --help",
        "counterclaim check, 5 articles",
        "counterclaim find, 2 articles",
        "counterclaim find, 4 articles",
    ]
    assert all(run.status == 0 and run.peak_mb > 1 and run.cpu_seconds > 0 for run in measured.runs)


def test_what_flatters_or_is_missing_is_said(measured: Benchmark) -> None:
    assert ["only 2 articles were given" in note for note in measured.notes] == [True, False]
    assert "nothing is said of torch" in measured.notes[1]
    assert all(note in as_text(measured) for note in measured.notes)


def test_the_figures_come_out_for_a_program_too(measured: Benchmark) -> None:
    shown = json.loads(as_json(measured))
    assert [row["job"] for row in shown["rates"]] == [rate.job for rate in measured.rates]
    assert shown["machine"]["cores"] >= 1
    assert shown["torch_ratio"] is None


def test_a_command_that_fails_is_shown_as_failed(measured: Benchmark) -> None:
    failed = observe("broken", (sys.executable, "-c", "raise SystemExit('no such thing')"))
    assert (failed.status, failed.told.strip()) == (1, "no such thing")
    assert "FAILED with status 1: no such thing" in as_text(replace(measured, runs=(failed,)))


def test_the_peak_memory_is_the_commands_own() -> None:
    held = bytearray(300_000_000)
    run = observe("nothing", (sys.executable, "-c", "pass"))
    assert run.peak_mb < len(held) / 1e6 / 2


def test_the_first_round_warms_up_and_is_not_counted() -> None:
    turns: list[str] = []
    jobs = {name: ("turns", 1, lambda name=name: turns.append(name)) for name in "ab"}
    rates = take_turns(jobs, repeats=2)
    assert "".join(turns) == "ababab"
    assert [len(rate.seconds) for rate in rates] == [2, 2]


def test_a_job_without_work_is_left_out() -> None:
    assert take_turns({"nothing": ("pairs", 0, lambda: None)}, repeats=1) == ()


def test_the_ratio_is_taken_turn_by_turn_so_that_a_slow_minute_does_not_decide() -> None:
    # The second turn fell into a minute when everything took ten times as long.
    shipped = Rate("shipped", "pairs", 8, (1.0, 10.0, 1.0))
    torch = Rate("torch", "pairs", 8, (2.0, 20.0, 3.0))
    assert benchmarks.times_as_fast([shipped, torch], "shipped", "torch") == 2.0
    assert benchmarks.times_as_fast([shipped], "shipped", "torch") is None


def test_a_classifier_agrees_with_itself() -> None:
    texts = [("The contract was signed.", "The contract was not signed."), ("It rained.", "Payments are open.")]
    agreement = agree(FakeClassifier(), FakeClassifier(), texts)
    assert agreement is not None
    assert (agreement.pairs, agreement.same_label, agreement.largest_distance) == (2, 1.0, 0.0)
    assert agree(FakeClassifier(), FakeClassifier(), []) is None


def test_articles_that_come_again_have_ids_of_their_own() -> None:
    assert len({article.id for article in enlarged(ARTICLES, 7)}) == 7


def test_nothing_to_measure_with_is_refused() -> None:
    with pytest.raises(ValueError, match="no articles"):
        run_benchmark((), models=FAKES)


def test_the_command_that_is_measured_is_ours() -> None:
    assert (Path(benchmarks.__file__).parents[1] / "app" / "__main__.py").is_file()
    assert benchmarks.COMMAND[1:] == ("-m", "app")
