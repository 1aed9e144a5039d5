"""A run is decided by its mix: what it may train on, in which order, and that a kill changes nothing."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nli.training.data import Example, FaultyMix, Mix, Part, batches, examples, read_mix, round_of, take

MIXES = sorted((Path(__file__).parents[2] / "nli/training/mixes").glob("*.toml"))

MIX = Mix(
    name="two parts",
    start="-",
    parts=(Part("much", ("much.jsonl",), 0.75, "ours"), Part("little", ("little.jsonl",), 0.25, "ours")),
    development=(),
    rounds=3,
    round_size=16,
)
MUCH = [Example(f"premise {i}", "hypothesis", (0.0, 1.0, 0.0)) for i in range(20)]
LITTLE = [Example(f"rare {i}", "hypothesis", (0.0, 0.0, 1.0)) for i in range(3)]


@pytest.mark.parametrize("path", MIXES, ids=lambda path: path.stem)
def test_every_mix_of_ours_reads_and_states_its_licences(path: Path) -> None:
    assert all(part.licence for part in read_mix(path).parts)


@pytest.mark.parametrize(
    "file",
    [
        "nli/mnli_dev_mismatched.jsonl.gz",
        "nli/lingnli_val.jsonl.gz",
        "nli/hans_eval.jsonl.gz",
        "nli/breakingnli_test.jsonl.gz",
        "nli/natural_test_pairs.jsonl.gz",
        "eval/emergent/train.jsonl.gz",
        "eval/averitec/dev.jsonl.gz",
        "eval/summedits/news.jsonl.gz",
        "written/dev.jsonl",
        "stories/dev_gold.jsonl",
    ],
)
def test_a_mix_may_not_train_on_what_is_held_out(file: str) -> None:
    with pytest.raises(FaultyMix, match="held out"):
        replace(MIX, parts=(Part("leak", (file,), 1.0, "-"),))


def test_shares_must_sum_to_one() -> None:
    with pytest.raises(FaultyMix, match=r"sum to 1\.25"):
        replace(MIX, parts=(*MIX.parts, Part("more", ("more.jsonl",), 0.25, "-")))


def test_each_round_keeps_the_shares_and_uses_every_example_before_any_again() -> None:
    drawn = [round_of(number, MIX, (MUCH, LITTLE)) for number in range(3)]
    assert [sum(example in LITTLE for example in found) for found in drawn] == [4, 4, 4]
    rare = [example.premise for found in drawn for example in found if example in LITTLE]
    assert [len(set(rare[k : k + 3])) for k in (0, 3, 6, 9)] == [3, 3, 3, 3]


@given(st.integers(1, 30), st.integers(0, 50), st.integers(0, 50))
def test_a_stream_is_the_same_wherever_it_is_taken_up(population: int, first: int, second: int) -> None:
    whole = take(first + second, population, 0, "seed")
    assert take(first, population, 0, "seed") + take(second, population, first, "seed") == whole


@given(st.lists(st.integers(1, 60), min_size=1, max_size=80))
def test_batches_hold_each_example_once_and_stay_within_the_budget(lengths: Sequence[int]) -> None:
    grouped = batches(lengths, 64, "seed")
    assert sorted(i for batch in grouped for i in batch) == list(range(len(lengths)))
    assert all(max(lengths[i] for i in batch) * len(batch) <= 64 for batch in grouped)


def test_a_full_stop_tells_nothing_of_the_set_a_text_is_from(tmp_path: Path) -> None:
    texts = [f"claim number {i} holds" for i in range(400)]
    write(
        tmp_path / "with.jsonl",
        [{"premise": f"{text}.", "hypothesis": f"{text}.", "label": "neutral"} for text in texts],
    )
    write(tmp_path / "without.jsonl", [{"premise": text, "hypothesis": text, "label": "neutral"} for text in texts])
    for name in ("with.jsonl", "without.jsonl"):
        found = examples(tmp_path / name, seed=7)
        for side in ([example.premise for example in found], [example.hypothesis for example in found]):
            assert 0.4 < np.mean([text.endswith(".") for text in side]) < 0.6


def test_a_run_killed_at_any_moment_ends_with_the_weights_of_one_that_was_not(tmp_path: Path) -> None:
    from tests.nli.tiny import tiny_classifier

    start = tiny_classifier(tmp_path / "start", ("entailment", "neutral", "contradiction"), examples=())
    labels = ("entailment", "neutral", "contradiction")
    rows = [{"premise": f"claim {i}", "hypothesis": f"its rival {i % 7}", "label": labels[i % 3]} for i in range(60)]
    write(tmp_path / "rows.jsonl", rows)
    mix = tmp_path / "mix.toml"
    mix.write_text(
        f"""
        [run]
        start = "{start}"
        rounds = 12
        round_size = 60
        batch_tokens = 256
        checkpoint_seconds = 0
        [[part]]
        name = "rows"
        licence = "ours"
        files = ["rows.jsonl"]
        share = 1.0
        [[development]]
        file = "rows.jsonl"
        rows = 30
        """,
        encoding="utf-8",
    )
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run(mix, whole).wait() == 0
    kills = 0
    for _ in range(2):
        process = run(mix, killed)
        checkpoint, seen = killed / "checkpoint.pt", 0
        while process.poll() is None and seen < 15:
            seen += checkpoint.exists()
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    assert kills >= 1
    assert run(mix, killed).wait() == 0
    assert (killed / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    log = [json.loads(line) for line in (killed / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert any(line["event"] == "start" and line["seen"] > 0 for line in log)
    assert log[-1]["event"] == "end"
    mix.write_text(mix.read_text(encoding="utf-8").replace("rounds = 12", "rounds = 13"), encoding="utf-8")
    assert run(mix, killed).wait() != 0


def run(mix: Path, output: Path) -> subprocess.Popen[bytes]:
    """The training command, one thread so that sums have one order."""
    command = [sys.executable, "-m", "nli.training.train", str(mix), "--data", str(mix.parent), "--output", str(output)]
    return subprocess.Popen([*command, "--device", "cpu", "--threads", "1"], stderr=subprocess.DEVNULL)


def write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    """Rows as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
