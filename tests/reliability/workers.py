"""Several processes on one store: `python -m tests.reliability.workers [PROCESSES ...]`.

16 clients put articles, read and delete, each at any of the processes, while a job runs. In the end every process
must say the same, what was acknowledged is there, and the findings are those of a store with one process.
"""

import random
import sqlite3
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from app.archive import open_archive
from app.schemas import ArticleBody
from app.store.records import FindingFilter, Page
from tests.app.served import url_in
from tests.fakes import FakeEncoder, FakeJudge
from tests.reliability.fakes import UNLIMITED, serve
from tests.reliability.served import PATIENCE, article, fakes, until

CLIENTS = 16


def run(processes: int, each: int) -> str:
    """What so many processes did while each client put so many articles. Raises AssertionError where it was wrong."""
    statuses: Counter[str] = Counter()
    with TemporaryDirectory() as root, ExitStack() as stack:
        folder = Path(root)
        urls = [stack.enter_context(fakes(folder, serve))[0] for _ in range(processes)]
        batch = {"articles": [{"id": f"job-{number}", **article(number)} for number in range(16)]}
        later = {"prefer": "respond-async", "idempotency-key": '"workers"'}
        for url in urls:
            httpx2.post(f"{url}/v1/articles", json=batch, headers=later, timeout=PATIENCE).raise_for_status()

        def client(name: int) -> set[str]:
            chance, kept = random.Random(name), set[str]()
            for number in range(each):
                identity, url = f"n{name}-{number}", chance.choice(urls)
                for _ in range(100):
                    put = httpx2.put(f"{url}/v1/articles/{identity}", json=article(name + 7 * number), timeout=PATIENCE)
                    statuses[f"PUT {put.status_code}"] += 1
                    if put.status_code != 503:
                        break
                    time.sleep(0.2)
                assert put.status_code in (200, 201), put.text
                kept.add(identity)
                seen = httpx2.get(f"{chance.choice(urls)}/v1/articles/{identity}", timeout=PATIENCE)
                assert seen.status_code == 200, "another process does not have what was acknowledged"
                if chance.random() < 0.25:
                    gone = httpx2.delete(f"{chance.choice(urls)}/v1/articles/{identity}", timeout=PATIENCE)
                    statuses[f"DELETE {gone.status_code}"] += 1
                    kept -= {identity} if gone.status_code == 204 else set()
            return kept

        began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as threads:
            kept = set().union(*threads.map(client, range(CLIENTS)))
        seconds = time.monotonic() - began
        until(lambda: httpx2.get(f"{urls[0]}/v1/jobs", timeout=PATIENCE).json()["items"][0]["state"] == "done")
        jobs = httpx2.get(f"{urls[-1]}/v1/jobs", timeout=PATIENCE).json()["items"]
        assert [(job["done"], job["failed"]) for job in jobs] == [(16, 0)], (
            "the same key made two jobs, or lost articles"
        )
        told = [httpx2.get(f"{url}/v1/disputes?limit=500", timeout=PATIENCE).json()["items"] for url in urls]
        assert all(disputes == told[0] for disputes in told), "processes differ in their disputes"
        stack.close()
        order = sound(folder)
        assert sorted(order) == sorted(kept | {item["id"] for item in batch["articles"]})
        (folder / "one").mkdir()
        assert findings(folder) == alone(order, folder / "one")
    return f"{processes} processes, {CLIENTS} clients: {dict(statuses)} in {seconds:.0f} s; the same as with one"


def sound(folder: Path) -> list[str]:
    """The ids of the articles in a store that is sound."""
    with closing(sqlite3.connect(folder / "counterclaim.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [identity for (identity,) in connection.execute("SELECT id FROM articles ORDER BY rowid")]


def findings(folder: Path) -> list[str]:
    """All compared pairs of a store."""
    archive = open_archive(url_in(folder), FakeEncoder(), FakeJudge(), per_claim=UNLIMITED)
    found = archive.store.findings(FindingFilter(relation=None), Page(1_000_000)).items
    archive.store.close()
    return sorted(f"{each.id} {each.relation} {each.score:.6f}" for each in found)


def alone(order: list[str], folder: Path) -> list[str]:
    """The pairs of a store that got the same articles in the same order from one process."""
    archive = open_archive(url_in(folder), FakeEncoder(), FakeJudge(), per_claim=UNLIMITED)
    for identity in order:
        name, _, number = identity.removeprefix("n").removeprefix("job-").partition("-")
        given = article(int(name) + 7 * int(number or 0))
        archive.put(ArticleBody.model_validate(given).article(identity))
    archive.store.close()
    return findings(folder)


def main(processes: list[int]) -> None:
    for number in processes or [2, 4]:
        print(run(number, 6), flush=True)  # noqa: T201


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]])
