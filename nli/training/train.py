"""Train a judge: `python -m nli.training.train MIX.toml --data DATA --output FOLDER [--start MODEL]`.

FOLDER gets `metrics.jsonl` as the run goes, `checkpoint.pt` every few minutes, and at the end the model as an ordinary
transformers folder. A run that was killed at any moment goes on from its checkpoint when the same command is given
again; a finished one does nothing.

The loop is ours, not transformers' Trainer: batches by token budget, soft targets, an end by the clock and a
checkpoint that is whole or absent would each replace a part of it, and it asks for a further package (accelerate).
"""

import argparse
import hashlib
import json
import math
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from nli.training.data import LABELS, Example, FaultyMix, Mix, batches, examples, load_parts, locate, read_mix, round_of

LOG_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: the next batch, examples seen, and the seconds of work behind it (all sittings together)."""

    round: int = 0
    batch: int = 0
    seen: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """A model in training with all that its next step needs."""

    mix: Mix
    model: Any
    tokenizer: Any
    optimizer: torch.optim.Optimizer
    device: torch.device


def fraction_done(rounds_done: float, seconds: float, mix: Mix) -> float:
    """How much of the run is behind it, by rounds or by the clock, whichever is more; at most 1."""
    by_clock = seconds / (60 * mix.minutes) if mix.minutes else 0.0
    return min(1.0, max(rounds_done / mix.rounds, by_clock))


def rate_factor(done: float, warm_up: float) -> float:
    """The learning rate as a factor: up to 1 over `warm_up`, then down to 0 in a straight line.

    >>> [round(rate_factor(done, 0.1), 2) for done in (0.0, 0.05, 0.1, 0.55, 1.0)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return done / warm_up if done < warm_up else (1 - done) / (1 - warm_up)


def prepare(mix: Mix, start: str, device: torch.device) -> Run:
    """The model to begin with (its head new where `start` is a plain encoder) and its optimizer."""
    tokenizer = AutoTokenizer.from_pretrained(start)
    names = dict(enumerate(LABELS))
    model = AutoModelForSequenceClassification.from_pretrained(
        start,
        num_labels=len(LABELS),
        id2label=names,
        label2id={name: i for i, name in names.items()},
        hidden_dropout_prob=mix.dropout,
        attention_probs_dropout_prob=mix.dropout,
    ).to(device)
    head: list[torch.nn.Parameter] = []
    body: list[torch.nn.Parameter] = []
    for name, weight in model.named_parameters():
        if any(part in name for part in mix.frozen):
            weight.requires_grad = False
        else:
            (head if "classifier" in name or "pooler" in name else body).append(weight)
    groups = [{"params": body, "peak": mix.learning_rate}, {"params": head, "peak": mix.head_learning_rate}]
    optimizer = torch.optim.AdamW(groups, lr=mix.learning_rate, weight_decay=mix.weight_decay, fused=True)
    return Run(mix, model, tokenizer, optimizer, device)


def quick_in_bfloat16(device: torch.device) -> bool:
    """Whether halves are worth it: on CUDA, and on CPUs that multiply them (2.5 times as quick on two cores of one)."""
    return device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()


def logits(run: Run, batch: Sequence[Example]) -> torch.Tensor:
    """(n, 3) float32; bfloat16 inside where the hardware multiplies it."""
    encoded = run.tokenizer(
        [example.premise for example in batch],
        [example.hypothesis for example in batch],
        padding=True,
        pad_to_multiple_of=8,
        truncation=True,
        max_length=run.mix.longest,
        return_tensors="pt",
    ).to(run.device)
    with torch.autocast(run.device.type, torch.bfloat16, enabled=quick_in_bfloat16(run.device)):
        found: torch.Tensor = run.model(**encoded).logits
    return found.float()


def step(run: Run, batch: Sequence[Example], factor: float) -> float:
    """One step down the gradient; the loss before it."""
    for group in run.optimizer.param_groups:
        group["lr"] = group["peak"] * factor
    wanted = torch.tensor([example.target for example in batch], device=run.device)
    loss = cross_entropy(logits(run, batch), wanted, label_smoothing=run.mix.label_smoothing)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
    run.optimizer.step()
    run.optimizer.zero_grad()
    return float(loss.detach())


def development_figures(run: Run, sets: dict[str, list[Example]]) -> dict[str, dict[str, float]]:
    """Accuracy, and precision, recall and F1 of contradiction by the largest probability, for each set."""
    run.model.eval()
    figures = {}
    for name, found in sets.items():
        ordered = sorted(found, key=lambda example: len(example.premise) + len(example.hypothesis))
        with torch.inference_mode():
            said = [i for k in range(0, len(ordered), 32) for i in logits(run, ordered[k : k + 32]).argmax(-1).tolist()]
        gold = [example.target.index(max(example.target)) for example in ordered]
        right = sum(s == g for s, g in zip(said, gold, strict=True))
        both = sum(s == g == 2 for s, g in zip(said, gold, strict=True))
        precision, recall = both / max(said.count(2), 1), both / max(gold.count(2), 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        figures[name] = {
            "n": len(gold),
            "accuracy": right / len(gold),
            "precision": precision,
            "recall": recall,
            "f1": f1,
        }
    run.model.train()
    return figures


def save_whole(value: object, path: Path) -> None:
    """Write a checkpoint so that `path` is, at every moment, the old one or the new one, whole."""
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        torch.save(value, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def save_checkpoint(run: Run, progress: Progress, digest: str, path: Path) -> None:
    """Everything the next step depends on."""
    state = {
        "digest": digest,
        "progress": asdict(progress),
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "random": torch.get_rng_state(),
    }
    save_whole(state, path)


def resume(run: Run, digest: str, path: Path) -> Progress:
    """Bring `run` to where the checkpoint at `path` stands; to the start where there is none."""
    if not path.exists():
        return Progress()
    state = torch.load(path, map_location=run.device, weights_only=True)
    if state["digest"] != digest:
        raise FaultyMix(
            run.mix.name, f"{path} belongs to another mix or data", "the same mix, or another output folder"
        )
    run.model.load_state_dict(state["model"])
    run.optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"].cpu())
    return Progress(**state["progress"])


def digest_of(mix: Mix, folders: Sequence[Path], start: str) -> str:
    """SHA-256 of the mix and of the bytes of every file it names: what a checkpoint belongs to."""
    digest = hashlib.sha256(json.dumps([asdict(mix), start], sort_keys=True).encode())
    for file in sorted({file for part in mix.parts for file in part.files}):
        digest.update(locate(file, folders).read_bytes())
    return digest.hexdigest()


def short_enough(run: Run, found: Sequence[Example]) -> tuple[list[Example], list[int]]:
    """Those that fit whole, since half a premise may not bear its label, and the tokens of each."""
    encoded = run.tokenizer([e.premise for e in found], [e.hypothesis for e in found], verbose=False)
    lengths = [len(ids) for ids in encoded["input_ids"]]
    kept = [i for i, length in enumerate(lengths) if length <= run.mix.longest]
    return [found[i] for i in kept], [lengths[i] for i in kept]


def batches_from(
    run: Run, parts: Sequence[Sequence[Example]], progress: Progress
) -> Iterator[tuple[int, int, float, list[Example]]]:
    """Round, number within it, rounds done so far, and examples of every batch that is still to come."""
    for number in range(progress.round, run.mix.rounds):
        drawn, lengths = short_enough(run, round_of(number, run.mix, parts))
        grouped = batches(lengths, run.mix.batch_tokens, f"{run.mix.seed} round {number}")
        first = progress.batch if number == progress.round else 0
        for k, positions in enumerate(grouped[first:], first):
            yield number, k, number + k / len(grouped), [drawn[i] for i in positions]


def note(output: Path, **figures: object) -> None:
    """Append a line to the log of the run."""
    line = json.dumps({"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **figures})
    with (output / "metrics.jsonl").open("a", encoding="utf-8") as log:
        log.write(line + "\n")


def development_sets(run: Run, folders: Sequence[Path]) -> dict[str, list[Example]]:
    """The same draw from each development file in every run."""
    drawn = {}
    for file, size in run.mix.development:
        found = examples(locate(file, folders), run.mix.seed)
        drawn[file], _ = short_enough(run, random.Random(run.mix.seed).sample(found, min(size, len(found))))
    return drawn


@dataclass(slots=True)
class Clock:
    """Tells when something is due again. The first time is one `period` (seconds) from now."""

    period: float
    last: float = field(default_factory=time.monotonic)

    def due(self) -> bool:
        """Whether the period is over; if so the next one begins."""
        now = time.monotonic()
        if now - self.last < self.period:
            return False
        self.last = now
        return True


def train(mix: Mix, folders: Sequence[Path], output: Path, start: str, device: torch.device) -> None:
    """Run `mix` to its end, from its checkpoint in `output` where there is one."""
    output.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(mix.seed)
    run = prepare(mix, start, device)
    checkpoint, digest = output / "checkpoint.pt", digest_of(mix, folders, start)
    progress = resume(run, digest, checkpoint)
    parts = load_parts(mix, folders)
    development = development_sets(run, folders)
    sizes = {part.name: len(found) for part, found in zip(mix.parts, parts, strict=True)}
    note(output, event="start", mix=mix.name, digest=digest, model=start, sizes=sizes, **asdict(progress))
    log, save, measure = Clock(LOG_SECONDS), Clock(mix.checkpoint_seconds), Clock(mix.development_seconds)
    losses: list[float] = []
    begun = time.monotonic() - progress.seconds
    run.model.train()
    for number, k, rounds_done, batch in batches_from(run, parts, progress):
        done = fraction_done(rounds_done, progress.seconds, mix)
        if done >= 1:
            break
        losses.append(step(run, batch, rate_factor(done, mix.warm_up)))
        progress = Progress(number, k + 1, progress.seen + len(batch), time.monotonic() - begun)
        if log.due():
            note(output, event="step", loss=round(math.fsum(losses) / len(losses), 4), done=done, **asdict(progress))
            losses.clear()
        if save.due():
            save_checkpoint(run, progress, digest, checkpoint)
        if measure.due():
            note(output, event="development", sets=development_figures(run, development), **asdict(progress))
    finished = Progress(mix.rounds, 0, progress.seen, progress.seconds)
    run.model.save_pretrained(output)
    run.tokenizer.save_pretrained(output)
    save_checkpoint(run, finished, digest, checkpoint)
    note(output, event="end", sets=development_figures(run, development), **asdict(finished))


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m nli.training.train", description="Train a judge on a mix of data.")
    parser.add_argument("mix", type=Path, help="TOML file that states the run")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders that the mix's files are below")
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoint, log and model")
    parser.add_argument("--start", help="model to begin with, instead of the mix's")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, help="CPU threads")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    mix = read_mix(given.mix)
    train(mix, given.data, given.output, given.start or mix.start, torch.device(given.device))


if __name__ == "__main__":
    main()
