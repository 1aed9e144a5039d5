"""What people said of pairs becomes labelled data that `evaluate` measures on, and a threshold."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli import cli
from app.commands.reviews import FEWEST, Cut, cuts_of
from app.errors import NothingRead
from app.store.records import Opinion, Reason, Verdict
from eval.evaluate import Models, evaluate_gold, open_gold
from tests.app.served import NAMES, a_claim, a_finding, an_archive, an_article, derived, url_in
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

OPINIONS = {
    "contradiction": Opinion(Verdict.CONFIRMED, "Ann"),
    "superseded": Opinion(Verdict.REJECTED, "Ann", Reason.NOT_NOW, "An update."),
    "compatible": Opinion(Verdict.REJECTED, "Ann", Reason.NOT_THE_SAME_THING),
    "corroboration": Opinion(Verdict.REJECTED, "Ann", Reason.AGREEMENT),
}


def reviews(folder: Path, *args: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    result = CliRunner().invoke(cli, ["reviews", *args, "--db", url_in(folder)], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def reviewed(folder: Path, *said: tuple[float, Opinion]) -> None:
    """Pairs of two articles each, with these scores, and what was said of them."""
    with_models = an_archive(folder)
    store, revision = with_models.store, with_models.store.revision()
    for at, (score, opinion) in enumerate(said):
        left, right = (a_claim(an_article(f"{side}{at:03}", f"It rained {at} times.")) for side in "ab")
        found = a_finding(left, right, score)
        revision = store.put(an_article(left.article, left.text), derived(left), NAMES, revision=revision)
        revision = store.put(an_article(right.article, right.text), derived(right, found), NAMES, revision=revision)
        store.reviews.add(found, opinion)
    store.close()


def test_reviewed_pairs_are_a_labelled_corpus_that_evaluate_reads(tmp_path: Path) -> None:
    reviewed(tmp_path, *((0.9, opinion) for opinion in OPINIONS.values()))
    status, _, told = reviews(tmp_path, "export", str(tmp_path / "out" / "gold"))
    assert status == 0
    gold = open_gold(tmp_path / "out/gold/gold.jsonl", tmp_path / "out/gold/articles.jsonl")
    assert f"counterclaim evaluate {tmp_path}/out/gold/gold.jsonl --articles" in told
    assert gold.faults == ()
    assert [pair.label for _, pair in sorted((left.article, pair) for pair, left, _ in gold.sided)] == list(OPINIONS)
    assert {pair.note for pair in gold.pairs} == {"", "An update."}
    assert len({pair.group for pair in gold.pairs}) == len(OPINIONS)
    report = evaluate_gold(gold, Models(FakeEncoder, FakeClassifier, FakeJudge))
    assert report.systems


def test_pairs_that_share_an_article_are_one_story(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    claims = [a_claim(an_article(name, f"It rained in {name}.")) for name in "abc"]
    found = [a_finding(claims[0], claims[1]), a_finding(claims[1], claims[2])]
    revision = archive.store.revision()
    for claim, those in zip(claims, ([], found[:1], found[1:]), strict=True):
        article = an_article(claim.article, claim.text)
        revision = archive.store.put(article, derived(claim, *those), NAMES, revision=revision)
    for each in found:
        archive.store.reviews.add(each, OPINIONS["contradiction"])
    archive.store.close()
    reviews(tmp_path, "export", str(tmp_path / "gold"))
    rows = [json.loads(line) for line in (tmp_path / "gold/gold.jsonl").read_text().splitlines()]
    assert {row["story"] for row in rows} == {"a"}
    assert len((tmp_path / "gold/articles.jsonl").read_text().splitlines()) == 3


def test_what_was_taken_back_is_not_exported(tmp_path: Path) -> None:
    reviewed(tmp_path, (0.9, Opinion(Verdict.OPEN, "Ann")))
    with pytest.raises(NothingRead, match="no pair is reviewed"):
        reviews(tmp_path, "export", str(tmp_path / "gold"))
    assert not (tmp_path / "gold").exists()


def test_the_threshold_is_the_lowest_from_which_the_precision_is_reached(tmp_path: Path) -> None:
    right, wrong = OPINIONS["contradiction"], OPINIONS["superseded"]
    reviewed(tmp_path, *[(0.8, right)] * 36, *[(0.605, wrong)] * 4, *[(0.3, wrong)] * 5)
    status, shown, told = reviews(tmp_path, "threshold", "0.9")
    assert status == 0
    first, reached, surely = shown.splitlines()
    assert first == "all from score 0.30: 36 of 45 reviewed pairs confirmed, 0.80 (0.66-0.89)"
    assert reached.startswith("0.9 is reached from score 0.60: 36 of 40 reviewed pairs confirmed, 0.90 (")
    assert surely.startswith("0.9 is surely reached from score 0.80: 36 of 36")
    assert "--min-score 0.6," in told


def test_where_it_is_not_reached_the_command_says_so(tmp_path: Path) -> None:
    reviewed(tmp_path, *[(0.8, OPINIONS["superseded"])] * FEWEST)
    _, shown, told = reviews(tmp_path, "threshold", "0.5")
    assert "0.5 is reached at no score that flags 30 reviewed pairs" in shown
    assert "--min-score" not in told


def test_too_few_reviews_give_no_threshold(tmp_path: Path) -> None:
    reviewed(tmp_path, *[(0.8, OPINIONS["contradiction"])] * (FEWEST - 1))
    with pytest.raises(NothingRead, match="29 of the contradictions are reviewed; expected at least 30"):
        reviews(tmp_path, "threshold", "0.5")


SCORED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=FEWEST, max_size=60)


@given(SCORED)
def test_a_threshold_lets_in_what_it_was_measured_on(scored: list[tuple[float, bool]]) -> None:
    cuts = list(cuts_of(scored))
    assert cuts[-1].count == len(scored)
    for cut in cuts:
        let_in = [right for score, right in scored if score >= cut.least]
        assert Cut(cut.least, sum(let_in), len(let_in)) == cut
        assert cut.count >= FEWEST
        assert cut.low <= cut.precision
