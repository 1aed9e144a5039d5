"""What a benchmark's figures hang on: the machine, and what a command used of it."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("onnxruntime", "torch", "sentence-transformers", "transformers", "tokenizers", "spacy", "numpy")
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimd", "asimddp", "i8mm")
"""What the speed of int8 on a CPU hangs on."""

# A process that did nothing but start the command and wait: the peak memory of a child begins with that of the process
# it was forked from, and this one may hold models.
OBSERVER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
seconds = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
told = done.stderr.decode(errors="replace")[-500:]
print(json.dumps([done.returncode, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, told]))
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the figures come from."""

    processor: str
    cores: int
    memory_gb: float
    flags: tuple[str, ...]
    system: str
    python: str
    libraries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: its wall and CPU time in seconds and the peak of its resident memory in MB."""

    job: str
    status: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    told: str = ""

    @property
    def failed(self) -> bool:
        """Whether it did not do its work: 3 is a contradiction found."""
        return self.status not in (0, 3)


def this_machine() -> Machine:
    """What this machine says of itself; what it does not say stays empty."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    has = set((fields.get("flags") or fields.get("Features") or "").split())
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    return Machine(
        processor=fields.get("model name") or platform.processor() or platform.machine(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=round(pages / 2**30, 1),
        flags=tuple(flag for flag in FLAGS if flag in has),
        system=platform.platform(),
        python=platform.python_version(),
        libraries={name: _version(name) for name in LIBRARIES},
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def observe(job: str, command: Sequence[str]) -> Run:
    """A command run in a process of its own, from this folder, with what it used."""
    ours = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    seen = subprocess.run(
        [sys.executable, "-c", OBSERVER, *command],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ours},
    )
    status, seconds, cpu, peak, told = json.loads(seen.stdout)
    kilobytes = peak / 1024 if sys.platform == "darwin" else peak  # Linux counts in kB, macOS in bytes
    return Run(job, status, seconds, cpu, kilobytes / 1024, told if status not in (0, 3) else "")
