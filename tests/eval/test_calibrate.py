"""The score's meaning is fitted: how it is told what became of the labelled pairs."""

import numpy as np

from eval.calibrate import features, fit, told
from nli.calibration import Calibration
from nli.records import Scores

SURE, NO = Scores(0.02, 0.03, 0.95), Scores(0.05, 0.9, 0.05)


def test_the_surer_direction_comes_first_whichever_it_is() -> None:
    assert np.array_equal(features([(SURE, NO)]), features([(NO, SURE)]))


def test_what_is_seen_in_both_directions_scores_more_than_what_is_seen_in_one() -> None:
    rows = features([(SURE, SURE), (SURE, NO), (NO, NO), (NO, NO)])
    fitted = fit(rows, np.array([True, True, False, False]))
    assert fitted.score(SURE, SURE) > fitted.score(SURE, NO) > fitted.score(NO, NO)


def test_each_threshold_tells_how_many_contradictions_are_found_and_how_many_pairs_are_flagged() -> None:
    rows = features([(SURE, SURE), (NO, NO)])
    lines = list(told(Calibration(), "made", rows, np.array([True, False])))
    assert "made at 0.5: 1 of 1 found; 1 of 2 flagged" in lines
