"""What a browser's form sends, read strictly: the fields that there are, each once."""

from collections.abc import Collection
from urllib.parse import parse_qs, quote, unquote

from fastapi import Request
from starlette.responses import Response

from app.api.problems import Fault, RequestProblem
from app.page.answers import BY_SENT
from app.store.records import Opinion

FORM = "application/x-www-form-urlencoded"
REVIEW = ("pair", "then", "answer", "reviewer", "note")
LONGEST = {"reviewer": 200, "note": 4000}
KEPT = {"reviewer": 365 * 24 * 3600, "reviewed": 600}
"""What a browser keeps for the forms, in seconds: the reviewer's name, and the pair just reviewed."""


def fields(request: Request, body: bytes, names: Collection[str]) -> dict[str, str]:
    """What was sent under each of these names, '' where nothing was. Raises `RequestProblem`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise RequestProblem(415, f"the body is no form; expected Content-Type: {FORM}")
    try:
        sent = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError as error:
        raise RequestProblem(400, "the form cannot be read") from error
    unknown = [Fault(detail=f"there is only {', '.join(names)}", pointer="") for name in sent if name not in names]
    if unknown:
        raise RequestProblem(422, "unknown fields", unknown)
    return {name: sent.get(name, [""])[0].replace("\r\n", "\n") for name in names}


def opinion(given: dict[str, str]) -> Opinion:
    """What a form of a review says: `answer` is a verdict, or the reason of a rejection. Raises `RequestProblem`."""
    faults = _faults(given)
    answer = BY_SENT.get(given["answer"])
    if answer is None:
        faults.append(Fault(detail=f"{given['answer'][:40]!r} is no answer; expected one of {', '.join(BY_SENT)}"))
    if answer is None or faults:
        raise RequestProblem(422, "the review cannot be taken", faults)
    return Opinion(answer.verdict, given["reviewer"].strip(), answer.reason, given["note"].strip())


def reviewer(given: dict[str, str]) -> str:
    """The name that a form gives. Raises `RequestProblem`."""
    faults = _faults(given)
    if faults:
        raise RequestProblem(422, "the name cannot be taken", faults)
    return given["reviewer"].strip()


def _faults(given: dict[str, str]) -> list[Fault]:
    faults = [
        Fault(detail=f"{name}: {len(given[name])} characters; expected at most {most}")
        for name, most in LONGEST.items()
        if len(given.get(name, "")) > most
    ]
    if not given["reviewer"].strip():
        faults.append(Fault(detail="the reviewer's name is missing"))
    return faults


def remember(reply: Response, **kept: str) -> None:
    """Has the browser keep what is given by name, for `KEPT` seconds."""
    for name, value in kept.items():
        reply.set_cookie(name, quote(value, safe=""), max_age=KEPT[name], httponly=True, samesite="strict")


def remembered(request: Request, name: str) -> str:
    """What the browser has kept under this name, '' where nothing."""
    return unquote(request.cookies.get(name, ""))[: LONGEST["reviewer"]]
