"""The measures are those of scikit-learn, and what they promise holds for any labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import metrics

LABELS = ("entailment", "neutral", "contradiction")
# Few distinct scores, so that ties, where average precision is easily wrong, are common.
SCORED = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.99, 1.0])), min_size=1, max_size=40
)
FLAGGED = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)
LABELLED = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=40)

reference = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra 'train'")


def columns(rows: list[tuple[bool, float]]) -> tuple[metrics.Flags, metrics.Floats]:
    return np.array([row[0] for row in rows], bool), np.array([row[1] for row in rows], np.float64)


@given(FLAGGED)
def test_precision_recall_and_f1_are_those_of_scikit_learn(rows: list[tuple[bool, bool]]) -> None:
    truth, said = np.array(rows).T
    expected = reference.precision_recall_fscore_support(truth, said, average="binary", zero_division=0)[:3]
    got = metrics.precision(truth, said), metrics.recall(truth, said), metrics.f1(truth, said)
    assert got == pytest.approx(expected)


@given(SCORED.filter(lambda rows: any(row[0] for row in rows)))
def test_average_precision_is_that_of_scikit_learn_ties_and_all(rows: list[tuple[bool, float]]) -> None:
    truth, scores = columns(rows)
    assert metrics.average_precision(truth, scores) == pytest.approx(reference.average_precision_score(truth, scores))


@given(SCORED, st.randoms())
def test_average_precision_does_not_hang_on_the_order_of_rows(rows: list[tuple[bool, float]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    before, after = (metrics.average_precision(*columns(each)) for each in (rows, shuffled))
    assert before == pytest.approx(after)


@given(SCORED)
def test_brier_is_that_of_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    truth, scores = columns(rows)
    assert metrics.brier(truth, scores) == pytest.approx(reference.brier_score_loss(truth, scores, labels=[0, 1]))


@given(LABELLED)
def test_accuracies_are_those_of_scikit_learn(rows: list[tuple[str, str]]) -> None:
    truth, said = ([row[side] for row in rows] for side in (0, 1))
    assert metrics.accuracy(truth, said) == pytest.approx(reference.accuracy_score(truth, said))
    recalls = reference.recall_score(truth, said, labels=sorted(set(truth)), average=None, zero_division=0)
    assert metrics.balanced_accuracy(truth, said) == pytest.approx(recalls.mean())


@given(SCORED)
def test_calibration_error_weighs_each_bin_by_its_size(rows: list[tuple[bool, float]]) -> None:
    truth, scores = columns(rows)
    bins = np.minimum((scores * 10).astype(int), 9)
    expected = sum(abs(truth[bins == b].mean() - scores[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    assert metrics.expected_calibration_error(truth, scores) == pytest.approx(expected)


@given(SCORED)
def test_every_measure_lies_between_nought_and_one(rows: list[tuple[bool, float]]) -> None:
    truth, scores = columns(rows)
    for measure in (metrics.average_precision, metrics.brier, metrics.expected_calibration_error):
        assert 0 <= measure(truth, scores) <= 1


def test_the_interval_holds_the_value_and_comes_out_the_same_each_time() -> None:
    hits = np.array([True, False] * 20)
    groups = [str(row // 4) for row in range(40)]
    first, second = (metrics.bootstrap(lambda rows: float(hits[rows].mean()), groups, draws=200) for _ in range(2))
    assert first == second
    assert first.low <= first.value <= first.high
    assert first.groups == 10


def test_groups_are_drawn_whole_so_that_copies_do_not_narrow_the_interval() -> None:
    hits = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    once = metrics.bootstrap(lambda rows: float(hits[rows].mean()), list("abcdefgh"))
    copied = np.repeat(hits, 10)
    tenfold = metrics.bootstrap(lambda rows: float(copied[rows].mean()), [g for g in "abcdefgh" for _ in range(10)])
    assert tenfold.high - tenfold.low == pytest.approx(once.high - once.low)


def test_nothing_at_all_is_nought_and_no_error() -> None:
    nobody, nothing = np.zeros(0, bool), np.zeros(0, np.float64)
    assert metrics.precision(nobody, nobody) == metrics.average_precision(nobody, nothing) == 0.0
    with pytest.raises(ValueError, match="no rows"):
        metrics.bootstrap(lambda rows: float(len(rows)), [])
