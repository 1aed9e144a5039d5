"""The service in processes of its own: as a user starts it, with the bundled weights, or on fakes."""

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import NamedTemporaryFile

import httpx2

from tests.app.served import url_in

PATIENCE = 300
"""Seconds that anything may take at most before it counts as hanging: the machine may be busy with other things."""

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.reliability.fakes", "tests.doors.killable"])

PLACES = ("Oslo", "Lima", "Turin", "Perth", "Quito", "Leeds", "Izmir", "Osaka")
SAID = (
    "The ministry in {} signed the harbour contract with the exporter.",
    "The ministry in {} has not signed the harbour contract with the exporter.",
    "The exporter in {} signed no harbour contract, a spokesman said on Monday.",
    "The mayor of {} opened the harbour. The harbour was never closed, she said.",
)


def article(number: int) -> dict[str, str]:
    """The text of an article, another for each of 32 numbers, some of which contradict each other."""
    text = SAID[number % len(SAID)].format(PLACES[number // len(SAID) % len(PLACES)])
    return {"text": text, "outlet": f"Outlet {number % 5}", "published": f"2020-{number % 12 + 1:02}-01"}


@dataclass(frozen=True)
class Running:
    """A service: its address, its process, the file with its log."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def stop(self) -> tuple[int, float]:
        """Sends SIGTERM; the exit status and the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE), time.monotonic() - began

    def events(self) -> list[dict[str, object]]:
        """The lines of its log."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def until(holds: Callable[[], bool]) -> float:
    """Waits until it holds; the seconds that it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + PATIENCE
        time.sleep(0.02)
    return time.monotonic() - began


def answers(url: str, path: str = "/readyz") -> bool:
    try:
        return httpx2.get(f"{url}{path}", timeout=PATIENCE).status_code == 200
    except httpx2.TransportError:
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def command(folder: Path, options: Sequence[str] = ()) -> Iterator[Running]:
    """`counterclaim serve` with the bundled weights, ready; killed in the end."""
    port = free_port()
    started = [sys.executable, "-m", "app", "serve", "--port", str(port), "--db", url_in(folder), *options]
    with NamedTemporaryFile(suffix=".log") as log:
        environment = {**os.environ, "COUNTERCLAIM_LOG_FORMAT": "json"}
        with subprocess.Popen(started, stderr=log, stdout=log, env=environment) as process:
            running = Running(f"http://127.0.0.1:{port}", process, Path(log.name))
            try:
                until(lambda: answers(running.url) or process.poll() is not None)
                assert process.poll() is None, running.log.read_text()
                yield running
            finally:
                process.kill()


@contextmanager
def fakes(folder: Path, serve: Callable[[str, int], None]) -> Iterator[tuple[str, BaseProcess]]:
    """The address of a service on fakes, forked from a process that has loaded what there is to load; its process."""
    port = free_port()
    process = FORKS.Process(target=serve, args=(url_in(folder), port))
    process.start()
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(url))
        yield url, process
    finally:
        process.kill()
        process.join()


def resident(process: int) -> int:
    """Bytes of memory that a process has in hand."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
