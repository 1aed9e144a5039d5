"""Headers of a batch: `Prefer` (RFC 7240), `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07)."""

import hashlib
import re
from typing import Annotated

from fastapi import Header

from app.api.problems import Fault, RequestProblem

QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
BARE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
LONGEST = 255

Prefer = Annotated[str | None, Header(description="`respond-async`: answer with a job, not with what became of each")]
IdempotencyKey = Annotated[
    str | None,
    Header(description="Tells the repetition of a request from another one; any text, best a UUID in quotation marks"),
]


def asynchronous(prefer: str | None) -> bool:
    """Whether a request prefers to be answered before it has been followed; other preferences are passed over.

    >>> asynchronous("wait=10, Respond-Async"), asynchronous("return=minimal"), asynchronous(None)
    (True, False, False)
    """
    said = (each.partition(";")[0].strip().lower() for each in (prefer or "").split(","))
    return "respond-async" in said


def key_of(said: str | None, caller: str | None) -> str | None:
    """The key of a request as it is kept: a digest, of who sent it too. A bare key, as many clients send it, is taken.

    Raises `RequestProblem` (422) where it is none.

    >>> key_of('"a-1"', None) == key_of("a-1", None), key_of("a-1", None) == key_of("a-1", "desk")
    (True, False)
    """
    if said is None:
        return None
    quoted = QUOTED.fullmatch(said.strip())
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else said.strip()
    if not 0 < len(key) <= LONGEST or not (quoted or BARE.fullmatch(key)):
        detail = f"expected 1 to {LONGEST} visible ASCII characters, best in quotation marks"
        raise RequestProblem(
            422, "the idempotency key cannot be read", [Fault(detail=detail, parameter="Idempotency-Key")]
        )
    return hashlib.sha256(f"{caller or ''}\0{key}".encode()).hexdigest()
