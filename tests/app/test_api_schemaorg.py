"""Disputes and reviews as linked data: valid in the vocabulary of schema.org, and nothing that nobody has said."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.schemaorg import SAID, claim_node, embeddable
from app.store.records import Reason, Verdict
from corpus.records import Claim, Holder, Span, Stance
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, serving

VOCABULARY = json.loads((Path(__file__).parent / "schemaorg.json").read_text())
Node = dict[str, Any]
PLAIN = {"Text", "URL", "Date", "DateTime"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("linked"))) as client:
        for identity, body in {"signed": SIGNED, "not/signed": NOT_SIGNED, "again": AGAIN}.items():
            address = f"https://{identity[:3]}.example/a"
            assert client.put(f"/v1/articles/{identity.replace('/', '%2F')}", json={**body, "url": address}).is_success
        yield client


def document(client: TestClient, name: str) -> list[Node]:
    answer = client.get(f"/v1/{name}.jsonld")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/ld+json")
    told = answer.json()
    assert told["@context"] == "https://schema.org"
    return list(told["@graph"])


def review(client: TestClient, found: str, **opinion: str) -> None:
    assert client.put(f"/v1/contradictions/{found}/review", json={"reviewer": "Ann Lee", **opinion}).is_success


@cache
def ancestry(kind: str) -> frozenset[str]:
    return frozenset({kind}.union(*(ancestry(each) for each in VOCABULARY["types"][kind])))


def faults(node: Node) -> list[str]:
    """What in a node is not as the vocabulary has it."""
    kinds = ancestry(node["@type"]) if "@type" in node else frozenset({"Thing"})
    told = []
    for name, value in node.items():
        if name.startswith("@"):
            continue
        domains, ranges = VOCABULARY["properties"][name]
        if not kinds & set(domains):
            told.append(f"{name} of {node.get('@type')}")
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                told += faults(each)
                if "@type" in each and not ancestry(each["@type"]) & set(ranges):
                    told.append(f"{name} is {each['@type']}")
            elif not plain(each, PLAIN & set(ranges)):
                told.append(f"{name} is {each!r}")
    return told


def plain(value: object, ranges: set[str]) -> bool:
    if not isinstance(value, str) or not ranges:
        return False
    if "Text" in ranges:
        return True
    if "URL" in ranges:
        return value.startswith(("http://", "https://"))
    return any(reads(value) for reads in (day, moment))


def day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def moment(value: str) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def test_the_check_tells_what_the_vocabulary_does_not_have() -> None:
    assert faults({"@type": "Claim", "text": "It rained"}) == []
    assert faults({"@type": "Claim", "suggestedAnswer": {"@type": "Claim"}}) == [
        "suggestedAnswer of Claim",
        "suggestedAnswer is Claim",
    ]
    assert faults({"@type": "Claim", "datePublished": "yesterday", "text": 5})


def test_a_dispute_is_a_question_with_an_answer_for_each_position_and_none_accepted(client: TestClient) -> None:
    (question,) = document(client, "disputes")
    (dispute,) = client.get("/v1/disputes").json()["items"]
    assert faults(question) == []
    assert (question["@type"], question["name"]) == ("Question", dispute["question"])
    assert client.get(question["@id"]).json() == dispute
    answers = question["suggestedAnswer"]
    assert [[claim["text"] for claim in each["about"]] for each in answers] == [
        [claim["text"] for voice in each["voices"] for claim in voice["claims"]] for each in dispute["positions"]
    ]
    assert [each["dateCreated"] for each in answers] == [each["since"] for each in dispute["positions"]]
    assert "acceptedAnswer" not in json.dumps(question)


def test_disputes_are_filtered_as_in_their_list(client: TestClient) -> None:
    assert client.get("/v1/disputes.jsonld?q=submarine").json()["@graph"] == []
    assert len(client.get("/v1/disputes.jsonld?q=missile").json()["@graph"]) == 1
    assert client.get("/v1/disputes.jsonld?colour=red").status_code == 422


def test_a_claim_names_where_it_appears_and_can_be_looked_up(client: TestClient) -> None:
    (question,) = document(client, "disputes")
    (claim,) = question["suggestedAnswer"][1]["about"]
    stored = client.get(claim["@id"]).json()
    article = claim["appearance"]
    assert (claim["text"], stored["article"]) == (stored["text"], "not/signed")
    assert client.get(article["@id"]).json()["digest"] == article["identifier"]["value"] == stored["article_digest"]
    assert article["url"] == "https://not.example/a"
    assert article["publisher"] == {"@type": "Organization", "name": "Evening Star"}
    assert article["datePublished"] == "2022-08-17"


def test_nothing_is_a_claim_review_until_somebody_has_reviewed(client: TestClient) -> None:
    assert document(client, "reviews") == []
    (found, *_) = client.get("/v1/contradictions").json()["items"]
    review(client, found["id"], verdict="confirmed", note="I read both.")
    (told,) = document(client, "reviews")
    assert faults(told) == []
    assert told["@type"] == "ClaimReview"
    assert told["author"] == {"@type": "Person", "name": "Ann Lee"}
    assert [each["@id"].rpartition("/")[2] for each in told["itemReviewed"]] == [
        found["left"]["id"],
        found["right"]["id"],
    ]
    assert told["reviewBody"] == f"{SAID[Verdict.CONFIRMED]} I read both."
    assert client.get(told["@id"]).json()["note"] == "I read both."
    review(client, found["id"], verdict="open")
    assert document(client, "reviews") == []


@pytest.mark.parametrize("reason", list(Reason))
def test_no_review_has_a_rating(client: TestClient, reason: Reason) -> None:
    (found, *_) = client.get("/v1/contradictions").json()["items"]
    review(client, found["id"], verdict="rejected", reason=reason.value)
    (told,) = document(client, "reviews")
    assert (faults(told), told["reviewBody"]) == ([], SAID[reason])
    assert not any("rating" in name.lower() for name in told)
    review(client, found["id"], verdict="open")


def test_only_who_makes_a_claim_is_its_author_and_only_an_outlet_is_known_to_be_a_body() -> None:
    def author(holder: Holder | None, stance: Stance = Stance.ASSERTED) -> object:
        claim = Claim("c1", "a1", 0, 9, "It rained", holder=holder, stance=stance)
        return claim_node(claim, "https://desk.example/").get("author")

    assert author(Holder("Ann Lee", Span(10, 17))) == {"name": "Ann Lee"}
    assert author(Holder("The Post", narrator=True)) == {"@type": "Organization", "name": "The Post"}
    assert author(Holder("Ann Lee", Span(10, 17)), Stance.DENIED) is None
    assert author(None) is None


@pytest.mark.parametrize("address", ["javascript:alert(1)", "not an address", None])
def test_what_is_no_address_of_the_web_is_none_here(address: str | None) -> None:
    assert (
        "url"
        not in claim_node(Claim("c1", "a1", 0, 9, "It rained", url=address), "https://desk.example/")["appearance"]
    )


def test_a_page_can_hold_it_in_a_script_element() -> None:
    text = embeddable({"name": "</script><script>alert(1)</script><!--"})
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><script>alert(1)</script><!--"}
