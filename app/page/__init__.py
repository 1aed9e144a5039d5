"""The page: what the service knows, for people, on the same address as the API; a script is needed only for keys."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from app.page import evaluation, jobs, reviewing, views
from app.page.posture import Pages
from app.page.rendering import FOLDER

__all__ = ["install"]


def install(app: FastAPI, report: Path | None = None) -> None:
    """Adds the page to a service made by `app.api.create_app`, at `/` and below; `report` is the folder of a report."""
    app.state.report = report
    app.include_router(views.router)
    app.include_router(jobs.router)
    app.include_router(reviewing.router)
    app.include_router(evaluation.router)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    app.add_middleware(Pages)
