"""The quality gate: floors that the bundled judge must keep on the gold of this repository.

    python -m eval.gate                                    # measure, and fail where a floor is not kept
    python -m eval.gate --pin --because "the new judge"    # set the floors from what is measured now

The floors lie in data/floors.toml with the SHA-256 of the data they were measured on. A floor is what was measured less
an allowance for what differs between processors and libraries: as much as two contradictions more or less make out.
Each change is an entry of the history; a lower floor without a reason is refused, here and by a test.
"""

import argparse
import hashlib
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.evaluate import Models, Report, evaluate_file
from nli.pipeline import Progress, silent

FOLDER = Path(__file__).parents[1]
FLOORS = Path(__file__).parent / "data" / "floors.toml"

ALLOWED_PAIRS = 2
"""So many contradictions may be judged otherwise before a floor is broken."""

GUARDED = {
    "whole road": ("recall", "F1"),
    "labelled pairs given": ("precision", "recall", "F1", "average precision"),
}
"""Which measures of which system have floors."""

ABOUT = """# Floors of quality, measured with the bundled models: `python -m eval.gate` holds them, and
# `python -m eval.gate --pin --because "why"` sets them anew and keeps the history below. Not to be edited by hand.
"""


class BrokenHistory(ValueError):
    """A file of floors that does not say how its floors came about; the message says which floor, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a measure of a system must reach on a set, and what was measured when it was set."""

    set: str
    system: str
    measure: str
    measured: float
    floor: float

    @property
    def name(self) -> tuple[str, str, str]:
        """What the floor is of."""
        return self.set, self.system, self.measure


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Gold that has floors: its files, from the repository's root, their SHA-256, and the noise allowed."""

    name: str
    gold: str
    articles: str
    sha256: str
    allowance: float


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a floor: when, from what (None: there was none) to what, and why."""

    date: str
    set: str
    system: str
    measure: str
    old: float | None
    new: float
    why: str


@dataclass(frozen=True, slots=True)
class Floors:
    """The file of floors."""

    sets: tuple[GoldSet, ...]
    floors: tuple[Floor, ...]
    history: tuple[Change, ...]


def read_floors(path: Path = FLOORS) -> Floors:
    """The floors of a file; raises BrokenHistory where it does not say how they came about."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    floors = Floors(
        tuple(GoldSet(**each) for each in told.get("sets", ())),
        tuple(Floor(**each) for each in told.get("floors", ())),
        tuple(Change(old=each.pop("old", None), **each) for each in told.get("history", ())),
    )
    check_history(floors)
    return floors


def check_history(floors: Floors) -> None:
    """Raise BrokenHistory where a floor is not the last of its history, or was lowered without a reason."""
    now: dict[tuple[str, str, str], float] = {}
    for change in floors.history:
        name = (change.set, change.system, change.measure)
        where = f"{', '.join(name)}, {change.date}"
        if change.old != now.get(name):
            raise BrokenHistory(f"{where}: the floor before is said to be {change.old}; expected {now.get(name)}")
        if change.old is not None and change.new < change.old and not change.why.strip():
            raise BrokenHistory(f"{where}: lowered from {change.old} to {change.new}; expected a reason")
        now[name] = change.new
    if now != (kept := {floor.name: floor.floor for floor in floors.floors}):
        odd = ", ".join(
            map(" ".join, sorted(name for name in now.keys() | kept.keys() if now.get(name) != kept.get(name)))
        )
        raise BrokenHistory(f"{odd}: the floor is not the last of its history; expected `python -m eval.gate --pin`")


def data_digest(gold_set: GoldSet, folder: Path = FOLDER) -> str:
    """The SHA-256 over the files of a set."""
    digest = hashlib.sha256()
    for name in (gold_set.gold, gold_set.articles):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def measure(floors: Floors, models: Models | None = None, progress: Progress = silent) -> dict[str, Report]:
    """A report on each set, by its name."""
    return {
        each.name: evaluate_file(FOLDER / each.gold, FOLDER / each.articles, models, progress=progress)
        for each in floors.sets
    }


def broken(floors: Floors, reports: Mapping[str, Report]) -> tuple[str, ...]:
    """What is not as it must be, a line each: data that have changed, and floors that are not kept."""
    lines = [
        f"{each.name}: the data have changed since the floors were set; expected SHA-256 {each.sha256}"
        for each in floors.sets
        if data_digest(each) != each.sha256
    ]
    for floor in floors.floors:
        value = value_of(reports[floor.set], floor.system, floor.measure)
        if value < floor.floor:
            lines.append(
                f"{floor.set}, {floor.system}: {floor.measure} is {value:.3f}; expected at least {floor.floor:.3f}"
                f" ({floor.measured:.3f} when it was set)"
            )
    return tuple(lines)


def value_of(report: Report, system: str, measure: str) -> float:
    """One figure of a report; raises KeyError where it has none."""
    return {each.name: each for each in report.systems}[system][measure].value


def pinned(floors: Floors, reports: Mapping[str, Report], why: str, date: str) -> Floors:
    """The floors set anew from what was measured, with the changes in the history.

    Raises BrokenHistory where one would be lowered and `why` is empty.
    """
    before = {floor.name: floor.floor for floor in floors.floors}
    sets, kept, changes = [], [], list(floors.history)
    for each in floors.sets:
        report = reports[each.name]
        allowance = round(ALLOWED_PAIRS / max(1, dict(report.labels).get("contradiction", 0)), 3)
        sets.append(replace(each, sha256=data_digest(each), allowance=allowance))
        for system, measures in GUARDED.items():
            for name in measures:
                value = value_of(report, system, name)
                floor = Floor(each.name, system, name, round(value, 3), round(max(0.0, value - allowance), 3))
                kept.append(floor)
                old = before.get(floor.name)
                if old != floor.floor:
                    changes.append(Change(date, *floor.name, old, floor.floor, why))
    anew = Floors(tuple(sets), tuple(kept), tuple(changes))
    check_history(anew)
    return anew


def as_toml(floors: Floors) -> str:
    """The file of floors."""
    named = {"sets": floors.sets, "floors": floors.floors, "history": floors.history}
    return ABOUT + "".join(_table(name, each) for name, entries in named.items() for each in entries)


def _table(name: str, value: Any) -> str:  # noqa: ANN401  # one of three dataclasses
    # A string of JSON is one of TOML.
    lines = (f"{field} = {json.dumps(each)}" for field, each in asdict(value).items() if each is not None)
    return "\n".join([f"\n[[{name}]]", *lines]) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, measure, and hold the floors or set them; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", action="store_true", help="set the floors from what is measured now")
    parser.add_argument("--because", default="", metavar="WHY", help="why a floor is set anew")
    chosen = parser.parse_args(arguments)
    floors = read_floors()
    reports = measure(floors)
    for floor in floors.floors:
        value = value_of(reports[floor.set], floor.system, floor.measure)
        sys.stdout.write(f"{', '.join(floor.name)}: {value:.3f} (floor {floor.floor:.3f})\n")
    if chosen.pin:
        try:
            anew = pinned(floors, reports, chosen.because, datetime.now(UTC).date().isoformat())
        except BrokenHistory as error:
            sys.stderr.write(f'{error}; say why with --because "..."\n')
            return 1
        FLOORS.write_text(as_toml(anew), encoding="utf-8")
        return 0
    lines = broken(floors, reports)
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
