"""A report in its shapes, from one set of tables: for a terminal, Markdown, a page of HTML, JSON, and a CSV beside."""

import csv
import html
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.evaluate import Report
from eval.resampling import Estimate
from eval.scoring import MEASURES, Prediction

SHOWN_MISTAKES = 20
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
body{color:#1b1b1b;background:#fff}
table{border-collapse:collapse;margin:0 0 2rem;display:block;overflow-x:auto}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ccc}
td.figure{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
p.note{max-width:50rem;color:#444}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}th,td{border-color:#444}p.note{color:#bbb}}"""


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, what one must know to read the figures, and the figures as text."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(report: Report) -> tuple[Table, ...]:
    """All that a report shows, in order; a table without rows is left out."""
    shown = (_about(report), _systems(report), _funnel(report), _confusion(report), _mistakes(report), _faults(report))
    return tuple(table for table in shown if table.rows)


def _about(report: Report) -> Table:
    rows = [
        ("gold", f"{report.gold} (SHA-256 begins {report.digest})"),
        ("pairs", f"{len(report.predictions)} in {report.groups} groups"),
        ("labels", ", ".join(f"{label} {times}" for label, times in report.labels)),
        ("models", ", ".join(report.models)),
        ("made", report.made),
    ]
    return Table("What was measured", "", ("", ""), tuple(rows))


def _systems(report: Report) -> Table:
    note = (
        "Precision, recall, F1, average precision, Brier and calibration error are of contradictions. In brackets the "
        f"95 % interval of 1,000 bootstrap draws of whole groups ({report.groups} of them)."
    )
    used = tuple(name for name in MEASURES if any(name in dict(system.measures) for system in report.systems))
    rows = tuple((system.name, *(_cell(dict(system.measures).get(name)) for name in used)) for system in report.systems)
    return Table("The judge and the baselines", note, ("system", *used), rows)


def _cell(estimate: Estimate | None) -> str:
    return str(estimate) if estimate else ""


def _funnel(report: Report) -> Table:
    note = "Where labelled pairs are lost between articles and relations. A flagged pair without a label may be right."
    rows = tuple((step.name, f"{step.through}/{step.of}", f"{step.share:.3f}") for step in report.steps)
    return Table("The funnel", note, ("step", "pairs", "share"), rows)


def _confusion(report: Report) -> Table:
    said = sorted({said for _, said, _ in report.confusion})
    counted = {(label, name): times for label, name, times in report.confusion}
    rows = tuple((label, *(str(counted.get((label, name), 0)) for name in said)) for label, _ in report.labels)
    return Table("What was called what", "One row a label, one column an answer.", ("labelled", *said), rows)


def _mistakes(report: Report) -> Table:
    wrong = [each for each in report.predictions if (each.said == "contradiction") != each.pair.contradictory]
    worst = sorted(wrong, key=lambda each: -abs(each.score - each.pair.contradictory))[:SHOWN_MISTAKES]
    rows = tuple(
        (each.pair.id, each.pair.label, each.said, f"{each.score:.2f}", each.pair.premise, each.pair.hypothesis)
        for each in worst
    )
    note = f"Contradictions missed and others flagged, {len(wrong)} in all; the {len(rows)} surest."
    return Table("Mistakes", note, ("pair", "labelled", "said", "score", "left", "right"), rows)


def _faults(report: Report) -> Table:
    rows = tuple((fault.where, fault.what, fault.expected) for fault in report.faults)
    return Table("Lines that could not be used", "", ("where", "what", "expected"), rows)


def as_text(report: Report) -> str:
    """The report for a terminal: figures in columns, without the mistakes."""
    return "\n\n".join(_plain(table) for table in tables(report) if table.title != "Mistakes") + "\n"


def _plain(table: Table) -> str:
    # A table with many columns is turned on its side: one figure a line is read, a line of nine is not.
    rows = [table.header, *table.rows] if any(table.header) else list(table.rows)
    if table.title == "The judge and the baselines":
        rows = list(zip(*rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([table.title, *(f"  {line}" for line in lines)])


def as_markdown(report: Report) -> str:
    """The report as Markdown tables."""
    return "# Evaluation\n\n" + "\n\n".join(_markdown(table) for table in tables(report)) + "\n"


def _markdown(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"

    parts = [f"## {table.title}", table.note] if table.note else [f"## {table.title}"]
    rule = "|" + " --- |" * len(table.header)
    return "\n\n".join([*parts, "\n".join([line(table.header), rule, *map(line, table.rows)])])


def as_html(report: Report) -> str:
    """The report as one page that needs nothing else: no script, no link outwards, every text escaped."""
    body = "\n".join(_section(table) for table in tables(report))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Evaluation on {html.escape(report.gold)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Evaluation on {html.escape(report.gold)}</h1>\n{body}\n</body>\n</html>\n"
    )


def _section(table: Table) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}{_class(cell, tag)}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    note = f'<p class="note">{html.escape(table.note)}</p>\n' if table.note else ""
    head = f"<thead>{row(table.header, 'th')}</thead>\n" if any(table.header) else ""
    rows = "\n".join(row(cells, "td") for cells in table.rows)
    return f"<h2>{html.escape(table.title)}</h2>\n{note}<table>\n{head}<tbody>\n{rows}\n</tbody>\n</table>"


def _class(cell: str, tag: str) -> str:
    return ' class="figure"' if tag == "td" and cell[:1].isdigit() else ""


def as_json(report: Report) -> str:
    """All figures for another program; the predictions are in the CSV."""
    shown = {
        "gold": report.gold,
        "digest": report.digest,
        "made": report.made,
        "models": report.models,
        "pairs": len(report.predictions),
        "groups": report.groups,
        "labels": dict(report.labels),
        "systems": {
            system.name: {
                name: {"value": each.value, "low": each.low, "high": each.high} for name, each in system.measures
            }
            for system in report.systems
        },
        "confusion": [{"label": label, "said": said, "times": times} for label, said, times in report.confusion],
        "funnel": [{"step": step.name, "through": step.through, "of": step.of} for step in report.steps],
        "faults": [str(fault) for fault in report.faults],
    }
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


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
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in rendered.items():
        half = folder / f".{name}.part"
        half.write_text(text, "utf-8", newline="\n")
        half.replace(folder / name)
    return tuple(folder / name for name in rendered)
