"""A report in its shapes: for a terminal, Markdown, a page of HTML, JSON, and a CSV beside."""

import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval import slices
from eval.comparison import Comparison
from eval.curves import curves, reliability
from eval.evaluate import Report
from eval.page import as_html, headline
from eval.projection import project
from eval.resampling import Estimate
from eval.scoring import Prediction, System
from eval.slices import Slice
from eval.tables import Table, calibrated, judged, tables

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
IN_TERMINAL = ("about", "systems", "label", "projection", "funnel", "confusion", "speed", "comparison", "faults")
"""The tables that fit a terminal; the others are in the report."""


def as_text(report: Report) -> str:
    """The report for a terminal: the headline and the figures in columns, without curves, kinds and mistakes."""
    shown = (_plain(table) for table in tables(report) if table.key in IN_TERMINAL)
    return "\n\n".join([headline(report), *shown]) + "\n"


def _plain(table: Table) -> str:
    # A table with many columns is turned on its side: one figure a line is read, a line of nine is not.
    rows = [table.header, *table.rows] if any(table.header) else list(table.rows)
    if table.key == "systems":
        rows = list(zip(*rows, strict=True))
    return "\n".join([table.title, *columns(rows)])


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as indented lines, cell under cell.

    >>> columns([("pairs", "40"), ("groups", "4")])
    ['  pairs   40', '  groups  4']
    """
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return [f"  {line}" for line in lines]


def as_markdown(report: Report) -> str:
    """The report as Markdown tables; what the page plots stands here in figures."""
    parts = [f"# Evaluation on {report.gold}", headline(report), *map(_markdown, tables(report))]
    return "\n\n".join(parts) + "\n"


def _markdown(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"

    parts = [f"## {table.title}", table.note] if table.note else [f"## {table.title}"]
    rule = "|" + " --- |" * len(table.header)
    return "\n\n".join([*parts, "\n".join([line(table.header), rule, *map(line, table.rows)])])


def as_json(report: Report) -> str:
    """All figures for another program, with the points of the curves; the texts of the pairs are in the CSV."""
    shown = {
        "gold": report.gold,
        "digest": report.digest,
        "made": report.made,
        "models": report.models,
        "pairs": len(report.predictions),
        "groups": report.groups,
        "labels": dict(report.labels),
        "systems": {system.name: {name: figures(each) for name, each in system.measures} for system in report.systems},
        "baselines": [system.name for system in report.systems if system.baseline],
        "confusion": [{"label": label, "said": said, "times": times} for label, said, times in report.confusion],
        "slices": {system.name: _cuts(system) for system in judged(report)},
        "curves": [asdict(curve) for curve in curves(report.systems)],
        "reliability": {
            system.name: [
                {**asdict(each), "observed": figures(each.observed)} for each in reliability(system.predictions)
            ]
            for system in calibrated(report)
        },
        "projection": [
            {
                "system": each.system,
                "recall": figures(each.recall),
                "false_positive_rate": figures(each.false_positive_rate),
                "precision": [{"one_in": one_in, **figures(value)} for one_in, value in each.precision],
            }
            for each in project(report.systems)
        ],
        "comparison": _compared(report.comparison) if report.comparison else None,
        "funnel": [{"step": step.name, "through": step.through, "of": step.of} for step in report.steps],
        "speed": asdict(report.speed) if report.speed else None,
        "provenance": asdict(report.provenance) if report.provenance else None,
        "faults": [str(fault) for fault in report.faults],
        "predictions": _predictions(report.systems),
    }
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def figures(estimate: Estimate) -> dict[str, float | None]:
    """Value and interval; an interval that no draw gave is null."""
    told = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: None if math.isnan(figure) else figure for name, figure in told.items()}


def _cuts(system: System) -> dict[str, list[dict[str, Any]]]:
    cuts = {
        "label": slices.by_label(system),
        "kind": slices.by_kind(system),
        "trap": slices.by_trap(system),
        "source": slices.by_source(system),
        "showing": slices.by_showing(system),
    }
    return {name: [_cut(each) for each in found] for name, found in cuts.items()}


def _cut(each: Slice) -> dict[str, Any]:
    counts = {"pairs": each.pairs, "contradictions": each.contradictions, "groups": each.groups}
    return {"name": each.name, **counts, **{name: figures(value) for name, value in each.measures}}


def _compared(comparison: Comparison) -> dict[str, Any]:
    earlier = comparison.earlier
    return {
        "with": {"report": earlier.where, "made": earlier.made, "models": earlier.models},
        "pairs": comparison.pairs,
        "regressed": comparison.regressed,
        "differences": [
            {**asdict(each), "change": figures(each.change), "verdict": each.verdict} for each in comparison.differences
        ],
    }


def _predictions(systems: Sequence[System]) -> list[dict[str, Any]]:
    """One entry a pair: what each system said of it, and its score. `--compare` reads them."""
    entries: dict[str, dict[str, Any]] = {}
    for system in systems:
        for each in system.predictions:
            entry = entries.setdefault(
                each.pair.id,
                {"id": each.pair.id, "group": each.pair.group, "label": each.pair.label, "kind": each.pair.kind,
                 "source": each.pair.source, "systems": {}},
            )  # fmt: skip
            entry["systems"][system.name] = [each.said, each.score]
    return list(entries.values())


def as_csv(report: Report) -> str:
    """One line a prediction; a cell that a spreadsheet would run as a formula begins with an apostrophe."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(
        ["id", "group", "label", "said", "score", "entailment", "neutral", "contradiction", "premise", "hypothesis"]
    )
    for prediction in report.predictions:
        table.writerow([_harmless(cell) for cell in _row(prediction)])
    return written.getvalue()


def _row(prediction: Prediction) -> list[str]:
    pair = prediction.pair
    scores = [f"{each:.6f}" for each in prediction.scores] if prediction.scores else ["", "", ""]
    return [
        *(pair.id, pair.group, pair.label, prediction.said, f"{prediction.score:.6f}"),
        *scores,
        *(pair.premise, pair.hypothesis),
    ]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


SHAPES: dict[str, Callable[[Report], str]] = {
    "report.md": as_markdown,
    "report.html": as_html,
    "report.json": as_json,
    "predictions.csv": as_csv,
}


def write(report: Report, folder: Path) -> tuple[Path, ...]:
    """The paths of the files written into `folder`, which is made if it is not there; each file is whole or absent.

    Raises OSError where it cannot be written.
    """
    rendered = {name: shape(report) for name, shape in SHAPES.items()}
    return tuple(write_whole(folder / name, text) for name, text in rendered.items())


def write_whole(path: Path, text: str) -> Path:
    """Write a file that is whole or absent, and the folders above it; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.part")
    half.write_text(text, "utf-8", newline="\n")
    half.replace(path)
    return path
