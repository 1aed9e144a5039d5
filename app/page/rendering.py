"""Templates and what they may use: every text of an article escaped, isolated and without control characters."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.display import counted
from app.layout import moments, said_once
from app.page.answers import ANSWERS, BACK, judged
from app.wording import (
    VERBS,
    because,
    circumstances,
    day,
    host,
    letter,
    likelihood,
    particulars,
    printable,
    speaker,
    stretches,
    web,
)
from corpus.records import Claim

FOLDER = Path(__file__).parent


def said(text: str) -> Markup:
    """What somebody else wrote, so that neither its marks nor its direction act on what stands around it.

    >>> said("<b>It rained")
    Markup('<bdi>&lt;b&gt;It rained</bdi>')
    """
    return Markup("<bdi>{}</bdi>").format(printable(text.replace("\r\n", "\n").replace("\r", "\n")))


def place(claim: Claim) -> str:
    """Where on the page a claim stands in its article.

    >>> place(Claim("c1", "a/1", 0, 9, "It rained"))
    '/article?id=a%2F1#c-c1'
    """
    return f"/article?{urlencode({'id': claim.article})}#c-{claim.id}"


def moment(iso: str) -> str:
    """A moment in UTC, to the minute.

    >>> moment("2026-12-01T09:05:30.120+00:00")
    '1 Dec 2026, 09:05 UTC'
    """
    return f"{day(iso)}, {iso[11:16]} UTC"


TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(said=said, plain=printable, web=web, host=host, day=day, letter=letter, moment=moment)
TEMPLATES.globals.update(
    answers=ANSWERS,
    back=BACK,
    because=because,
    circumstances=circumstances,
    counted=counted,
    judged=judged,
    likelihood=likelihood,
    moments=moments,
    particulars=particulars,
    place=place,
    said_once=said_once,
    speaker=speaker,
    stretches=stretches,
    verbs=VERBS,
)


def render(request: Request, name: str, shown: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """A page from its template and what it shows."""
    root = request.scope.get("root_path", "")
    here = request.scope["path"].removeprefix(root)
    return HTMLResponse(TEMPLATES.get_template(name).render(shown, root=root, here=here), status)
