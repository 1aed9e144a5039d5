"""The service over HTTP: `create_app(open_archive(url, encoder, judge), classifier)`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from app.api import (
    annotations,
    articles,
    claims,
    contradictions,
    disputes,
    docs,
    exports,
    health,
    jobs,
    models,
    openapi,
    predict,
    problems,
    reviews,
    schemaorg,
    watches,
    why,
)
from app.api.access import Access, Guard
from app.api.body import BodyLimit
from app.api.headers import Guarded
from app.api.observed import Observed
from app.api.service import Limits, Service
from app.api.webhooks import Courier, Posting
from app.archive import Archive
from nli.records import MeasuringClassifier

__all__ = ["Guard", "Limits", "Posting", "create_app"]


def create_app(
    archive: Archive,
    classifier: MeasuringClassifier,
    *,
    limits: Limits = Limits(),  # noqa: B008 - a frozen value
    guard: Guard = Guard(),  # noqa: B008 - the same
    posting: Posting = Posting(),  # noqa: B008 - the same
) -> FastAPI:
    """The service over an archive; `classifier` answers `/v1/judgements` and `/predict`.

    `guard` says who may ask, `posting` how webhooks are sent.
    """
    service = Service(archive, classifier, limits)
    courier = Courier(archive.store.watches, posting)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        service.start()
        sending = asyncio.create_task(courier.run())
        yield
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        service.stop()

    app = FastAPI(
        title="counterclaim",
        summary="Finds the claims in news articles that contradict each other.",
        version=health.release(),
        openapi_tags=openapi.TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.courier = courier
    app.add_middleware(BodyLimit, limit=limits.body, patience=limits.patience)
    app.add_middleware(Access, keys=archive.store.keys, guard=guard)
    app.add_middleware(Observed, metrics=service.metrics)
    app.add_middleware(Guarded)
    for resource in (
        # Before `exports`, which would take their ending for a format that it does not have.
        schemaorg,
        annotations,
        exports,
        articles,
        jobs,
        claims,
        contradictions,
        disputes,
        reviews,
        why,
        watches,
        models,
        predict,
        health,
        docs,
    ):
        app.include_router(resource.router)
    problems.install(app)
    openapi.install(app)
    return app
