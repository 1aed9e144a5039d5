"""The service on fakes as a process that can be killed; forked from one that has loaded all there is to load."""

import time
from collections.abc import Sequence
from datetime import timedelta

import uvicorn

from app import page
from app.api import create_app, worker
from app.archive import open_archive
from nli.records import Judgement, Pair
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge
from tests.reliability.fakes import UNLIMITED


class SlowJudge(FakeJudge):
    """Takes its time, so that a kill meets it at work."""

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        time.sleep(0.004 * len(pairs))
        return super().judge(pairs)


def serve(url: str, port: int) -> None:
    """Serves until killed. What a killed process had in hand is free after a moment, and as often as need be."""
    worker.LEASE, worker.RENEWED, worker.LOOKED, worker.ATTEMPTS = timedelta(seconds=0.4), 0.1, 0.1, 1_000
    app = create_app(open_archive(url, FakeEncoder(), SlowJudge(), per_claim=UNLIMITED), FakeClassifier())
    page.install(app)
    uvicorn.run(app, port=port, log_level="error")
