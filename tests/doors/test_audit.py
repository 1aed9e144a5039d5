"""`bin/audit` fails on a hole that can be mended, and never says that all is well where nothing could be asked."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOLE = {"id": "CVE-2026-48710", "fix_versions": ["1.3.1"], "aliases": [], "description": ""}
SOUND = {"name": "typer", "version": "0.29.2", "vulns": []}
UNKNOWN = {"name": "typer", "skip_reason": "not found"}


def audit(folder: Path, told: object) -> tuple[int, str]:
    """Exit status and output, where the auditor tells this; None: where it fails before it tells anything."""
    said = folder / "said.json"
    said.write_text("" if told is None else json.dumps({"dependencies": told, "fixes": []}))
    auditor = folder / "auditor"
    auditor.write_text(f'#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\ncp {said} "$1"\nexit 1\n')
    auditor.chmod(0o755)
    done = subprocess.run(
        [ROOT / "bin/audit"], env={**os.environ, "AUDIT": str(auditor)}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("told", "status", "said"),
    [
        ([SOUND], 0, ""),
        ([SOUND, {"name": "x", "version": "1.3.0", "vulns": [HOLE]}], 1, "x 1.3.0: CVE-2026-48710, mended in 1.3.1"),
        ([{"name": "x", "version": "1", "vulns": [HOLE | {"fix_versions": []}]}], 0, "no version yet"),
        ([UNKNOWN, UNKNOWN], 0, "0 of 2 packages could be asked about"),
        ([SOUND, UNKNOWN], 0, "1 of 2 packages could be asked about"),
        (None, 0, "0 of 0 packages could be asked about"),
    ],
)  # fmt: skip
def test_what_is_found_decides(tmp_path: Path, told: object, status: int, said: str) -> None:
    code, output = audit(tmp_path, told)
    assert code == status
    assert said in output
    assert bool(output) == bool(said)
