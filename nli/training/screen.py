"""Where the cascade may cut: `python -m nli.training.screen STUDENT --cache TEACHER_CACHE.jsonl`.

The small judge screens, the base judge decides. For every threshold on the student's contradiction (the larger of both
directions): which share of the pairs goes on, and how many of the pairs that the teacher calls contradiction do.
TEACHER_CACHE is what `nli.training.distil` writes.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nli.records import Classifier
from nli.runtime import OnnxClassifier
from nli.training.data import rows

THRESHOLDS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5)
TEACHER_LEVELS = (0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a threshold keeps: share of all pairs, and recall of those the teacher puts above each of its levels."""

    threshold: float
    kept: float
    recall: tuple[float, ...]


def cuts(student: NDArray[np.float64], teacher: NDArray[np.float64], thresholds: Sequence[float]) -> list[Cut]:
    """For each threshold what it keeps; both arrays are contradiction by the larger direction, (n,).

    >>> [cut] = cuts(np.array([0.9, 0.2, 0.1]), np.array([0.8, 0.6, 0.1]), (0.5,))
    >>> round(cut.kept, 2), cut.recall
    (0.33, (0.5, 0.5))
    """
    found = []
    for threshold in thresholds:
        keeps = student >= threshold
        recall = tuple(
            float(keeps[teacher > level].mean()) if (teacher > level).any() else 1.0 for level in TEACHER_LEVELS
        )
        found.append(Cut(threshold, float(keeps.mean()), recall))
    return found


def by_larger_direction(pairs: Sequence[tuple[str, str]], judge: Classifier) -> NDArray[np.float64]:
    """Contradiction of each pair, the larger of its two directions, (n,)."""
    both = judge.classify([*pairs, *((right, left) for left, right in pairs)])[:, 2]
    return np.maximum(both[: len(pairs)], both[len(pairs) :])


def teacher_of(cache: Path) -> dict[tuple[str, str], float]:
    """Contradiction of each pair in the cache by the larger direction, both of which must be there."""
    said = {(str(row["premise"]), str(row["hypothesis"])): row["probabilities"] for row in rows(cache)}
    found = {}
    for (left, right), forward in said.items():
        backward = said.get((right, left))
        if backward is not None and (right, left) not in found:
            assert isinstance(forward, list)
            assert isinstance(backward, list)
            found[left, right] = float(max(forward[2], backward[2]))
    return found


def markdown(found: Sequence[Cut]) -> str:
    """The cuts as a table."""
    levels = " | ".join(f"recall of teacher > {level:g}" for level in TEACHER_LEVELS)
    lines = [f"| threshold | kept | {levels} |", "| --- | --- |" + " --- |" * len(TEACHER_LEVELS)]
    for cut in found:
        lines.append(
            f"| {cut.threshold:g} | {cut.kept:.3f} | " + " | ".join(f"{recall:.3f}" for recall in cut.recall) + " |"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(prog="python -m nli.training.screen", description="What a screen keeps and loses.")
    parser.add_argument("student", type=Path, help="the judge that screens, an exported folder")
    parser.add_argument(
        "--cache", type=Path, required=True, help="JSON Lines with a teacher's probabilities, both directions"
    )
    given = parser.parse_args()
    teacher = teacher_of(given.cache)
    student = by_larger_direction(list(teacher), OnnxClassifier(given.student))
    parser._print_message(markdown(cuts(student, np.array(list(teacher.values())), THRESHOLDS)) + "\n")


if __name__ == "__main__":
    main()
