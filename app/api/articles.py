"""`/v1/articles`: put, batch, list, get, delete."""

import hashlib
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError
from starlette.responses import JSONResponse

from app.api.access import Asking, needs
from app.api.jobs import JobItem, JobOut, ended
from app.api.paging import Listing, Paged, listing, page
from app.api.preconditions import Conditional, etag
from app.api.problems import Fault, Problem, RequestProblem, counted, of_store, problem, validation_faults
from app.api.requests import IdempotencyKey, Prefer, asynchronous, key_of
from app.api.service import Served, Service, takes_json, takes_no_parameters
from app.archive import Condition, unconditional
from app.schemas import ArticleBody, ArticleIn, ArticleOut, PutOut
from app.scopes import Scope
from app.store.errors import TooMany, Unavailable
from app.store.records import Batch, Change, Job, JobState, Page, Put, Refused
from corpus.records import Article

router = APIRouter(prefix="/v1/articles", tags=["articles"])

ArticleId = Annotated[
    str, Path(alias="id", min_length=1, max_length=500, description="The article's id, percent-encoded")
]


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

    @classmethod
    def of(cls, item: JobItem) -> "BatchItem":
        """From an article of a job that has ended."""
        assert item.status is not None
        return cls(id=item.id, status=item.status, put=item.put, problem=item.problem)

    @classmethod
    def refused(cls, refused: Refused) -> "BatchItem":
        """From an article that is not stored."""
        told = Problem.model_validate(refused.problem)
        return cls(id=refused.id, status=told.status, problem=told)


class BatchOut(BaseModel):
    """One item an article, in the order sent."""

    items: list[BatchItem]


@router.put(
    "/{id:path}",
    operation_id="put_article",
    summary="Put an article",
    responses={
        201: {"model": PutOut, "description": "Created"},
        200: {"description": "Replaced or unchanged"},
        412: {"description": "What is stored is not what the request expects"},
    },
    dependencies=[needs(Scope.WRITE), Depends(takes_no_parameters), Depends(takes_json)],
)
async def put_article(  # noqa: PLR0913 - FastAPI hands each part of a request over by itself
    identity: ArticleId,
    body: ArticleBody,
    request: Request,
    response: Response,
    service: Served,
    conditions: Conditional,
) -> PutOut:
    """Store an article and compare it with the corpus.

    The same content again changes nothing. Other content replaces the article and all that derives from it: with
    `If-Match`, only an article that was seen; with `If-None-Match: *`, none.
    """
    named = (body.model_extra or {}).get("id", identity)
    if named != identity:
        raise RequestProblem(422, "two ids", [Fault(detail=f"the path says {identity!r}", pointer="/id")])
    service.limited(body.text, "/text")
    article = body.article(identity)
    put = await _put(service, article, conditions.of_put(article))
    response.headers["ETag"] = etag(article)
    if put.change is Change.CREATED:
        response.status_code = HTTPStatus.CREATED
        response.headers["Location"] = f"{request.base_url}v1/articles/{quote(identity, safe='')}"
    return PutOut.of(identity, put)


@router.post(
    "",
    operation_id="put_articles",
    summary="Put many articles",
    response_model=BatchOut,
    response_model_exclude_none=True,
    responses={
        202: {"model": JobOut, "description": "Taken as a job, which `Location` names"},
        207: {"model": BatchOut, "description": "Some articles are faulty; the others are stored"},
        409: {"description": "The request with this idempotency key has not been followed yet"},
    },
    dependencies=[needs(Scope.WRITE), Depends(takes_no_parameters), Depends(takes_json)],
)
async def put_articles(  # noqa: PLR0913 - FastAPI hands each part of a request over by itself
    body: BatchIn,
    request: Request,
    response: Response,
    service: Served,
    asking: Asking,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
) -> BatchOut | Response:
    """Store articles one by one; each says by itself what became of it, and a faulty one stops no other.

    With `Prefer: respond-async` they are taken as a job, which outlives the request and a restart of the service. With
    `Idempotency-Key` a repeated request gets the answer of the first.
    """
    key, later = key_of(idempotency_key, asking.key), asynchronous(prefer)
    if key is None and not later:
        seen: dict[str, Article] = {}
        items = [await _put_one(service, given, at, seen) for at, given in enumerate(body.articles)]
        return _answered(items, response)
    digest = hashlib.sha256(await request.body()).hexdigest()
    batch = Batch(_read_all(service, body), digest, key, waited=not later)
    job, new = await run_in_threadpool(_job, service, batch)
    if not new and job.body != digest:
        said = Fault(detail="it came with another body before", parameter="Idempotency-Key")
        raise RequestProblem(422, "one idempotency key for two requests", [said])
    if not job.waited:
        return _accepted(job, request)
    if not new and not job.state.over:
        raise RequestProblem(409, "the request with this idempotency key has not been followed yet", retry=True)
    return _answered(await _waited(service, job), response)


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
    response_model=ArticleOut,
    responses={304: {"description": "It is the one that `If-None-Match` names"}},
    dependencies=[needs(Scope.READ), Depends(takes_no_parameters)],
)
def get_article(
    identity: ArticleId, response: Response, service: Served, conditions: Conditional
) -> ArticleOut | Response:
    """The article as it was given, with its `ETag`."""
    article = service.archive.store.article(identity)
    if article is None:
        raise RequestProblem(404, f"there is no article {identity!r}")
    if conditions.seen(article):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag(article)})
    response.headers["ETag"] = etag(article)
    return ArticleOut.of(article)


