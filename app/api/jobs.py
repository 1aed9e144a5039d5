"""`/v1/jobs`: batches of articles that are put after the request that brought them was answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from app.api.access import needs
from app.api.paging import Listing, Paged, listing, page
from app.api.problems import Problem, RequestProblem
from app.api.service import Served, Service, takes_no_parameters
from app.api.worker import LOOKED
from app.schemas import PutOut
from app.scopes import Scope
from app.store.records import Item, Job, JobState, Refused

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

JobId = Annotated[str, Path(alias="id", description="The job's id")]

EVENTS_AT_ONCE = 100


class JobOut(BaseModel):
    """How far a job is.

    Of its `articles` so many are `done`: stored, or `failed`. `pairs` is how many pairs of claims were judged for it.
    """

    id: str
    state: JobState
    created: str
    started: str | None
    ended: str | None
    articles: int
    done: int
    failed: int
    pairs: int

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        """From the inner value."""
        return cls(
            id=job.id,
            state=job.state,
            created=job.created,
            started=job.started,
            ended=job.ended,
            articles=job.total,
            done=job.done,
            failed=job.failed,
            pairs=job.pairs,
        )


class JobItem(BaseModel):
    """An article of a job by its place in the batch, from 0, and what became of it; `status` is null until it is done.

    `status`, `put` and `problem` are as in the answer to a batch.
    """

    at: int
    id: str | None
    status: int | None
    put: PutOut | None
    problem: Problem | None

    @classmethod
    def of(cls, item: Item) -> "JobItem":
        """From the inner value."""
        put = problem = None
        if isinstance(item.outcome, Refused):
            problem = Problem.model_validate(item.outcome.problem)
        elif item.outcome is not None:
            put = PutOut.of(item.id or "", item.outcome)
        status = put.status if put else problem.status if problem else None
        return cls(at=item.at, id=item.id, status=status, put=put, problem=problem)


class JobsAsked(Paged):
    """Which jobs."""

    state: Annotated[JobState | None, Field(description="Only jobs in this state")] = None


@router.get("", operation_id="list_jobs", summary="List jobs", dependencies=[needs(Scope.READ)])
def list_jobs(
    asked: Annotated[JobsAsked, Query()], request: Request, response: Response, service: Served
) -> Listing[JobOut]:
    """The jobs of the last days, the newest first."""
    found = service.archive.store.jobs.list(asked.state, page(asked, (str, str)))
    return listing(request, response, asked, found, JobOut.of)


@router.get(
    "/{id}",
    operation_id="get_job",
    summary="Get a job",
    dependencies=[needs(Scope.READ), Depends(takes_no_parameters)],
)
def get_job(identity: JobId, service: Served) -> JobOut:
    """How far it is."""
    return JobOut.of(job_named(identity, service))


@router.get(
    "/{id}/items", operation_id="list_job_items", summary="List the articles of a job", dependencies=[needs(Scope.READ)]
)
def list_job_items(
    identity: JobId, asked: Annotated[Paged, Query()], request: Request, response: Response, service: Served
) -> Listing[JobItem]:
    """What became of each article, in the order sent."""
    job_named(identity, service)
    found = service.archive.store.jobs.items(identity, page(asked, (int,)))
    return listing(request, response, asked, found, JobItem.of)


@router.post(
    "/{id}:cancel",
    operation_id="cancel_job",
    summary="Cancel a job",
    responses={409: {"description": "It has ended already"}},
    dependencies=[needs(Scope.WRITE), Depends(takes_no_parameters)],
)
def cancel_job(identity: JobId, service: Served) -> JobOut:
    """Let the rest of its articles go; what is stored stays. Nothing is stored after the answer."""
    job, cancelled = service.archive.store.jobs.cancel(identity)
    if job is None:
        raise _no_job(identity)
    if job.state is JobState.DONE:
        raise RequestProblem(409, "the job has ended already; there is nothing to cancel")
    if cancelled:
        service.bell.ring()
    return JobOut.of(job)


def job_named(identity: str, service: Service) -> Job:
    """The job with this id. Raises `RequestProblem` (404) where there is none."""
    job = service.archive.store.jobs.job(identity)
    if job is None:
        raise _no_job(identity)
    return job


def _job_there(identity: JobId, service: Served) -> None:
    job_named(identity, service)


@router.get(
    "/{id}/events",
    operation_id="follow_job",
    summary="Follow a job",
    response_class=EventSourceResponse,
    dependencies=[needs(Scope.READ), Depends(takes_no_parameters), Depends(_job_there)],
)
async def follow_job(
    identity: JobId,
    service: Served,
    last: Annotated[int, Header(alias="Last-Event-ID", ge=0, description="Goes on after this `item`")] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `item` for each article that is done, `progress` now and then, and `end`.

    An `item` carries its number as id, so that a client who was cut off goes on with `Last-Event-ID` and misses none.
    """
    told: Job | None = None
    while True:
        news = service.bell.listen()
        job, items = await run_in_threadpool(service.archive.store.jobs.look, identity, last, EVENTS_AT_ONCE)
        if job is None:
            return
        for item in items:
            last = item.settled or last
            yield ServerSentEvent(event="item", id=str(last), data=JobItem.of(item))
        if len(items) == EVENTS_AT_ONCE:
            continue
        if job.state.over:
            yield ServerSentEvent(event="end", data=JobOut.of(job))
            return
        if job != told:
            yield ServerSentEvent(event="progress", data=JobOut.of(job))
            told = job
        if service.leaving:
            return
        await heard(news)


async def ended(identity: str, service: Service) -> Job:
    """The job when it has ended. Raises `RequestProblem` where that cannot be waited for."""
    while True:
        news = service.bell.listen()
        job = await run_in_threadpool(job_named, identity, service)
        if job.state.over:
            return job
        if service.leaving:
            raise RequestProblem(
                503, "the service is to stop; it goes on with the articles at its next start", retry=True
            )
        service.lively(504)
        await heard(news)


async def heard(news: asyncio.Event) -> None:
    """Waits for news; not for long, for another process's are not told."""
    with suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), LOOKED)


def _no_job(identity: str) -> RequestProblem:
    return RequestProblem(404, f"there is no job {identity!r}")
