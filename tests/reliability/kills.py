"""Kills the service at random moments, 12 times a round: `python -m tests.reliability.kills [ROUNDS] [SEED]`.

Each round is tests/doors/test_killed.py in a new store: two jobs and articles put between, SIGKILL after 0 to 0.6 s,
a new process; in the end every article that was acknowledged is there once, the findings are those of a store in
which nobody was killed, and the file is sound.
"""

import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.doors.test_killed import ARTICLES, KILLS, PUT_BETWEEN, outlive


def main(rounds: int = 25, seed: int = 1) -> None:
    began, again = time.monotonic(), 0
    for number in range(rounds):
        with TemporaryDirectory() as folder:
            again += outlive(Path(folder), random.Random(seed + number))
        print(f"{(number + 1) * KILLS} kills, {again} of them at work on an article of a job", flush=True)  # noqa: T201
    articles = rounds * (len(ARTICLES) + len(PUT_BETWEEN))
    print(f"{articles} articles: none lost or twice; {time.monotonic() - began:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
