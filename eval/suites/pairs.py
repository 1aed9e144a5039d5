"""Pairs of texts: a file of them as gold, and what the NLI model says of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.errors import Fault
from eval.evaluate import Report, evaluate_gold, open_gold
from eval.gold import ANSWERS, Gold, LabelledPair, MalformedGold, premise_group, sampled
from eval.resampling import Draws
from eval.scoring import System
from eval.suites.records import Bench, Part, Row, mean, read_rows

THREE_CLASS = ("accuracy", "F1", "average precision")
TWO_CLASS = ("balanced accuracy", "accuracy")
OF_CONTRADICTION = ("F1", "average precision", "precision", "recall")
FLAGGED = "flagged"
VARIANT_DIGITS = 7


def as_given(row: Row) -> str:
    """The label as it stands."""
    return str(row.get("label", ""))


def as_two_class(row: Row) -> str:
    """Entailment, or not: what neither follows nor clashes is not told from what clashes."""
    return "entailment" if row.get("label") == "entailment" else "not_entailment"


def unlabelled(row: Row) -> str:  # noqa: ARG001  # a label for every row, whatever it holds
    """No contradiction, as far as anyone knows."""
    return "neutral"


def group_as_given(row: Row) -> str:
    """The row's group, or its story; pairs with one premise are a group where it names none."""
    return str(row.get("group") or row.get("story") or premise_group(str(row.get("premise", ""))))


def left_article(row: Row) -> str:
    """The article of the premise, in sets that name the articles of both sides."""
    return str(row.get("left") or group_as_given(row))


def original_claim(row: Row) -> str:
    """Of FEVER-symmetric, the claim that a row was made from: its id without the seven digits that count the rows.

    >>> original_claim({"orig_id": "88040"}), original_claim({"orig_id": "880400000003"})
    ('88040', '88040')
    """
    name = str(row.get("orig_id") or group_as_given(row))
    return name[:-VARIANT_DIGITS] if len(name) > VARIANT_DIGITS and name.isdigit() else name


@dataclass(frozen=True, slots=True)
class Reading:
    """How to make labelled pairs of rows.

    `kind`: the field that says what sort of pair it is. `group`: with which others it hangs together. `answers`: the
    labels that can be right. `prepare`: what is done with the gold before it is judged.
    """

    label: Callable[[Row], str] = as_given
    kind: str | None = None
    group: Callable[[Row], str] = group_as_given
    answers: tuple[str, ...] = ANSWERS
    prepare: Callable[[Gold, Bench], Gold] | None = None


def read_pairs(name: str, path: Path, reading: Reading) -> Gold:
    """The labelled pairs of a file; rows that are none are faults. Raises UnusableGold."""
    rows, digest = read_rows(path)
    pairs, faults = [], []
    for number, row in enumerate(rows, 1):
        try:
            pairs.append(_pair(row, number, name, reading))
        except MalformedGold as error:
            faults.append(Fault(f"{path}:{number}", error.what, error.expected))
    return Gold(name, tuple(pairs), digest, faults=tuple(faults), answers=reading.answers)


def _pair(row: Row, number: int, name: str, reading: Reading) -> LabelledPair:
    premise, hypothesis = str(row.get("premise", "")), str(row.get("hypothesis", ""))
    kind = row.get(reading.kind) if reading.kind else None
    return LabelledPair(
        id=str(row.get("id") or number),
        premise=premise,
        hypothesis=hypothesis,
        label=reading.label(row),
        group=reading.group(row),
        kind=str(kind) if kind else None,
        source=name,
    )


def labelled(
    reading: Reading | None = None, headline: tuple[str, ...] = THREE_CLASS
) -> Callable[[str, Sequence[Path], Bench], tuple[Part, ...]]:
    """How to measure a file of labelled pairs: the most probable label, against the labels."""

    def measure(name: str, paths: Sequence[Path], bench: Bench) -> tuple[Part, ...]:
        report = _report(read_pairs(name, paths[0], reading or Reading()), bench, reading)
        return (part_of(name, report, headline),)

    return measure


def flagged(reading: Reading, *, by_kind: bool = False) -> Callable[[str, Sequence[Path], Bench], tuple[Part, ...]]:
    """How to measure pairs whose labels do not say which contradict: the share that is called a contradiction.

    `by_kind`: a part for each kind.
    """

    def measure(name: str, paths: Sequence[Path], bench: Bench) -> tuple[Part, ...]:
        report = _report(read_pairs(name, paths[0], reading), bench, reading)
        if not by_kind:
            return (share_flagged(name, report),)
        kinds = sorted({each.pair.kind or "" for each in report.predictions})
        return tuple(share_flagged(f"{name}, {kind}", _of_kind(report, kind)) for kind in kinds)

    return measure


def whole_road(name: str, paths: Sequence[Path], bench: Bench) -> tuple[Part, ...]:
    """The part of a labelled corpus, its pairs and its articles: from articles to relations."""
    gold = open_gold(paths[0], paths[1])
    taken = sampled(gold, bench.sample) if bench.sample else gold
    report = evaluate_gold(taken, bench.models, per_claim=bench.per_claim, progress=bench.progress)
    return (part_of(name, report, OF_CONTRADICTION),)


def share_flagged(name: str, report: Report) -> Part:
    """The part that tells of each system how much it calls a contradiction."""
    systems = []
    for system in report.systems:
        # A regression over these labels, or their most frequent one, would repeat that nothing is known of them.
        if system.name.startswith(("most frequent", "words alone")):
            continue
        draws = Draws.of([each.pair.group for each in system.predictions])
        share = mean([each.said == "contradiction" for each in system.predictions], draws)
        systems.append(System(system.name, ((FLAGGED, share),), system.predictions, system.baseline))
    return replace(part_of(name, report, (FLAGGED,)), systems=tuple(systems), labelled=False)


def _of_kind(report: Report, kind: str) -> Report:
    of = [
        replace(system, predictions=tuple(each for each in system.predictions if (each.pair.kind or "") == kind))
        for system in report.systems
    ]
    groups = {each.pair.group for each in of[0].predictions}
    return replace(report, systems=tuple(of), predictions=of[0].predictions, groups=len(groups))


def _report(gold: Gold, bench: Bench, reading: Reading | None) -> Report:
    taken = sampled(gold, bench.sample) if bench.sample else gold
    prepared = reading.prepare(taken, bench) if reading and reading.prepare else taken
    return evaluate_gold(prepared, bench.models, per_claim=bench.per_claim, progress=bench.progress)


def part_of(name: str, report: Report, headline: tuple[str, ...]) -> Part:
    """The part that a report on pairs makes, with the measures to read first."""
    return Part(
        name=name,
        digest=report.digest,
        count=len(report.predictions),
        unit="pairs",
        groups=report.groups,
        systems=report.systems,
        headline=headline,
        report=report,
        faults=report.faults,
    )
