"""How far what is shown can be trusted: the report of `counterclaim evaluate`, from the folder it was written to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, Response

from app.api.access import needs
from app.api.problems import RequestProblem
from app.api.service import takes_no_parameters
from app.page.posture import REPORT
from app.page.rendering import render
from app.scopes import Scope

router = APIRouter(include_in_schema=False, dependencies=[needs(Scope.READ), Depends(takes_no_parameters)])

MEASURES = (
    ("precision", "Of the pairs that were flagged, so many contradict."),
    ("recall", "Of the pairs that contradict, so many were flagged."),
    ("F1", "Both in one: their harmonic mean."),
    ("average precision", "Precision at every threshold, averaged: how well contradictions are ranked first."),
    ("accuracy", "So many pairs got the right label."),
    ("calibration error", "How far stated probabilities are from what is true, on average; 0 is best."),
)
"""What is shown of a report's first system, and what it means to a reader."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure in words, with its 95 % interval and the best that a baseline reaches."""

    name: str
    meaning: str
    value: float
    low: float | None
    high: float | None
    baseline: tuple[float, str] | None


@router.get("/evaluation")
def evaluation(request: Request) -> Response:
    """The figures of the latest report, and the way to the whole."""
    folder: Path | None = request.app.state.report
    told = None if folder is None else _read(folder / "report.json")
    shown = {"named": folder is not None, "told": told, "figures": figures(told) if told else ()}
    return render(request, "evaluation.html", shown)


@router.get(REPORT)
def report(request: Request) -> Response:
    """The whole report, as `evaluate` has written it."""
    folder: Path | None = request.app.state.report
    page = None if folder is None else folder / "report.html"
    if page is None or not page.is_file():
        raise RequestProblem(404, "there is no report")
    return FileResponse(page, media_type="text/html")


def figures(told: Mapping[str, Any]) -> tuple[Figure, ...]:
    """The figures of the first system, which is the one that was measured."""
    systems = told["systems"]
    first, baselines = next(iter(systems.values())), {name: systems[name] for name in told["baselines"]}
    return tuple(
        Figure(name, meaning, first[name]["value"], first[name]["low"], first[name]["high"], _best(name, baselines))
        for name, meaning in MEASURES
        if name in first
    )


def _best(measure: str, baselines: Mapping[str, Any]) -> tuple[float, str] | None:
    rivals = [(found[measure]["value"], name) for name, found in baselines.items() if measure in found]
    return (min if measure == "calibration error" else max)(rivals, default=None)


def _read(path: Path) -> Mapping[str, Any] | None:
    """What a report.json tells; None where there is none yet. Raises `RequestProblem` where it is no report."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return told if figures(told) else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError, AttributeError, StopIteration) as error:
        raise RequestProblem(
            503, "the report cannot be read; expected one of `counterclaim evaluate --report`"
        ) from error
