"""The floor of words alone knows what words give away, and nothing of the group that it answers for."""

from eval.floor import tfidf_regression
from eval.gold import LabelledPair


def pairs(groups: int) -> list[LabelledPair]:
    """Of each group one contradiction and one neutral pair, told apart by a word."""
    return [
        LabelledPair(f"{group}-{label}", "the bridge opened", f"the bridge {cue} opened", label, str(group))
        for group in range(groups)
        for label, cue in (("contradiction", "never"), ("neutral", "may have"))
    ]


def test_a_word_that_tells_the_label_in_other_groups_is_used() -> None:
    assert [each.said for each in tfidf_regression(pairs(6))] == ["contradiction", "neutral"] * 6


def test_a_pair_is_answered_without_having_seen_its_group() -> None:
    one_word = [
        LabelledPair(f"{group}{copy}", "it opened", f"secret{group} opened", label, str(group))
        for group, label in enumerate(["contradiction", "neutral"] * 4)
        for copy in range(3)
    ]
    assert all(0.3 < each.score < 0.7 for each in tfidf_regression(one_word))


def test_a_single_group_or_a_single_label_has_no_floor() -> None:
    assert tfidf_regression(pairs(1)) == []
    assert tfidf_regression([each for each in pairs(6) if each.label == "neutral"]) == []
