"""The commands on models small enough to read: what they write, say, and return."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from app.commands import candidates, check, claims, find, ingest, judge
from app.commands.find import Found, shown, strongest_first, summary
from app.drafts import DRAFT
from app.errors import NothingRead
from app.formats import Format
from app.models import Models
from app.schemas import FindingOut
from app.settings import Settings
from corpus.errors import Fault
from nli.records import Relation
from tests.app.statements import NOTHING_NEW, RAIN, SIGNED, a_finding
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

MODELS = Models(FakeEncoder(), FakeJudge())
FAULT = Fault("a.txt", "an empty file", "text")


def fakes(_: Settings) -> Models:
    return MODELS


def not_needed(_: object) -> NoReturn:
    pytest.fail("a model was loaded before the input was read")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    articles = [
        ("a1", "The Exporter", "2020-08-23", "Ivan Petrov said that the second contract with Turkey has been signed."),
        ("a2", "Ankara Post", "2022-09-01", "Officials said that the second contract with Turkey has not been signed."),
        ("a3", "Weather Today", "2022-09-01", "Heavy rain flooded the southern harbour on Sunday."),
    ]
    lines = [
        json.dumps({"id": name, "outlet": outlet, "published": day, "title": text, "text": text})
        for name, outlet, day, text in articles
    ]
    file = tmp_path / "corpus.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture
def faulty(corpus: Path) -> Path:
    with corpus.open("a") as stream:
        stream.write("{no json\n")
    return corpus


def test_find_writes_a_line_a_contradiction(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert find.run([str(corpus)], Settings(format=Format.JSONL), fakes) == 0
    said = capsys.readouterr()
    (found,) = [FindingOut.model_validate_json(line, strict=False) for line in said.out.splitlines()]
    assert found.relation is Relation.CONTRADICTION
    assert (found.left.outlet, found.right.outlet) == ("The Exporter", "Ankara Post")
    assert "3 articles" in said.err
    assert "1 contradiction" in said.err


def test_find_writes_the_same_in_every_run(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = Settings(format=Format.JSONL, all=True)
    find.run([str(corpus)], wanted, fakes)
    first = capsys.readouterr().out
    find.run([str(corpus)], wanted, fakes)
    assert capsys.readouterr().out == first


def test_a_page_for_people_ends_with_how_much_was_compared(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert find.run([str(corpus)], Settings(), fakes) == 0
    said = capsys.readouterr()
    assert "clashes with" in said.out
    assert said.out.splitlines()[-1].endswith(": 1 contradiction")
    assert not said.err


def test_fail_on_contradiction_exits_with_3_even_if_some_input_was_faulty(faulty: Path) -> None:
    assert find.run([str(faulty)], Settings(fail_on_contradiction=True), fakes) == 3
    assert find.run([str(faulty)], Settings(fail_on_contradiction=True, min_score=1), fakes) == 1


def test_a_fault_is_listed_and_the_rest_is_read(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert find.run([str(faulty)], Settings(), fakes) == 1
    said = capsys.readouterr()
    assert f"{faulty}:4: " in said.err
    assert "; expected " in said.err
    assert "clashes with" in said.out
    assert "1 part of the input could not be read" in said.out


def test_where_nothing_can_be_read_nothing_is_loaded_and_nothing_written(tmp_path: Path) -> None:
    target = tmp_path / "found.jsonl"
    with pytest.raises(NothingRead, match="no article could be read from"):
        find.run([str(tmp_path / "nowhere")], Settings(output=target), not_needed)
    assert not target.exists()
    assert not list(tmp_path.iterdir())


def test_articles_come_from_standard_input(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(corpus.read_bytes())))
    assert find.run(["-"], Settings(fail_on_contradiction=True), fakes) == 3


def test_the_strongest_comes_first_then_the_newest() -> None:
    weak, strong = a_finding(score=0.7), a_finding(score=0.9)
    old = a_finding(left=RAIN, right=SIGNED, score=0.901)
    other = a_finding(relation=Relation.COMPATIBLE, score=0.99)
    assert sorted([other, weak, old, strong], key=strongest_first) == [strong, old, weak, other]


def test_the_minimum_score_is_of_contradictions() -> None:
    weak, support = a_finding(score=0.4), a_finding(relation=Relation.CORROBORATION, score=0.1)
    assert shown([weak, support], every=True, min_score=0.5) == [support]
    assert shown([weak, support], every=False, min_score=0.0) == [weak]


def test_no_clean_bill_where_something_failed() -> None:
    nothing = Found(2, 9, 0, ())
    assert summary(nothing, [], [FAULT])[0].endswith("no contradictions found in what could be read")
    hidden = Found(2, 9, 1, (a_finding(score=0.4),))
    assert summary(hidden, [], [])[0].endswith("no contradictions found (1 below the minimum score)")


@pytest.mark.parametrize("text", ["The second contract with Turkey has not been signed.", "second contract not signed"])
def test_check_finds_what_clashes_with_a_statement(corpus: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    stock = check.from_inputs([str(corpus)])
    assert check.run(text, Settings(format=Format.JSONL), fakes, stock) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    clashes = [row for row in rows if row["relation"] == "contradiction"]
    assert {side["article"] for row in clashes for side in (row["left"], row["right"])} == {DRAFT, "a1"}


def test_check_says_what_was_asked_and_what_answers(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stock = check.from_inputs([str(corpus)])
    check.run("The second contract with Turkey has not been signed.", Settings(), fakes, stock)
    page = capsys.readouterr().out
    assert page.startswith("You asked: ")
    assert "1. clashes with" in page
    assert "Ivan Petrov, reported by The Exporter" in page


def test_check_fails_only_if_asked_to(corpus: Path) -> None:
    text = "The second contract with Turkey has not been signed."
    assert check.run(text, Settings(), fakes, check.from_inputs([str(corpus)])) == 0
    assert check.run(text, Settings(fail_on_contradiction=True), fakes, check.from_inputs([str(corpus)])) == 3


def test_what_is_ingested_can_be_checked_against(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    assert ingest.run([str(corpus)], Settings(database_url=url), fakes) == 0
    assert capsys.readouterr().out.startswith("3 created, 0 replaced, 0 unchanged\n")
    assert ingest.run([str(corpus)], Settings(database_url=url), fakes) == 0
    assert capsys.readouterr().out.startswith("0 created, 0 replaced, 3 unchanged\n")
    wanted = Settings(fail_on_contradiction=True, database_url=url)
    text = "The second contract with Turkey has not been signed."
    assert check.run(text, wanted, fakes, check.from_store(url)) == 3


def test_asking_does_not_make_a_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with pytest.raises(NothingRead, match="no store at"):
        check.from_store(url)
    assert not list(tmp_path.iterdir())


def test_claims_have_true_offsets(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert claims.run([str(corpus)], Settings(format=Format.JSONL)) == 0
    texts = {row["id"]: row["text"] for row in map(json.loads, corpus.read_text().splitlines())}
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["article"] for row in found} == set(texts)
    assert all(texts[row["article"]][row["start"] : row["stop"]] == row["text"] for row in found)


def test_claims_are_shown_under_their_article(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims.run([str(corpus)], Settings())
    assert "Ankara Post, 1 Sep 2022, 1 claim" in capsys.readouterr().out


def test_candidates_are_pairs_with_their_similarity(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert candidates.run([str(corpus)], Settings(format=Format.JSONL), lambda _: FakeEncoder()) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {rows[0]["left"]["article"], rows[0]["right"]["article"]} == {"a1", "a2"}
    assert [row["similarity"] for row in rows] == sorted((row["similarity"] for row in rows), reverse=True)


def pairs(folder: Path, *lines: str) -> Path:
    file = folder / "pairs.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


GOOD = '{"id": "p1", "premise": "The contract was signed.", "hypothesis": "The contract was not signed."}'


def a_classifier(_: str | None) -> FakeClassifier:
    return FakeClassifier()


def test_judge_gives_three_probabilities_and_the_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert judge.run(str(pairs(tmp_path, GOOD)), Settings(format=Format.JSONL), a_classifier) == 0
    assert json.loads(capsys.readouterr().out) == {
        "id": "p1",
        "entailment": 0.02,
        "neutral": 0.03,
        "contradiction": 0.95,
        "label": "contradiction",
        "model": "fake-classifier@0",
    }


@pytest.mark.parametrize(
    "bad",
    ["{", "[]", '{"id": "p2"}', '{"id": "p2", "premise": "", "hypothesis": "x"}', '"x"', "[" * 100_000],
    ids=["not JSON", "a list", "no texts", "an empty text", "a string", "nested without end"],
)
def test_a_line_that_is_no_pair_is_listed_and_left_out(
    tmp_path: Path, bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = pairs(tmp_path, bad, "", GOOD)
    assert judge.run(str(file), Settings(format=Format.JSONL), a_classifier) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert said.err.startswith(f"{file}:1: ")


def test_judge_reads_standard_input_and_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(NothingRead, match="no pair could be read"):
        judge.run("-", Settings(), not_needed)


def test_more_pairs_than_a_batch_stay_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"id": n, "premise": "It rained.", "hypothesis": "It rained."}) for n in range(600)]
    judge.run(str(pairs(tmp_path, *lines)), Settings(format=Format.JSONL), a_classifier)
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == list(range(600))


COMMANDS: list[Callable[[list[str], Settings], int]] = [
    lambda inputs, wanted: find.run(inputs, wanted, fakes),
    claims.run,
    lambda inputs, wanted: candidates.run(inputs, wanted, lambda _: FakeEncoder()),
]


@pytest.mark.parametrize("run", COMMANDS, ids=["find", "claims", "candidates"])
@pytest.mark.parametrize("form", list(Format))
def test_every_format_of_every_listing_can_be_written_to_a_file(
    corpus: Path, tmp_path: Path, run: Callable[[list[str], Settings], int], form: Format
) -> None:
    target = tmp_path / "out"
    assert run([str(corpus)], Settings(format=form, output=target)) == 0
    written = target.read_text()
    if form is Format.CSV:
        assert written.count("\n") >= 2
    elif form is Format.JSON:
        assert isinstance(json.loads(written), list)
    else:
        assert "second contract" in written
    assert "\x1b" not in written


def test_what_has_no_date_comes_last() -> None:
    assert strongest_first(a_finding(RAIN, RAIN)) > strongest_first(a_finding(RAIN, NOTHING_NEW))
