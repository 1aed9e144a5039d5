"""Changes to a pair of claims whose effect on the verdict is known without any label: what a judge must be held to.

Eighty-one cases of our own (`metamorphic.jsonl`) give some four hundred checks in eleven classes. A *base* is a claim
with its negation, something that follows from it, and its doubly negated form; the rest are pairs with what is expected
of them. `pass_rates` says what part of each class a judge gets right, `misses` which checks it fails.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.records import Aspect, Claim
from nli.records import Judge, Judgement, Pair, Relation, Thresholds
from nli.relation import relate

CASES: tuple[dict[str, Any], ...] = tuple(
    json.loads(line) for line in Path(__file__).with_name("metamorphic.jsonl").read_text(encoding="utf-8").splitlines()
)

Texts = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a pair: the relation it ends in, its score, and the larger probability of entailment."""

    relation: Relation
    score: float
    entailment: float

    @property
    def clash(self) -> bool:
        """Whether it is shown as a contradiction."""
        return self.relation is Relation.CONTRADICTION

    @property
    def label(self) -> str:
        """Contradiction is looked at first, as the relations do."""
        if self.clash:
            return "contradiction"
        return "entailment" if self.entailment > 0.5 else "neutral"


@dataclass(frozen=True, slots=True)
class Check:
    """Pairs of texts, and whether the answers to them are as they must be."""

    kind: str
    case: str
    pairs: tuple[Texts, ...]
    holds: Callable[[Sequence[Answer]], bool]


def checks(cases: Sequence[Mapping[str, Any]] = CASES) -> Iterator[Check]:
    """All checks of all cases, class by class within a case."""
    for case in cases:
        yield from _of_base(case) if "claim" in case else _of_pair(case)


def misses(judge: Judge, wanted: Sequence[Check] | None = None) -> list[Check]:
    """The checks that `judge` fails."""
    wanted = list(checks()) if wanted is None else wanted
    asked = list(dict.fromkeys(pair for check in wanted for pair in check.pairs))
    judgements = judge.judge([_claims(*texts) for texts in asked])
    answers = {texts: _answer(judgement) for texts, judgement in zip(asked, judgements, strict=True)}
    return [check for check in wanted if not check.holds([answers[pair] for pair in check.pairs])]


def pass_rates(judge: Judge) -> dict[str, float]:
    """The part of each class of checks that `judge` passes, in [0, 1]."""
    wanted = list(checks())
    of, missed = Counter(check.kind for check in wanted), Counter(check.kind for check in misses(judge, wanted))
    return {kind: 1 - missed[kind] / number for kind, number in of.items()}


def _answer(judgement: Judgement) -> Answer:
    entailment = max(judgement.forward.entailment, judgement.backward.entailment)
    return Answer(relate(judgement, Thresholds()).relation, judgement.score, entailment)


def _of_base(case: Mapping[str, Any]) -> Iterator[Check]:
    name, claim, negation = case["id"], case["claim"], case["negation"]
    entailed, doubled = case["entailed"], case["doubled"]
    yield Check("negation added", name, ((claim, claim), (claim, negation)), _rises)
    yield Check("negation added", name, ((claim, entailed), (entailed, negation)), _rises)
    yield Check("said twice", name, ((claim, claim),), _no_clash)
    yield Check("said otherwise", name, ((claim, entailed),), _no_clash)
    yield Check("negated twice", name, ((claim, doubled),), _no_clash)
    yield Check("negated twice", name, ((negation, doubled),), _clash)
    for other in (negation, entailed):
        yield Check("names replaced", name, ((claim, other), (_renamed(claim, case), _renamed(other, case))), _alike)
    writings = (_shouted, _spaced) if int(name[1:]) % 2 else (_quoted, _stopped)
    for written, other in zip(writings, (negation, entailed), strict=True):
        yield Check("written otherwise", name, ((claim, other), (written(claim), other)), _alike)
    yield Check("sides swapped", name, ((claim, negation), (negation, claim)), _equal)
    yield Check("sides swapped", name, ((claim, entailed), (entailed, claim)), _equal)


def _of_pair(case: Mapping[str, Any]) -> Iterator[Check]:
    texts = (case["left"], case["right"])
    yield Check(case["class"], case["id"], (texts,), EXPECTED[case["expect"]])


def _clash(answers: Sequence[Answer]) -> bool:
    return answers[-1].clash


def _no_clash(answers: Sequence[Answer]) -> bool:
    return not answers[-1].clash


def _not_the_same(answers: Sequence[Answer]) -> bool:
    return answers[-1].label != "entailment"


def _rises(answers: Sequence[Answer]) -> bool:
    before, after = answers
    return after.clash and after.score > before.score


def _alike(answers: Sequence[Answer]) -> bool:
    before, after = answers
    return before.label == after.label


def _equal(answers: Sequence[Answer]) -> bool:
    before, after = answers
    return abs(before.score - after.score) < 1e-3


APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
EXPECTED = {"contradiction": _clash, "not contradiction": _no_clash, "not the same": _not_the_same}


def _renamed(text: str, case: Mapping[str, Any]) -> str:
    for name, other in case["rename"].items():
        text = text.replace(name, other)
    return text


def _shouted(text: str) -> str:
    return f"{text}!"


def _spaced(text: str) -> str:
    return f" {text.replace(' ', '  ')}"


def _quoted(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text.replace(chr(39), APOSTROPHE)}\N{RIGHT DOUBLE QUOTATION MARK}"


def _stopped(text: str) -> str:
    return f"{text}."


def _claims(left: str, right: str) -> Pair:
    """Two outlets on one day tell of what has happened, so that no date explains a clash away."""
    first, second = (
        Claim(f"c-{side}", side, 0, len(text), text, side, "2024-05-02", aspect=Aspect.ACCOMPLISHED)
        for side, text in (("left", left), ("right", right))
    )
    return Pair(first, second, similarity=1.0)
