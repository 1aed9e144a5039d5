"""Claims, labelled pairs and findings, made in a line."""

from corpus.records import Claim, Holder
from eval.gold import Gold, LabelledPair, Side
from eval.scoring import Prediction, System, score_system
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


def said(
    *rows: tuple[str, str, float],
    kinds: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
    shown: tuple[bool, ...] = (),
) -> System:
    """A system that said this: (label, said, score) a pair, each pair a group of its own."""
    predictions = []
    for number, (label, answer, score) in enumerate(rows):
        kind, source = (given[number] if given else None for given in (kinds, sources))
        shows = shown[number] if shown else True
        pair = LabelledPair(str(number), "left", "right", label, str(number), kind=kind, source=source, shown=shows)
        predictions.append(Prediction(pair, answer, score))
    return score_system("made", predictions)
