"""`counterclaim disputes` and `counterclaim why` on models small enough to read."""

import csv
import io
import json
from pathlib import Path

import pytest

from app.commands import disputes, why
from app.errors import WrongUsage
from app.formats import Format
from app.models import Models
from app.schemas import DisputedClaim, DisputeOut, WhyOut
from app.serialisation import columns
from app.settings import Settings
from nli.records import Relation
from tests.fakes import FakeEncoder, FakeJudge

MODELS = Models(FakeEncoder(), FakeJudge())
SAID = (
    ("a1", "The Exporter", "2020-08-23", "Ivan Petrov said that the second contract with Turkey has been signed."),
    ("a2", "Ankara Post", "2022-09-01", "Officials said that the second contract with Turkey has not been signed."),
    (
        "a3",
        "Weekly Review",
        "2021-09-01",
        "Anna Lund insisted that the second big contract with the Turkey of today has properly been signed.",
    ),
    ("a4", "Weather Today", "2022-09-01", "Heavy rain flooded the southern harbour on Sunday."),
)


def fakes(_: Settings) -> Models:
    return MODELS


def written(folder: Path, said: tuple[tuple[str, str, str, str], ...] = SAID) -> Path:
    file = folder / "corpus.jsonl"
    lines = [
        json.dumps({"id": name, "outlet": outlet, "published": day, "text": text}) for name, outlet, day, text in said
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return written(tmp_path)


def told(capsys: pytest.CaptureFixture[str]) -> DisputeOut:
    (line,) = capsys.readouterr().out.splitlines()
    return DisputeOut.model_validate_json(line, strict=False)


def test_a_line_of_json_a_dispute(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert disputes.run([str(corpus)], Settings(format=Format.JSONL), fakes) == 0
    found = told(capsys)
    assert [[voice.name for voice in each.voices] for each in found.positions] == [
        ["Ivan Petrov", "Anna Lund"],
        ["Officials"],
    ]
    assert [each.origins for each in found.positions] == [2, 1]
    assert found.question == "Second contract with Turkey has been signed?"


def test_a_page_names_the_question_the_sides_the_clash_and_the_days(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert disputes.run([str(corpus)], Settings(), fakes) == 0
    page = [
        "1. Second contract with Turkey has been signed?",
        "  2 positions, 2 contradictions, newest 1 Sep 2022",
        "  A  since 23 Aug 2020, 2 independent origins, clashes with B",
        "    Ivan Petrov, reported by The Exporter, 23 Aug 2020",
        "      the second contract with Turkey has been signed",
        "      article a1, characters 22-69",
        "    Anna Lund, reported by Weekly Review, 1 Sep 2021",
        "      the second big contract with the Turkey *of today* has properly been",
        "      signed",
        "      article a3, characters 24-97",
        "  B  since 1 Sep 2022, 1 origin, clashes with A",
        "    Officials, reported by Ankara Post, 1 Sep 2022",
        "      the second contract with Turkey has *not* been signed",
        "      article a2, characters 20-71",
        "  A clashes with B: negation · two speakers: one side negates what the other",
        "  asserts. Score 0.95, likely",
        "  Timeline: 23 Aug 2020 A · 1 Sep 2021 A · 1 Sep 2022 B",
        "",
        "4 articles, 4 claims, 6 pairs compared: 1 dispute over 2 contradictions",
    ]
    shown = capsys.readouterr().out.splitlines()
    assert shown[: len(page)] == page
    assert shown[len(page)].startswith("likely: about 6 of 10")


def test_other_names_make_the_same_dispute(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    swaps = {"Ivan Petrov": "Omar Haddad", "Anna Lund": "Mary Quill", "Turkey": "Norway"}

    def renamed(text: str) -> str:
        for name, other in swaps.items():
            text = text.replace(name, other)
        return text

    disputes.run([str(written(tmp_path))], Settings(format=Format.JSONL), fakes)
    first = told(capsys)
    other = tuple((name, outlet, day, renamed(text)) for name, outlet, day, text in SAID)
    disputes.run([str(written(tmp_path, other))], Settings(format=Format.JSONL), fakes)
    second = told(capsys)
    assert second.question == renamed(first.question)
    for one, two in zip(first.positions, second.positions, strict=True):
        assert (one.against, one.origins, one.since) == (two.against, two.origins, two.since)
        assert [renamed(voice.name or "") for voice in one.voices] == [voice.name for voice in two.voices]


def test_a_row_of_csv_a_claim(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert disputes.run([str(corpus)], Settings(format=Format.CSV), fakes) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split(",") == columns(DisputedClaim)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["position"], row["against"], row["claim_article"]) for row in rows] == [
        ("A", "B", "a1"),
        ("A", "B", "a3"),
        ("B", "A", "a2"),
    ]


def test_what_scores_too_little_is_left_out_and_said_to_be(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert disputes.run([str(corpus)], Settings(min_score=1, format=Format.JSON), fakes) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert said.err.endswith("no disputes found (1 below the minimum score)\n")


def test_a_faulty_part_of_the_input_is_told_beside_no_disputes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, SAID[3:])
    file.write_text(file.read_text() + "{no json\n")
    assert disputes.run([str(file)], Settings(), fakes) == 1
    assert "no disputes found in what could be read" in capsys.readouterr().out


def ids(corpus: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The id of each article's claim."""
    disputes.run([str(corpus)], Settings(format=Format.JSONL), fakes)
    return {
        claim.article: claim.id for each in told(capsys).positions for voice in each.voices for claim in voice.claims
    }


def test_why_tells_every_stage(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims = ids(corpus, capsys)
    assert why.run(claims["a1"], claims["a2"], [str(corpus)], Settings(), fakes) == 0
    page = capsys.readouterr().out
    for stage in ("Matter", "Rank", "Similarity", "Judge", "Score", "Time", "Rules", "Relation"):
        assert f"\n  {stage}: " in page
    assert "contradiction · negation · two speakers: one side negates what the other asserts." in " ".join(page.split())


def test_why_for_machines_is_one_object_and_the_beginning_of_an_id_is_enough(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = ids(corpus, capsys)
    assert why.run(claims["a2"][:9], claims["a1"][:9], [str(corpus)], Settings(format=Format.JSONL), fakes) == 0
    found = WhyOut.model_validate_json(capsys.readouterr().out, strict=False)
    assert (found.finding.left.article, found.finding.right.article) == ("a1", "a2")
    assert found.finding.relation is Relation.CONTRADICTION
    assert found.compared


@pytest.mark.parametrize(("right", "said"), [("zz", "no id begins"), ("", "no id begins"), ("same", "are one claim")])
def test_why_refuses_what_it_cannot_follow(
    corpus: Path, capsys: pytest.CaptureFixture[str], right: str, said: str
) -> None:
    left = ids(corpus, capsys)["a1"]
    with pytest.raises(WrongUsage, match=said):
        why.run(left, left if right == "same" else right, [str(corpus)], Settings(), fakes)
