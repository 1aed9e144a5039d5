"""The plots of the page, as inline SVG that takes its colours from the page: light, dark and print alike.

Drawn here because the libraries that draw well (matplotlib, Vega) fix their colours or bring a script.
"""

import html
from collections.abc import Iterable, Sequence

from eval.curves import Bin, Curve, Point

SIDE, LEFT, TOP, STRIP = 320, 52, 12, 54
"""The square that is plotted into, the room beside and above it, and the height of the counts below it, in pixels."""


def precision_recall(drawn: Sequence[Curve]) -> str:
    """One line a system, with a dot where it stands as shipped; one that scores all pairs alike is level, as chance."""
    lines = [_steps(curve, number) for number, curve in enumerate(drawn)]
    dots = [
        f'<circle class="dot s{number}" cx="{_x(curve.shipped.recall)}" cy="{_y(curve.shipped.precision)}" r="5">'
        f"<title>{html.escape(curve.system)} as shipped: recall {curve.shipped.recall:.2f}, "
        f"precision {curve.shipped.precision:.2f}</title></circle>"
        for number, curve in enumerate(drawn)
        if curve.shipped.recall > 0
    ]
    return _plot("Precision against recall of contradictions", ("recall", "precision"), [*lines, *dots])


def reliability(bins: Sequence[Bin], system: str) -> str:
    """Observed against stated share, a dot a bin with its interval; below, how many pairs each bin holds."""
    most = max((each.count for each in bins), default=1)
    marks = [f'<path class="level" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>']
    for each in bins:
        at, seen = _x(each.stated), each.observed
        told = f"stated {each.stated:.2f}, observed {seen.value:.2f}, {each.count} pairs"
        marks.append(f'<path class="interval" d="M{at} {_y(seen.low)}L{at} {_y(seen.high)}"/>')
        marks.append(f'<circle class="dot s0" cx="{at}" cy="{_y(seen.value)}" r="5"><title>{told}</title></circle>')
        tall = round((STRIP - 16) * each.count / most, 1)
        left, foot = _x(each.low) + 2, TOP + SIDE + 44 + STRIP
        marks.append(f'<rect class="bar" x="{left}" y="{foot - tall}" width="{SIDE / 10 - 4:g}" height="{tall}"/>')
        marks.append(f'<text class="count" x="{left + SIDE / 20 - 2:g}" y="{foot - tall - 3:.1f}">{each.count}</text>')
    labels = ("stated probability, and pairs in each tenth", "share that contradicts")
    return _plot(f"Reliability of {system}", labels, marks, STRIP + 8)


def legend(drawn: Sequence[Curve], notes: Sequence[str]) -> str:
    """The key to `precision_recall`, one note a curve behind its name."""
    items = (
        f'<li><svg class="key" viewBox="0 0 28 12" aria-hidden="true"><path class="curve s{number}{_dash(curve)}" '
        f'd="M1 6L27 6"/><circle class="dot s{number}" cx="14" cy="6" r="4"/></svg> {html.escape(curve.system)}'
        f'<span class="note">{html.escape(note)}</span></li>'
        for number, (curve, note) in enumerate(zip(drawn, notes, strict=True))
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _steps(curve: Curve, number: int) -> str:
    """The line from the highest threshold down; level where all pairs score alike, none where two scores are given."""
    if curve.points and not curve.shipped.recall and len(curve.points) == 1:
        return f'<path class="curve s{number}{_dash(curve)}" d="M{_x(0)} {_y(curve.points[0].precision)}H{_x(1)}"/>'
    if len(curve.points) < 3:
        return ""
    first, *rest = curve.points
    path = f"M{_at(Point(1, 0, first.precision))}H{_x(first.recall)}"
    path += "".join(f"L{_at(point)}" for point in rest)
    return f'<path class="curve s{number}{_dash(curve)}" d="{path}"/>'


def _plot(title: str, axes: tuple[str, str], marks: Iterable[str], below: int = 0) -> str:
    """A square from 0 to 1 both ways, with a grid, ticks and names, and `marks` in it; `below` is room for more."""
    ticks = [tick / 5 for tick in range(6)]
    grid = "".join(
        f'<path class="grid" d="M{_x(at)} {_y(0)}V{_y(1)}M{_x(0)} {_y(at)}H{_x(1)}"/>'
        f'<text class="tick" x="{_x(at)}" y="{_y(0) + 16}">{at:g}</text>'
        f'<text class="tick side" x="{LEFT - 8}" y="{_y(at) + 4}">{at:g}</text>'
        for at in ticks
    )
    middle = TOP + SIDE / 2
    return (
        f'<svg class="plot" role="img" viewBox="0 0 {LEFT + SIDE + 16} {TOP + SIDE + 44 + below}">'
        f"<title>{html.escape(title)}</title>{grid}"
        f'<text class="axis" x="{LEFT + SIDE / 2:g}" y="{TOP + SIDE + 36}">{axes[0]}</text>'
        f'<text class="axis" transform="translate(14 {middle:g}) rotate(-90)">{axes[1]}</text>{"".join(marks)}</svg>'
    )


def _dash(curve: Curve) -> str:
    return " baseline" if curve.baseline else ""


def _at(point: Point) -> str:
    return f"{_x(point.recall)} {_y(point.precision)}"


def _x(share: float) -> float:
    return round(LEFT + SIDE * share, 1)


def _y(share: float) -> float:
    return round(TOP + SIDE * (1 - share), 1)
