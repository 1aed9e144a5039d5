"""The report as one page that needs nothing else: no script, no link outwards, every text escaped."""

import html
from collections.abc import Sequence

from eval import plots
from eval.curves import curves, reliability
from eval.evaluate import Report
from eval.resampling import Estimate
from eval.scoring import System
from eval.tables import Table, calibrated, tables

TILES = ("average precision", "F1", "recall", "precision")
TWO_CLASS_TILES = ("accuracy", "balanced accuracy")
DARKEST = 60
"""How much of the accent colour a cell of the heat table takes that holds all of its row, in percent."""

WIDE = 6
"""A table of more columns breaks its figures before their interval, so that it fits."""

STYLE = (
    """
:root{--text:#1c1d21;--soft:#5a5e68;--line:#d9dbe0;--paper:#fff;--raised:#f5f6f8;--accent:#1d5fa8;
--s0:#1d5fa8;--s1:#c2500a;--s2:#7a6a00;--s3:#7b3fb5;--s4:#0f766e;--s5:#b4236b;--s6:#555b66;--s7:#3f6212}
@media screen and (prefers-color-scheme:dark){:root{--text:#e8e9ec;--soft:#a4a9b4;--line:#3a3d45;--paper:#15161a;
--raised:#1f2127;--accent:#6cabf0;--s0:#6cabf0;--s1:#f59550;--s2:#d6c24a;--s3:#c295f0;--s4:#4fc4b8;--s5:#f07fb4;
--s6:#a4a9b4;--s7:#a3c96a}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;max-width:74rem;margin:0 auto;padding:2rem 1.25rem 4rem;color:var(--text);
background:var(--paper)}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.2rem;margin:3rem 0 .4rem}
p{max-width:52rem;margin:.4rem 0}p.made{max-width:none}p.note,span.note,p.made{color:var(--soft);font-size:.9rem}
p.lead{font-size:1.15rem;max-width:52rem;margin:.8rem 0 1.2rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.8rem;margin:1.2rem 0}
.tile{background:var(--raised);border-radius:.5rem;padding:.8rem 1rem}
.tile b{display:block;font-size:1.9rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tile span{display:block;color:var(--soft);font-size:.85rem}
.scroll{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.35rem 1rem .35rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600}thead th{vertical-align:bottom}tbody th{color:var(--text);font-weight:500}
td.figure,thead th.figure{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.figure span{white-space:nowrap}
table.wide td.figure,table.wide thead th{white-space:normal;min-width:5.6rem}table.wide th{min-width:8rem}
tr.baseline th,tr.baseline td{color:var(--soft)}
td.heat{text-align:right;padding:.5rem .9rem;min-width:6.5rem;border:2px solid var(--paper);
background:color-mix(in srgb,var(--accent) var(--heat),var(--raised));font-variant-numeric:tabular-nums;
-webkit-print-color-adjust:exact;print-color-adjust:exact}
td.heat small{display:block;opacity:.8}td.right{outline:2px solid var(--accent);outline-offset:-3px}
td.code{font-family:ui-monospace,monospace;font-size:.85rem;overflow-wrap:anywhere}
.figures{display:flex;flex-wrap:wrap;gap:1rem 2.5rem;align-items:center;margin:.8rem 0}
figure{margin:0}figcaption{font-weight:600;font-size:.9rem}
.plot{width:26rem;max-width:100%;height:auto;display:block}
.plot text{fill:var(--soft);font-size:11px}.plot .tick{text-anchor:middle}.plot .side{text-anchor:end}
.plot .axis{fill:var(--text);font-size:12px;text-anchor:middle}.plot .count{text-anchor:middle;font-size:10px}
.grid{stroke:var(--line);stroke-width:1;fill:none}.level{stroke:var(--soft);stroke-dasharray:2 4;fill:none}
.curve{fill:none;stroke-width:2.2;stroke-linejoin:round}.curve.baseline{stroke-width:1.4;stroke-dasharray:6 3}
.dot{stroke:var(--paper);stroke-width:1.5}.interval{stroke:var(--s0);stroke-width:2}.bar{fill:var(--s0);opacity:.35}
.legend{list-style:none;margin:0;padding:0;font-size:.9rem}.legend li{margin:.45rem 0}.legend .note{display:block;
margin-left:2.2rem}.key{width:28px;height:12px;margin-right:.3rem}
summary{cursor:pointer;color:var(--soft);font-size:.9rem}
"""
    + "".join(f".curve.s{n}{{stroke:var(--s{n})}}.dot.s{n}{{fill:var(--s{n})}}" for n in range(8))
    + """
@media print{body{max-width:none;padding:0;font-size:11pt}h2{margin-top:1.4rem;break-after:avoid}
tr,figure,.tile{break-inside:avoid}.scroll{overflow:visible}table{font-size:8.5pt}td,th{padding-right:.5rem}
details{display:none}}
"""
)


def as_html(report: Report) -> str:
    """The report as one page."""
    name = html.escape(report.gold)
    body = "\n".join(_section(table, report) for table in tables(report) if table.key != "about")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Evaluation on {name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{_headline(report)}\n{body}\n</body>\n</html>\n"
    )


def headline(report: Report) -> str:
    """What was found, in one or two sentences."""
    first = report.systems[0]
    if "recall" not in first:
        return (
            f"{first.name} gives the right label to {first['accuracy'].value:.0%} of {len(report.predictions)} pairs."
        )
    clashes = sum(each.pair.contradictory for each in report.predictions)
    flagged = [each for each in report.predictions if each.said == "contradiction"]
    right = sum(each.pair.contradictory for each in flagged)
    found = f"Of {clashes} labelled contradictions, {right} were found."
    return f"{found} Of {len(flagged)} labelled pairs that were flagged, {right} contradict." if flagged else found


