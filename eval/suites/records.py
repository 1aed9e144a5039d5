"""What a suite is, the files it needs, and what it finds."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import Fault
from eval.evaluate import Models, Report
from eval.gold import SEED, UnusableGold, draw_groups, share_of_group
from eval.resampling import Draws, Estimate, ratio
from eval.scoring import System
from nli.blocking import PER_CLAIM
from nli.pipeline import Progress, silent

Row = Mapping[str, Any]
Taken = TypeVar("Taken")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a suite, by its path below the data folder, and where it comes from."""

    path: str
    source: str

    def __str__(self) -> str:
        return f"{self.path} (from {self.source})"


@dataclass(frozen=True, slots=True)
class Bench:
    """What a suite is measured with: the models, a sample of so many rows of each part (None: all), the budget."""

    models: Models
    sample: int | None = None
    per_claim: int = PER_CLAIM
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class Part:
    """What was found on one part of a suite: every system with its measures, baselines last.

    `count` of `unit` (pairs, sentences, tweets ...) in `groups` that are drawn together. `headline`: the measures to
    read first. `report`: everything about it, where it is made of pairs; `labelled` where its labels are gold.
    """

    name: str
    digest: str
    count: int
    unit: str
    groups: int
    systems: tuple[System, ...]
    headline: tuple[str, ...]
    report: Report | None = None
    labelled: bool = True
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """A part of a suite before it is measured: its files, and how to measure them, given their paths in that order."""

    name: str
    files: tuple[File, ...]
    measure: Callable[[str, Sequence[Path], Bench], tuple[Part, ...]]


@dataclass(frozen=True, slots=True)
class Suite:
    """A named set of recipes. Everything but these is read by people; `unit` is what is drawn together.

    `short`: only the first headline measure of each part is shown.
    """

    name: str
    measures: str
    size: str
    licence: str
    unit: str
    means: str
    recipes: tuple[Recipe, ...]
    short: bool = False


@dataclass(frozen=True, slots=True)
class SuiteReport:
    """What was found on a suite; `made`: ISO 8601, UTC. `missing`: a fault for each part whose files are not there."""

    suite: Suite
    made: str
    parts: tuple[Part, ...]
    missing: tuple[Fault, ...] = ()
    sample: int | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Parts that could not be measured, and lines that could not be used."""
        return self.missing + tuple(fault for part in self.parts for fault in part.faults)

    @property
    def sampling(self) -> str:
        """How much was measured, in words."""
        if self.sample is None:
            return "all rows of every part"
        return f"up to {self.sample:,} rows of every part, drawn by group with seed {SEED}"


def read_rows(path: Path) -> tuple[list[Row], str]:
    """The rows of a file of JSON Lines, `.gz` or not, and 16 digits of its SHA-256; raises UnusableGold."""
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
        rows = [json.loads(line) for line in raw.decode("utf-8-sig").split("\n") if line.strip()]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UnusableGold(f"{path}: {error}; expected JSON Lines") from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise UnusableGold(f"{path}: no rows, or some that are no object; expected one JSON object a line")
    return rows, hashlib.sha256(raw).hexdigest()[:16]


def sample_rows(rows: Sequence[Taken], groups: Sequence[str], count: int | None) -> list[Taken]:
    """A sample of `count` rows drawn by group, or all of them."""
    return list(rows) if count is None else [rows[row] for row in draw_groups(groups, count, share_of_group(count))]


def field(path: Path, row: Row, name: str) -> Any:  # noqa: ANN401  # what JSON holds there
    """The field of a row; raises UnusableGold where it has none."""
    if name not in row:
        raise UnusableGold(
            f"{path}: a row without {name!r} (it has {', '.join(row)}); expected the layout of the suite"
        )
    return row[name]


def mean(values: Sequence[float], draws: Draws) -> Estimate:
    """The mean of `values` (n,) with its interval.

    >>> mean([1, 0, 1, 0], Draws.of(["a", "b", "c", "d"])).value
    0.5
    """
    return Estimate.of(ratio(draws.sums(values), draws.sums([1.0] * len(values))), draws.groups)
