"""`/v1/articles`: put, batch, list, get, delete."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError

from app.api.access import needs
from app.api.paging import Listing, Paged, listing, page
from app.api.problems import Fault, Problem, RequestProblem, counted, problem, validation_faults
from app.api.service import Served, Service, takes_json, takes_no_parameters
from app.archive import Change, Put
from app.schemas import ArticleBody, ArticleIn, ArticleOut
from app.scopes import Scope
from app.store.errors import Unavailable
from corpus.records import Article

router = APIRouter(prefix="/v1/articles", tags=["articles"])

ArticleId = Annotated[
    str, Path(alias="id", min_length=1, max_length=500, description="The article's id, percent-encoded")
]


class PutOut(BaseModel):
    """What putting an article did, and how much derives from it: claims, and findings by relation."""

    id: str
    change: Change
    claims: int
    findings: dict[str, int]

    @classmethod
    def of(cls, identity: str, put: Put) -> "PutOut":
        """From the inner value."""
        return cls(id=identity, change=put.change, claims=put.claims, findings=put.findings)


class BatchIn(BaseModel):
    """Articles to put one after the other."""

    model_config = ConfigDict(extra="forbid")

    # Each is validated by itself, so that one faulty article does not keep the others out.
    articles: list[SkipValidation[ArticleIn]] = Field(max_length=10_000)


class BatchItem(BaseModel):
    """What became of one article of a batch: `status` as `PUT` would have given it, and what was done or was wrong.

    `id` is missing where the item names none.
    """

    id: str | None = None
    status: int
    put: PutOut | None = None
    problem: Problem | None = None


class BatchOut(BaseModel):
    """One item an article, in the order sent."""

    items: list[BatchItem]


@router.put(
    "/{id:path}",
    operation_id="put_article",
    summary="Put an article",
    responses={201: {"model": PutOut, "description": "Created"}, 200: {"description": "Replaced or unchanged"}},
    dependencies=[needs(Scope.WRITE), Depends(takes_no_parameters), Depends(takes_json)],
)
async def put_article(
    identity: ArticleId, body: ArticleBody, request: Request, response: Response, service: Served
) -> PutOut:
    """Store an article and compare it with the corpus.

    The same content again changes nothing. Other content replaces the article and all that derives from it.
    """
    named = (body.model_extra or {}).get("id", identity)
    if named != identity:
        raise RequestProblem(422, "two ids", [Fault(detail=f"the path says {identity!r}", pointer="/id")])
    service.limited(body.text, "/text")
    put = await _put(service, body.article(identity))
    if put.change is Change.CREATED:
        response.status_code = HTTPStatus.CREATED
        response.headers["Location"] = f"{request.base_url}v1/articles/{quote(identity, safe='')}"
    return PutOut.of(identity, put)


@router.post(
    "",
    operation_id="put_articles",
    summary="Put many articles",
    response_model_exclude_none=True,
    responses={207: {"model": BatchOut, "description": "Some articles are faulty; the others are stored"}},
    dependencies=[needs(Scope.WRITE), Depends(takes_no_parameters), Depends(takes_json)],
)
async def put_articles(body: BatchIn, response: Response, service: Served) -> BatchOut:
    """Store articles one by one; each says by itself what became of it, and a faulty one stops no other."""
    seen: dict[str, Article] = {}
    items = [await _put_one(service, given, at, seen) for at, given in enumerate(body.articles)]
    if any(item.problem for item in items):
        response.status_code = HTTPStatus.MULTI_STATUS
    return BatchOut(items=items)


@router.get("", operation_id="list_articles", summary="List articles", dependencies=[needs(Scope.READ)])
def list_articles(
    asked: Annotated[Paged, Query()], request: Request, response: Response, service: Served
) -> Listing[ArticleOut]:
    """The stored articles, the latest day first, undated ones last."""
    found = service.archive.store.articles(page(asked, (str, str)))
    return listing(request, response, asked, found, ArticleOut.of)


@router.get(
    "/{id:path}",
    operation_id="get_article",
    summary="Get an article",
    dependencies=[needs(Scope.READ), Depends(takes_no_parameters)],
)
def get_article(identity: ArticleId, service: Served) -> ArticleOut:
    """The article as it was given."""
    article = service.archive.store.article(identity)
    if article is None:
        raise RequestProblem(404, f"there is no article {identity!r}")
    return ArticleOut.of(article)


@router.delete(
    "/{id:path}",
    operation_id="delete_article",
    summary="Delete an article",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[needs(Scope.WRITE), Depends(takes_no_parameters)],
)
async def delete_article(identity: ArticleId, service: Served) -> None:
    """Remove the article with its claims, their vectors, and every finding that they are part of."""
    if not await service.with_models(service.archive.delete, identity):
        raise RequestProblem(404, f"there is no article {identity!r}")


async def _put(service: Service, article: Article) -> Put:
    # What is unchanged need not wait for the models' thread.
    unchanged = await run_in_threadpool(service.archive.unchanged, article)
    if unchanged is not None:
        return unchanged
    return await service.with_models(service.archive.put, article)


async def _put_one(service: Service, given: object, at: int, seen: dict[str, Article]) -> BatchItem:
    named = given.get("id") if isinstance(given, dict) else None
    identity = named if isinstance(named, str) and named.isprintable() else None
    try:
        article = ArticleIn.model_validate(given).value()
        service.limited(article.text, f"/articles/{at}/text")
        if seen.setdefault(article.id, article) != article:
            fault = Fault(detail="the same id twice with different content", pointer=f"/articles/{at}/id")
            raise RequestProblem(422, "two articles under one id", [fault])
        put = await _put(service, article)
    except ValidationError as error:
        faults = validation_faults([{**each, "loc": ("articles", at, *each["loc"])} for each in error.errors()])
        return _failed(identity, RequestProblem(422, counted(faults), faults))
    except RequestProblem as error:
        return _failed(identity, error)
    except Unavailable:
        return _failed(identity, RequestProblem(503, "the store cannot be written just now"))
    return BatchItem(
        id=article.id,
        status=HTTPStatus.CREATED if put.change is Change.CREATED else HTTPStatus.OK,
        put=PutOut.of(article.id, put),
    )


def _failed(identity: str | None, error: RequestProblem) -> BatchItem:
    said = Problem.model_validate(problem(error.status, error.detail, error.errors))
    return BatchItem(id=identity, status=error.status, problem=said)
