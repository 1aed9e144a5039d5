"""Everything that a report shows, as tables of text: what the terminal, Markdown and the page all draw from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval import slices
from eval.curves import Curve, curves, reliability
from eval.evaluate import Report
from eval.projection import ONE_IN, project
from eval.resampling import Estimate
from eval.scoring import MEASURES, System
from eval.slices import Slice

SHOWN_MISTAKES = 20
RECALLS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SHORT = 16
"""So many digits of a SHA-256 are shown; report.json has all of them."""

BOOTSTRAP = "In brackets the 95 % interval of 1,000 bootstrap draws of whole groups"


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, what one must know to read the figures, and the figures as text; `key` names it in a page."""

    key: str
    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(report: Report) -> tuple[Table, ...]:
    """All that a report shows, in order; a table without rows is left out."""
    shown = (
        _about(report),
        _systems(report),
        _comparison(report),
        _curve(report),
        *(_reliability(system) for system in calibrated(report)),
        _confusion(report),
        *(_sliced(report, *each) for each in SLICED),
        _projection(report),
        _funnel(report),
        _speed(report),
        _mistakes(report),
        _faults(report),
        _configuration(report),
    )
    return tuple(table for table in shown if table.rows)


def judged(report: Report) -> tuple[System, ...]:
    """The systems that are measured, without the baselines."""
    return tuple(system for system in report.systems if not system.baseline)


def calibrated(report: Report) -> tuple[System, ...]:
    """The measured systems whose score is a probability."""
    return tuple(system for system in judged(report) if "calibration error" in system)


def _about(report: Report) -> Table:
    rows = [
        ("gold", f"{report.gold} (SHA-256 begins {report.digest})"),
        ("pairs", f"{len(report.predictions)} in {report.groups} groups"),
        ("labels", ", ".join(f"{label} {times}" for label, times in report.labels)),
        ("models", ", ".join(report.models)),
        ("made", report.made),
    ]
    return Table("about", "What was measured", "", ("", ""), tuple(rows))


def _systems(report: Report) -> Table:
    note = (
        "Precision, recall, F1, average precision, Brier and calibration error are of contradictions. "
        f"{BOOTSTRAP} ({report.groups} of them)."
    )
    used = tuple(name for name in MEASURES if any(name in system for system in report.systems))
    rows = tuple((system.name, *(_cell(dict(system.measures).get(name)) for name in used)) for system in report.systems)
    return Table("systems", "The judge and the baselines", note, ("system", *used), rows)


def _cell(estimate: Estimate | None) -> str:
    return str(estimate) if estimate else ""


def _comparison(report: Report) -> Table:
    compared = report.comparison
    if compared is None:
        return Table("comparison", "", "", (), ())
    note = (
        f"With {compared.earlier.where}, made {compared.earlier.made} by {', '.join(compared.earlier.models)}, over "
        f"the {compared.pairs} pairs that both have. The change has a 95 % interval of 1,000 draws of whole groups, "
        "both reports drawn together."
    )
    rows = tuple(
        (
            each.system if each.system == each.against else f"{each.system} (then: {each.against})",
            each.measure,
            f"{each.before:.3f}",
            f"{each.now:.3f}",
            f"{each.change.value:+.3f} ({each.change.low:+.3f} to {each.change.high:+.3f})",
            "a regression" if each.regressed else each.verdict,
        )
        for each in compared.differences
    )
    title = "Compared with an earlier report" + (": it has become worse" if compared.regressed else "")
    return Table("comparison", title, note, ("system", "measure", "then", "now", "change", "verdict"), rows)


def _fine(estimate: Estimate) -> str:
    """With one digit more: precision at 1 in 1,000 is small."""
    return f"{estimate.value:.3f} ({estimate.low:.3f}-{estimate.high:.3f})"


def _curve(report: Report) -> Table:
    drawn = [curve for curve in curves(report.systems) if len(curve.points) > 2]
    note = (
        "How precise each system would be if its threshold were lowered until it found so many of the contradictions; "
        "empty where no threshold finds as many. As shipped: recall and precision of what is flagged now; in a corpus "
        "that is a score of .5 that no rule of time or wording speaks against, of pairs alone the most probable label."
    )
    rows = tuple(
        (
            curve.system,
            *(_precision_at(curve, recall) for recall in RECALLS),
            f"{curve.shipped.recall:.2f}, {curve.shipped.precision:.2f}",
        )
        for curve in drawn
    )
    header = ("system", *(f"recall {recall:g}" for recall in RECALLS), "as shipped")
    return Table("curve", "Precision as the threshold falls", note, header, rows)


def _precision_at(curve: Curve, recall: float) -> str:
    reached = [point.precision for point in curve.points if point.recall >= recall]
    return f"{max(reached):.2f}" if reached else ""


def _reliability(system: System) -> Table:
    note = (
        "Pairs by the probability of a contradiction that was stated for them, and how many of them contradict: the "
        "two are alike where a score means what it says."
    )
    rows = tuple(
        (f"{each.low:.1f} to {each.high:.1f}", str(each.count), f"{each.stated:.3f}", str(each.observed))
        for each in reliability(system.predictions)
    )
    header = ("scores", "pairs", "mean score", "contradict")
    return Table("reliability", f"Are the scores right: {system.name}", note, header, rows)


def _confusion(report: Report) -> Table:
    said = sorted({said for _, said, _ in report.confusion})
    counted = {(label, name): times for label, name, times in report.confusion}
    rows = tuple((label, *(str(counted.get((label, name), 0)) for name in said)) for label, _ in report.labels)
    note = f"By {report.systems[0].name}. One row a label, one column an answer."
    return Table("confusion", "What was called what", note, ("labelled", *said), rows)


