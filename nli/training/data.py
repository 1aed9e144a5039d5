"""The data of a training run: a mix read from TOML, its examples, and the batches that follow from it.

Every batch is a function of the mix and of a round's number alone, so a run that was killed goes on with the very
batches it would have seen.
"""

import gzip
import json
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LABELS = ("entailment", "neutral", "contradiction")
"""The classes in the order of the models we train (and of the columns of `nli.records.Probabilities`)."""

HELD_OUT = re.compile(
    r"(_dev|_val|_test|_eval|dev_matched|dev_mismatched|natural_test_pairs)\b"
    r"|\b(emergent|fnc1|summedits|claimdiff|averitec|anli)\b|(^|/)dev(_gold)?\.jsonl"
)
"""Files that no shipped model is trained on (`data/README.md`)."""

NOT_HELD_OUT = ("nli/fever-ggkorn_eval", "nli/fever-ggkorn_test")
"""Named like held-out files, but taken from FEVER's training side (`SOURCES.md`)."""


class FaultyMix(Exception):
    """The mix cannot be trained on: which file, what is wrong, what was expected."""

    def __init__(self, mix: str, what: str, expected: str) -> None:
        super().__init__(f"mix {mix}: {what}; expected {expected}")
        self.mix, self.what, self.expected = mix, what, expected


@dataclass(frozen=True, slots=True)
class Example:
    """A premise, a hypothesis, and the probability of each of `LABELS` that the model shall give."""

    premise: str
    hypothesis: str
    target: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mix: `share` of every round comes from these files, of which at most `cap` rows are used."""

    name: str
    files: tuple[str, ...]
    share: float
    licence: str
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Mix:
    """All that decides a run. A round is `round_size` examples drawn from the parts by their shares.

    `minutes` ends the run early, learning rate at zero, where the hardware does not manage `rounds` in that time;
    a run that it cuts short cannot be repeated to the bit.
    """

    name: str
    start: str
    parts: tuple[Part, ...]
    development: tuple[tuple[str, int], ...]
    rounds: int
    seed: int = 7
    round_size: int = 2048
    batch_tokens: int = 1536
    longest: int = 96
    learning_rate: float = 3e-5
    head_learning_rate: float = 1.5e-4
    warm_up: float = 0.06
    weight_decay: float = 0.01
    label_smoothing: float = 0.0
    dropout: float = 0.0
    frozen: tuple[str, ...] = ("embeddings",)
    minutes: float | None = None
    checkpoint_seconds: float = 180.0
    development_seconds: float = 900.0

    def __post_init__(self) -> None:
        total = sum(part.share for part in self.parts)
        if abs(total - 1) > 1e-6:
            raise FaultyMix(self.name, f"the shares sum to {total:.4g}", "1")
        for part in self.parts:
            for file in part.files:
                if HELD_OUT.search(file) and not file.startswith(NOT_HELD_OUT):
                    raise FaultyMix(self.name, f"{file} is held out for measuring", "training files only")


def read_mix(path: Path) -> Mix:
    """The mix that a TOML file states: `[run]`, `[[part]]` and `[[development]]` tables (`mixes/small.toml`)."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    run: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table["run"].items()
    }
    parts = tuple(Part(**{**part, "files": tuple(part["files"])}) for part in table["part"])
    development = tuple((entry["file"], entry["rows"]) for entry in table["development"])
    return Mix(name=path.stem, parts=parts, development=development, **run)