def _headline(report: Report) -> str:
    first = report.systems[0]
    wanted = TILES if "recall" in first else TWO_CLASS_TILES
    tiles = "".join(_tile(measure, first[measure], report.systems) for measure in wanted if measure in first)
    labels = ", ".join(f"{times} {label}" for label, times in report.labels)
    return (
        f"<h1>Evaluation on {html.escape(report.gold)}</h1>\n"
        f'<p class="made">{len(report.predictions)} labelled pairs in {report.groups} groups ({html.escape(labels)}); '
        f"{html.escape(', '.join(report.models))}; {report.made}; data SHA-256 {report.digest}…</p>\n"
        f'<p class="lead">{html.escape(headline(report))}</p>\n<div class="tiles">{tiles}</div>\n'
        f'<p class="note">Figures of {html.escape(first.name)}, with 95 % intervals.</p>'
    )


def _tile(measure: str, estimate: Estimate, systems: Sequence[System]) -> str:
    rivals = [(system[measure].value, system.name) for system in systems if system.baseline and measure in system]
    best = f"<span>best baseline {max(rivals)[0]:.2f}, {html.escape(max(rivals)[1])}</span>" if rivals else ""
    interval = f"{estimate.low:.2f} to {estimate.high:.2f}"
    return f'<div class="tile"><span>{measure}</span><b>{estimate.value:.2f}</b><span>{interval}</span>{best}</div>'


def _section(table: Table, report: Report) -> str:
    note = f'<p class="note">{html.escape(table.note)}</p>\n' if table.note else ""
    head = f'<h2 id="{table.key}">{html.escape(table.title)}</h2>\n{note}'
    if table.key == "confusion":
        return head + _heat(table)
    shown = _table(table, {system.name for system in report.systems if system.baseline})
    figure = _figure(table, report)
    return f"{head}{figure}<details><summary>The figures</summary>{shown}</details>" if figure else head + shown


def _figure(table: Table, report: Report) -> str:
    """The plot that a table is the figures of, if it is."""
    if table.key == "curve":
        drawn = curves(report.systems)
        notes = [_area(system) for system in report.systems if "average precision" in system]
        return f'<div class="figures">{plots.precision_recall(drawn)}{plots.legend(drawn, notes)}</div>\n'
    named = [system for system in calibrated(report) if table.title.endswith(system.name)]
    if table.key == "reliability" and named:
        return f'<div class="figures">{plots.reliability(reliability(named[0].predictions), named[0].name)}</div>\n'
    return ""


def _area(system: System) -> str:
    return f"average precision {system['average precision']}"


def _table(table: Table, baselines: set[str]) -> str:
    figures = [bool(rows) and all(_is_figure(cell) for cell in rows) for rows in zip(*table.rows, strict=True)]
    code = table.key == "configuration"

    def row(cells: Sequence[str]) -> str:
        kinds = ["figure" if figure else "code" if code else "" for figure in figures[1:]]
        rest = (f"<td{_class(kind)}>{_unbroken(cell)}</td>" for cell, kind in zip(cells[1:], kinds, strict=True))
        first = f'<th scope="row">{html.escape(cells[0])}</th>'
        return f"<tr{_class('baseline' if cells[0] in baselines else '')}>{first}{''.join(rest)}</tr>"

    head = "".join(
        f'<th scope="col"{_class("figure" if figure else "")}>{html.escape(name)}</th>'
        for name, figure in zip(table.header, figures, strict=True)
    )
    head = f"<thead><tr>{head}</tr></thead>\n" if any(table.header) else ""
    wide = _class("wide" if len(table.header) > WIDE else "")
    return (
        f'<div class="scroll"><table{wide}>\n{head}<tbody>\n{"".join(map(row, table.rows))}\n</tbody>\n</table></div>\n'
    )


def _heat(table: Table) -> str:
    """Each cell as dark as its part of the row; the right answers are framed."""
    head = "".join(f'<th scope="col" class="figure">{html.escape(name)}</th>' for name in table.header[1:])
    body = []
    for label, *cells in table.rows:
        whole = sum(map(int, cells)) or 1
        shaded = "".join(
            f'<td class="heat{" right" if name == label else ""}" style="--heat:{DARKEST * int(cell) / whole:.0f}%">'
            f"{cell}<small>{int(cell) / whole:.0%}</small></td>"
            for name, cell in zip(table.header[1:], cells, strict=True)
        )
        body.append(f'<tr><th scope="row">{html.escape(label)}</th>{shaded}</tr>')
    corner = html.escape(table.header[0])
    return (
        f'<div class="scroll"><table>\n<thead><tr><th scope="col">{corner}</th>{head}</tr></thead>\n<tbody>\n'
        + "\n".join(body)
        + "\n</tbody>\n</table></div>\n"
    )


def _unbroken(cell: str) -> str:
    """The text escaped; an interval at its end keeps together where the cell must break."""
    figure, bracket, interval = html.escape(cell).partition(" (")
    return f"{figure} <span>({interval}</span>" if bracket and _is_figure(cell) else html.escape(cell)


def _is_figure(cell: str) -> bool:
    return not cell or cell[0].isdigit() or (cell[0] in "+-\u2212" and cell[1:2].isdigit())


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
