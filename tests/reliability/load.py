"""Asks more than the service can do: `python -m tests.reliability.load [SECONDS]`.

With the bundled weights. First one client checks drafts, one after the other: that is what the service can do. Then
80 clients do, without a pause, and one more reads a list. Told are times, answers and memory; each answer must be 200
or 503, and each 503 say when to come again.
"""

import statistics
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from tests.reliability.served import PATIENCE, SAID, article, command, resident

CLIENTS = 80
DRAFT = " ".join(each.format("Oslo") for each in SAID)


def asking(url: str, path: str, ended: threading.Event) -> list[tuple[int, float]]:
    """Status and seconds of each answer, until it has ended; a draft is checked, or a list read."""
    seen = []
    with httpx2.Client(base_url=url, timeout=PATIENCE) as client:
        while not ended.is_set():
            began = time.monotonic()
            answer = client.post(path, json={"text": DRAFT}) if path == "/v1/check" else client.get(path)
            seen.append((answer.status_code, time.monotonic() - began))
            assert answer.status_code in (200, 503), answer.text
            if answer.status_code == 503:
                assert answer.headers["retry-after"]
                # Else the refusals themselves are all that is measured.
                ended.wait(0.5)
    return seen


def spread(seen: Sequence[float]) -> str:
    """Median, 99th percentile and greatest of some times, in ms."""
    if len(seen) < 2:
        return f"{len(seen)} answers"
    p99 = statistics.quantiles(seen, n=100, method="inclusive")[98]
    return f"{len(seen)} answers, p50 {statistics.median(seen):.3f} s, p99 {p99:.3f} s, most {max(seen):.3f} s"


def main(seconds: int = 60) -> None:
    with TemporaryDirectory() as folder, command(Path(folder)) as service, ThreadPoolExecutor(CLIENTS + 1) as threads:
        for number in range(32):
            put = httpx2.put(f"{service.url}/v1/articles/a{number}", json=article(number), timeout=PATIENCE)
            put.raise_for_status()
        for clients in (1, CLIENTS):
            ended = threading.Event()
            checks = [threads.submit(asking, service.url, "/v1/check", ended) for _ in range(clients)]
            reads = threads.submit(asking, service.url, "/v1/contradictions", ended)
            before = resident(service.process.pid)
            ended.wait(seconds)
            ended.set()
            seen = [each for check in checks for each in check.result()]
            print(f"{clients} clients, {seconds} s")  # noqa: T201
            print("  checked: ", spread([took for status, took in seen if status == 200]))  # noqa: T201
            print("  refused: ", spread([took for status, took in seen if status == 503]))  # noqa: T201
            print("  reading: ", spread([took for _, took in reads.result()]))  # noqa: T201
            grown = (resident(service.process.pid) - before) / 1e6
            print(f"  memory: {resident(service.process.pid) / 1e6:.0f} MB, {grown:+.0f} MB", flush=True)  # noqa: T201
        status, _ = service.stop()
        assert status == 0


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