@router.delete(
    "/{id:path}",
    operation_id="delete_article",
    summary="Delete an article",
    status_code=HTTPStatus.NO_CONTENT,
    responses={412: {"description": "What is stored is not what the request expects"}},
    dependencies=[needs(Scope.WRITE), Depends(takes_no_parameters)],
)
async def delete_article(identity: ArticleId, service: Served, conditions: Conditional) -> None:
    """Remove the article with its claims, their vectors, and every finding that they are part of."""
    if not await service.with_models(service.archive.delete, identity, when=conditions.hold):
        raise RequestProblem(404, f"there is no article {identity!r}")


async def _put(service: Service, article: Article, when: Condition = unconditional) -> Put:
    # What is unchanged need not wait for the models' thread.
    unchanged = await run_in_threadpool(service.archive.unchanged, article)
    if unchanged is not None:
        when(article)
        return unchanged
    return await service.with_models(service.archive.put, article, when=when)


async def _put_one(service: Service, given: object, at: int, seen: dict[str, Article]) -> BatchItem:
    article = _read(service, given, at, seen)
    if isinstance(article, Refused):
        return BatchItem.refused(article)
    try:
        put = PutOut.of(article.id, await _put(service, article))
    except RequestProblem as error:
        return BatchItem.refused(_refused(article.id, error))
    except Unavailable as error:
        return BatchItem.refused(_refused(article.id, of_store(error)))
    return BatchItem(id=article.id, status=put.status, put=put)


def _read_all(service: Service, body: BatchIn) -> list[Article | Refused]:
    seen: dict[str, Article] = {}
    return [_read(service, given, at, seen) for at, given in enumerate(body.articles)]


def _read(service: Service, given: object, at: int, seen: dict[str, Article]) -> Article | Refused:
    """An article of a batch, or what is wrong with it; `seen` are those before it."""
    named = given.get("id") if isinstance(given, dict) else None
    identity = named if isinstance(named, str) and named.isprintable() else None
    try:
        article = ArticleIn.model_validate(given).value()
        service.limited(article.text, f"/articles/{at}/text")
        if seen.setdefault(article.id, article) != article:
            fault = Fault(detail="the same id twice with different content", pointer=f"/articles/{at}/id")
            raise RequestProblem(422, "two articles under one id", [fault])
    except ValidationError as error:
        faults = validation_faults([{**each, "loc": ("articles", at, *each["loc"])} for each in error.errors()])
        return _refused(identity, RequestProblem(422, counted(faults), faults))
    except RequestProblem as error:
        return _refused(identity, error)
    return article


def _refused(identity: str | None, error: RequestProblem) -> Refused:
    return Refused(identity, problem(error.status, error.detail, error.errors))


def _job(service: Service, batch: Batch) -> tuple[Job, bool]:
    """The job of a batch, and whether it is new. Raises `RequestProblem` (503) where too many wait."""
    try:
        job, new = service.archive.store.jobs.add(batch, most=service.limits.jobs)
    except TooMany as error:
        raise RequestProblem(503, f"{error.most} jobs wait already", retry=True) from error
    if new:
        service.worker.wake()
    return job, new


def _accepted(job: Job, request: Request) -> Response:
    headers = {"Location": f"{request.base_url}v1/jobs/{job.id}", "Preference-Applied": "respond-async"}
    return JSONResponse(JobOut.of(job).model_dump(mode="json"), HTTPStatus.ACCEPTED, headers)


async def _waited(service: Service, job: Job) -> list[BatchItem]:
    """What became of the articles of a job, once it has ended. Raises `RequestProblem` (409) if by being cancelled."""
    if (await ended(job.id, service)).state is JobState.CANCELLED:
        raise RequestProblem(409, "the request was cancelled as a job")
    items = await run_in_threadpool(service.archive.store.jobs.items, job.id, Page(job.total or 1))
    return [BatchItem.of(JobItem.of(each)) for each in items.items]


def _answered(items: list[BatchItem], response: Response) -> BatchOut:
    if any(item.problem for item in items):
        response.status_code = HTTPStatus.MULTI_STATUS
    return BatchOut(items=items)
