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
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nli.runtime import OnnxClassifier
from nli.training.data import LABELS, Example, FaultyMix, Mix, Part, batches, examples, read_mix, round_of, take
from nli.training.distil import Neighbours, Passage, judged, label, neighbours
from nli.training.export import agreement, card, export
from nli.training.screen import cuts
from tests.fakes import FakeClassifier, FakeEncoder
from tests.nli.tiny import EXAMPLES, tiny_classifier

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


@pytest.mark.slow
def test_a_run_killed_at_any_moment_ends_with_the_weights_of_one_that_was_not(tmp_path: Path) -> None:
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


def test_a_cache_cut_off_in_mid_line_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    pairs = [Neighbours(f"claim {i}", f"rival {i}", "s1", "story") for i in range(100)]
    cache = tmp_path / "cache.jsonl"
    next(label(pairs, FakeClassifier(), cache))
    cache.write_bytes(cache.read_bytes()[:-20])
    assert len(judged(cache)) == 63
    assert list(label(pairs, FakeClassifier(), cache)) == [37]
    assert [example.premise.rstrip(".") for example in examples(cache, seed=7)] == [f"claim {i}" for i in range(100)]


def test_neighbours_are_of_different_articles_and_each_pair_comes_once() -> None:
    found = [
        Passage(f"claim {i} of {article}", article, article, story, "politics")
        for article, story in (("a", "s1"), ("b", "s1"), ("c", "s2"))
        for i in range(4)
    ]
    article = {passage.text: (passage.article, passage.story) for passage in found}
    pairs = neighbours(found, FakeEncoder(), 3, seed=7)
    assert len({frozenset((pair.premise, pair.hypothesis)) for pair in pairs}) == len(pairs)
    for pair in pairs:
        (one, story), (other, other_story) = article[pair.premise], article[pair.hypothesis]
        assert one != other
        assert (story == other_story) == (pair.origin == "story")


def test_a_screen_that_keeps_all_loses_nothing_and_one_that_keeps_none_all() -> None:
    student, teacher = np.array([0.9, 0.4, 0.1]), np.array([0.6, 0.9, 0.1])
    everything, nothing = cuts(student, teacher, (0.0, 1.0))
    assert (everything.kept, everything.recall) == (1.0, (1.0, 1.0))
    assert (nothing.kept, nothing.recall) == (0.0, (0.0, 0.0))


def test_what_is_exported_says_what_was_trained_and_names_its_bytes(tmp_path: Path) -> None:
    folder = tiny_classifier(tmp_path / "tiny")
    exported = export(folder, tmp_path / "out")
    pairs = [(premise, hypothesis) for premise, hypothesis, _ in EXAMPLES]
    whole = OnnxClassifier(tmp_path / "out" / "float32").classify(pairs)
    rounded = OnnxClassifier(tmp_path / "out").classify(pairs)
    assert [LABELS[i] for i in whole.argmax(1)] == [label for _, _, label in EXAMPLES]
    assert agreement(rounded, whole)["same label"] == 1.0
    text = card("Tiny", [MIX], exported, "A model for a test.")
    assert all(str(digest) in text for digest in (tmp_path / "out" / "SHA256SUMS").read_text().split()[::2])
    assert "| 1 | much | 0.75 | `much.jsonl` | ours |" in text


def test_scales_that_training_pairs_fixed_let_pairs_share_a_call_and_change_no_answer(tmp_path: Path) -> None:
    folder = tiny_classifier(tmp_path / "tiny")
    pairs = [(premise, hypothesis) for premise, hypothesis, _ in EXAMPLES]
    export(folder, tmp_path / "out", apart=pairs)
    graph = onnx.load(tmp_path / "out" / "model.onnx")
    kinds = {node.op_type for node in graph.graph.node}
    assert "QuantizeLinear" in kinds
    assert "DynamicQuantizeLinear" not in kinds
    judge = OnnxClassifier(tmp_path / "out")
    together = judge.classify(pairs)
    assert [LABELS[i] for i in together.argmax(1)] == [label for _, _, label in EXAMPLES]
    assert np.array_equal(together, np.concatenate([judge.classify([pair]) for pair in pairs]))


def run(mix: Path, output: Path) -> subprocess.Popen[bytes]:
    """The training command, one thread so that sums have one order."""
    command = [sys.executable, "-m", "nli.training.train", str(mix), "--data", str(mix.parent), "--output", str(output)]
    return subprocess.Popen([*command, "--device", "cpu", "--threads", "1"], stderr=subprocess.DEVNULL)


def write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    """Rows as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
