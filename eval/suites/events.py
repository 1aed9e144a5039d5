"""Reports of known events: does pairing bring the reports of one event together, and leave others apart."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from corpus.records import Article
from eval.completeness import nearest
from eval.gold import draw_groups
from eval.resampling import Draws, Estimate, ratio
from eval.scoring import System
from eval.suites.records import Bench, Part, Row, field, read_rows
from nli.blocking import candidates
from nli.pipeline import shelve
from nli.records import Pair, Shelf

HEADLINE = ("reports of one event compared", "candidate pairs within an event")


def pairing(name: str, paths: Sequence[Path], bench: Bench) -> tuple[Part, ...]:
    """The part of a file of articles with the `story` each tells of; articles of none are left out.

    All go in as one corpus. A story is a group; a sample counts articles.
    """
    rows, digest = read_rows(paths[0])
    rows = [row for row in rows if field(paths[0], row, "story")]
    if bench.sample is not None:  # whole events: one report alone has nothing to be compared with
        rows = [rows[row] for row in draw_groups([str(row["story"]) for row in rows], bench.sample)]
    story = {str(row["id"]): str(row["story"]) for row in rows}
    articles = [article_of(paths[0], row) for row in rows]
    shelf = shelve(articles, bench.models.encoder(), bench.progress)
    shipped = candidates(shelf, Shelf.empty(), bench.per_claim)
    systems = (
        System("pairing by story", brought_together(shipped, story)),
        System("nearest by cosine", brought_together(nearest(shelf, bench.per_claim), story), baseline=True),
    )
    return (Part(name, digest, len(articles), "articles", len(set(story.values())), systems, HEADLINE),)


def article_of(path: Path, row: Row) -> Article:
    """The article that a row of `path` holds; raises UnusableGold where it has no text."""
    return Article(
        id=str(row["id"]),
        text=str(field(path, row, "text")),
        title=str(row.get("title") or ""),
        outlet=row.get("outlet") or None,
        published=row.get("published") or None,
        url=row.get("url") or None,
    )


def brought_together(pairs: Sequence[Pair], story: dict[str, str]) -> tuple[tuple[str, Estimate], ...]:
    """Of pairs of reports of one event, how many have a candidate pair; of candidate pairs, how many are of one event.

    Candidate pairs inside one article do not count. A pair of two events belongs to that of its left side.
    """
    across = [(pair.left.article, pair.right.article) for pair in pairs if pair.left.article != pair.right.article]
    compared = {frozenset(each) for each in across}
    by_story: dict[str, list[str]] = {}
    for article, told in story.items():
        by_story.setdefault(told, []).append(article)
    each = {told: [frozenset(two) for two in combinations(articles, 2)] for told, articles in by_story.items()}
    within = Counter(story[one] for one, other in across if story[one] == story[other])
    all_of = Counter(story[one] for one, _ in across)
    names = list(each)
    draws = Draws.of(names)
    hits = draws.sums([sum(two in compared for two in each[told]) for told in names])
    share = ratio(hits, draws.sums([len(each[told]) for told in names]))
    pure = ratio(draws.sums([within[told] for told in names]), draws.sums([all_of[told] for told in names]))
    return tuple((name, Estimate.of(drawn, draws.groups)) for name, drawn in zip(HEADLINE, (share, pure), strict=True))
