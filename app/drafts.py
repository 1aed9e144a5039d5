"""A text held against a corpus without becoming part of it: what `check` means, by command and over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.models import Models
from corpus.records import Article, Claim, claim_id
from nli.pipeline import Progress, compare, embed, shelve, silent
from nli.records import Finding, Relation, Shelf

DRAFT = "(draft)"
"""The id, in the answer, of a text that came without one."""

ANSWERS = (Relation.CONTRADICTION, Relation.CORROBORATION)
"""The relations that answer "what speaks against it, what for it"."""

ORDER = tuple(Relation(name) for name in ("contradiction", "uncertain", "superseded", "corroboration", "compatible"))
"""How relations follow each other in an answer: what needs a reader's eye first."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a text claims, and the findings between that and the corpus."""

    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]


def statement(text: str, today: date) -> Article:
    """A sentence that somebody asks about, as an article of today: what it says, it says of now.

    Raises ValueError where the text is empty.
    """
    return Article(DRAFT, text, published=today.isoformat())


def check(draft: Article, corpus: Shelf, models: Models, *, per_claim: int, progress: Progress = silent) -> Check:
    """What in the corpus the draft clashes with or is supported by, what needs a reader's eye first.

    A statement in which no claim is found is one claim itself: what somebody asks about need not be a sentence.
    """
    shelf = shelve([draft], models.encoder, progress)
    if not shelf.claims and draft.id == DRAFT:
        shelf = embed([_whole(draft)], [draft], models.encoder)
    found = compare(shelf, corpus, models.judge, per_claim=per_claim, progress=progress)
    return Check(shelf.claims, tuple(across(found, draft.id)))


def across(findings: Sequence[Finding], draft: str) -> list[Finding]:
    """Those between the draft and the corpus, pairs within the draft left out."""
    apart = [each for each in findings if (each.left.article == draft) != (each.right.article == draft)]
    return sorted(apart, key=lambda each: (ORDER.index(each.relation), -each.score, each.left.id, each.right.id))


def _whole(article: Article) -> Claim:
    text = article.text.strip()
    start = article.text.index(text)
    stop = start + len(text)
    identity = claim_id(article, start, stop)
    return Claim(
        identity, article.id, start, stop, text, published=article.published, article_digest=article.text_digest
    )
