"""What the store keeps, in what order it gives it back, and that it never keeps half."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from app.store import database
from app.store.errors import Moved, UnusableDatabase
from app.store.models import metadata
from app.store.records import ClaimFilter, Counts, Derived, FindingFilter, ModelNames, Page
from app.store.repository import Store
from corpus.records import Holder
from nli.records import Relation, Scores, Shelf, Thresholds
from tests.app.served import NAMES, a_claim, a_finding, an_article, derived, stock, url_in

ALL = Page(500)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(url_in(tmp_path))
    yield store
    store.close()


def dump(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    connection = sqlite3.connect(folder / "counterclaim.db")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in tables}
    connection.close()
    return rows


def back_to(revision: str, folder: Path) -> None:
    """Takes the tables back to those of an earlier version."""
    steps = ScriptDirectory(Path(database.__file__).parent / "migrations")

    def down(at: str, _context: MigrationContext) -> list[RevisionStep]:
        return steps._downgrade_revs(revision, at)

    engine = create_engine(url_in(folder))
    with engine.begin() as connection, EnvironmentContext(Config(), steps, fn=down) as environment:
        environment.configure(connection=connection, render_as_batch=True)
        environment.run_migrations()
    engine.dispose()


def put_pair(store: Store) -> None:
    signed, denied = an_article("a", "Signed.", "2020-01-01"), an_article("b", "Not signed.", "2022-01-01")
    left, right = a_claim(signed), a_claim(denied)
    first = store.put(signed, derived(left), NAMES, revision=0)
    store.put(denied, derived(right, a_finding(left, right)), NAMES, revision=first)


def test_every_field_of_an_article_a_claim_and_a_finding_comes_back(store: Store) -> None:
    put_pair(store)
    signed, denied = an_article("a", "Signed.", "2020-01-01"), an_article("b", "Not signed.", "2022-01-01")
    left, right = a_claim(signed), a_claim(denied)
    assert store.article("b") == denied
    assert store.claim(left.id) == left
    assert store.claims(ClaimFilter(), ALL).items == (left, right)
    assert store.findings(FindingFilter(), ALL).items == (a_finding(left, right),)


def test_the_claim_and_the_finding_of_these_tests_leave_no_field_at_its_default() -> None:
    article = replace(an_article("a", day="2020-01-01"), url="https://example.org")
    claim = a_claim(article)
    for value in (claim, a_finding(claim, claim), article):
        unset = [each.name for each in fields(value) if getattr(value, each.name) == each.default]
        assert unset == []


def test_a_claim_without_holder_comes_back_without_one(store: Store) -> None:
    article = an_article("a")
    bare = type(a_claim(article))("c", "a", 0, 2, "It")
    unplaced = type(bare)("d", "a", 3, 5, "ra", holder=Holder("Ann"))
    shelf = Shelf((bare, unplaced), np.zeros((2, 4), np.float32))
    store.put(article, Derived(shelf, ()), NAMES, revision=0)
    assert store.claims(ClaimFilter(), ALL).items == (bare, unplaced)


def test_a_shelf_comes_back_with_its_vectors_to_the_bit(store: Store) -> None:
    article = an_article("a")
    vectors = np.random.default_rng(0).normal(size=(1, 384)).astype(np.float32)
    store.put(article, Derived(Shelf((a_claim(article),), vectors), ()), NAMES, revision=0)
    shelf, revision = store.shelf(NAMES)
    assert shelf.claims == (a_claim(article),)
    assert shelf.vectors.tobytes() == vectors.tobytes()
    assert revision == 1


def test_a_shelf_holds_only_what_the_same_models_read(store: Store) -> None:
    put_pair(store)
    other = ModelNames("another encoder", NAMES.judge)
    assert store.shelf(other)[0].claims == ()
    assert store.others(other) == ("a", "b")
    assert store.others(NAMES) == ()


def test_deleting_an_article_leaves_nothing_of_it(store: Store, tmp_path: Path) -> None:
    article = an_article("b", "Not signed.", "2022-01-01")
    store.put(article, derived(a_claim(article)), NAMES, revision=0)
    alone = dump(tmp_path)
    other = an_article("a", "Signed.", "2020-01-01")
    store.put(other, derived(a_claim(other), a_finding(a_claim(other), a_claim(article))), NAMES, revision=1)
    assert store.delete("a", revision=2) == 3
    assert {**dump(tmp_path), "state": alone["state"]} == alone


def test_deleting_what_is_not_there_changes_nothing(store: Store) -> None:
    assert store.delete("nobody", revision=0) is None
    assert store.revision() == 0


def test_replacing_an_article_removes_what_derived_from_the_old_one(store: Store) -> None:
    put_pair(store)
    new = an_article("a", "Something else.", "2021-01-01")
    store.put(new, derived(a_claim(new)), NAMES, revision=2)
    assert store.counts() == Counts(articles=2, claims=2, findings={})
    assert store.article("a") == new


def test_an_error_in_the_middle_of_a_write_leaves_the_old_state(store: Store, tmp_path: Path) -> None:
    put_pair(store)
    before = dump(tmp_path)
    new, stranger = an_article("a", "Something else."), an_article("not stored")
    broken = derived(a_claim(new), a_finding(a_claim(new), a_claim(stranger)))
    with pytest.raises(IntegrityError):
        store.put(new, broken, NAMES, revision=2)
    assert dump(tmp_path) == before


def test_a_write_that_rests_on_an_older_state_is_refused(store: Store, tmp_path: Path) -> None:
    put_pair(store)
    before = dump(tmp_path)
    with pytest.raises(Moved) as refused:
        store.put(an_article("c"), derived(a_claim(an_article("c"))), NAMES, revision=1)
    assert refused.value.revision == 1
    assert dump(tmp_path) == before


def test_reads_do_not_wait_for_a_write(store: Store) -> None:
    put_pair(store)
    held, done = threading.Event(), threading.Event()

    def write() -> None:
        with store._writing():
            held.set()
            done.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    assert held.wait(10)
    try:
        assert store.counts().articles == 2
        assert len(store.findings(FindingFilter(), ALL).items) == 1
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (FindingFilter(), 1),
        (FindingFilter(relation=None), 1),
        (FindingFilter(relation=Relation.SUPERSEDED), 0),
        (FindingFilter(holder="ZOË"), 1),
        (FindingFilter(holder="smith_"), 0),
        (FindingFilter(outlet="morning  post"), 1),
        (FindingFilter(outlet="morning"), 0),
        (FindingFilter(q="SIGNED not"), 1),
        (FindingFilter(q="signed nobody"), 0),
        (FindingFilter(q="100%"), 0),
        (FindingFilter(since="2021-01-01"), 1),
        (FindingFilter(until="2021-01-01"), 1),
        (FindingFilter(since="2020-06-01", until="2021-06-01"), 0),
        (FindingFilter(since="2023-01-01"), 0),
        (FindingFilter(min_score=0.9), 1),
        (FindingFilter(min_score=0.91), 0),
    ],
)
def test_a_filter_looks_in_either_claim(store: Store, which: FindingFilter, found: int) -> None:
    put_pair(store)
    assert len(store.findings(which, ALL).items) == found


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (ClaimFilter(article="a"), 1),
        (ClaimFilter(holder="zoë smith"), 2),
        (ClaimFilter(q="not"), 1),
        (ClaimFilter(outlet="Morning Post"), 2),
        (ClaimFilter(min_check_worthiness=0.6), 0),
    ],
)
def test_a_filter_narrows_claims(store: Store, which: ClaimFilter, found: int) -> None:
    put_pair(store)
    assert len(store.claims(which, ALL).items) == found


def test_undated_pairs_come_last_and_lie_in_no_range(store: Store) -> None:
    left, right = an_article("a", "Signed."), an_article("b", "Not signed.")
    store.put(left, derived(a_claim(left)), NAMES, revision=0)
    store.put(right, derived(a_claim(right), a_finding(a_claim(left), a_claim(right))), NAMES, revision=1)
    dated, later = an_article("c", "Yes.", "2020-01-01"), an_article("d", "No.", "2020-01-02")
    store.put(dated, derived(a_claim(dated)), NAMES, revision=2)
    store.put(later, derived(a_claim(later), a_finding(a_claim(dated), a_claim(later))), NAMES, revision=3)
    listed = store.findings(FindingFilter(), ALL).items
    assert [each.left.article for each in listed] == ["c", "a"]
    assert [each.id for each in store.articles(ALL).items] == ["d", "c", "b", "a"]
    assert len(store.findings(FindingFilter(since="1900-01-01", until="2100-01-01"), ALL).items) == 1


def test_highest_score_first(store: Store) -> None:
    stock(store, 12)
    scores = [each.score for each in store.findings(FindingFilter(by_score=True), ALL).items]
    assert scores == sorted(scores, reverse=True)


def test_contradictions_and_pairs_that_may_agree_bear_on_disputes_and_nothing_else_does(store: Store) -> None:
    one = a_claim(an_article("a", "Signed."))
    others = [a_claim(an_article(name, f"Signed {name}.")) for name in "bcd"]
    clash = a_finding(one, others[0])
    neither = replace(a_finding(one, others[1]), relation=Relation.COMPATIBLE, kind=None, parties=None)
    judgement = replace(neither.judgement, pair=replace(neither.judgement.pair, right=others[2]))
    follows = replace(neither, judgement=replace(judgement, backward=Scores(0.85, 0.1, 0.05)))
    revision = store.put(an_article("a", "Signed."), derived(one), NAMES, revision=0)
    for name, claim, found in zip("bcd", others, (clash, neither, follows), strict=True):
        revision = store.put(an_article(name, claim.text), derived(claim, found), NAMES, revision=revision)
    assert {each.id: each for each in store.bearing(0.8)} == {each.id: each for each in (clash, follows)}
    assert {article.id for article in store.every_article()} == set("abcd")


@pytest.mark.usefixtures("store")
def test_the_steps_make_exactly_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    engine = create_engine(url_in(tmp_path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_opening_again_keeps_what_is_there(store: Store, tmp_path: Path) -> None:
    put_pair(store)
    again = Store(url_in(tmp_path))
    assert again.counts() == store.counts()
    again.close()


def test_articles_whose_vectors_are_of_an_older_make_are_to_be_read_again(store: Store, tmp_path: Path) -> None:
    put_pair(store)
    assert store.others(NAMES) == ()
    back_to("0001", tmp_path)
    with sqlite3.connect(tmp_path / "counterclaim.db") as connection:
        connection.execute("UPDATE articles SET encoder = ?", (NAMES.encoder,))
    connection.close()
    again = Store(url_in(tmp_path))
    assert again.others(NAMES) == ("a", "b")
    again.close()


def test_what_was_stored_before_claims_and_findings_stated_their_grounds_gets_them(
    store: Store, tmp_path: Path
) -> None:
    put_pair(store)
    back_to("0004", tmp_path)
    again = Store(url_in(tmp_path))
    signed = an_article("a", "Signed.", "2020-01-01")
    left, right = again.claims(ClaimFilter(), ALL).items
    (found,) = again.findings(FindingFilter(), ALL).items
    assert left == a_claim(signed)
    assert left.article_digest == hashlib.sha256(b"Signed.").hexdigest()
    assert found == replace(a_finding(left, right), thresholds=Thresholds(0.25, 0.15, 0.8))
    again.close()


def test_the_file_is_in_wal_mode_and_sound(store: Store, tmp_path: Path) -> None:
    put_pair(store)
    connection = sqlite3.connect(tmp_path / "counterclaim.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_database_of_a_later_version_is_refused(store: Store, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(tmp_path / "counterclaim.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(UnusableDatabase, match="9999"):
        Store(url_in(tmp_path))


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "counterclaim.db") as connection:
        connection.execute("CREATE TABLE notes (id)")
    connection.close()
    with pytest.raises(UnusableDatabase, match="another program"):
        Store(url_in(tmp_path))
    assert set(dump(tmp_path)) == {"notes"}


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "counterclaim.db"
    file.write_text("Dear diary, " * 100)
    with pytest.raises(UnusableDatabase, match="not a database"):
        Store(url_in(tmp_path))
    assert file.read_text() == "Dear diary, " * 100


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "postgresql://localhost/news", "news.db", "sqlite:////no/such/folder/x.db"],
)
def test_a_url_that_names_no_usable_file_is_refused_by_name(url: str) -> None:
    with pytest.raises(UnusableDatabase) as refused:
        Store(url)
    assert refused.value.url == url
