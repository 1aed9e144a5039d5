"""The command as a person meets it: a process with its streams, signals and exit status."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "corpus" / "data" / "demo" / "articles.jsonl"
COMMAND = [sys.executable, "-m", "app"]
PATIENCE = 300
"""Seconds: a machine that does other work too is slow, not wrong."""


def command(*args: str | Path, stdin: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
    """The command, run to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, args)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
        env=environment(**variables),
    )


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERCLAIM_")}
    return {**kept, "HF_HUB_OFFLINE": "1", **variables}


def started(*args: str | Path) -> "subprocess.Popen[str]":
    # Shells have background jobs ignore interrupts, and a child inherits that: the command is met in the foreground.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [*COMMAND, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """The five demonstration articles about the second contract."""
    lines = DEMO.read_text("utf-8").splitlines()
    file = tmp_path / "story.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines if json.loads(line)["id"].startswith("s400-")), "utf-8")
    return file


BAD = {
    "empty.txt": b"",
    "blank.md": b" \n\n",
    "picture.txt": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00" + bytes(range(256)),
    "broken.json": b'{"text": "It rained',
    "no-text.jsonl": b'{"id": "a1", "title": "Rain"}\n',
    "list.jsonl": b"[1, 2]\n",
    "bad-date.jsonl": b'{"id": "a1", "text": "It rained on Monday.", "published": "yesterday"}\n',
}


@pytest.mark.parametrize("name", [*BAD, "nowhere.txt"])
def test_where_nothing_can_be_read_the_fault_is_named_and_the_status_is_2(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    if name in BAD:
        place.write_bytes(BAD[name])
    done = command("find", place, "--output", tmp_path / "out")
    assert done.returncode == 2
    fault, *_, last = done.stderr.splitlines()
    assert fault.startswith(str(place))
    assert "; expected " in fault
    assert last.startswith("counterclaim: nothing to work on")
    assert not done.stdout
    assert not (tmp_path / "out").exists()


def test_a_faulty_line_is_told_by_the_status_and_the_rest_is_read(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text('{"id": "a1", "text": "Heavy rain flooded the southern harbour on Sunday."}\n{"id": \n')
    done = command("claims", file, "--format", "jsonl")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.startswith(f"{file}:2: ")


def test_the_same_id_with_other_text_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text('{"id": "a1", "text": "It rained on Sunday."}\n{"id": "a1", "text": "It was dry on Sunday."}\n')
    done = command("claims", file)
    assert done.returncode == 1
    assert "a1" in done.stderr
    assert "rained" in done.stdout


def test_a_reader_that_goes_away_ends_the_command_in_silence() -> None:
    running = started("claims", DEMO)
    assert running.stdout
    running.stdout.close()
    assert running.wait(PATIENCE) == 141
    assert running.stderr
    assert "Traceback" not in running.stderr.read()
    running.stderr.close()


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_command_leaves_nothing_half_written(tmp_path: Path, sent: signal.Signals, status: int) -> None:
    target = tmp_path / "claims.jsonl"
    target.write_text("what was there\n")
    running = started("claims", *[DEMO] * 5, "--output", target, "--format", "jsonl")
    until = time.monotonic() + PATIENCE
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    running.send_signal(sent)
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == status
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["claims.jsonl"]
    assert target.read_text() == "what was there\n"


def test_what_is_piped_has_no_terminal_codes() -> None:
    done = command("claims", DEMO, TERM="xterm-256color")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    done = command("judge", "--nli-model", tmp_path, stdin='{"id": 1, "premise": "a b", "hypothesis": "c d"}\n')
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert "; expected " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.model
def test_the_demo_corpus_shows_the_clash_over_the_second_contract() -> None:
    done = command("find", DEMO, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    blocks = done.stdout.split("\n\n")
    assert any("Mikheyev" in block and "a defence industry official" in block for block in blocks), done.stdout
    last = " ".join(blocks[-1].split())
    assert re.match(r"16 articles, \d+ claims, [\d,]+ pairs compared: \d+ contradictions\b", last)
    assert not re.search(r"\b(?:false|lies?|debunked)\b", " ".join(re.findall(r"^(?:\d+\.|  \w).*$", done.stdout)))


@pytest.mark.model
def test_machines_get_the_fields_that_are_documented(story: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.jsonl"
    done = command("find", story, "--all", "--format", "jsonl", "--output", target, "--fail-on-contradiction")
    assert done.returncode == 3, done.stderr
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    texts = {row["id"]: row["text"] for row in map(json.loads, story.read_text("utf-8").splitlines())}
    assert {row["relation"] for row in rows} > {"contradiction", "compatible"}
    for row in rows:
        for side, spans in ((row["left"], row["left_spans"]), (row["right"], row["right_spans"])):
            assert texts[side["article"]][side["start"] : side["stop"]] == side["text"]
            assert all(side["start"] <= start < stop <= side["stop"] for start, stop in spans)


@pytest.mark.model
def test_the_second_contract_is_one_dispute_and_why_tells_of_its_sides(story: Path) -> None:
    done = command("disputes", story, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    asked = [
        {
            claim["text"]: claim["id"]
            for position in row["positions"]
            for voice in position["voices"]
            for claim in voice["claims"]
        }
        for row in map(json.loads, done.stdout.splitlines())
    ]
    signed, denied = "The contract has been signed", "There are no new agreements"
    (left, right), *_ = [(each[signed], each[denied]) for each in asked if {signed, denied} <= each.keys()]
    told = command("why", left[:8], right[:8], story, "--format", "jsonl")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["finding"]["relation"] == "contradiction"


@pytest.mark.model
def test_a_statement_is_checked_against_a_corpus_and_a_store(story: Path, tmp_path: Path) -> None:
    statement = "Turkey has not signed a second contract for S-400 missiles."
    url = f"sqlite:///{tmp_path / 'store.db'}"
    from_files = command("check", statement, story, "--format", "jsonl")
    assert from_files.returncode == 0, from_files.stderr
    assert command("ingest", story, "--db", url).returncode == 0
    from_store = command("check", statement, "--db", url, "--format", "jsonl")
    assert from_store.returncode == 0, from_store.stderr
    assert from_store.stdout == from_files.stdout
    assert any(json.loads(line)["relation"] == "contradiction" for line in from_files.stdout.splitlines())


@pytest.mark.model
def test_the_judge_answers_line_by_line() -> None:
    pair = {"id": "p1", "premise": "The contract has been signed.", "hypothesis": "Nobody has signed the contract."}
    done = command("judge", "-", "--format", "jsonl", stdin=json.dumps(pair) + "\n")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["label"] == "contradiction"
    assert answer["entailment"] + answer["neutral"] + answer["contradiction"] == pytest.approx(1, abs=1e-4)
