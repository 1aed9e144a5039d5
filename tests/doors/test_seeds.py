"""The five real articles that this began with, by the command alone, scored against their labels.

The articles belong to their publishers and are not in the repository: where they are absent the test is skipped.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.records import Claim, Holder
from eval.answers import Answer, Step, answers, funnel
from eval.gold import read_articles, read_gold
from nli.records import Finding, Judgement, Pair, Relation, Scores

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
ARTICLES, GOLD = SEEDS / "articles.jsonl", SEEDS / "gold_pairs.jsonl"
MUST_BE_FOUND = ("P01", "P02")
"""Shugayev, and Mijeyev in 2020, against the Turkish officials: the dispute that counterclaim was asked for."""

pytestmark = [
    pytest.mark.seeds,
    pytest.mark.model,
    pytest.mark.skipif(not ARTICLES.exists(), reason="the seed articles (../shared/seeds) are not on this machine"),
]


@dataclass(frozen=True)
class Found:
    findings: tuple[Finding, ...]
    answers: tuple[Answer, ...]
    steps: tuple[Step, ...]


@pytest.fixture(scope="module")
def found() -> Found:
    command = [sys.executable, "-m", "app", "find", str(ARTICLES), "--all", "--format", "jsonl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    findings = tuple(finding_of(json.loads(line)) for line in done.stdout.splitlines())
    articles, unread = read_articles(ARTICLES)
    gold = read_gold(GOLD, articles)
    assert not (*unread, *gold.faults)
    claims = {claim.id: claim for finding in findings for claim in (finding.left, finding.right)}
    answered = answers(gold, claims.values(), findings)
    return Found(findings, answered, funnel(gold, answered, findings))


def finding_of(row: dict[str, object]) -> Finding:
    left, right, forward, backward = (row[name] for name in ("left", "right", "forward", "backward"))
    score, similarity = row["score"], row["similarity"]
    assert isinstance(score, float)
    assert isinstance(similarity, float)
    pair = Pair(claim_of(left), claim_of(right), similarity)
    judgement = Judgement(pair, scores_of(forward), scores_of(backward), str(row["model"]), score)
    return Finding(judgement, Relation(str(row["relation"])), str(row["reason"]))


def claim_of(row: object) -> Claim:
    assert isinstance(row, dict)
    holder = Holder(row["holder"]) if row["holder"] else None
    return Claim(row["id"], row["article"], row["start"], row["stop"], row["text"], holder=holder)


def scores_of(row: object) -> Scores:
    assert isinstance(row, dict)
    return Scores(row["entailment"], row["neutral"], row["contradiction"])


def test_every_claim_stands_where_its_offsets_say(found: Found) -> None:
    texts = {article.id: article.text for article in read_articles(ARTICLES)[0]}
    claims = [claim for finding in found.findings for claim in (finding.left, finding.right)]
    assert claims
    assert [c for c in claims if texts[c.article][c.start : c.stop] != c.text] == []


@pytest.mark.parametrize("name", MUST_BE_FOUND)
def test_the_dispute_that_this_began_with_is_found(found: Found, name: str) -> None:
    (answer,) = (each for each in found.answers if each.pair.id == name)
    assert answer.said == "contradiction"


def test_the_figures_of_the_rest_are_told(found: Found, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        f"{'ok' if each.right_relation else '  '} {each.pair.id} {each.pair.label:13} said {each.said:13}"
        f" {each.score:.2f} {each.pair.note}"
        for each in found.answers
    ]
    lines += [f"{step.name}: {step.through}/{step.of}" for step in found.steps]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert len(found.answers) == 22
