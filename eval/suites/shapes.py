"""What a suite found, in its shapes: for a terminal, Markdown, JSON, CSV; and a folder with all of it."""

import csv
import io
import json
import math
import re
from collections.abc import Sequence
from pathlib import Path

from eval.report import as_csv as predictions_csv
from eval.report import columns, figures, write_whole
from eval.report import write as write_report
from eval.suites.records import Part, SuiteReport

HEADER = ("part", "of", "measure", "system", "value", "best baseline")
NOTE = "In brackets the 95 % interval of 1,000 bootstrap draws of whole groups."


def as_text(found: SuiteReport) -> str:
    """The headline figures for a terminal."""
    missing = [
        f"Not measured: {fault.what.removesuffix(' is not measured')} ({fault.expected})" for fault in found.missing
    ]
    return "\n".join([_title(found), "", *columns([HEADER, *_rows(found)]), "", *_notes(found), *missing]) + "\n"


def as_markdown(found: SuiteReport) -> str:
    """The same as Markdown, with every measure of every system."""

    def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        lines = [header, ["---"] * len(header), *rows]
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)

    parts = [f"# {_title(found)}", *_notes(found), table(HEADER, _rows(found))]
    if found.missing:
        parts.append("\n".join(f"- Not measured: {fault}" for fault in found.missing))
    for part in found.parts:
        rows = [(system.name, name, str(estimate)) for system in part.systems for name, estimate in system.measures]
        parts += [
            f"## {part.name}",
            f"{_of(part)}; data SHA-256 {part.digest}…",
            table(("system", "measure", "value"), rows),
        ]
    return "\n\n".join(parts) + "\n"


def _title(found: SuiteReport) -> str:
    return f"{found.suite.name}: {found.suite.measures}"


def _notes(found: SuiteReport) -> list[str]:
    return [f"What it means: {found.suite.means}.", f"Measured: {found.sampling}. {NOTE}"]


def _rows(found: SuiteReport) -> list[tuple[str, ...]]:
    """A row for each part, headline measure and measured system; what repeats is left out."""
    rows = []
    for part in found.parts:
        before: tuple[str, ...] = ("", "", "")
        for measure in part.headline[:1] if found.suite.short else part.headline:
            for system in (each for each in part.systems if not each.baseline and measure in each):
                head = (part.name, _of(part), measure)
                shown = tuple("" if one == other else one for one, other in zip(head, before, strict=True))
                rows.append((*shown, system.name, str(system[measure]), _best(part, measure)))
                before = head
    return rows


def _of(part: Part) -> str:
    return (
        f"{part.count:,} {part.unit} in {part.groups:,} groups"
        if part.groups != part.count
        else f"{part.count:,} {part.unit}"
    )


def _best(part: Part, measure: str) -> str:
    """The baseline that does best: where flags are counted, the one that flags least."""
    rivals = [(each[measure].value, each.name) for each in part.systems if each.baseline and measure in each]
    if not rivals:
        return ""
    value, name = max(rivals) if part.labelled else min(rivals)
    return f"{value:.3f} {name}"


def as_json(found: SuiteReport) -> str:
    """All figures for another program."""
    return json.dumps(_figures(found), ensure_ascii=False, indent=2) + "\n"


def as_json_line(found: SuiteReport) -> str:
    """The same in one line, so that runs can be gathered in one file."""
    return json.dumps(_figures(found), ensure_ascii=False) + "\n"


def _figures(found: SuiteReport) -> dict[str, object]:
    return {
        "suite": found.suite.name,
        "means": found.suite.means,
        "made": found.made,
        "sample": found.sample,
        "sampling": found.sampling,
        "parts": [
            {
                "name": part.name,
                "digest": part.digest,
                "count": part.count,
                "unit": part.unit,
                "groups": part.groups,
                "headline": part.headline,
                "baselines": [system.name for system in part.systems if system.baseline],
                "systems": {
                    system.name: {measure: figures(each) for measure, each in system.measures}
                    for system in part.systems
                },
            }
            for part in found.parts
        ],
        "faults": [str(fault) for fault in found.faults],
    }


def as_csv(found: SuiteReport) -> str:
    """One line a figure: suite, part, system, measure, value and interval."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(
        ["suite", "part", "count", "unit", "groups", "system", "baseline", "measure", "value", "low", "high"]
    )
    for part in found.parts:
        for system in part.systems:
            for measure, each in system.measures:
                cells = (
                    f"{figure:.6f}" if not math.isnan(figure) else "" for figure in (each.value, each.low, each.high)
                )
                table.writerow(
                    [
                        *(found.suite.name, part.name, part.count, part.unit, part.groups),
                        *(system.name, str(system.baseline).lower(), measure, *cells),
                    ]
                )
    return written.getvalue()


SHAPES = {"suite.md": as_markdown, "suite.json": as_json, "suite.csv": as_csv}


def write(found: SuiteReport, folder: Path) -> tuple[Path, ...]:
    """The paths of the files written: the suite's into `folder`, and for each part of pairs a folder with its report.

    Where the labels of a part are no gold there are its predictions alone: they are to be read. Raises OSError where a
    file cannot be written.
    """
    paths = [write_whole(folder / name, shape(found)) for name, shape in SHAPES.items()]
    for part in found.parts:
        inside = folder / re.sub(r"[^\w.-]+", "-", part.name)
        if part.report is not None and part.labelled:
            paths += write_report(part.report, inside)
        elif part.report is not None:
            paths.append(write_whole(inside / "predictions.csv", predictions_csv(part.report)))
    return tuple(paths)