SMALL = "An interval without width (none or all of n pairs) is not certainty: the rate may still lie 3/n away."
SLICED: tuple[tuple[str, str, str, Callable[[System], tuple[Slice, ...]]], ...] = (
    (
        "label",
        "By label",
        "Called so: the share that got this label. Flagged: called a contradiction.",
        slices.by_label,
    ),
    ("kind", "By kind of contradiction", "Precision only where the kind has other pairs, too.", slices.by_kind),
    ("trap", "Pairs that only look like contradictions", "Flagged: called a contradiction, wrongly.", slices.by_trap),
    ("source", "By source", "The sets that the gold was taken from.", slices.by_source),
    (
        "showing",
        "Without what only the text around tells",
        "Readers saw whole articles: of some contradictions the two claims alone do not show that they are one.",
        slices.by_showing,
    ),
)


def _sliced(report: Report, key: str, title: str, note: str, cut: Callable[[System], tuple[Slice, ...]]) -> Table:
    """The slices of every measured system, side by side."""
    systems = judged(report)
    cuts = [{each.name: each for each in cut(system)} for system in systems]
    first = cuts[0] if cuts else {}
    used = [
        (number, measure)
        for measure in dict.fromkeys(name for each in first.values() for name, _ in each.measures)
        for number in range(len(systems))
    ]
    names = [f"{measure}, {systems[number].name}" if len(systems) > 1 else measure for number, measure in used]
    mixed = key in ("kind", "source")
    rows = tuple(
        (
            *(each.name, str(each.pairs), *([str(each.contradictions)] if mixed else []), str(each.groups)),
            *(_cell(dict(cuts[number][name].measures).get(measure)) for number, measure in used),
        )
        for name, each in first.items()
    )
    return Table(
        key,
        title,
        f"{note} {BOOTSTRAP}. {SMALL}",
        (key, "pairs", *(["contradictions"] if mixed else []), "groups", *names),
        rows,
    )


def _projection(report: Report) -> Table:
    note = (
        "Labelled sets hold far more contradictions than life: this is the precision that the measured recall and rate "
        "of false flags would give where only 1 candidate pair in so many is a contradiction, and the others are as "
        "hard as the labelled ones."
    )
    rows = tuple(
        (each.system, *map(_fine, (each.recall, each.false_positive_rate, *(value for _, value in each.precision))))
        for each in project(report.systems)
    )
    header = ("system", "recall", "others flagged", *(f"precision at 1 in {one_in:,}" for one_in in ONE_IN))
    return Table("projection", "Precision at natural rates", note, header, rows)


def _funnel(report: Report) -> Table:
    note = "Where labelled pairs are lost between articles and relations. A flagged pair without a label may be right."
    rows = tuple((step.name, f"{step.through}/{step.of}", f"{step.share:.3f}") for step in report.steps)
    return Table("funnel", "The funnel", note, ("step", "pairs", "share"), rows)


def _speed(report: Report) -> Table:
    speed = report.speed
    rows: tuple[tuple[str, ...], ...] = ()
    if speed is not None and speed.count:
        rows = (
            ("model", speed.model),
            ("asked", f"{speed.count:,} {speed.unit}"),
            ("in batches", f"{speed.per_second:.1f} a second ({speed.seconds:.1f} s)"),
            (
                "one alone",
                f"{speed.milliseconds(0.5):.1f} ms (median), {speed.milliseconds(0.95):.1f} ms (95th percentile) "
                f"of {len(speed.alone)}",
            ),
        )
    return Table("speed", "Speed of the judge, on these pairs", "", ("", ""), rows)


def _mistakes(report: Report) -> Table:
    wrong = [each for each in report.predictions if (each.said == "contradiction") != each.pair.contradictory]
    worst = sorted(wrong, key=lambda each: -abs(each.score - each.pair.contradictory))[:SHOWN_MISTAKES]
    rows = tuple(
        (each.pair.id, each.pair.label, each.said, f"{each.score:.2f}", each.pair.premise, each.pair.hypothesis)
        for each in worst
    )
    note = f"Contradictions missed and others flagged, {len(wrong)} in all; the {len(rows)} surest."
    return Table("mistakes", "Mistakes", note, ("pair", "labelled", "said", "score", "left", "right"), rows)


def _faults(report: Report) -> Table:
    rows = tuple((fault.where, fault.what, fault.expected) for fault in report.faults)
    return Table("faults", "Lines that could not be used", "", ("where", "what", "expected"), rows)


def _configuration(report: Report) -> Table:
    made = report.provenance
    if made is None:
        return Table("configuration", "How to make this again", "", ("", ""), ())
    machine = made.machine
    rows: Sequence[tuple[str, str]] = (
        ("command", made.command),
        ("counterclaim", made.version),
        ("settings", ", ".join(f"{name} {value}" for name, value in made.settings.items())),
        ("thresholds", ", ".join(f"{name} {value:g}" for name, value in made.thresholds.items())),
        *((file.name, f"SHA-256 {file.sha256[:SHORT]}…") for file in made.files),
        ("machine", f"{machine.processor}, {machine.cores} cores, {machine.memory_gb:g} GB, {machine.system}"),
        ("processor flags", ", ".join(machine.flags)),
        ("Python", machine.python),
        ("libraries", ", ".join(f"{name} {version}" for name, version in machine.libraries.items())),
    )
    return Table("configuration", "How to make this again", "", ("", ""), tuple(rows))
