"""The timeline is to scale, the text of an article is whole, and the colours can be read."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.page.marked import marked
from app.page.timeline import FIRST, LAST, MOST_TICKS, scaled, ticks, timeline
from corpus.records import Claim
from nli.records import Dispute, Position, Voice
from tests.app.statements import NOTHING_NEW, SIGNED, a_finding

STYLE = Path(__file__).parents[2] / "app" / "page" / "static" / "page.css"
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def a_dispute(*days: str | None) -> Dispute:
    """The contract against nothing new, each of the first said once a day."""
    said = tuple(replace(SIGNED, id=f"c{at}", published=on) for at, on in enumerate(days))
    found = a_finding(said[0], NOTHING_NEW)
    return Dispute("Signed?", (Position((Voice("Ivan Petrov", said),), 1, (1,)),
                               Position((Voice("officials", (NOTHING_NEW,)),), 1, (0,))), (found,))  # fmt: skip


@given(DAYS, DAYS, DAYS)
def test_distances_on_the_line_are_distances_in_time(one: date, two: date, three: date) -> None:
    first, between, last = sorted((one, two, three))
    at = scaled(between, first, last)
    assert FIRST <= at <= LAST
    if first < last:
        assert (at - FIRST) / (LAST - FIRST) == pytest.approx((between - first) / (last - first), abs=1e-3)


@given(DAYS, st.integers(0, 40_000))
def test_the_axis_names_few_days_all_of_them_on_it(first: date, span: int) -> None:
    last = first + timedelta(span)
    named = ticks(first, last)
    assert 1 <= len(named) <= MOST_TICKS
    assert all(first <= on <= last for on, _ in named)
    assert len({label for _, label in named}) == len(named)


def test_a_day_on_which_much_was_said_is_one_dot_with_a_number() -> None:
    drawn = timeline(a_dispute("2020-08-23", "2020-08-23", "2021-05-02"))
    assert drawn
    assert [(dot.place, dot.count, dot.label) for dot in drawn.dots] == [
        (0, 2, "A, 23 Aug 2020"),
        (0, 1, "A, 2 May 2021"),
        (1, 1, "B, 1 Sep 2022"),
    ]
    assert [letter for _, letter in drawn.lanes] == ["A", "B"]


def test_what_has_no_day_is_not_drawn_but_counted() -> None:
    drawn = timeline(a_dispute("2020-08-23", None))
    assert drawn
    assert (len(drawn.dots), drawn.undated) == (2, 1)


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=5))
def test_the_marked_text_is_the_text_and_each_claim_begins_where_it_stands(
    text: str, places: list[tuple[int, int]]
) -> None:
    claims = [
        Claim(f"c{at}", "a1", start, min(start + size, len(text)), text[start : start + size])
        for at, (start, size) in enumerate(places)
        if start < len(text)
    ]
    shown = marked(text, claims, {claim.id: at for at, claim in enumerate(claims)})
    assert "".join(each.text for each in shown) == text
    for at, claim in enumerate(claims):
        begins = next(place for place, each in enumerate(shown) if claim.id in each.begins)
        ends = next(place for place, each in enumerate(shown) if at in each.ends)
        assert "".join(each.text for each in shown[begins : ends + 1]) == claim.text
        assert all(each.clashes and each.claimed for each in shown[begins : ends + 1])


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour if len(colour) == 6 else "".join(each * 2 for each in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2.

    >>> round(contrast("000", "fff"))
    21
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa(scheme: int) -> None:
    blocks = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.S)
    colours = dict(re.findall(r"--([\w-]+): #(\w+)", blocks[scheme]))
    papers = ("paper", "raised")
    texts = [(ink, paper) for ink in ("ink", "soft", "link", *(f"p{at}" for at in range(6))) for paper in papers]
    texts += [("ink", "mark"), ("soft", "mark"), ("fault", "fault-paper"), ("on-accent", "accent")]
    assert [pair for pair in texts if contrast(*map(colours.__getitem__, pair)) < 4.5] == []
    edges = [("accent", "paper"), ("soft", "paper"), ("mark-line", "mark"), ("fault", "paper")]
    assert [pair for pair in edges if contrast(*map(colours.__getitem__, pair)) < 3] == []
