"""The service on fakes, and small values to fill its store with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from app import page
from app.api import Guard, Limits, Posting, create_app
from app.archive import Archive, open_archive
from app.store.records import Derived, ModelNames
from app.store.repository import Store
from corpus.records import Addition, Article, Aspect, Claim, Holder, Span, Stance, claim_id
from nli.records import Finding, Judgement, Kind, Pair, Parties, Relation, Scores, Shelf, Thresholds
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

NAMES = ModelNames(FakeEncoder.name, FakeJudge.name)

SIGNED = {
    "text": "The ministry signed the missile contract with the exporter in Moscow.",
    "outlet": "Morning Post",
    "published": "2020-08-23",
}
NOT_SIGNED = {
    "text": "The ministry has not signed the missile contract with the exporter in Moscow.",
    "outlet": "Evening Star",
    "published": "2022-08-17",
}
AGAIN = {
    "text": "The ministry signed the missile contract with the exporter in Moscow last summer.",
    "outlet": "Weekly Review",
    "published": "2021-05-02",
}


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'counterclaim.db'}"


def an_archive(folder: Path) -> Archive:
    return open_archive(url_in(folder), FakeEncoder(), FakeJudge())


@contextmanager
def serving(
    archive: Archive, limits: Limits | None = None, *, guard: Guard | None = None, posting: Posting | None = None
) -> Iterator[TestClient]:
    """A client of a running service; errors of the service come as responses, as they do over a wire."""
    app = create_app(
        archive,
        FakeClassifier(),
        limits=limits or Limits(),
        guard=guard or Guard(),
        posting=posting or Posting(),
    )
    page.install(app)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def an_article(identity: str, text: str = "It rained in Moscow.", day: str | None = None) -> Article:
    return Article(identity, text, title="Rain", outlet="Morning Post", published=day, metadata={"desk": "weather"})


def a_claim(article: Article, worth: float = 0.5) -> Claim:
    """The whole text as one claim, every field filled."""
    text = article.text
    return Claim(
        claim_id(article, 0, len(text)),
        article.id,
        0,
        len(text),
        text,
        outlet=article.outlet,
        published=article.published,
        url=article.url,
        holder=Holder("Zoë Smith", Span(0, 2), narrator=True),
        quoted=True,
        stance=Stance.DENIED,
        aspect=Aspect.PLAN,
        additions=(Addition(0, "[so]", 1), Addition(5, "of it")),
        check_worthiness=worth,
        written="2019",
        article_digest=article.text_digest,
    )


def a_finding(left: Claim, right: Claim, score: float = 0.9) -> Finding:
    """A contradiction, every field filled."""
    forward, backward = Scores(0.1, 0.2, 0.7), Scores(0.25, 0.25, 0.5)
    return Finding(
        Judgement(Pair(left, right, 0.125), forward, backward, "m@1", score),
        Relation.CONTRADICTION,
        "because",
        parties=Parties.REVERSAL,
        kind=Kind.FAILED_PREDICTION,
        left_spans=(Span(0, 2),),
        right_spans=(Span(1, 2), Span(3, 4)),
        thresholds=Thresholds(0.5, 0.25, 0.75),
    )


def derived(claim: Claim, *findings: Finding) -> Derived:
    return Derived(Shelf((claim,), np.full((1, 4), 0.5, np.float32)), findings)


def stock(store: Store, count: int, first: int = 0) -> None:
    """Articles with one claim each, every claim against the one before; days and scores repeat, so that ties occur."""
    revision = store.revision()
    before: Claim | None = None
    for number in range(first, first + count):
        day = f"2020-01-{number % 5 + 1:02}" if number % 7 else None
        article = an_article(f"n{number:03}", f"It rained {number} times.", day)
        claim = a_claim(article, (number % 3) / 2)
        pairs = (a_finding(before, claim, (number % 4) / 4),) if before else ()
        revision = store.put(article, derived(claim, *pairs), NAMES, revision=revision)
        before = claim
