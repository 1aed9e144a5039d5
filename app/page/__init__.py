"""The page: what the service knows, for people, on the same address as the API; a script is needed only for keys."""

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from app.page import jobs, reviewing, views
from app.page.posture import Pages
from app.page.rendering import FOLDER

__all__ = ["install"]


def install(app: FastAPI) -> None:
    """Adds the page to a service made by `app.api.create_app`, at `/` and below."""
    app.include_router(views.router)
    app.include_router(jobs.router)
    app.include_router(reviewing.router)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    app.add_middleware(Pages)
