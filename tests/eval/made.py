"""Claims, labelled pairs and findings, made in a line."""

from corpus.records import Claim, Holder
from eval.gold import Gold, LabelledPair, Side
from nli.records import Finding, Judgement, Pair, Relation, Scores


def a_claim(article: str, start: int, text: str, holder: str | None = None) -> Claim:
    held = Holder(holder) if holder else None
    return Claim(f"{article}:{start}:{len(text)}", article, start, start + len(text), text, holder=held)


def a_side(article: str, start: int, text: str, holder: str | None = None) -> Side:
    return Side(article, start, start + len(text), text, holder)


def a_pair(name: str, label: str, left: Side, right: Side, group: str = "") -> LabelledPair:
    return LabelledPair(name, left.text, right.text, label, group or name, (left, right))


def a_gold(*pairs: LabelledPair) -> Gold:
    return Gold("made", pairs, "0" * 16)


def a_finding(left: Claim, right: Claim, relation: Relation, score: float = 0.9) -> Finding:
    scores = Scores(0.0, 1 - score, score)
    return Finding(Judgement(Pair(left, right, 0.5), scores, scores, "made", score), relation, "made")
