"""The corpus that grows: what arrives is compared with what is stored, whatever came first."""

import itertools
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from app.archive import Archive, open_archive
from app.drafts import statement
from app.schemas import ArticleBody, FindingOut
from app.store.errors import OtherModels, StoreError
from app.store.records import Change, ClaimFilter, Derived, FindingFilter, Page
from corpus.records import Article
from nli.pipeline import compare, shelve
from nli.records import Judgement, Pair, Shelf, Vectors
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, url_in
from tests.fakes import FakeEncoder, FakeJudge

ALL = Page(500)
ARTICLES = [
    ArticleBody.model_validate(body).article(identity)
    for identity, body in (("signed", SIGNED), ("denied", NOT_SIGNED), ("again", AGAIN))
]


class CountingEncoder(FakeEncoder):
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.texts = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return super().encode(texts)


class OtherEncoder(FakeEncoder):
    name = "another-encoder@1"


class FailingJudge(FakeJudge):
    """Works until told otherwise."""

    fails = False

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        if self.fails:
            raise RuntimeError("the judge has failed")
        return super().judge(pairs)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = an_archive(tmp_path)
    yield archive
    archive.store.close()


def stored(archive: Archive) -> set[str]:
    """All findings as the lines of `find --all`."""
    found = archive.store.findings(FindingFilter(relation=None), ALL)
    return {FindingOut.of(each).model_dump_json() for each in found.items}


def found_at_once(articles: Sequence[Article]) -> set[str]:
    """What `find --all` prints for the same articles."""
    found = compare(shelve(articles, FakeEncoder()), Shelf.empty(), FakeJudge())
    return {FindingOut.of(each).model_dump_json() for each in found}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_findings_are_those_of_find_whatever_the_order_of_arrival(archive: Archive, order: tuple[int, ...]) -> None:
    for at in order:
        assert archive.put(ARTICLES[at]).change is Change.CREATED
    assert stored(archive) == found_at_once(ARTICLES)
    assert any('"relation":"contradiction"' in line for line in stored(archive))


