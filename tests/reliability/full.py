"""Fills the disk under the service: `python -m tests.reliability.full FOLDER`, on a small file system of its own.

    mkdir /tmp/small && mount -t tmpfs -o size=20m tmpfs /tmp/small && python -m tests.reliability.full /tmp/small

Articles are put until there is no room: that must be told as 507, by `/readyz` too, and reading go on; when a file is
removed, writing must go on by itself.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import httpx2

from tests.reliability.fakes import serve
from tests.reliability.served import PATIENCE, article, fakes

SPARE = 4_000_000


def main(folder: Path) -> None:
    spare = folder / "spare"
    spare.write_bytes(b"\0" * SPARE)
    with fakes(folder, serve) as (url, _), httpx2.Client(base_url=url, timeout=PATIENCE) as client:
        kept: list[str] = []
        for number in range(10_000):
            # Long metadata fill the disk, for which nothing need be compared.
            body = {**article(number % 4), "note": f"{number} " * 20_000}
            answer = client.put(f"/v1/articles/n{number}", json=body)
            if answer.status_code != 201:
                break
            kept.append(f"n{number}")
        assert answer.status_code == 507, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get(f"/v1/articles/{kept[-1]}").status_code == 200
        assert client.get("/v1/disputes").status_code == 200
        listed = {each["id"] for each in client.get("/v1/articles?limit=500").json()["items"]}
        assert listed == set(kept), "an article is there in part, or gone"
        assert client.get("/readyz").status_code == 507
        again = client.put("/v1/articles/more", json=body).status_code
        spare.unlink()
        for name in ("more", "most"):
            client.put(f"/v1/articles/{name}", json=body).raise_for_status()
        assert client.get("/readyz").status_code == 200
    with closing(sqlite3.connect(folder / "counterclaim.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    print(f"full after {len(kept)} articles: 507, again {again}, not ready; with room again: 201, ready; sound")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
