"""The parts of the gold, the curves and the projection say what one would count by hand."""

import pytest

from eval import slices
from eval.curves import curve, reliability
from eval.projection import project
from tests.eval.made import said

CLASH, NONE = "contradiction", "neutral"


def test_each_label_tells_how_often_it_was_called_so_and_how_often_flagged() -> None:
    found = {
        each.name: each for each in slices.by_label(said((NONE, CLASH, 0.9), (NONE, NONE, 0.1), (CLASH, CLASH, 1)))
    }
    assert (found[NONE].pairs, found[NONE]["called so"].value, found[NONE]["flagged"].value) == (2, 0.5, 0.5)
    assert found[CLASH]["called so"].value == 1.0


def test_a_kind_has_recall_and_precision_only_where_it_has_other_pairs_too() -> None:
    rows = [(CLASH, CLASH, 0.9)] * 3 + [(CLASH, NONE, 0.1)] * 3 + [(NONE, CLASH, 0.8)] * 3 + [(CLASH, CLASH, 0.9)] * 5
    kinds = ("numeric",) * 9 + ("date",) * 5
    numeric, date = slices.by_kind(said(*rows, kinds=kinds))
    assert (numeric.name, numeric.pairs, numeric.contradictions) == ("numeric", 9, 6)
    assert (numeric["recall"].value, numeric["precision"].value) == (0.5, 0.5)
    assert [name for name, _ in date.measures] == ["recall"]


def test_kinds_of_few_pairs_are_counted_together() -> None:
    found = slices.by_kind(said(*[(CLASH, CLASH, 0.9)] * 7, kinds=("date",) * 5 + ("cause", "modal")))
    assert [(each.name, each.pairs) for each in found] == [("date", 5), ("others, fewer than 5 each", 2)]


def test_a_trap_is_a_label_and_a_kind_and_no_contradiction() -> None:
    rows = [(NONE, CLASH, 0.9)] * 2 + [(NONE, NONE, 0.1)] * 3 + [(CLASH, CLASH, 1.0)]
    (trap,) = slices.by_trap(said(*rows, kinds=("rounding",) * 5 + ("date",)))
    assert (trap.name, trap["flagged"].value) == ("neutral: rounding", 0.4)


def test_each_source_is_measured_by_itself() -> None:
    first, second = slices.by_source(
        said((CLASH, CLASH, 0.9), (NONE, CLASH, 0.8), (CLASH, NONE, 0.2), sources=("a", "a", "b"))
    )
    assert (first.name, first["precision"].value, second.name, second["recall"].value) == ("a", 0.5, "b", 0.0)
    assert slices.by_source(said((CLASH, CLASH, 0.9))) == ()


def test_a_contradiction_that_only_the_text_around_tells_is_left_out_of_a_slice_of_its_own() -> None:
    rows = (CLASH, CLASH, 0.9), (CLASH, NONE, 0.2), (NONE, CLASH, 0.8)
    (showing,) = slices.by_showing(said(*rows, shown=(True, False, True)))
    assert (showing.pairs, showing.contradictions) == (2, 1)
    assert (showing["recall"].value, showing["precision"].value) == (1.0, 0.5)
    assert slices.by_showing(said(*rows)) == ()


def test_a_curve_ends_where_pairs_were_never_compared() -> None:
    drawn = curve(said((CLASH, CLASH, 0.9), (NONE, NONE, 0.4), (CLASH, NONE, 0.3), (CLASH, "not compared", 0.0)))
    assert [point.recall for point in drawn.points] == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert [point.precision for point in drawn.points] == pytest.approx([1.0, 0.5, 2 / 3])
    assert (drawn.shipped.threshold, drawn.shipped.precision) == (0.9, 1.0)


def test_reliability_sets_the_stated_beside_the_observed_share() -> None:
    low, high = reliability(said((NONE, NONE, 0.1), (CLASH, CLASH, 0.92), (NONE, CLASH, 1.0)).predictions)
    assert (low.count, low.observed.value, high.count, high.observed.value) == (1, 0.0, 2, 0.5)
    assert high.stated == pytest.approx(0.96)


def test_precision_falls_with_the_rate_of_contradictions() -> None:
    (projected,) = project([said(*[(CLASH, CLASH, 0.9)] * 4, *[(NONE, CLASH, 0.8)], *[(NONE, NONE, 0.1)] * 9)])
    precision = {one_in: each.value for one_in, each in projected.precision}
    assert projected.false_positive_rate.value == pytest.approx(0.1)
    assert precision[20] == pytest.approx(1 / 20 / (1 / 20 + 0.1 * 19 / 20))
    assert precision[20] > precision[100] > precision[1000]


def test_nothing_is_projected_from_gold_without_other_pairs() -> None:
    assert project([said((CLASH, CLASH, 0.9))]) == ()
