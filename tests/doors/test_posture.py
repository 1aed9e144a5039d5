"""What is promised of the container, of what goes into it, and of the tests that SECURITY.md names."""

import re
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.api import Limits
from app.commands.serve import GRACE_SECONDS
from tests.doors.test_packaging import PROJECT, pinned

ROOT = Path(__file__).parents[2]


def service() -> dict[str, Any]:
    described = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["counterclaim"]
    assert isinstance(described, dict)
    return described


def image() -> dict[str, list[str]]:
    """The instructions of the Dockerfile's last stage, lines that go on joined."""
    last = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text()).rpartition("\nFROM ")[2]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^([A-Z]+) (.+)$", last, re.M):
        found.setdefault(name, []).append(value)
    return found


def test_the_container_can_do_little() -> None:
    runs = service()
    assert image()["USER"] == [runs["user"]] == ["10001:10001"]
    assert runs["read_only"] is True
    assert runs["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in runs["security_opt"]
    assert {"mem_limit", "cpus", "pids_limit"} <= set(runs)
    assert all(port.startswith("127.0.0.1:") for port in runs["ports"])
    assert [volume.partition(":")[2] for volume in runs["volumes"]] == image()["VOLUME"] == ["/data"]


def test_the_container_is_asked_for_its_health_in_one_way() -> None:
    (check,) = image()["HEALTHCHECK"]
    runs = service()["healthcheck"]
    options, _, command = check.partition(" CMD ") if " CMD " in check else check.partition("CMD ")
    assert yaml.safe_load(command) == runs["test"][1:]
    told = dict(each.removeprefix("--").split("=") for each in options.split())
    assert told == {name.replace("_", "-"): str(value) for name, value in runs.items() if name != "test"}


def test_the_container_is_given_the_time_that_the_service_takes_to_stop() -> None:
    given = int(service()["stop_grace_period"].removesuffix("s"))
    assert given > GRACE_SECONDS + Limits().leaving


def test_its_key_comes_as_a_secret_and_is_in_no_file_of_ours() -> None:
    described = yaml.safe_load((ROOT / "compose.yaml").read_text())
    (name,) = service()["secrets"]
    assert service()["environment"]["COUNTERCLAIM_KEY_FILE"] == f"/run/secrets/{name}"
    kept = described["secrets"][name]["file"].removeprefix("./")
    assert f"/{kept}" in (ROOT / ".gitignore").read_text().split()
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"


def test_the_lock_names_the_versions_of_constraints_with_digests() -> None:
    """`make lock` makes it anew."""
    locked, exact = pinned("requirements.lock"), pinned("constraints.txt")
    assert locked.items() <= exact.items()
    needed = {canonicalize_name(Requirement(each).name) for each in PROJECT["dependencies"]} - {"torch"}
    assert needed <= set(locked)
    blocks = re.split(r"^(?=[a-z])", (ROOT / "requirements.lock").read_text(), flags=re.M)[1:]
    assert len(blocks) == len(locked)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "--require-hashes --only-binary :all: -r requirements.lock" in (ROOT / "Dockerfile").read_text()


def test_every_test_that_the_threats_name_is_there() -> None:
    rows = re.findall(r"^\| (.+?) \| .+? \| (.+) \|$", (ROOT / "SECURITY.md").read_text(), re.M)[2:]
    assert len(rows) > 20
    for threat, shown in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", shown)
        assert named, threat
        for file, name in named:
            assert re.search(rf"^\s*def {name}\(", (ROOT / file).read_text(), re.M), f"{file}::{name}"
