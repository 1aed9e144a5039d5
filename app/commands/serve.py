"""`counterclaim serve`: the service over HTTP."""

from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from app import page
from app.api import create_app
from app.archive import open_archive
from app.commands.status import DONE, USAGE
from app.settings import Settings
from nli.loading import load_classifier, load_encoder, load_judge


def service(settings: Settings) -> FastAPI:
    """The service that the settings describe, with its models loaded.

    Raises `nli.errors.ModelError` and `app.store.errors.StoreError`.
    """
    encoder, judge = load_encoder(settings.encoder), load_judge(settings.nli_model)
    archive = open_archive(settings.database_url, encoder, judge, per_claim=settings.per_claim, reread=settings.rebuild)
    app = create_app(archive, load_classifier(settings.nli_model))
    page.install(app)
    return app


def run(settings: Settings) -> int:
    """Serve until told to stop; the exit status, 2 where the address cannot be listened on."""
    server = uvicorn.Server(uvicorn.Config(service(settings), host=settings.host, port=settings.port))
    # uvicorn ends the program with 1 where it cannot listen, which here would say that it served; and when a signal has
    # stopped it, it sends itself the same signal once more.
    with suppress(SystemExit, KeyboardInterrupt):
        server.run()
    return DONE if server.started else USAGE
