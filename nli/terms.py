"""Words that tell one matter from another: stems weighted by how rare they are in news (tf-idf, Salton 1988).

A small corpus cannot tell which words are rare (in five articles on one affair its name is in each), so the articles
at hand are counted on top of a background: the document frequencies of the labelled stories that this repository
holds, made by `python -m nli.terms ARTICLES.jsonl`.
"""

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from scipy.sparse import csr_array

WORD = re.compile(r"[^\W\d_][\w'’-]+|\d[\d.,]*")
BACKGROUND = Path(__file__).parent / "data" / "document_frequencies.json"
FEWEST_ARTICLES = 3
"""A stem in fewer articles of the background says nothing that the articles at hand do not say."""


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The Snowball stem of a word in any case (Porter 2001); numbers stay as they are.

    >>> stem("Agreements"), stem("S-400"), stem("3,000.")
    ('agreement', 's-400', '3,000')
    """
    return _stemmer()(word.lower().rstrip(".,").removesuffix("’s").removesuffix("'s"))


@cache
def _stemmer() -> Callable[[str], str]:
    import snowballstemmer

    stem_word: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stem_word


@lru_cache(maxsize=200_000)
def stems(text: str) -> tuple[str, ...]:
    """The stems of a text, in order, with repeats.

    >>> stems("The contract was signed in 2020.")
    ('the', 'contract', 'was', 'sign', 'in', '2020')
    """
    return tuple(stem(word) for word in WORD.findall(text))


class Weights:
    """How much each stem tells: the logarithm of how few articles have it, in the background and at hand."""

    def __init__(self, articles: int, frequencies: Counter[str]) -> None:
        self._articles, self._frequencies = articles, frequencies

    @classmethod
    def of(cls, articles: Iterable[Iterable[str]]) -> Self:
        """From the stems of each article at hand, on top of the background."""
        background, counted = _background()
        frequencies, number = Counter(counted), background
        for article in articles:
            frequencies.update(set(article))
            number += 1
        return cls(number, frequencies)

    def __getitem__(self, stem: str) -> float:
        """Inverse document frequency, at least 0."""
        return max(0.0, math.log((self._articles + 1) / (self._frequencies[stem] + 1)))


@cache
def _background() -> tuple[int, Counter[str]]:
    stored = json.loads(BACKGROUND.read_text(encoding="utf-8"))
    return int(stored["articles"]), Counter(stored["frequencies"])


def matrix(texts: Sequence[Sequence[str]], weights: Weights, columns: dict[str, int], *, counted: bool) -> csr_array:
    """Texts as rows of weighted stems, (n, len(columns)); `columns` grows by the stems it does not know yet.

    `counted` weighs a stem by 1 + log of its count and gives rows of length one (for articles); else each stem counts
    once and rows are as long as what they tell (for claims).
    """
    rows, places, values = [], [], []
    for row, text in enumerate(texts):
        for each, count in Counter(text).items():
            weight = weights[each] * ((1 + math.log(count)) if counted else 1)
            if weight > 0:
                rows.append(row)
                places.append(columns.setdefault(each, len(columns)))
                values.append(weight)
    made = csr_array((values, (rows, places)), shape=(len(texts), max(len(columns), 1)), dtype=np.float32)
    if counted:
        lengths = np.sqrt(made.multiply(made).sum(axis=1))
        made = csr_array(made.multiply(1 / np.maximum(lengths, 1e-9)[:, None]))
    return made


def main(paths: Sequence[str]) -> None:
    """Count the background from files of articles, one JSON object a line."""
    frequencies: Counter[str] = Counter()
    articles = 0
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            frequencies.update(set(stems(json.loads(line)["text"])))
            articles += 1
    kept = {each: count for each, count in sorted(frequencies.items()) if count >= FEWEST_ARTICLES}
    BACKGROUND.parent.mkdir(exist_ok=True)
    BACKGROUND.write_text(json.dumps({"articles": articles, "frequencies": kept}, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
