"""Fails each call that changes a file: `python -m tests.reliability.failpoints [kill|EIO|ENOSPC|power ...]`.

A process writes to a store: articles put, replaced and deleted, new metadata, a review, a job. The first time nothing
fails, and the calls to pwrite, fsync, ftruncate and unlink are counted (`failing.c`, by LD_PRELOAD; it needs a C
compiler). Then the n-th of them kills the process, or fails, for every n. After that the store must be sound and hold
what it held after the last step that was done, or after the one that was under way; and take an article. `power`
instead cuts the write-ahead log, as a power cut may, at 1,000 places.
"""

import ctypes
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from app.archive import Archive, open_archive
from app.store.errors import StoreError
from app.store.records import Batch, FindingFilter, Opinion, Page, Verdict
from corpus.records import Article
from nli.pipeline import shelve
from tests.app.served import url_in
from tests.fakes import FakeEncoder, FakeJudge

KINDS = {"kill": 0, "EIO": errno.EIO, "ENOSPC": errno.ENOSPC}

State = dict[str, list[tuple[object, ...]]]
Step = Callable[[Archive], None]

SIGNED = "The ministry signed the missile contract with the exporter in Moscow."
DENIED = "The ministry has not signed the missile contract with the exporter in Moscow."
# Longer than a page of the file, so that a row is written by several calls.
LONG = "long " * 3000
LAST = Article("last", "The exporter in Moscow signed nothing.", published="2021-01-01")


def put(identity: str, text: str, **metadata: str) -> Step:
    return lambda archive: void(archive.put(Article(identity, text, published="2020-01-01", metadata=metadata)))


def void(_: object) -> None:
    """Nothing: what a step gives is of no interest."""


def review(archive: Archive) -> None:
    first = archive.store.findings(FindingFilter(relation=None), Page(1)).items[0]
    archive.store.reviews.add(first, Opinion(Verdict.CONFIRMED, "desk"))


def ask(archive: Archive) -> None:
    archive.store.jobs.add(Batch([Article("j1", DENIED), Article("j2", SIGNED)], "digest", "key"), most=9)


def work(archive: Archive) -> None:
    held = archive.store.jobs.take("owner", timedelta(seconds=60))
    assert held is not None
    archive.put(held.article, hold=held.hold)


STEPS: Sequence[Step] = (
    put("a1", SIGNED),
    put("a2", DENIED),
    put("a3", SIGNED, note=LONG),
    review,
    put("a2", DENIED, desk="new"),
    put("a3", f"{SIGNED} It rained."),
    ask,
    work,
    lambda archive: void(archive.delete("a1")),
    work,
    put("a4", DENIED, note=LONG),
    lambda archive: void(archive.delete("j1")),
)


def an_archive(folder: Path) -> Archive:
    return open_archive(url_in(folder), FakeEncoder(), FakeJudge())


