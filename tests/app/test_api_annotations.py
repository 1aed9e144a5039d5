"""What clashes, as web annotations: terms of the W3C's own context (`anno.jsonld`), offsets that hold."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.served import NOT_SIGNED, SIGNED, an_archive, serving

TERMS = json.loads((Path(__file__).parent / "anno.jsonld").read_text())["@context"]
Node = dict[str, Any]
SHIPS = {**NOT_SIGNED, "text": "Two ships \U0001f6a2\U0001f6a2 came on Monday. " + NOT_SIGNED["text"]}
"""Each ship is one character, and two code units of UTF-16."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("annotations"))) as client:
        for identity, body in {"signed": {**SIGNED, "url": "https://post.example/1"}, "not/signed": SHIPS}.items():
            assert client.put(f"/v1/articles/{identity.replace('/', '%2F')}", json=body).is_success
        yield client


def collected(client: TestClient, question: str = "") -> Node:
    answer = client.get(f"/v1/annotations.jsonld{question}")
    profile = "http://www.w3.org/ns/anno.jsonld"
    assert (answer.status_code, answer.headers["content-type"]) == (200, f'application/ld+json; profile="{profile}"')
    told = answer.json()
    assert (told["@context"], told["type"], told["id"]) == (profile, "AnnotationCollection", str(answer.url))
    return dict(told)


def items(client: TestClient, question: str = "") -> list[Node]:
    return list(collected(client, question)["first"]["items"])


def strangers(node: object) -> set[str]:
    """Keys, types and words of a vocabulary that the context does not have."""
    if isinstance(node, list):
        return set().union(*map(strangers, node))
    if not isinstance(node, Mapping):
        return set()
    words = {node[name] for name in ("type", "motivation", "purpose") if name in node}
    return ({*node, *words} - {*TERMS, "@context"}).union(*map(strangers, node.values()))


def targets(node: Node) -> list[Node]:
    return node["target"] if isinstance(node["target"], list) else [node["target"]]


def test_every_term_is_one_of_the_context(client: TestClient) -> None:
    assert strangers(collected(client)) == set()
    assert strangers({"type": "Anotation", "creator": {"age": 5}}) == {"Anotation", "age"}


def test_each_claim_of_a_pair_is_linked_to_the_other_and_its_clashing_words_are_marked(client: TestClient) -> None:
    (found,) = client.get("/v1/contradictions").json()["items"]
    linked = [each for each in items(client) if each["motivation"] == "linking"]
    marked = [each for each in items(client) if each["motivation"] == "highlighting"]
    for side, each in zip(("left", "right"), linked, strict=True):
        other = {"left": "right", "right": "left"}[side]
        assert each["id"].endswith(f"v1/contradictions/{found['id']}#{side}")
        assert each["target"]["selector"][0]["exact"] == found[side]["text"]
        place, described, tagged = each["body"]
        assert place["selector"][0]["exact"] == found[other]["text"]
        assert (described["value"], tagged["value"]) == (found["reason"], "contradiction")
        assert each["creator"] == {"type": "Software", "name": found["model"]}
        words = [at for one in marked if one["id"] == f"{each['id']}-words" for at in targets(one)]
        spans = [[at["selector"][1]["start"], at["selector"][1]["end"]] for at in words]
        assert spans == found[f"{side}_spans"]
    assert found["right_spans"]


def test_offsets_count_code_points_not_code_units(client: TestClient) -> None:
    text = SHIPS["text"]
    seen = 0
    for target in (target for each in items(client) for target in targets(each)):
        quote, position = target["selector"]
        if target["state"]["cached"].endswith("not%2Fsigned"):
            assert text[position["start"] : position["end"]] == quote["exact"]
            units = text.encode("utf-16-le")[2 * position["start"] : 2 * position["end"]]
            assert units.decode("utf-16-le", "replace") != quote["exact"]
            seen += 1
    assert seen


def test_the_text_that_the_offsets_count_in_can_be_had(client: TestClient) -> None:
    sources = {}
    for target in (target for each in items(client) for target in targets(each)):
        text = client.get(target["state"]["cached"]).json()["text"]
        quote, position = target["selector"]
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in text
        assert text[position["start"] :].startswith(quote["exact"] + quote["suffix"])
        sources[target["state"]["cached"].rpartition("/")[2]] = target["source"]
    assert sources["signed"] == "https://post.example/1"
    assert sources["not%2Fsigned"].endswith("/v1/articles/not%2Fsigned")


def test_they_are_filtered_as_contradictions_are_and_by_article(client: TestClient) -> None:
    assert items(client, "?article=signed") == items(client, "?article=not%2Fsigned") == items(client)
    assert items(client, "?entity=ministry") == items(client)
    assert client.get("/v1/annotations.jsonld?colour=red").status_code == 422


def test_a_collection_of_nothing_has_no_page(client: TestClient) -> None:
    nothing = collected(client, "?article=other")
    assert (nothing["total"], "first" in nothing) == (0, False)
    everything = collected(client)
    assert everything["total"] == len(everything["first"]["items"]) == 3
