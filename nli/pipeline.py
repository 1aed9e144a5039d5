"""The main job in one screen: articles to claims, claims to pairs, pairs to relations."""

from collections.abc import Callable, Sequence

from corpus.claims import extract
from corpus.records import Article
from nli.blocking import candidates
from nli.records import Encoder, Finding, Judge, Shelf
from nli.relation import relate

Progress = Callable[[str, int, int], None]
"""Told as work goes on: the stage, how much is done, of how much."""


def silent(stage: str, done: int, total: int) -> None:
    """The `Progress` that tells nobody."""


def shelve(articles: Sequence[Article], encoder: Encoder, progress: Progress = silent) -> Shelf:
    """The claims of `articles` with the vectors of their readings."""
    ...


def compare(new: Shelf, stored: Shelf, judge: Judge, *, per_claim: int = 20, progress: Progress = silent) -> list[Finding]:
    """How the claims of `new` stand to each other and to those of `stored`; pairs within `stored` are not judged again.

    `find` is `compare(all, Shelf.empty())`; an article that arrives is `compare(it, corpus)`.
    """
    ...
