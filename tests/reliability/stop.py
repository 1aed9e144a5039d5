"""Sends SIGTERM to the service in the midst of work, again and again: `python -m tests.reliability.stop [TIMES]`.

With the bundled weights: while a job is under way and requests wait for the models. Each request must be answered,
whole or with 503, and the process end with status 0; the next one goes on, and in the end the job is done and no
article is there in part.
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from tests.reliability.served import PATIENCE, article, command, until


def put(url: str, identity: str, number: int) -> int:
    answer = httpx2.put(f"{url}/v1/articles/{identity}", json=article(number), timeout=PATIENCE)
    assert answer.status_code < 500 or answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code


def main(times: int = 5) -> None:
    statuses: Counter[int] = Counter()
    kept: set[str] = set()
    slowest = 0.0
    batch = {"articles": [{"id": f"job-{number}", **article(number)} for number in range(64)]}
    with TemporaryDirectory() as folder, ThreadPoolExecutor(8) as threads:
        for turn in range(times):
            with command(Path(folder)) as service:
                if turn == 0:
                    keyed = {"prefer": "respond-async", "idempotency-key": '"stop"'}
                    taken = httpx2.post(f"{service.url}/v1/articles", json=batch, headers=keyed, timeout=PATIENCE)
                    assert taken.status_code == 202, taken.text
                names = [f"put-{turn}-{number}" for number in range(8)]
                asked = [threads.submit(put, service.url, name, number) for number, name in enumerate(names)]
                until(lambda asked=asked: any(each.done() for each in asked))  # type: ignore[misc]
                status, seconds = service.stop()
                assert status == 0, service.log.read_text()
                slowest = max(slowest, seconds)
                for name, each in zip(names, asked, strict=True):
                    statuses[each.result()] += 1
                    if each.result() == 201:
                        kept.add(name)
        with command(Path(folder)) as service, httpx2.Client(base_url=service.url, timeout=PATIENCE) as client:
            until(lambda: client.get("/v1/jobs").json()["items"][0]["state"] == "done")
            assert client.get("/v1/jobs").json()["items"][0]["failed"] == 0
            listed = client.get("/v1/articles?limit=500").json()["items"]
            stored = {each["id"] for each in listed}
            assert kept | {each["id"] for each in batch["articles"]} <= stored
    print(f"{times} times: requests answered {dict(statuses)}, none lost; the slowest end took {slowest:.1f} s")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
