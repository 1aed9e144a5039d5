"""`counterclaim watch`: feeds and folders read again and again, new contradictions told as they are found."""

import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TextIO

from app import display
from app.archive import Archive, open_archive
from app.commands.find import strongest_first
from app.commands.status import DONE, status
from app.errors import WrongUsage
from app.feeds import Fetched, fetch, is_feed
from app.formats import Format
from app.messages import list_faults, say
from app.models import Models
from app.output import console_for, is_plain, opened, show, write
from app.schemas import FindingOut
from app.settings import Settings
from app.store.errors import Unavailable
from app.store.records import Change, FindingFilter, Page
from corpus.errors import Fault
from corpus.readers import Download, read
from corpus.records import Article
from nli.records import Finding

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST_CLASHES = 10_000
"""Contradictions that one article is asked for."""

Stamp = tuple[int, int]
"""When a file was last written, in nanoseconds, and its size in bytes."""


@dataclass
class Polled:
    """What one poll came to, as far as it has gone."""

    sources: int
    read: int = 0
    new: int = 0
    clashes: int = 0
    faults: list[Fault] = field(default_factory=list)

    def __str__(self) -> str:
        """In one line.

        >>> str(Polled(2, read=3, new=1, faults=[Fault("inbox", "empty", "files")]))
        '2 sources, 3 articles read, 1 new or changed: no new contradictions; 1 fault'
        """
        told = display.counted(self.clashes, "new contradiction") if self.clashes else "no new contradictions"
        faults = f"; {display.counted(len(self.faults), 'fault')}" if self.faults else ""
        sources, read = display.counted(self.sources, "source"), display.counted(self.read, "article")
        return f"{sources}, {read} read, {self.new:,} new or changed: {told}{faults}"


class Sources:
    """Feeds, folders and files, of which only what has changed is read again.

    `polled` is what the last poll came to. The store remembers the state of feeds, so that a later run goes on from
    there; files are remembered while this one runs.
    """

    def __init__(self, named: Sequence[str], archive: Archive) -> None:
        self.named, self.archive = named, archive
        self.polled = Polled(len(named))
        self._stamps: dict[Path, Stamp] = {}

    def poll(self, min_score: float) -> Iterator[Finding]:
        """The contradictions that came with what is new; each article is stored before its own are given.

        Only a poll that came to its end counts as read: after an interruption the same is read again.
        """
        self.polled = polled = Polled(len(self.named))
        stamps: dict[Path, Stamp] = {}
        feeds = [each for each in self.named if is_feed(each)]
        answers = dict(zip(feeds, fetch(feeds, self.archive.store.feeds.known()), strict=True))
        unfetched = [each for each in answers.values() if isinstance(each, Fault)]
        for part in chain(unfetched, read(self._readable(answers), skip=lambda path: self._is_old(path, stamps))):
            if isinstance(part, Fault):
                list_faults([part])
                polled.faults.append(part)
                continue
            polled.read += 1
            found = [each for each in self._put(part) if each.score >= min_score]
            polled.clashes += len(found)
            yield from sorted(found, key=strongest_first)
        # A feed that could not be read to its end is fetched whole again, and complained of again.
        unread = {each.where for each in polled.faults}
        for url, answer in answers.items():
            if isinstance(answer, Fetched) and url not in unread:
                self.archive.store.feeds.note(url, answer.marks)
        self._stamps |= stamps

    def _readable(self, answers: dict[str, Fetched | Fault | None]) -> Iterator[str | Download]:
        for source in self.named:
            if source in answers:
                answer = answers[source]
                if isinstance(answer, Fetched):
                    yield answer.download
            elif not _is_empty(Path(source)):
                yield source

    def _is_old(self, path: Path, stamps: dict[Path, Stamp]) -> bool:
        """Whether a file is as it was when last read; notes how it is now."""
        try:
            found = path.stat()
        except OSError:
            return False
        stamps[path] = found.st_mtime_ns, found.st_size
        return self._stamps.get(path) == stamps[path]

    def _put(self, article: Article) -> list[Finding]:
        """The contradictions of an article that were not there before it was stored."""
        before = {each.id for each in self._clashes(article)}
        if self.archive.put(article).change is Change.UNCHANGED:
            return []
        self.polled.new += 1
        return [each for each in self._clashes(article) if each.id not in before]

    def _clashes(self, article: Article) -> tuple[Finding, ...]:
        return self.archive.store.findings(FindingFilter(article=article.id), Page(MOST_CLASHES)).items


def _is_empty(folder: Path) -> bool:
    """Whether it is a folder with nothing in it: an inbox may well be empty."""
    try:
        return folder.is_dir() and not any(folder.iterdir())
    except OSError:
        return False


def seconds(every: str) -> int:
    """A stretch of time.

    >>> seconds("90s"), seconds("10m")
    (90, 600)
    """
    return int(every[:-1]) * SECONDS[every[-1]]


def run(named: Sequence[str], settings: Settings, load: Callable[[Settings], Models]) -> int:
    """Poll until told to stop, or once; the exit status."""
    if settings.format is Format.JSON and not settings.once:
        raise WrongUsage("--format json is one array, which would never end; expected jsonl, csv or table, or --once")
    models = load(settings)
    archive = open_archive(
        settings.database_url, models.encoder, models.judge, per_claim=settings.per_claim, reread=settings.rebuild
    )
    # Whatever is at hand is left: an article is stored whole or not at all, and the next run reads it again.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))
    try:
        sources = Sources(named, archive)
        with opened(None) as stream:
            present(polls(sources, settings), settings.format, stream)
    finally:
        signal.signal(signal.SIGTERM, before)
        archive.store.close()
    return status(sources.polled.faults)


def polls(sources: Sources, settings: Settings) -> Iterator[Finding]:
    """The contradictions that each poll finds, as it finds them; how much was read is said after each."""
    while True:
        due = time.monotonic() + seconds(settings.every)
        try:
            yield from sources.poll(settings.min_score)
            say(str(sources.polled))
        except Unavailable as error:
            if settings.once:
                raise
            say(str(error))  # locked or full just now: what was not read is read by the next poll
        if settings.once:
            return
        time.sleep(max(0.0, due - time.monotonic()))


def present(found: Iterable[Finding], form: Format, stream: TextIO) -> None:
    """Each contradiction in its format, written before the next is looked for."""
    if form is Format.TABLE:
        console = console_for(stream)
        plain = is_plain(console)
        show((display.finding(each, number, plain=plain) for number, each in enumerate(found, 1)), console)
    else:
        write((FindingOut.of(each) for each in _flushed(found, stream)), form, stream, FindingOut)


def _flushed(found: Iterable[Finding], stream: TextIO) -> Iterator[Finding]:
    for each in found:
        yield each
        stream.flush()