def test_the_same_article_again_computes_nothing(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    archive = open_archive(url_in(tmp_path), encoder, FakeJudge())
    archive.put(ARTICLES[0])
    asked, revision = encoder.texts, archive.store.revision()
    assert archive.put(ARTICLES[0]).change is Change.UNCHANGED
    assert (encoder.texts, archive.store.revision()) == (asked, revision)
    archive.store.close()


def test_new_metadata_are_written_down_and_nothing_is_computed(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    archive = open_archive(url_in(tmp_path), encoder, FakeJudge())
    archive.put(ARTICLES[0])
    asked = encoder.texts
    noted = ArticleBody.model_validate({**SIGNED, "desk": "defence"}).article("signed")
    assert archive.put(noted).change is Change.REPLACED
    assert encoder.texts == asked
    assert archive.store.article("signed") == noted
    archive.store.close()


def test_changed_content_replaces_all_that_derived_from_the_old(archive: Archive) -> None:
    archive.put(ARTICLES[1])
    archive.put(ArticleBody.model_validate({"text": "It rained in Oslo all day."}).article("signed"))
    assert archive.put(ARTICLES[0]).change is Change.REPLACED
    assert stored(archive) == found_at_once(ARTICLES[:2])
    assert {claim.article for claim in archive.store.claims(ClaimFilter(q="Oslo"), ALL).items} == set()


def test_an_article_deleted_meets_no_later_one(archive: Archive) -> None:
    for article in ARTICLES:
        archive.put(article)
    assert archive.delete("signed")
    assert not archive.delete("signed")
    assert stored(archive) == found_at_once(ARTICLES[1:])
    archive.put(ARTICLES[0])
    assert stored(archive) == found_at_once(ARTICLES)


def test_a_judge_that_fails_leaves_the_old_state(tmp_path: Path) -> None:
    judge = FailingJudge()
    archive = open_archive(url_in(tmp_path), FakeEncoder(), judge)
    for article in ARTICLES[:2]:
        archive.put(article)
    before, judge.fails = stored(archive), True
    changed = ArticleBody.model_validate({**AGAIN, "outlet": "Morning Post"}).article("signed")
    with pytest.raises(RuntimeError):
        archive.put(changed)
    assert archive.store.article("signed") == ARTICLES[0]
    assert stored(archive) == before
    judge.fails = False
    archive.put(ARTICLES[2])
    assert stored(archive) == found_at_once(ARTICLES)
    archive.store.close()


def test_an_archive_opened_again_goes_on_where_it_was(tmp_path: Path) -> None:
    for article in ARTICLES:
        archive = an_archive(tmp_path)
        archive.put(article)
        archive.store.close()
    archive = an_archive(tmp_path)
    assert stored(archive) == found_at_once(ARTICLES)
    archive.store.close()


def test_two_processes_on_one_file_miss_no_pair(tmp_path: Path) -> None:
    one, two = an_archive(tmp_path), an_archive(tmp_path)
    one.put(ARTICLES[0])
    two.put(ARTICLES[1])
    one.put(ARTICLES[2])
    assert stored(one) == found_at_once(ARTICLES)
    assert two.check(ArticleBody.model_validate(SIGNED).article("draft")).findings
    one.delete("signed")
    two.delete("again")
    assert stored(two) == found_at_once(ARTICLES[1:2])
    one.store.close()
    two.store.close()


def test_eight_threads_that_write_miss_no_pair(archive: Archive) -> None:
    articles = [
        ArticleBody.model_validate(body).article(f"{identity}{number}")
        for number in range(4)
        for identity, body in (("signed", SIGNED), ("denied", NOT_SIGNED))
    ]
    start = threading.Barrier(8)

    def put(article: Article) -> Change:
        start.wait()
        return archive.put(article).change

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(put, articles)) == {Change.CREATED}
    assert stored(archive) == found_at_once(articles)


def test_a_check_stores_nothing_and_equals_find(archive: Archive) -> None:
    archive.put(ARTICLES[0])
    archive.put(ARTICLES[2])
    before = stored(archive)
    checked = archive.check(ARTICLES[1])
    expected = {line for line in found_at_once(ARTICLES) if '"article":"denied"' in line}
    assert {FindingOut.of(each).model_dump_json() for each in checked.findings} == expected
    assert stored(archive) == before
    assert archive.store.article("denied") is None


def test_a_draft_is_not_held_against_the_article_that_it_replaces(archive: Archive) -> None:
    archive.put(ARTICLES[0])
    assert archive.check(ArticleBody.model_validate(NOT_SIGNED).article("signed")).findings == ()


def test_a_text_without_a_claim_is_one_claim_if_it_is_asked_about(archive: Archive) -> None:
    asked = statement(" no contract \n", date(2026, 11, 22))
    assert [claim.text for claim in archive.check(asked).claims] == ["no contract"]


def test_other_models_are_refused_until_the_articles_are_read_again(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    for article in ARTICLES:
        archive.put(article)
    archive.store.close()
    with pytest.raises(OtherModels, match="3 articles") as refused:
        open_archive(url_in(tmp_path), OtherEncoder(), FakeJudge())
    assert isinstance(refused.value, StoreError)
    again = open_archive(url_in(tmp_path), OtherEncoder(), FakeJudge(), reread=True)
    assert stored(again) == found_at_once(ARTICLES)
    assert again.store.others(again.models) == ()
    again.store.close()


def test_reading_again_goes_on_after_an_interruption(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    for article in ARTICLES:
        archive.put(article)
    archive.store.close()
    judge = FailingJudge()
    judge.fails = True
    with pytest.raises(RuntimeError):
        open_archive(url_in(tmp_path), OtherEncoder(), judge, reread=True)
    judge.fails = False
    again = open_archive(url_in(tmp_path), OtherEncoder(), judge, reread=True)
    assert stored(again) == found_at_once(ARTICLES)
    again.store.close()


def test_disputes_are_joined_again_only_after_a_write_whoever_wrote(archive: Archive, tmp_path: Path) -> None:
    assert archive.disputes() == ()
    archive.put(ARTICLES[0])
    archive.put(ARTICLES[1])
    first = archive.disputes()
    assert len(first) == 1
    assert archive.disputes() is first
    other = an_archive(tmp_path)
    other.put(ARTICLES[2])
    assert [each.id for each in archive.disputes()] == [first[0].id]
    assert archive.disputes() == other.disputes() != first
    other.delete("denied")
    other.store.close()
    assert archive.disputes() == ()


def test_reading_disputes_waits_for_no_write(tmp_path: Path) -> None:
    started, finished = threading.Event(), threading.Event()

    class SlowJudge(FakeJudge):
        """Judges only when it may."""

        def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
            started.set()
            assert finished.wait(60)
            return super().judge(pairs)

    archive = open_archive(url_in(tmp_path), FakeEncoder(), SlowJudge())
    archive.store.put(ARTICLES[0], Derived(shelve(ARTICLES[:1], FakeEncoder()), ()), archive.models, revision=0)
    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(archive.put, ARTICLES[1])
        assert started.wait(60)
        assert archive.disputes() == ()
        finished.set()
        writing.result()
    assert len(archive.disputes()) == 1
    archive.store.close()
