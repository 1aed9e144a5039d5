"""Pairs of a document and a sentence: the document cut to what it says on the matter."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corpus.parse import parse_all
from corpus.records import Article
from eval.gold import Gold, LabelledPair
from eval.suites.records import Bench

NEAREST = 5
"""Sentences of a document that are read. Not fitted."""


def nearest_sentences(gold: Gold, bench: Bench) -> Gold:
    """The same pairs, each premise cut to its `NEAREST` sentences by cosine to the hypothesis, in their order.

    The judge reads two statements, not articles: a document of 400 words would be cut off at its tokens' limit, and
    the sentence that matters may stand below it.
    """
    encoder = bench.models.encoder()
    texts = list(dict.fromkeys(pair.premise for pair in gold.pairs))
    sentences = _sentences(texts, bench)
    vectors = {text: encoder.encode(each) for text, each in sentences.items()}
    asked = encoder.encode([pair.hypothesis for pair in gold.pairs])

    def cut(pair: LabelledPair, row: int) -> LabelledPair:
        best = np.argsort(-(vectors[pair.premise] @ asked[row]), kind="stable")[:NEAREST]
        kept = [sentences[pair.premise][number] for number in sorted(int(each) for each in best)]
        return replace(pair, premise=" ".join(kept))

    return replace(gold, pairs=tuple(cut(pair, row) for row, pair in enumerate(gold.pairs)))


def _sentences(texts: Sequence[str], bench: Bench) -> dict[str, list[str]]:
    """The sentences of each text; the text itself where it has none."""
    articles = [Article(str(number), text) for number, text in enumerate(texts)]
    found = {}
    for done, (article, sentences) in enumerate(parse_all(articles), 1):
        cut = [" ".join(article.text[each.start : each.stop].split()) for each in sentences]
        found[article.text] = [each for each in cut if each] or [article.text]
        bench.progress("reading documents", done, len(texts))
    return found