def state(folder: Path) -> State:
    """What the store holds, less names of jobs, times and who has what in hand. Raises where it is not sound."""
    with closing(sqlite3.connect(folder / "counterclaim.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        asked = {
            "articles": "SELECT id, text, metadata FROM articles",
            "claims": "SELECT id, article FROM claims",
            "findings": "SELECT * FROM findings",
            "reviews": "SELECT left_article, right_article, verdict FROM reviews",
            "jobs": "SELECT ended IS NULL, done FROM jobs",
            "items": "SELECT at, given IS NULL, settled FROM job_items",
            "revision": "SELECT revision FROM state",
        }
        return {name: sorted(connection.execute(query).fetchall(), key=repr) for name, query in asked.items()}


def in_child(folder: Path, at: int, error: int) -> tuple[int, str, int]:
    """How many steps a process did until it was killed or told of a failure; how it ended; the calls it made."""
    libc = ctypes.CDLL(None)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            archive = an_archive(folder)
            libc.arm(at, error)
            for step in STEPS:
                step(archive)
                os.write(writer, b".")
            os.write(writer, str(libc.counted()).encode())
            status = 0
        except StoreError:
            status = 2
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        said = told.read()
    done, calls = said.count(b"."), int(said.strip(b".") or 0)
    _, ended = os.waitpid(child, 0)
    if os.WIFSIGNALED(ended):
        return done, "killed", calls
    return done, ("done", "another error", "told")[os.WEXITSTATUS(ended)], calls


def expected(folder: Path) -> list[State]:
    """What the store holds before the first step and after each."""
    archive = an_archive(folder)
    states = [state(folder)]
    for step in STEPS:
        step(archive)
        states.append(state(folder))
    archive.store.close()
    return states


def fail_each(kind: str, every: int = 1) -> Counter[str]:
    """Lets every so many-th call fail; how the processes ended. Raises AssertionError where a store is wrong."""
    ends: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("undisturbed", "empty"):
            (root / name).mkdir()
        states = expected(root / "undisturbed")
        an_archive(root / "empty").store.close()
        place = root / "one"
        shutil.copytree(root / "empty", place)
        _, _, calls = in_child(place, 0, 0)
        for number in range(1, calls + 1, every):
            shutil.rmtree(place)
            shutil.copytree(root / "empty", place)
            done, ended, _ = in_child(place, number, KINDS[kind])
            assert ended != "another error", f"{kind} at call {number}, after step {done}: see above"
            assert state(place) in states[done : done + 2], f"{kind} at call {number}, after step {done}: another state"
            archive = an_archive(place)
            archive.put(LAST)
            assert archive.store.article("last") == LAST
            archive.store.close()
            ends[ended] += 1
    return ends


def cut(times: int = 1000) -> int:
    """Cuts the write-ahead log so often, evenly; how often. Each must open to what there was after one of the steps."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("undisturbed", "left"):
            (root / name).mkdir()
        # Steps that put alone: a deletion empties the log.
        puts = [put(f"a{number}", f"{SIGNED} It rained {number} times.") for number in range(8)]
        archive = an_archive(root / "undisturbed")
        with closing(sqlite3.connect(root / "undisturbed" / "counterclaim.db")) as connection:
            # What was in the log before is in the file from the beginning.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        states = [state(root / "undisturbed")]
        for step in puts:
            step(archive)
            states.append(state(root / "undisturbed"))
        log = (root / "undisturbed" / "counterclaim.db-wal").read_bytes()
        file = (root / "undisturbed" / "counterclaim.db").read_bytes()
        archive.store.close()
        cuts = [len(log) * number // (times - 1) for number in range(times)]
        latest = 0
        for size in cuts:
            (root / "left" / "counterclaim.db").write_bytes(file)
            (root / "left" / "counterclaim.db-wal").write_bytes(log[:size])
            (root / "left" / "counterclaim.db-shm").unlink(missing_ok=True)
            found = state(root / "left")
            assert found in states[latest:], f"cut at byte {size}: no state that there was, or an earlier one"
            latest = states.index(found)
    return len(cuts)


def main(kinds: Sequence[str], every: int = 1) -> None:
    if "LD_PRELOAD" not in os.environ:
        with TemporaryDirectory() as folder:
            again(Path(folder), [sys.executable, "-m", "tests.reliability.failpoints", "--every", str(every), *kinds])
        return
    # What is loaded at the first article is loaded before the forks.
    shelve([replace(LAST, id="warm-up")], FakeEncoder())
    for kind in kinds:
        told = f"{cut()} cuts" if kind == "power" else dict(fail_each(kind, every))
        print(f"{kind}: {told}", flush=True)  # noqa: T201


def again(folder: Path, command: Sequence[str]) -> None:
    """Runs a command with calls that can be made to fail."""
    source, shared = Path(__file__).with_name("failing.c"), folder / "failing.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shared, source, "-ldl"], check=True)
    subprocess.run(command, check=True, env={**os.environ, "LD_PRELOAD": str(shared)})


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=[*KINDS, "power"], choices=[*KINDS, "power"])
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args()
    main(given.kinds, given.every)
