"""How much a claim is worth checking: a logistic sum over features that one can read aloud.

The weights stand in `data/checkworthy.toml`, with how they were got. A first version.
"""

import math
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from corpus.names import cues
from corpus.records import Aspect

if TYPE_CHECKING:
    from spacy.tokens import Token

MANY_WORDS = 30
MANY_NAMES = 4
MANY_NUMBERS = 3


def check_worthiness(tokens: Sequence["Token"], aspect: Aspect) -> float:
    """The probability, in [0, 1], that a fact-checker would look at a claim of these words."""
    weights = _weights()
    total = weights["constant"] + sum(weights[name] * value for name, value in features(tokens, aspect).items())
    return round(1 / (1 + math.exp(-total)), 4)


def features(tokens: Sequence["Token"], aspect: Aspect) -> dict[str, float]:
    """What is counted, each in [0, 1]: length, names, numbers, aspect, who is spoken of, comparison."""
    first = cues()["pronoun"]["first"]
    second = ("you", "your")
    names = sum(token.pos_ == "PROPN" for token in tokens)
    numbers = sum(token.pos_ == "NUM" or token.text[0] in "$£€%" for token in tokens)
    return {
        "length": min(len(tokens), MANY_WORDS) / MANY_WORDS,
        "names": min(names, MANY_NAMES) / MANY_NAMES,
        "numbers": min(numbers, MANY_NUMBERS) / MANY_NUMBERS,
        "has_number": float(numbers > 0),
        "comparison": float(any(token.tag_ in ("JJR", "JJS", "RBR", "RBS") for token in tokens)),
        "first_person": float(any(token.lower_ in first for token in tokens)),
        "second_person": float(any(token.lower_ in second for token in tokens)),
        "past": float(any(token.tag_ in ("VBD", "VBN") for token in tokens)),
        "accomplished": float(aspect is Aspect.ACCOMPLISHED),
        "state": float(aspect is Aspect.STATE),
        "opinion": float(aspect is Aspect.OPINION),
        "question": float(aspect is Aspect.QUESTION),
        "unreal": float(aspect in (Aspect.CONDITION, Aspect.HOPE)),
        "ahead": float(aspect in (Aspect.PLAN, Aspect.FORECAST)),
    }


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    text = files("corpus").joinpath("data/checkworthy.toml").read_text(encoding="utf-8")
    return {name: float(value) for name, value in tomllib.loads(text)["weights"].items()}
