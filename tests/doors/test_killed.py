"""A service that is killed in the middle of jobs, at moments that nobody chose, and started again."""

import json
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from app.archive import open_archive
from app.schemas import ArticleBody, FindingOut
from app.store.records import FindingFilter, Page
from tests.app.served import url_in
from tests.doors.killable import serve
from tests.fakes import FakeEncoder, FakeJudge
from tests.reliability.fakes import UNLIMITED
from tests.reliability.served import PATIENCE, PLACES, SAID, fakes, until

KILLS = 12
ARTICLES = [
    {"id": f"{place}-{at}", "text": text.format(place), "outlet": f"Outlet {at}", "published": f"2020-0{at + 1}-01"}
    for place in PLACES
    for at, text in enumerate(SAID)
]
PUT_BETWEEN = [{"id": f"between-{number}", "text": f"It rained {number} days in Oslo."} for number in range(KILLS)]


@contextmanager
def serving(folder: Path) -> Iterator[httpx2.Client]:
    """A client of a service in a process of its own, which is killed in the end."""
    with fakes(folder, serve) as (url, _), httpx2.Client(base_url=url, timeout=PATIENCE) as client:
        yield client


def over(client: httpx2.Client) -> bool:
    return all(each["state"] == "done" for each in client.get("/v1/jobs").json()["items"])


def numbers(client: httpx2.Client, job: str) -> list[int]:
    """The ids of the events that tell what became of an article."""
    told = client.get(f"/v1/jobs/{job}/events").text
    return [int(line.removeprefix("id: ")) for line in told.splitlines() if line.startswith("id: ")]


def undisturbed(order: Sequence[str], folder: Path) -> list[str]:
    """The findings of a store that got the same articles in the same order, and in which nobody was killed."""
    given = {each["id"]: ArticleBody.model_validate({**each}).article(each["id"]) for each in (*ARTICLES, *PUT_BETWEEN)}
    archive = open_archive(url_in(folder), FakeEncoder(), FakeJudge(), per_claim=UNLIMITED)
    for identity in order:
        archive.put(given[identity])
    found = archive.store.findings(FindingFilter(relation=None), Page(100_000)).items
    archive.store.close()
    return sorted(FindingOut.of(each).model_dump_json() for each in found)


def stored(client: httpx2.Client) -> list[str]:
    """All findings, as the lines of `find --all`."""
    lines: list[str] = []
    following = "/v1/contradictions?relation=all&limit=500"
    while following:
        page = client.get(following).json()
        for each in page["items"]:
            # What people said of it has no place in a store in which nobody was asked.
            line = json.dumps({name: each[name] for name in FindingOut.model_fields})
            lines.append(FindingOut.model_validate_json(line).model_dump_json())
        following = page["next"]
    return lines


def outlive(folder: Path, chance: random.Random) -> int:
    """Two jobs and some articles amid kills, checked in the end; how often work on an article was begun anew."""
    later = {"prefer": "respond-async"}
    half = len(ARTICLES) // 2
    for number in range(KILLS):
        with serving(folder) as client:
            if number < 2:
                batch = {"articles": ARTICLES[number * half : (number + 1) * half]}
                keyed = {**later, "idempotency-key": f'"job {number}"'}
                assert client.post("/v1/articles", json=batch, headers=keyed).status_code == 202
            put = client.put(f"/v1/articles/between-{number}", json=PUT_BETWEEN[number])
            assert (put.status_code, put.json()["change"]) == (201, "created")
            time.sleep(chance.uniform(0, 0.6))
    with serving(folder) as client:
        until(lambda: over(client))
        jobs = client.get("/v1/jobs").json()["items"]
        assert len(jobs) == 2
        for job in jobs:
            items = client.get(f"/v1/jobs/{job['id']}/items?limit=500").json()["items"]
            assert [each["put"]["change"] for each in items] == ["created"] * half
            assert (job["done"], job["failed"]) == (half, 0)
            assert numbers(client, job["id"]) == list(range(1, half + 1))
        repeated = client.post(
            "/v1/articles", json={"articles": ARTICLES[:half]}, headers={**later, "idempotency-key": '"job 0"'}
        )
        assert repeated.json()["id"] in {job["id"] for job in jobs}
        lines = stored(client)
    connection = sqlite3.connect(folder / "counterclaim.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("SELECT count(*) FROM job_items WHERE given IS NOT NULL").fetchone() == (0,)
    order = [identity for (identity,) in connection.execute("SELECT id FROM articles ORDER BY rowid")]
    assert sorted(order) == sorted(each["id"] for each in (*ARTICLES, *PUT_BETWEEN))
    (attempts,) = connection.execute("SELECT sum(attempts) FROM job_items").fetchone()
    connection.close()
    (folder / "undisturbed").mkdir()
    assert sorted(lines) == undisturbed(order, folder / "undisturbed")
    return int(attempts) - len(ARTICLES)


@pytest.mark.slow
def test_jobs_outlive_kills_and_nothing_is_lost_or_doubled_or_half_written(tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - shown if the test fails
    # Else no kill met the work on an article, and this shows nothing.
    assert outlive(tmp_path, random.Random(seed)) > 0
