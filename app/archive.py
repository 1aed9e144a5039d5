"""The corpus that grows: an article that arrives is compared with what is stored, and the answer is kept with it."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from app.drafts import Check, check
from app.models import Models
from app.store.errors import Moved, OtherModels, Unavailable
from app.store.records import Change, Derived, Hold, ModelNames, Put, Settled
from app.store.repository import Store
from corpus.origins import origins
from corpus.records import Article
from nli.blocking import PER_CLAIM
from nli.disputes import disputes
from nli.pipeline import Progress, compare, shelve, silent
from nli.records import Dispute, Encoder, QuickJudge, Shelf
from nli.relation import THRESHOLDS
from nli.why import Why, why

ATTEMPTS = 5
"""How often an article is compared again because another process wrote meanwhile."""


Condition = Callable[[Article | None], None]
"""Told what is stored under an id before that is changed; raises where it is not what the caller expects."""

T = TypeVar("T")


def unconditional(stored: Article | None) -> None:
    """The `Condition` that always holds."""


class Archive:
    """A store with the models that read into it, and its claims in memory.

    Safe to share between threads: one writes at a time, and readers see the shelf before or after a write. Another
    process may write to the same file: its write is noticed by the store's revision, and the shelf is read again.
    """

    def __init__(self, store: Store, encoder: Encoder, judge: QuickJudge, *, per_claim: int = PER_CLAIM) -> None:
        self.store, self.encoder, self.judge, self.per_claim = store, encoder, judge, per_claim
        self.models = ModelNames(encoder.name, judge.name)
        self.progress: Progress = silent
        """Told as the models work."""
        self._lock = threading.Lock()
        self._shelf, self._revision = store.shelf(self.models)
        # Not the lock of writes: who reads disputes need not wait for the models.
        self._joining = threading.Lock()
        self._disputes: tuple[tuple[int, int], tuple[Dispute, ...]] | None = None

    def reread(self, identity: str) -> None:
        """Reads a stored article again, with the models at hand."""
        article = self.store.article(identity)
        if article is not None:
            self.put(article)

    def unchanged(self, article: Article) -> Put | None:
        """What `put` would say if exactly this article is stored and was read with these models, else None."""
        stored = self.store.article(article.id)
        if stored is not None and same(stored, article) and self.store.read_with(article.id, self.models):
            return self._said(article, Change.UNCHANGED)
        return None

    def put(
        self,
        article: Article,
        *,
        when: Condition = unconditional,
        hold: Hold | None = None,
        progress: Progress = silent,
    ) -> Put:
        """Stores the article with its claims, vectors and findings, in place of what stood under its id.

        The same content again changes nothing and computes nothing; new metadata alone are only written down. Where
        the article is an item of a job, held by `hold`, that item is settled in the transaction that stores it.
        """
        new: Shelf | None = None
        told = _both(self.progress, progress)

        def attempt() -> Put:
            nonlocal new
            before = self.store.article(article.id)
            when(before)
            current = before is not None and self.store.read_with(article.id, self.models)
            if current and before is not None and _alike(before, article):
                return self._note(article, same(before, article), hold)
            new = new or shelve([article], self.encoder, told)
            return self._write(article, new, Change.REPLACED if before else Change.CREATED, (hold, told))

        with self._lock:
            return self._repeated(attempt)

    def delete(self, identity: str, *, when: Condition = unconditional) -> bool:
        """Removes the article with all that derives from it; False if there is no such article."""

        def attempt() -> bool:
            when(self.store.article(identity))
            revision = self.store.delete(identity, revision=self._revision)
            if revision is None:
                return False
            self._shelf, self._revision = without(self._shelf, identity), revision
            return True

        with self._lock:
            return self._repeated(attempt)

    def check(self, draft: Article) -> Check:
        """What in the corpus contradicts or supports the draft, without storing it."""
        stored = without(self._current(), draft.id)
        models = Models(self.encoder, self.judge)
        return check(draft, stored, models, per_claim=self.per_claim, progress=self.progress)

    def why(self, left: str, right: str) -> Why:
        """What each stage says of two claims of the corpus, as `find` over all of it sees them.

        Raises KeyError where one is not in the corpus, ValueError where they are one.
        """
        return why(left, right, self._current(), self.judge, self.per_claim)

    def disputes(self) -> tuple[Dispute, ...]:
        """The disputes of the whole corpus, the newest clash first; made again only after a write or a review.

        What a reviewer has rejected is in none.
        """
        with self._joining:
            state = self.store.revision(), self.store.reviews.newest()
            if self._disputes is None or self._disputes[0] != state:
                articles = self.store.every_article()
                findings = self.store.bearing(THRESHOLDS.corroboration)
                self._disputes = state, tuple(disputes(findings, origins(articles)))
            return self._disputes[1]

    def _said(self, article: Article, change: Change) -> Put:
        counts = self.store.counts(article.id)
        return Put(change, counts.claims, counts.findings)

    def _current(self) -> Shelf:
        """The claims of the whole corpus, read again only if another process wrote."""
        shelf, revision = self._shelf, self._revision
        if self.store.revision() == revision:
            return shelf
        with self._lock:
            self._reload()
            return self._shelf

    def _reload(self) -> None:
        self._shelf, self._revision = self.store.shelf(self.models)

    def _repeated(self, attempt: Callable[[], T]) -> T:
        """What `attempt` gives, made again where another process wrote meanwhile: what it saw is then out of date."""
        for _ in range(ATTEMPTS):
            try:
                return attempt()
            except Moved:
                self._reload()
        raise Unavailable(self.store.url, f"another process wrote each of {ATTEMPTS} times that this one tried")

    def _note(self, article: Article, same: bool, hold: Hold | None) -> Put:  # noqa: FBT001
        put = self._said(article, Change.UNCHANGED if same else Change.REPLACED)
        settled = Settled(hold, put) if hold else None
        if not same:
            self._revision = self.store.note(article, revision=self._revision, settled=settled)
        elif settled:
            self.store.jobs.settle(settled)
        return put

    def _write(self, article: Article, new: Shelf, change: Change, told: tuple[Hold | None, Progress]) -> Put:
        hold, progress = told
        rest = without(self._shelf, article.id)
        found = compare(new, rest, self.judge, per_claim=self.per_claim, progress=progress)
        put = Put(change, len(new.claims), dict(Counter(each.relation.value for each in found)))
        derived, settled = Derived(new, tuple(found)), Settled(hold, put, len(found)) if hold else None
        revision = self.store.put(article, derived, self.models, revision=self._revision, settled=settled)
        self._shelf, self._revision = rest + new, revision
        return put


def open_archive(
    url: str, encoder: Encoder, judge: QuickJudge, *, per_claim: int = PER_CLAIM, reread: bool = False
) -> Archive:
    """The archive in the database at `url` (`sqlite:///path`), which is made if it is not there.

    Articles that were read with other models are read again if `reread`. Raises `app.store.errors.OtherModels` if not:
    findings of two models side by side would depend on when an article came. Raises `UnusableDatabase` where the
    database cannot be opened.
    """
    store = Store(url)
    try:
        archive = Archive(store, encoder, judge, per_claim=per_claim)
        others = store.others(archive.models)
        if others and not reread:
            raise OtherModels(store.url, len(others), str(archive.models))
        for identity in others:
            archive.reread(identity)
    except BaseException:
        store.close()
        raise
    return archive


def without(shelf: Shelf, article: str) -> Shelf:
    """The shelf less the claims of one article; the same shelf if it has none.

    >>> import numpy as np
    >>> from corpus.records import Claim
    >>> claim = Claim("c1", "a1", 0, 9, "It rained")
    >>> without(Shelf((claim,), np.ones((1, 2), np.float32)), "a1").claims
    ()
    """
    kept = [row for row, claim in enumerate(shelf.claims) if claim.article != article]
    if len(kept) == len(shelf.claims):
        return shelf
    return Shelf(tuple(shelf.claims[row] for row in kept), shelf.vectors[kept]) if kept else Shelf.empty()


def same(one: Article, other: Article) -> bool:
    """Whether two articles are shown alike, to the byte: Python takes 1 and true for equal, JSON does not.

    >>> same(Article("a1", "It rained.", metadata={"n": 1}), Article("a1", "It rained.", metadata={"n": True}))
    False
    """
    return one == other and json.dumps(one.metadata, sort_keys=True) == json.dumps(other.metadata, sort_keys=True)


def _alike(before: Article, now: Article) -> bool:
    """Whether the two give the same claims: nothing derives from metadata."""
    return replace(before, metadata={}) == replace(now, metadata={})


def _both(one: Progress, other: Progress) -> Progress:
    def told(stage: str, done: int, total: int) -> None:
        one(stage, done, total)
        other(stage, done, total)

    return told
