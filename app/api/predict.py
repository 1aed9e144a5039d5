"""`/predict`: natural language inference in the shape of Hugging Face's text-embeddings-inference, for its clients.

Requests, answers and errors are those of TEI's route of this name; `docs/api.md` says what differs.
"""

import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from app.api.access import needs
from app.api.problems import RETRY_SECONDS, RequestProblem
from app.api.service import Served, takes_json, takes_no_parameters
from app.schemas import DECIMALS, Words
from app.scopes import Scope
from nli.records import MeasuringClassifier, Probabilities

logger = logging.getLogger(__name__)

LABELS = ("entailment", "neutral", "contradiction")
"""The columns of `Probabilities`."""

EXPECTED = "expected a pair of texts, [premise, hypothesis], or a list of such pairs"


class ErrorType(StrEnum):
    """What went wrong, in TEI's words."""

    EMPTY = "empty"
    VALIDATION = "validation"
    OVERLOADED = "overloaded"
    BACKEND = "backend"


STATUSES = {ErrorType.EMPTY: 400, ErrorType.VALIDATION: 413, ErrorType.OVERLOADED: 429, ErrorType.BACKEND: 424}
"""TEI's own; a request that cannot be read at all it refuses before it has such an error."""

TOO_MANY = 503
"""What `Service.with_models` refuses with."""


class Failure(BaseModel):
    """An error as TEI has it."""

    error: str
    error_type: ErrorType


class Prediction(BaseModel):
    """A label with its probability, or with the logarithm of that."""

    score: float
    label: str


class PredictIn(BaseModel):
    """A pair, or many: `[premise, hypothesis]` or `[[premise, hypothesis], ...]`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    inputs: list[Words] | list[list[Words]]
    truncate: Annotated[bool | None, Field(description="False: a pair that the model would cut is an error")] = None
    raw_scores: Annotated[bool, Field(description="Logarithms in place of probabilities")] = False

    @field_validator("inputs", mode="before")
    @classmethod
    def _are_pairs(cls, given: object) -> object:
        batch = given if isinstance(given, list) and all(isinstance(each, list) for each in given) else [given]
        for at, pair in enumerate(batch):
            if not isinstance(pair, list) or [type(side) for side in pair] != [str, str]:
                raise ValueError(f"pair {at}: {EXPECTED}" if batch is given else EXPECTED)
        return given

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Premise and hypothesis of each."""
        return [(str(pair[0]), str(pair[1])) for pair in (self.inputs if self.is_batch else [self.inputs])]

    @property
    def is_batch(self) -> bool:
        """Whether a list of pairs was given, and is to be answered by a list of answers."""
        return not self.inputs or isinstance(self.inputs[0], list)


@dataclass
class Failed(Exception):
    """A request that cannot be answered, and why, in TEI's words."""

    kind: ErrorType
    said: str


class Route(APIRoute):
    """Tells in TEI's shape what goes wrong on the way to an answer. Keys are none of TEI's, and stay problems."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's, its errors rewritten."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except Failed as error:
                return _failure(STATUSES[error.kind], error.kind, error.said)
            except RequestValidationError as error:
                return _unreadable(error)
            except RequestProblem as error:
                return _refused(error)
            except HTTPException as error:
                return _failure(error.status_code, ErrorType.VALIDATION, str(error.detail))

        return answered


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Failure, "description": "Nothing to judge, or no JSON"},
    413: {"model": Failure, "description": "Too many pairs, or one that is too long"},
    415: {"model": Failure, "description": "Not declared as JSON"},
    422: {"model": Failure, "description": "No pairs"},
    424: {"model": Failure, "description": "The model failed"},
    429: {"model": Failure, "description": "Too many requests wait for the models"},
}
router = APIRouter(tags=["models"], route_class=Route, dependencies=[needs(Scope.READ)])


@router.post(
    "/predict",
    operation_id="predict",
    summary="Judge pairs, as text-embeddings-inference does",
    responses=ERRORS,
    dependencies=[Depends(takes_no_parameters), Depends(takes_json)],
)
async def predict(body: PredictIn, response: Response, service: Served) -> list[Prediction] | list[list[Prediction]]:
    """The labels of each pair with their scores, the most probable first; one list for one pair, else a list each."""
    pairs = body.pairs
    if not pairs:
        raise Failed(ErrorType.EMPTY, "`inputs` cannot be empty")
    if any(not side.strip() for pair in pairs for side in pair):
        raise Failed(ErrorType.EMPTY, "a text of `inputs` is empty")
    if len(pairs) > service.limits.pairs:
        said = f"batch size {len(pairs)} > maximum allowed batch size {service.limits.pairs}"
        raise Failed(ErrorType.VALIDATION, said)
    for text in (side for pair in pairs for side in pair):
        service.limited(text, "/inputs")
    rows = await service.with_models(_read, service.classifier, pairs, whole=body.truncate is False)
    # In a header, for there is no room for it in TEI's answer. ASCII: a folder may have any name.
    response.headers["X-Model"] = ascii(service.classifier.name)[1:-1]
    answers = [_ranked(np.log(np.maximum(row, np.finfo(float).tiny)) if body.raw_scores else row) for row in rows]
    return answers if body.is_batch else answers[0]


def _read(classifier: MeasuringClassifier, pairs: Sequence[tuple[str, str]], *, whole: bool) -> Probabilities:
    try:
        cut = classifier.cut(pairs) if whole else []
        if True not in cut:
            return classifier.classify(pairs)
    except Exception as error:
        logger.exception("the model failed")
        raise Failed(ErrorType.BACKEND, "Inference failed; the service's log says more") from error
    said = f"pair {cut.index(True)} is longer than the model reads; expected a shorter one, or `truncate`"
    raise Failed(ErrorType.VALIDATION, said)


def _ranked(row: Sequence[float]) -> list[Prediction]:
    named = zip(LABELS, row, strict=True)
    told = [Prediction(score=round(float(score), DECIMALS), label=label) for label, score in named]
    return sorted(told, key=lambda each: each.score, reverse=True)


def _unreadable(error: RequestValidationError) -> Response:
    faults = error.errors()
    if any(each["type"] == "json_invalid" for each in faults):
        return _failure(400, ErrorType.VALIDATION, f"the body is not JSON: {faults[0]['ctx']['error']}")
    told = (f"`{'.'.join(map(str, each['loc'][1:])) or 'body'}`: {each['msg']}" for each in faults)
    return _failure(422, ErrorType.VALIDATION, "; ".join(told).replace("Value error, ", ""))


def _refused(error: RequestProblem) -> Response:
    if error.status in (401, 403):
        raise error
    if error.status == TOO_MANY:
        return _failure(STATUSES[ErrorType.OVERLOADED], ErrorType.OVERLOADED, error.detail)
    faults = [f"`{fault.parameter or fault.pointer}`: {fault.detail}" for fault in error.errors]
    return _failure(error.status, ErrorType.VALIDATION, ": ".join([error.detail, *faults]))


def _failure(status: int, kind: ErrorType, said: str) -> Response:
    headers = {"Retry-After": RETRY_SECONDS} if kind is ErrorType.OVERLOADED else None
    return JSONResponse(Failure(error=said, error_type=kind).model_dump(mode="json"), status, headers)
