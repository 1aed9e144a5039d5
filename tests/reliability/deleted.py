"""Looks for what was deleted in every file beside the store: `python -m tests.reliability.deleted [ARTICLES]`.

Articles with a word of their own each are put, by PUT and by job, half of them replaced or deleted while others are
put. After each deletion no byte of its word may be in the database, its write-ahead log or what else lies beside
them.
"""

import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from tests.reliability.fakes import serve
from tests.reliability.served import PATIENCE, article, fakes, until


def traces(folder: Path, word: str) -> list[str]:
    """The files in which a word stands."""
    return [path.name for path in folder.iterdir() if word.encode() in path.read_bytes().lower()]


def main(articles: int = 200, seed: int = 1) -> None:
    chance = random.Random(seed)
    words = [f"quokka{chance.randrange(10**9):09}x" for _ in range(articles)]
    gone = 0
    with TemporaryDirectory() as root:
        folder = Path(root)
        with fakes(folder, serve) as (url, _), httpx2.Client(base_url=url, timeout=PATIENCE) as client:
            for number, word in enumerate(words):
                said = article(number)
                body = {**said, "title": word, "text": f"{said['text']} The {word} was signed.", "desk": word}
                if number % 2:
                    client.put(f"/v1/articles/n{number}", json=body).raise_for_status()
                else:
                    batch = {"articles": [{"id": f"n{number}", **body}]}
                    client.post("/v1/articles", json=batch, headers={"prefer": "respond-async"}).raise_for_status()
                    until(lambda: client.get("/v1/jobs").json()["items"][0]["state"] == "done")
                assert traces(folder, word), "the word is nowhere to be found, so this shows nothing"
                if number >= 2 and number % 2:
                    at = number - chance.randrange(2)
                    path = f"/v1/articles/n{at}"
                    again = client.delete(path) if chance.random() < 0.5 else client.put(path, json=said)
                    again.raise_for_status()
                    assert traces(folder, words[at]) == [], f"article {at}, {again.request.method}"
                    gone += 1
    print(f"{gone} of {articles} articles deleted or replaced: no byte of them left")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
