"""Holds the models: `python -m tests.reliability.stuck [TIMES]`; fakes, that count as stuck after 2 s, not 120 s.

What they have in hand must be answered with 504, what comes then with 503, both in time; whoever reads must not
notice; they must go on when they are let go; and SIGTERM must end a process whose models never answer.
"""

import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from tests.reliability.fakes import serve_impatiently
from tests.reliability.load import spread
from tests.reliability.served import PATIENCE, answers, article, fakes, until


def put(url: str, number: int) -> tuple[int, float]:
    began = time.monotonic()
    answer = httpx2.put(f"{url}/v1/articles/n{number}", json=article(number), timeout=PATIENCE)
    return answer.status_code, time.monotonic() - began


def main(times: int = 5) -> None:
    told: dict[int, list[float]] = {504: [], 503: []}
    reads, ready, ends = [], [], []
    with ThreadPoolExecutor(8) as threads:
        for _ in range(times):
            with TemporaryDirectory() as root, fakes(Path(root), serve_impatiently) as (url, process):
                held = Path(root) / "held"
                assert put(url, 0)[0] == 201
                held.touch()
                asked = [threads.submit(put, url, number) for number in (1, 2, 3)]
                while not all(each.done() for each in asked):
                    began = time.monotonic()
                    assert httpx2.get(f"{url}/v1/articles/n0", timeout=PATIENCE).status_code == 200
                    reads.append(time.monotonic() - began)
                late = put(url, 4)
                assert [each.result()[0] for each in asked] == [504] * 3
                assert late[0] == 503
                told[504] += [each.result()[1] for each in asked]
                told[503].append(late[1])
                assert not answers(url)
                held.unlink()
                ready.append(until(lambda url=url: answers(url)))  # type: ignore[misc]
                assert put(url, 5)[0] == 201
                held.touch()
                asked = [threads.submit(put, url, 6)]
                time.sleep(0.5)
                began = time.monotonic()
                process.terminate()
                process.join(PATIENCE)
                assert process.exitcode in (0, -signal.SIGTERM)
                ends.append(time.monotonic() - began)
                asked[0].result()
    for what, seen in {
        "504": told[504],
        "503": told[503],
        "reading": reads,
        "ready again": ready,
        "SIGTERM": ends,
    }.items():
        print(f"{what}: {spread(seen)}")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
