"""The bi-encoder learns who partners whom, within a story, and stays what it was for all else."""

import json
import random
from pathlib import Path

import torch

from nli.training.encoder import Story, loss, read_stories

STORY = Story(("a", "b", "c"), ("It opened.", "It never opened.", "Snow fell."), ((0, 1),))


def cosines(partner: float, other: float) -> torch.Tensor:
    return torch.tensor([[1.0, partner, other], [partner, 1.0, other], [other, other, 1.0]])


def test_a_partner_that_is_nearer_than_other_claims_costs_less() -> None:
    near, far = cosines(0.6, 0.1), cosines(0.1, 0.6)
    assert loss(STORY, near, near) < loss(STORY, far, far)


def test_cosines_that_move_cost_something() -> None:
    near = cosines(0.6, 0.1)
    assert loss(STORY, near, near) < loss(STORY, near, cosines(0.3, 0.3))


def test_near_copies_claims_of_one_article_and_look_alikes_are_no_negatives() -> None:
    near = cosines(0.6, 0.5)
    apart = loss(STORY, near, near)
    one_article = Story(("c", "c", "c"), STORY.texts, STORY.partners)
    unsure = Story(STORY.articles, STORY.texts, STORY.partners, ((0, 2), (1, 2)))
    copies = cosines(0.6, 0.9)
    assert loss(one_article, near, near) < apart
    assert loss(unsure, near, near) < apart
    assert loss(STORY, copies, copies) < apart


def test_a_part_keeps_partners_together_and_its_size() -> None:
    many = Story(tuple(map(str, range(50))), tuple(f"Claim {k}" for k in range(50)), ((0, 49), (3, 4)))
    part = many.part(random.Random(1), size=10)
    assert len(part.texts) == 10
    assert {(part.texts[one], part.texts[other]) for one, other in part.partners} == {
        ("Claim 0", "Claim 49"),
        ("Claim 3", "Claim 4"),
    }


def test_told_and_written_stories_are_read_and_those_without_partners_left_out(tmp_path: Path) -> None:
    told = {"claims": [["a", "It opened."], ["b", "It never opened."]], "partners": [[0, 1], [1, 1]], "unsure": []}
    pair = {"premise": "It rained.", "hypothesis": "It was dry.", "label": "contradiction", "story": "s"}
    lines = [told, told | {"partners": []}, pair]
    (tmp_path / "stories.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    stories = read_stories([tmp_path / "stories.jsonl"])
    assert [story.partners for story in stories] == [((0, 1),), ((0, 1),)]
    assert stories[1].texts == ("It rained.", "It was dry.")
