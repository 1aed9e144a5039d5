"""People review pairs on the page: without scripts, under their name, and back where they were."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app.page.answers import ANSWERS, Answer
from app.scopes import Scope
from tests.app.pages import BROWSER, Page, opened, visit
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, serving
from tests.app.test_api_access import basic

FORM = {"reviewer": "Zoë Lee", "note": "", "then": ""}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Two contradictions, in one dispute."""
    with serving(an_archive(tmp_path)) as client:
        for identity, body in {"signed": SIGNED, "denied": NOT_SIGNED, "again": AGAIN}.items():
            assert client.put(f"/v1/articles/{identity}", json=body).status_code == 201
        yield client


def pairs(client: TestClient, query: str = "") -> list[str]:
    return [str(each["id"]) for each in client.get(f"/v1/contradictions?{query}").json()["items"]]


def send(client: TestClient, path: str, **fields: str) -> Response:
    return client.post(path, data={**FORM, **fields}, headers=BROWSER, follow_redirects=False)


def led(answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def said_of(client: TestClient, pair: str) -> tuple[str, str | None, str, str]:
    told = client.get(f"/v1/contradictions/{pair}/review").json()
    return told["verdict"], told["reason"], told["reviewer"], told["note"]


def names_of(shown: Page) -> set[str]:
    return {each.attributes["name"] for each in shown.elements if "name" in each.attributes}


# Who reviews


def test_before_there_is_a_name_the_lists_ask_for_it_and_then_offer_the_answers(client: TestClient) -> None:
    assert visit(client, "/contradictions").all("button", name="answer") == []
    here = {"referer": "http://testserver/contradictions?review=open"}
    answer = client.post(
        "/reviewer", data={"reviewer": " Zoë Lee "}, headers={**BROWSER, **here}, follow_redirects=False
    )
    assert led(answer) == "/contradictions?review=open"
    shown = visit(client, "/contradictions")
    assert len(shown.all("button", name="answer")) == 2 * len(ANSWERS)
    assert {each.attributes["value"] for each in shown.all("input", name="reviewer")} == {"Zoë Lee"}


@pytest.mark.parametrize(
    "before", ["", "https://evil.example/contradictions", "http://testserver//evil.example", "http://[", "javascript:x"]
)
def test_a_name_leads_to_no_other_site(client: TestClient, before: str) -> None:
    told = client.post("/reviewer", data={"reviewer": "Zoë"}, headers={"referer": before}, follow_redirects=False)
    assert led(told) == "/contradictions"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_what_is_no_name_is_refused(client: TestClient, name: str) -> None:
    shown = opened(client.post("/reviewer", data={"reviewer": name}, headers=BROWSER), 422)
    assert "the name cannot be taken" in shown.text


# Giving a review


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda each: each.words)
def test_each_button_says_what_it_stands_for(client: TestClient, answer: Answer) -> None:
    pair = pairs(client)[0]
    send(client, "/contradictions", pair=pair, answer=answer.sent, note="Read\r\nboth.")
    assert said_of(client, pair) == (answer.verdict, answer.reason, "Zoë Lee", "Read\nboth.")
    shown = visit(client, "/contradictions")
    (pressed,) = [each for each in shown.all("button") if "aria-pressed" in each.attributes]
    assert pressed.text == answer.words


def test_after_a_review_the_list_is_as_it_was_at_the_next_pair(client: TestClient) -> None:
    first, second = pairs(client)
    send(client, "/contradictions", pair=second, answer="confirmed")
    told = send(client, "/contradictions?review=open&sort=score", pair=first, then=second, answer="not now")
    assert led(told) == f"/contradictions?review=open&sort=score#f-{second}"
    assert first not in visit(client, "/contradictions?review=open").html.split("<ol", 1)[-1]
    told = send(client, "/contradictions", pair=first, then='"><script>', answer="not now")
    assert led(told) == "/contradictions"


def test_the_list_can_show_what_is_not_reviewed_and_says_what_was_reviewed_last(client: TestClient) -> None:
    first, second = pairs(client)
    send(client, "/contradictions", pair=first, answer="not now")
    shown = visit(client, "/contradictions?review=open")
    assert [each.attributes["id"] for each in shown.all("li")] == [f"f-{second}"]
    assert shown.one("nav", **{"aria-label": "By review"}).text.split("\n")[1:3] == ["All", "Not reviewed"]
    assert "Just now rejected: not now" in shown.text
    assert f"/contradictions/{first}" in shown.links