def rows(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a JSON Lines file, gzipped or not."""
    with path.open("rb") as file, gzip.open(file) if path.suffix == ".gz" else file as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


FULL_STOP = re.compile(r"(?<![.\s])\s*[.]$")
ABBREVIATION = re.compile(r"\b(?:(?:[A-Za-z][.])+[A-Za-z]|Mr|Mrs|Ms|Dr|Co|Inc|Corp|Ltd|Jr|Sr|St|No|vs|etc)$")


def without_full_stop(text: str) -> str:
    """One-spaced text without its final full stop; abbreviations, "?", "!" and "..." stay.

    >>> without_full_stop("He  signed it.")
    'He signed it'
    >>> without_full_stop("He left for the U.S."), without_full_stop("He left ...")
    ('He left for the U.S.', 'He left ...')
    """
    text = " ".join(text.split())
    bare = FULL_STOP.sub("", text)
    return text if ABBREVIATION.search(bare) else bare


def target(row: dict[str, object]) -> tuple[float, float, float]:
    """What the row asks of the model: a teacher's `probabilities`, else its `label` as certainty.

    >>> target({"label": "neutral"}), target({"probabilities": [0.1, 0.2, 0.7]})
    ((0.0, 1.0, 0.0), (0.1, 0.2, 0.7))
    """
    soft = row.get("probabilities")
    if isinstance(soft, list):
        entailment, neutral, contradiction = (float(p) for p in soft)
        return entailment, neutral, contradiction
    if row["label"] not in LABELS:
        raise ValueError(f"label {row['label']!r} is none of {', '.join(LABELS)}")
    entailment, neutral, contradiction = (float(row["label"] == label) for label in LABELS)
    return entailment, neutral, contradiction


def examples(path: Path, seed: int) -> list[Example]:
    """The examples of a file, in its order.

    A part of the public sets has lost its final full stops, and always on one side: left so, the stop would tell the
    set, and with it the likely label. So every text loses its stop, and half of them, drawn without a look at the
    label, get one back: claims come with and without.
    """
    draw = random.Random(f"{seed} full stops {path.name}")
    found = []
    for row in rows(path):
        premise, hypothesis = (
            bare if bare[-1:] in ".?!" or draw.random() < 0.5 else bare + "."
            for bare in (without_full_stop(str(row[side])) for side in ("premise", "hypothesis"))
        )
        found.append(Example(premise, hypothesis, target(row)))
    return found


def locate(file: str, folders: Sequence[Path]) -> Path:
    """The file in the first of the folders that has it: public sets in one, a teacher's answers in another."""
    for folder in folders:
        if (folder / file).is_file():
            return folder / file
    raise FileNotFoundError(f"{file} is in none of {', '.join(map(str, folders))}")


def load_parts(mix: Mix, folders: Sequence[Path]) -> list[list[Example]]:
    """The examples of each part, in the order of `mix.parts`; a capped part is a fixed draw from its files."""
    loaded = []
    for part in mix.parts:
        found = [example for file in part.files for example in examples(locate(file, folders), mix.seed)]
        if part.cap is not None and len(found) > part.cap:
            found = random.Random(f"{mix.seed} cap {part.name}").sample(found, part.cap)
        if not found:
            raise FaultyMix(mix.name, f"part {part.name} is empty", "at least one example")
        loaded.append(found)
    return loaded


def take(count: int, population: int, start: int, seed: str) -> list[int]:
    """Positions `start` to `start + count` of an endless stream: `population` shuffled anew for each lap.

    >>> sorted(take(3, 3, 3, "s")), take(2, 5, 0, "s") + take(2, 5, 2, "s") == take(4, 5, 0, "s")
    ([0, 1, 2], True)
    """
    taken: list[int] = []
    while len(taken) < count:
        lap, offset = divmod(start + len(taken), population)
        order = list(range(population))
        random.Random(f"{seed} lap {lap}").shuffle(order)
        taken += order[offset : offset + count - len(taken)]
    return taken


def round_of(number: int, mix: Mix, parts: Sequence[Sequence[Example]]) -> list[Example]:
    """The examples of round `number`: each part's share of it, in no order."""
    drawn = []
    for part, found in zip(mix.parts, parts, strict=True):
        count = round(part.share * mix.round_size)
        drawn += [found[i] for i in take(count, len(found), number * count, f"{mix.seed} {part.name}")]
    return drawn


def batches(lengths: Sequence[int], budget: int, seed: str) -> list[list[int]]:
    """Positions grouped by length into batches of at most `budget` tokens, padding counted, in random order.

    >>> sorted(sorted(batch) for batch in batches([9, 2, 2, 9, 2], 10, "s"))
    [[0], [1, 2, 4], [3]]
    """
    draw = random.Random(f"{seed} batches")
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i], draw.random()))
    grouped: list[list[int]] = [[]]
    for i in order:
        if grouped[-1] and lengths[i] * (len(grouped[-1]) + 1) > budget:
            grouped.append([])
        grouped[-1].append(i)
    draw.shuffle(grouped)
    return grouped
