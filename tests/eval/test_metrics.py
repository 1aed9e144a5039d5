"""The measures are those of scikit-learn, and what they promise holds for any labels."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import metrics
from eval.resampling import Draws, Estimate, Floats

LABELS = ("entailment", "neutral", "contradiction")
# Few distinct scores, so that ties, where average precision is easily wrong, are common.
SCORED = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.99, 1.0])), min_size=1, max_size=40
)
FLAGGED = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)
LABELLED = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=40)

reference = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra 'train'")


def columns(rows: list[tuple[bool, float]]) -> tuple[metrics.Flags, Floats]:
    return np.array([row[0] for row in rows], bool), np.array([row[1] for row in rows], np.float64)


def value(measure: Callable[..., Floats], *columns: object) -> float:
    """The measure of the rows as they are."""
    return float(measure(*columns, Draws.once(len(columns[0])))[0])  # type: ignore[arg-type]  # columns are sized


@given(FLAGGED)
def test_precision_recall_and_f1_are_those_of_scikit_learn(rows: list[tuple[bool, bool]]) -> None:
    truth, said = np.array(rows).T
    expected = reference.precision_recall_fscore_support(truth, said, average="binary", zero_division=0)[:3]
    got = value(metrics.precision, truth, said), value(metrics.recall, truth, said), value(metrics.f1, truth, said)
    assert got == pytest.approx(expected)


@given(SCORED.filter(lambda rows: any(row[0] for row in rows)))
def test_average_precision_is_that_of_scikit_learn_ties_and_all(rows: list[tuple[bool, float]]) -> None:
    truth, scores = columns(rows)
    assert value(metrics.average_precision, truth, scores) == pytest.approx(
        reference.average_precision_score(truth, scores)
    )


@given(SCORED, st.randoms())
def test_average_precision_does_not_hang_on_the_order_of_rows(rows: list[tuple[bool, float]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    before, after = (value(metrics.average_precision, *columns(each)) for each in (rows, shuffled))
    assert before == pytest.approx(after)


@given(SCORED)
def test_brier_is_that_of_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    truth, scores = columns(rows)
    assert value(metrics.brier, truth, scores) == pytest.approx(
        reference.brier_score_loss(truth, scores, labels=[0, 1])
    )


@given(LABELLED)
def test_accuracies_are_those_of_scikit_learn(rows: list[tuple[str, str]]) -> None:
    truth, said = ([row[side] for row in rows] for side in (0, 1))
    assert value(metrics.accuracy, truth, said) == pytest.approx(reference.accuracy_score(truth, said))
    recalls = reference.recall_score(truth, said, labels=sorted(set(truth)), average=None, zero_division=0)
    assert value(metrics.balanced_accuracy, truth, said) == pytest.approx(recalls.mean())


@given(SCORED)
def test_calibration_error_weighs_each_bin_by_its_size(rows: list[tuple[bool, float]]) -> None:
    truth, scores = columns(rows)
    bins = np.minimum((scores * 10).astype(int), 9)
    expected = sum(abs(truth[bins == b].mean() - scores[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    assert value(metrics.expected_calibration_error, truth, scores) == pytest.approx(expected)


@given(SCORED)
def test_every_measure_lies_between_nought_and_one(rows: list[tuple[bool, float]]) -> None:
    truth, scores = columns(rows)
    for measure in (metrics.average_precision, metrics.brier, metrics.expected_calibration_error):
        assert 0 <= value(measure, truth, scores) <= 1


@given(SCORED, st.data())
def test_a_draw_is_measured_as_if_its_rows_stood_there_as_often_as_drawn(
    rows: list[tuple[bool, float]], data: st.DataObject
) -> None:
    truth, scores = columns(rows)
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=len(rows), max_size=len(rows)))
    draws = Draws.of(groups, draws=3)
    for measure in (metrics.average_precision, metrics.brier, metrics.expected_calibration_error):
        for got, times in zip(measure(truth, scores, draws), draws.rows(0, 4).astype(int), strict=True):
            assert got == pytest.approx(value(measure, np.repeat(truth, times), np.repeat(scores, times)))


def interval(hits: list[float], groups: list[str]) -> Estimate:
    draws = Draws.of(groups)
    return Estimate.of(draws.sums(hits) / draws.sums(np.ones(len(hits))), draws.groups)


def test_the_interval_holds_the_value_and_comes_out_the_same_each_time() -> None:
    first, second = (interval([1.0, 0.0] * 20, [str(row // 4) for row in range(40)]) for _ in range(2))
    assert first == second
    assert first.low <= first.value <= first.high
    assert first.groups == 10


def test_groups_are_drawn_whole_so_that_copies_do_not_narrow_the_interval() -> None:
    hits = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0]
    once = interval(hits, list("abcdefgh"))
    tenfold = interval([hit for hit in hits for _ in range(10)], [group for group in "abcdefgh" for _ in range(10)])
    assert tenfold.high - tenfold.low == pytest.approx(once.high - once.low)


def test_nothing_at_all_is_nought_and_no_error() -> None:
    nobody, nothing = np.zeros(0, bool), np.zeros(0, np.float64)
    assert value(metrics.precision, nobody, nobody) == value(metrics.average_precision, nobody, nothing) == 0.0
    with pytest.raises(ValueError, match="no rows"):
        Draws.of([])
