"""Feeds and folders that are polled: only what is new is read, and what cannot be read stops nothing else."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.archive import Archive
from app.commands import watch
from app.commands.watch import Sources, polls
from app.errors import WrongUsage
from app.formats import Format
from app.models import Models
from app.settings import Settings
from app.store.errors import Unavailable
from nli.records import Finding, Judgement, Pair
from tests.app.outside import Asked, Said, listening
from tests.app.served import NOT_SIGNED, SIGNED, an_archive, url_in
from tests.fakes import FakeEncoder, FakeJudge

ENTRY = (
    "<item><guid>{guid}</guid><title>Contract</title><description>{text}</description><pubDate>{day}</pubDate></item>"
)
RSS = "<?xml version='1.0'?><rss version='2.0'><channel><title>{title}</title>{entries}</channel></rss>"


def a_feed(*texts: str, title: str = "The Wire") -> bytes:
    entries = (ENTRY.format(guid=f"{title}-{n}", text=each, day=f"2022-01-0{n + 1}") for n, each in enumerate(texts))
    return RSS.format(title=title, entries="".join(entries)).encode()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = an_archive(tmp_path)
    yield archive
    archive.store.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def drop(folder: Path, name: str, body: dict[str, str]) -> Path:
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"id": name, **body}))
    return file


def polled(sources: Sources) -> list[Finding]:
    return list(sources.poll(0.0))


def articles_of(archive: Archive) -> int:
    return archive.store.counts().articles


def test_what_is_dropped_into_a_folder_is_stored_and_its_contradictions_told_once(
    archive: Archive, inbox: Path
) -> None:
    sources = Sources([str(inbox)], archive)
    drop(inbox, "signed", SIGNED)
    assert polled(sources) == []
    drop(inbox, "denied", NOT_SIGNED)
    (found,) = polled(sources)
    assert {found.left.article, found.right.article} == {"signed", "denied"}
    assert polled(sources) == []
    assert sources.polled.faults == []


def test_files_that_have_not_changed_are_not_read_again(archive: Archive, inbox: Path) -> None:
    sources = Sources([str(inbox)], archive)
    file = drop(inbox, "signed", SIGNED)
    polled(sources)
    assert sources.polled.read == 1
    polled(sources)
    assert sources.polled.read == 0
    drop(inbox, "signed", {**SIGNED, "text": "It rained in Oslo."})
    os.utime(file, ns=(1, 1))
    polled(sources)
    assert (sources.polled.read, sources.polled.new) == (1, 1)


def test_an_empty_folder_is_no_fault_and_a_missing_one_is_named_at_each_poll(archive: Archive, inbox: Path) -> None:
    sources = Sources([str(inbox), str(inbox / "nowhere")], archive)
    for _ in range(2):
        polled(sources)
        (fault,) = sources.polled.faults
        assert fault.where.endswith("nowhere")


def test_a_feed_is_fetched_whole_only_if_it_has_changed(archive: Archive) -> None:
    def answers(asked: Asked) -> Said:
        if asked.headers.get("if-none-match") == '"1"':
            return Said(304)
        return Said(
            body=a_feed(SIGNED["text"]), headers={"ETag": '"1"', "Last-Modified": "Sat, 01 Jan 2022 00:00:00 GMT"}
        )

    with listening(answers) as outside:
        for articles in (1, 0, 0):
            # A new run each time: the store remembers.
            sources = Sources([f"{outside.url}/rss"], archive)
            polled(sources)
            assert (sources.polled.read, sources.polled.faults) == (articles, [])
        assert outside.asked[1].headers["if-modified-since"] == "Sat, 01 Jan 2022 00:00:00 GMT"
        outside.answers = lambda _: Said(body=a_feed(SIGNED["text"], NOT_SIGNED["text"]), headers={"ETag": '"2"'})
        assert len(polled(Sources([f"{outside.url}/rss"], archive))) == 1
    assert articles_of(archive) == 2


def test_two_feeds_contradict_each_other(archive: Archive) -> None:
    bodies = {"/a": a_feed(SIGNED["text"], title="A"), "/b": a_feed(NOT_SIGNED["text"], title="B")}
    with listening(lambda asked: Said(body=bodies[asked.path])) as outside:
        (found,) = polled(Sources([f"{outside.url}/a", f"{outside.url}/b"], archive))
    assert {found.left.outlet, found.right.outlet} == {"A", "B"}


def test_a_packed_feed_is_unpacked_and_a_bomb_is_a_fault(archive: Archive) -> None:
    bodies = {
        "/rss": gzip.compress(a_feed(SIGNED["text"])),
        "/bomb": gzip.compress(b"<rss>" + b" " * 60_000_000),
    }
    packed = {"Content-Encoding": "gzip"}
    with listening(lambda asked: Said(body=bodies[asked.path], headers=packed)) as outside:
        sources = Sources([f"{outside.url}/rss", f"{outside.url}/bomb"], archive)
        polled(sources)
    assert articles_of(archive) == 1
    (fault,) = sources.polled.faults
    assert "gzip that unpacks" in str(fault)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said(404), "answered 404 Not Found"),
        (Said(500, b"<rss/>"), "answered 500"),
        (Said(200, b"<!doctype html><html><p>Moved.</p></html>"), "no feed"),
        (Said(200, b""), ""),
        (Said(302, headers={"Location": "/rss"}), "more than 5 redirects"),
        (Said(302, headers={"Location": "ftp://example.org/"}), "cannot be fetched"),
    ],
)
def test_a_feed_that_cannot_be_read_is_named_and_the_others_go_on(
    archive: Archive, inbox: Path, said: Said, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(inbox, "signed", SIGNED)
    with listening(lambda _: said) as outside:
        sources = Sources([f"{outside.url}/rss", str(inbox)], archive)
        for _ in range(2):
            polled(sources)
            (fault,) = sources.polled.faults
            assert fault.where == f"{outside.url}/rss"
            assert expected in str(fault)
    assert articles_of(archive) == 1
    assert f"{outside.url}/rss: " in capsys.readouterr().err


def test_a_feed_that_nobody_serves_is_a_fault(archive: Archive) -> None:
    with listening(lambda _: Said()) as outside:
        pass
    sources = Sources([outside.url, "http://no-such-host.invalid/rss", "http://[::1"], archive)
    polled(sources)
    assert len(sources.polled.faults) == 3
    assert all("cannot be fetched" in str(each) for each in sources.polled.faults)


def test_a_redirect_is_followed_but_not_to_another_host_at_home(archive: Archive) -> None:
    def answers(asked: Asked) -> Said:
        port = asked.headers["host"].partition(":")[2]
        place = {"/moved": "/rss", "/home": f"http://localhost:{port}/rss"}.get(asked.path)
        return Said(301, headers={"Location": place}) if place else Said(body=a_feed(SIGNED["text"]))

    with listening(answers) as outside:
        followed = Sources([f"{outside.url}/moved"], archive)
        polled(followed)
        refused = Sources([f"{outside.url}/home"], archive)
        polled(refused)
    assert followed.polled.faults == []
    (fault,) = refused.polled.faults
    assert "localhost is not at a public address" in str(fault)


class FailingJudge(FakeJudge):
    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        if pairs:
            raise RuntimeError("the judge has failed")
        return []


def test_what_was_read_only_in_part_is_read_again(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    judge = archive.judge
    with listening(lambda _: Said(body=a_feed(SIGNED["text"], NOT_SIGNED["text"]), headers={"ETag": "1"})) as outside:
        sources = Sources([outside.url], archive)
        archive.judge = FailingJudge()
        with pytest.raises(RuntimeError):
            polled(sources)
        archive.judge = judge
        assert len(polled(sources)) == 1
        assert "if-none-match" not in outside.asked[1].headers
    archive.store.close()


def fakes(_: Settings) -> Models:
    return Models(FakeEncoder(), FakeJudge())


def test_once_writes_what_it_found_and_tells_in_its_status_what_could_not_be_read(
    tmp_path: Path, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(inbox, "signed", SIGNED)
    drop(inbox, "denied", NOT_SIGNED)
    asked = Settings(database_url=url_in(tmp_path), once=True, format=Format.JSONL)
    assert watch.run([str(inbox)], asked, fakes) == 0
    said = capsys.readouterr()
    (line,) = said.out.splitlines()
    assert json.loads(line)["relation"] == "contradiction"
    assert said.err == "1 source, 2 articles read, 2 new or changed: 1 new contradiction\n"
    assert watch.run([str(inbox), str(tmp_path / "nowhere")], asked, fakes) == 1
    assert not capsys.readouterr().out


def test_people_get_a_block_a_contradiction_and_weak_ones_are_left_out(
    tmp_path: Path, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(inbox, "signed", SIGNED)
    drop(inbox, "denied", NOT_SIGNED)
    assert watch.run([str(inbox)], Settings(database_url=url_in(tmp_path), once=True, min_score=1), fakes) == 0
    assert not capsys.readouterr().out
    (tmp_path / "counterclaim.db").unlink()
    assert watch.run([str(inbox)], Settings(database_url=url_in(tmp_path), once=True), fakes) == 0
    assert "clashes with" in capsys.readouterr().out


def test_an_array_that_never_ends_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="never end"):
        watch.run(["inbox"], Settings(database_url=url_in(tmp_path), format=Format.JSON), fakes)


def test_a_store_that_cannot_be_written_just_now_ends_only_a_single_poll(
    archive: Archive, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Locked(Sources):
        """Locked at the first poll."""

        locked = True

        def poll(self, min_score: float) -> Iterator[Finding]:
            if self.locked:
                self.locked = False
                raise Unavailable("sqlite:///x.db", "it is locked")
            return super().poll(min_score)

    drop(inbox, "signed", SIGNED)
    drop(inbox, "denied", NOT_SIGNED)
    assert next(polls(Locked([str(inbox)], archive), Settings(every="1s")))
    assert "it is locked" in capsys.readouterr().err
    with pytest.raises(Unavailable):
        next(polls(Locked([str(inbox)], archive), Settings(once=True)))


PROCESS = """
import sys
from app.commands.watch import run
from app.formats import Format
from app.models import Models
from app.settings import Settings
from tests.fakes import FakeEncoder, FakeJudge
settings = Settings(database_url=sys.argv[1], every="1s", format=Format.JSONL)
sys.exit(run(sys.argv[2:], settings, lambda _: Models(FakeEncoder(), FakeJudge())))
"""


def test_it_goes_on_until_it_is_terminated_and_that_is_no_failure(tmp_path: Path, inbox: Path) -> None:
    drop(inbox, "signed", SIGNED)
    command = [sys.executable, "-c", PROCESS, url_in(tmp_path), str(inbox)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stderr
    assert process.stderr.readline() == "1 source, 1 article read, 1 new or changed: no new contradictions\n"
    drop(inbox, "denied", NOT_SIGNED)
    # Through a pipe, at once: nothing waits for the end of the command.
    assert json.loads(process.stdout.readline())["relation"] == "contradiction"
    process.send_signal(signal.SIGTERM)
    rest, said = process.communicate(timeout=60)
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in said
