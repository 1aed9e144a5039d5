"""`ETag`, `If-Match`, `If-None-Match` (RFC 9110): a change of what the client has seen, not of what is newer."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from app.api.problems import Fault, RequestProblem
from app.archive import same
from app.schemas import ArticleOut
from corpus.records import Article

TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
LIST = re.compile(rf"{TAG}(?:[ \t]*,[ \t]*{TAG})*")

Tags = Annotated[str | None, Header(max_length=4000)]


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The entity tags that a request names, or `*` for any that there is; None where it names none."""

    match: frozenset[str] | None
    none_match: frozenset[str] | None

    def seen(self, article: Article) -> bool:
        """Whether the client has this article already (`If-None-Match` of a `GET`)."""
        return self.none_match is not None and bool(self.none_match & {"*", etag(article), f"W/{etag(article)}"})

    def of_put(self, wanted: Article) -> Callable[[Article | None], None]:
        """The condition on which an article is put.

        One that is stored already is right whatever `If-Match` says: the request may be the repetition of one that was
        followed and whose answer was lost (RFC 9110, 13.1.1).
        """
        return lambda stored: None if self._put_already(stored, wanted) else self.hold(stored)

    def _put_already(self, stored: Article | None, wanted: Article) -> bool:
        return self.none_match is None and stored is not None and same(stored, wanted)

    def hold(self, stored: Article | None) -> None:
        """Raises `RequestProblem` (412) where what is stored is not what the request expects."""
        if self.match is not None and not (stored and self.match & {"*", etag(stored)}):
            fault = Fault(
                detail=f"what is stored has {etag(stored)}" if stored else "none is stored", parameter="If-Match"
            )
            raise RequestProblem(412, "the article is not the one that was seen", [fault])
        if stored is not None and self.seen(stored):
            fault = Fault(detail=f"what is stored has {etag(stored)}", parameter="If-None-Match")
            raise RequestProblem(412, "there is such an article", [fault])


def etag(article: Article) -> str:
    """The strong entity tag of an article as `GET` shows it.

    >>> etag(Article("a1", "It rained."))
    '"145280b47fc52afa31ae9c84d18e1b89"'
    """
    shown = json.dumps(ArticleOut.of(article).model_dump(mode="json"), sort_keys=True)
    return f'"{hashlib.sha256(shown.encode()).hexdigest()[:32]}"'


def preconditions(if_match: Tags = None, if_none_match: Tags = None) -> Preconditions:
    """The preconditions of a request. Raises `RequestProblem` (422) where they cannot be read."""
    return Preconditions(_tags("If-Match", if_match), _tags("If-None-Match", if_none_match))


Conditional = Annotated[Preconditions, Depends(preconditions)]


def _tags(name: str, said: str | None) -> frozenset[str] | None:
    """The tags of a list.

    >>> sorted(_tags("If-Match", '"a", W/"b"'))
    ['"a"', 'W/"b"']
    """
    if said is None:
        return None
    if said.strip() == "*":
        return frozenset("*")
    if not LIST.fullmatch(said.strip()):
        fault = Fault(detail='expected * or entity tags such as "5f0c2a9d", with their quotation marks', parameter=name)
        raise RequestProblem(422, f"{name} cannot be read", [fault])
    return frozenset(re.findall(TAG, said))
