"""The service on fakes, to be run in a process of its own."""

import time
from collections.abc import Sequence
from pathlib import Path

from app import page
from app.api import Limits, create_app
from app.archive import open_archive
from app.commands.serve import listen
from corpus.records import Article
from nli.pipeline import shelve
from nli.records import Judgement, Pair
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

UNLIMITED = 10_000
"""Pairs a claim: so the order in which articles come makes no difference."""

# What is loaded at the first article is loaded before the fork.
shelve([Article("warm-up", "It rained on Monday.")], FakeEncoder())


class HeldJudge(FakeJudge):
    """Stands still while there is a file `held` beside the database."""

    def __init__(self, flag: Path) -> None:
        self.flag = flag

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        while pairs and self.flag.exists():
            time.sleep(0.01)
        return super().judge(pairs)


def serve(url: str, port: int) -> None:
    """The service as it is."""
    _serve(url, port, Limits())


def serve_impatiently(url: str, port: int) -> None:
    """One that takes models for stuck after 2 s, and leaves them 1 s when it is to stop."""
    _serve(url, port, Limits(silence=2, leaving=1))


def _serve(url: str, port: int, limits: Limits) -> None:
    judge = HeldJudge(Path(url.removeprefix("sqlite:///")).with_name("held"))
    archive = open_archive(url, FakeEncoder(), judge, per_claim=UNLIMITED)
    app = create_app(archive, FakeClassifier(), limits=limits)
    page.install(app)
    listen(app, "127.0.0.1", port)
