"""The floor: what words alone know of a label, without any model of meaning."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from eval.gold import LabelledPair
from eval.scoring import Prediction

FOLDS = 5


def tfidf_regression(pairs: Sequence[LabelledPair]) -> list[Prediction]:
    """Logistic regression over TF-IDF of the words on each side, of those on both, and of those on one alone.

    Cross-validated: each pair is answered by a regression that has seen no pair of its group. Empty where that cannot
    be: with a single group, or a single label.
    """
    groups, labels = [pair.group for pair in pairs], np.array([pair.label for pair in pairs])
    folds = min(FOLDS, len(set(groups)))
    if folds < 2:
        return []
    predictions: dict[int, Prediction] = {}
    for seen, unseen in GroupKFold(folds).split(labels, groups=groups):
        if len(set(labels[seen])) < 2:
            return []
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        words.fit([text for row in seen for text in (pairs[row].premise, pairs[row].hypothesis)])
        left, right = (words.transform([getattr(pair, side) for pair in pairs]) for side in ("premise", "hypothesis"))
        rows = hstack([left, right, left.multiply(right), abs(left - right)]).tocsr()
        model = LogisticRegression(max_iter=1000, class_weight="balanced").fit(rows[seen], labels[seen])
        column = dict(zip(model.classes_, range(len(model.classes_)), strict=True)).get("contradiction")
        for row, each in zip(unseen, model.predict_proba(rows[unseen]), strict=True):
            said = str(model.classes_[each.argmax()])
            predictions[int(row)] = Prediction(pairs[row], said, 0.0 if column is None else float(each[column]))
    return [predictions[row] for row in range(len(pairs))]
