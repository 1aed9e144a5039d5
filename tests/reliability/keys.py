"""16 clients send the same at once: `python -m tests.reliability.keys [ROUNDS]`.

A batch under one Idempotency-Key must become one job, whatever client asks; an article under If-None-Match: * must be
made by one client.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier

import httpx2

from tests.reliability.fakes import serve
from tests.reliability.served import PATIENCE, article, fakes, until

CLIENTS = 16

Request = tuple[str, str, object, dict[str, str]]
"""Method, path, body, headers."""


def main(rounds: int = 50) -> None:
    statuses: Counter[str] = Counter()
    together = Barrier(CLIENTS)
    with TemporaryDirectory() as root, fakes(Path(root), serve) as (url, _), ThreadPoolExecutor(CLIENTS) as threads:
        for number in range(rounds):
            batch = {"articles": [{"id": f"b{number}", **article(number)}]}
            keyed = {"prefer": "respond-async", "idempotency-key": f'"round {number}"'}

            path, body, new = f"/v1/articles/n{number}", article(number), {"if-none-match": "*"}
            requests = (("POST", "/v1/articles", batch, keyed), ("PUT", path, body, new))

            def client(_: int, requests: Iterable[Request] = requests) -> tuple[str, int]:
                together.wait(PATIENCE)
                taken, made = (
                    httpx2.request(method, f"{url}{path}", json=body, headers=headers, timeout=PATIENCE)
                    for method, path, body, headers in requests
                )
                statuses[f"POST {taken.status_code}"] += 1
                statuses[f"PUT {made.status_code}"] += 1
                return taken.json()["id"], made.status_code

            seen = list(threads.map(client, range(CLIENTS)))
            assert len({job for job, _ in seen}) == 1, "more than one job"
            assert sorted(status for _, status in seen)[0] in (200, 201), seen
            assert sum(status == 201 for _, status in seen) == 1, "made more than once"
        jobs = f"{url}/v1/jobs?limit=500"
        until(lambda: all(job["state"] == "done" for job in httpx2.get(jobs, timeout=PATIENCE).json()["items"]))
        counts = httpx2.get(f"{url}/v1/info", timeout=PATIENCE).json()["counts"]
        assert counts["articles"] == 2 * rounds
    print(f"{rounds} rounds of {CLIENTS} clients: {dict(statuses)}; one job and one article each")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
