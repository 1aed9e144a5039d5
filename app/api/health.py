"""`/healthz`, `/readyz`, `/metrics`, `/v1/info`: is it alive, can it answer, how does it fare, what is it."""

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from sqlite3 import sqlite_version
from typing import Literal

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from app.api.access import needs
from app.api.problems import RequestProblem
from app.api.service import Served, takes_no_parameters
from app.schemas import ThresholdsOut
from app.scopes import Scope
from corpus.errors import MissingParser
from corpus.parse import installed_model
from nli.relation import THRESHOLDS

router = APIRouter(tags=["service"], dependencies=[Depends(takes_no_parameters)])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Requests can be answered."""

    status: Literal["ready"] = "ready"
    models: Literal["ok"] = "ok"
    database: Literal["ok"] = "ok"


class ModelsInfo(BaseModel):
    """The models by name and revision: the bi-encoder, the judge of claims, the classifier of `/v1/judgements`."""

    encoder: str
    judge: str
    classifier: str


class CountsInfo(BaseModel):
    """How much is stored; findings by relation."""

    articles: int
    claims: int
    findings: dict[str, int]


class Info(BaseModel):
    """What this service is and holds, and all that its results depend on.

    `versions`: of Python, of what reads texts and runs models, and of the store's `tables`.
    """

    version: str
    versions: dict[str, str]
    models: ModelsInfo
    thresholds: ThresholdsOut
    per_claim: int
    counts: CountsInfo


def release() -> str:
    """The installed version; a checkout that is not installed has none."""
    try:
        return version("counterclaim")
    except PackageNotFoundError:
        return "not installed"


PACKAGES = ("onnxruntime", "spacy", "tokenizers", "torch")


def versions(tables: str) -> dict[str, str]:
    """The versions that results may depend on; the parser's is missing where there is none."""
    told = {"python": python_version(), "sqlite": sqlite_version, "tables": tables}
    told |= {name: version(name) for name in PACKAGES}
    with suppress(MissingParser):
        told["parser"] = f"{installed_model()} {version(installed_model())}"
    return told


@router.get("/healthz", operation_id="health", summary="Is the process alive?")
async def health() -> Health:
    """Answers as long as the process does; asks neither models nor database."""
    return Health()


@router.get("/readyz", operation_id="readiness", summary="Can requests be answered?", responses={507: {}})
def readiness(service: Served) -> Readiness:
    """200 if the models are loaded and the database can be written, 507 if its disk is full, else 503 with why."""
    fault = service.models_fault()
    if fault:
        raise RequestProblem(503, f"the models: {fault}", retry=True)
    service.archive.store.try_writing()
    return Readiness()


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    dependencies=[needs(Scope.READ)],
)
def metrics(service: Served) -> Response:
    """Requests, the work of the models, what is stored and the process itself, in the text format of Prometheus."""
    return Response(service.metrics.exposed(), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/info", operation_id="info", summary="Version, models, counts", dependencies=[needs(Scope.READ)])
def info(service: Served) -> Info:
    """Versions, names and revisions of the models, thresholds, pairs a claim, and how much is stored."""
    archive = service.archive
    counts = archive.store.counts()
    return Info(
        version=release(),
        versions=versions(archive.store.tables()),
        models=ModelsInfo(
            encoder=archive.models.encoder, judge=archive.models.judge, classifier=service.classifier.name
        ),
        thresholds=ThresholdsOut.of(THRESHOLDS),
        per_claim=archive.per_claim,
        counts=CountsInfo(articles=counts.articles, claims=counts.claims, findings=counts.findings),
    )
