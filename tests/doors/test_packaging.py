"""What a stranger gets: the command, the versions, the files, and no import that goes the wrong way."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points, packages_distributions, version
from pathlib import Path

import pytest
from grimp import build_graph
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PACKAGES = ("corpus", "nli", "eval", "app")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LARGEST_FILE, LARGEST_WEIGHTS = 500_000, 95_000_000
VENDORED = ROOT / "app/api/static"  # other people's files, as they gave them


def requirements(lines: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(wanted.name): wanted for wanted in map(Requirement, lines)}


def pinned(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): exact for package, exact in found}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for path in (ROOT / name for name in listed.stdout.split("\0") if name) if path.is_file()]


def own() -> list[Path]:
    return [path for path in tracked() if VENDORED not in path.parents]


def run(*command: str | Path, **options: Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return str(done.stdout)


def test_there_is_one_command_and_it_explains_itself() -> None:
    ours = [script for script in entry_points(group="console_scripts") if script.value == "app.cli:main"]
    assert [script.name for script in ours] == ["counterclaim"]
    told = run(Path(sys.executable).with_name("counterclaim"), "--help")
    page = (ROOT / "docs/cli.md").read_text()
    listed = re.findall(r"^counterclaim (\w+) ", page.split("```")[1], re.MULTILINE)
    assert {"find", "check", "disputes", "why"} < set(listed)
    assert re.findall(r"^  (\w+)  ", told.partition("Commands")[2], re.MULTILINE) == listed


def test_the_version_is_the_same_everywhere() -> None:
    assert version("counterclaim") == PROJECT["version"]
    assert PROJECT["version"] in run(Path(sys.executable).with_name("counterclaim"), "--version")


def test_every_requirement_is_pinned_within_its_range() -> None:
    exact = pinned("constraints.txt")
    lines = [*PROJECT["dependencies"], *EXTRAS["dev"], *EXTRAS["train"], *EXTRAS["hub"], *EXTRAS["mcp"]]
    for name, wanted in requirements(lines).items():
        assert name in exact, f"{name} is not in constraints.txt"
        assert wanted.specifier.contains(exact[name]), f"{wanted} does not allow {exact[name]}"


def test_the_parser_that_is_checked_by_hash_is_the_one_that_is_required() -> None:
    assert "--hash=sha256:" in (ROOT / "requirements-model.txt").read_text()
    ((name, exact),) = pinned("requirements-model.txt").items()
    assert requirements(PROJECT["dependencies"])[name].specifier == Requirement(f"{name}=={exact}").specifier
    assert pinned("constraints.txt")[name] == exact


def test_every_import_is_a_declared_requirement() -> None:
    owners = packages_distributions()
    always = set(requirements(PROJECT["dependencies"]))
    to_train = always | set(requirements(EXTRAS["train"]))
    with_extra = {
        ROOT / path: always | set(requirements(EXTRAS[extra]))
        for path, extra in (("eval/hub.py", "hub"), ("nli/dequantised.py", "cuda"), ("app/commands/mcp.py", "mcp"))
    }
    undeclared = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        allowed = to_train if ROOT / "nli/training" in path.parents else with_extra.get(path, always)
        for name in imported(path) - sys.stdlib_module_names - set(PACKAGES):
            if not {canonicalize_name(owner) for owner in owners.get(name, [name])} & allowed:
                undeclared.add(f"{path.relative_to(ROOT)}: {name}")
    assert not undeclared


def imported(path: Path) -> set[str]:
    """The first part of every module that is imported anywhere in the file."""
    nodes = list(ast.walk(ast.parse(path.read_bytes())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in plain | named}


def test_imports_go_one_way() -> None:
    graph = build_graph(*PACKAGES)
    for above, package in enumerate(PACKAGES):
        for later in PACKAGES[above + 1 :]:
            chain = graph.find_shortest_chain(package, later, as_packages=True)
            assert not chain, f"{package} reaches {later}: {' -> '.join(chain or ())}"


def test_every_file_ends_with_one_newline() -> None:
    text = {".py", ".md", ".toml", ".txt", ".jsonl", ".yaml", ".yml", ".cfg", ".ini", ".html", ".css", ".js", ""}
    folders = {ROOT / "nli/models", ROOT / "tests/corpus/files"}  # the second holds files that are odd on purpose
    for path in (path for path in own() if path.suffix in text and not folders & set(path.parents)):
        end = path.read_bytes()[-2:]
        ends_well = not end or (end.endswith(b"\n") and end != b"\n\n")
        assert ends_well, f"{path.relative_to(ROOT)} does not end with one newline"


def test_every_file_is_small_but_the_weights() -> None:
    for path in own():
        limit = LARGEST_WEIGHTS if ROOT / "nli/models" in path.parents else LARGEST_FILE
        assert path.stat().st_size <= limit, f"{path.relative_to(ROOT)} is over {limit:,} bytes"


def test_the_readme_names_the_two_commands_that_ci_runs() -> None:
    readme, ci = (ROOT / "README.md").read_text(), (ROOT / ".ci/run").read_text()
    for command in ("bin/demo", "bin/test"):
        assert re.search(rf"^\W*{command}\b", readme, re.MULTILINE), f"{command} is not in the README"
        assert re.search(rf"^(step )?{command}\b", ci, re.MULTILINE), f"{command} is not in .ci/run"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(unpacked: Path) -> None:
    ours = {str(path.relative_to(ROOT)) for path in tracked() if path.relative_to(ROOT).parts[0] in PACKAGES}
    packed = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert not ours - packed
    assert {path.split("/")[0] for path in packed} == {*PACKAGES, f"counterclaim-{PROJECT['version']}.dist-info"}


@pytest.mark.slow
@pytest.mark.model
def test_the_main_job_runs_from_the_wheel_alone(unpacked: Path, tmp_path: Path) -> None:
    whole = unpacked / "corpus/data/demo/articles.jsonl"
    two = [
        line for line in whole.read_text().splitlines() if "s400-2020-exporter" in line or "s400-2022-ankara" in line
    ]
    articles = tmp_path / "two.jsonl"
    articles.write_text("\n".join(two))
    program = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
        "import app.cli; assert app.cli.__file__.startswith(sys.path[0])\n"
        f"sys.argv[1:] = ['find', {str(articles)!r}, '--format', 'jsonl']; app.cli.main()"
    )
    assert run(sys.executable, "-I", "-c", program, cwd=tmp_path).count('"contradiction"') >= 1