def test_a_pair_has_a_page_with_all_that_was_said_of_it(client: TestClient) -> None:
    pair = pairs(client)[0]
    assert "Nobody has reviewed this pair yet" in visit(client, f"/contradictions/{pair}").text
    for answer in ("confirmed", "not now", "open"):
        assert led(send(client, f"/contradictions/{pair}", answer=answer)) == f"/contradictions/{pair}"
    told = [each.text.split(", by")[0].split("UTC ")[-1] for each in visit(client, f"/contradictions/{pair}").all("li")]
    assert told == ["Not reviewed", "Rejected: not now", "Confirmed"]
    assert "there is no contradiction" in visit(client, "/contradictions/none", 404).text


def test_a_rejection_leaves_the_dispute_and_what_is_left_of_it_is_shown(client: TestClient) -> None:
    dispute = client.get("/v1/disputes").json()["items"][0]
    first, second = (str(each["id"]) for each in dispute["contradictions"])
    path = f"/disputes/{dispute['id']}"
    assert led(send(client, path, pair=first, answer="confirmed")) == f"{path}#f-{first}"
    assert "1 confirmed by reviewers" in visit(client, "/").text
    left = led(send(client, path, pair=first, answer="not now")).partition("#")[0]
    shown = visit(client, left)
    assert "1 contradiction," in shown.text
    assert led(send(client, left, pair=second, answer="no clash")) == f"/contradictions/{second}"
    assert "No dispute was found" in visit(client, "/").text
    assert opened(send(client, path, pair=second, answer="confirmed"), 404)


def test_an_article_says_what_was_reviewed(client: TestClient) -> None:
    for pair in pairs(client):
        send(client, "/contradictions", pair=pair, answer="not now")
    assert "Rejected: not now by Zoë Lee" in " ".join(visit(client, "/article?id=denied").text.split())


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"answer": "true"}, 422, "is no answer; expected one of confirmed"),
        ({"reviewer": " "}, 422, "the reviewer's name is missing"),
        ({"note": "x" * 4001}, 422, "at most 4000"),
        ({"pair": "none"}, 404, "there is no contradiction"),
        ({"colour": "red"}, 422, "there is only pair"),
    ],
)
def test_what_is_no_review_is_told_and_nothing_is_written(
    client: TestClient, fields: dict[str, str], status: int, said: str
) -> None:
    pair = pairs(client)[0]
    answer = send(client, "/contradictions", **{"pair": pair, "answer": "confirmed", **fields})
    assert said in opened(answer, status).text
    assert client.get("/v1/reviews?history=true").json()["items"] == []


# Who may


def test_only_a_key_that_may_review_is_offered_it(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    reads = basic(archive.store.keys.add("reader", [Scope.READ]))
    reviews = basic(archive.store.keys.add("Ann of the desk", [Scope.READ, Scope.REVIEW]))
    writes = basic(archive.store.keys.add("writer", [Scope.READ, Scope.WRITE]))
    with serving(archive) as client:
        for identity, body in {"signed": SIGNED, "denied": NOT_SIGNED}.items():
            client.put(f"/v1/articles/{identity}", json=body, headers=writes)
        (pair,) = (str(each["id"]) for each in client.get("/v1/contradictions", headers=reads).json()["items"])
        sent = {**FORM, "pair": pair, "answer": "confirmed"}
        for path in ("/contradictions", f"/contradictions/{pair}"):
            assert "answer" not in names_of(opened(client.get(path, headers={**BROWSER, **reads})))
            shown = opened(client.get(path, headers={**BROWSER, **reviews}))
            assert "answer" in names_of(shown)
            assert shown.all("input", name="reviewer")[0].attributes["value"] == "Ann of the desk"
            for none in (reads, writes):
                opened(client.post(path, data=sent, headers={**BROWSER, **none}), 403)
        opened(client.post("/reviewer", data={"reviewer": "Zoë"}, headers={**BROWSER, **reads}), 403)
        assert client.get("/v1/reviews", headers=reads).json()["items"] == []


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "null"}, {"origin": "http://evil.example"}]
)
def test_another_site_reviews_nothing(client: TestClient, headers: dict[str, str]) -> None:
    sent = {**FORM, "pair": pairs(client)[0], "answer": "confirmed"}
    assert client.post("/contradictions", data=sent, headers=headers).status_code == 403
    assert client.get("/v1/reviews").json()["items"] == []
