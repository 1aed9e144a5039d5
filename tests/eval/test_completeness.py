"""A gold pair is kept where some candidate pairs two claims that stand on its sides."""

from corpus.records import Article, Claim
from eval.completeness import as_text, claims_in, completeness, completeness_table, nearest
from eval.gold import Gold
from nli.records import Pair, Shelf
from tests.eval.made import a_claim, a_gold, a_pair, a_side
from tests.fakes import FakeEncoder

ARTICLES = (Article("a", "The contract was signed. It rained."), Article("b", "No contract was signed."))
GOLD = Gold(
    "made",
    (
        a_pair(
            "P1", "contradiction", a_side("a", 0, "The contract was signed"), a_side("b", 0, "No contract was signed")
        ),
    ),
    "0" * 16,
    ARTICLES,
)


def sentences(article: Article) -> list[Claim]:
    parts = [part for part in article.text.split(".") if part.strip()]
    return [a_claim(article.id, article.text.index(part), part) for part in parts]


def test_a_pair_is_kept_lost_or_never_there() -> None:
    left, right = a_claim("a", 0, "The contract was signed"), a_claim("b", 0, "No contract was signed")
    kept = completeness(GOLD, [left, right], [Pair(right, left, 0.5)], 5)
    lost = completeness(GOLD, [left, right], [], 5)
    never = completeness(GOLD, [left], [], 5)
    assert [(each.found, each.paired, each.lost) for each in (kept, lost, never)] == [
        (1, 1, ()),
        (1, 0, ("P1",)),
        (0, 0, ()),
    ]
    assert (kept.share, kept.clash_share, lost.share) == (1.0, 1.0, 0.0)


def test_the_labelled_stretches_stand_alone_or_among_what_is_extracted_elsewhere() -> None:
    texts = {
        manner: [c.text.strip() for c in claims_in(manner, GOLD, sentences)]
        for manner in ("gold", "among", "extracted")
    }
    assert texts["gold"] == ["The contract was signed", "No contract was signed"]
    assert texts["among"] == ["The contract was signed", "No contract was signed", "It rained"]
    assert texts["extracted"] == ["The contract was signed", "It rained", "No contract was signed"]


def test_the_baseline_pairs_the_nearest_of_other_articles() -> None:
    claims = claims_in("among", GOLD, sentences)
    shelf = Shelf(claims, FakeEncoder().encode([claim.text for claim in claims]))
    assert [{pair.left.article, pair.right.article} for pair in nearest(shelf, 1)] == [{"a", "b"}] * 2
    assert nearest(Shelf.empty(), 5) == []


def test_the_table_has_a_line_a_budget() -> None:
    rows = completeness_table(GOLD, claims_in("gold", GOLD, sentences), FakeEncoder(), nearest, budgets=(1, 2))
    assert [(row.per_claim, row.paired) for row in rows] == [(1, 1), (2, 1)]
    assert len(as_text(rows).splitlines()) == 3


def test_gold_without_pairs_has_no_share_to_boast_of() -> None:
    assert completeness(a_gold(), [], [], 5).share == 0.0
