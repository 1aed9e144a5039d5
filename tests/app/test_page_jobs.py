"""People follow a batch without scripts: how far it is, and what became of each article."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.archive import open_archive
from tests.app.pages import BROWSER, Page, visit
from tests.app.served import NOT_SIGNED, SIGNED, an_archive, serving, url_in
from tests.app.test_api_jobs import LATER, PATIENCE, HeldJudge, ended
from tests.fakes import FakeEncoder

HOSTILE = "<script>alert(1)</script>\"'&\u202e"
BATCH = {
    "articles": [
        {"id": "signed", **SIGNED},
        {"id": HOSTILE, "text": "It rained.", "published": "<b>"},
        {"text": ""},
        {"id": "denied", **NOT_SIGNED},
        {"id": "a/b?c#d", "text": "It rained in Oslo all day."},
    ]
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("jobs"))) as client:
        yield client


@pytest.fixture(scope="module")
def job(client: TestClient) -> str:
    identity = str(client.post("/v1/articles", json=BATCH, headers=LATER).json()["id"])
    ended(client, identity)
    return identity


def rows(shown: Page) -> list[str]:
    return [" ".join(each.text.split()) for each in shown.all("tr")[1:]]


def test_a_batch_that_is_done_says_what_became_of_each_article(client: TestClient, job: str) -> None:
    shown = visit(client, f"/jobs/{job}")
    assert shown.headings[0] == (1, "5 articles, done")
    assert "5 of 5 done, 2 of them not stored" in shown.text
    bar = shown.one("progress").attributes
    assert (bar["max"], bar["value"]) == ("5", "5")
    first, second, third, fourth, _ = rows(shown)
    assert first.startswith("1 signed stored")
    assert "not stored: '<b>' is no ISO 8601 date" in second
    assert third == "3 (no id) not stored: the article has no text; Field required"
    assert fourth.endswith(" 1")


def test_what_an_article_is_called_acts_on_nothing(client: TestClient, job: str) -> None:
    text = client.get(f"/jobs/{job}", headers=BROWSER).text
    assert "<script" not in text
    assert "\u202e" not in text


def test_each_article_that_is_stored_can_be_read(client: TestClient, job: str) -> None:
    links = [link for link in visit(client, f"/jobs/{job}").links if link.startswith("/article")]
    assert len(links) == 3
    for link in links:
        visit(client, link)


def test_the_list_leads_to_each_batch(client: TestClient, job: str) -> None:
    shown = visit(client, "/jobs")
    assert f"/jobs/{job}" in shown.links
    assert "done · 5 of 5 done, 2 of them not stored" in " ".join(shown.text.split())
    assert shown.one("a", **{"aria-current": "page"}).text == "Coming in"


def test_a_long_batch_goes_on_on_another_page(client: TestClient, job: str) -> None:
    shown = visit(client, f"/jobs/{job}?limit=3")
    following = shown.one("a", rel="next").attributes["href"]
    assert [row[0] for row in rows(shown) + rows(visit(client, f"/jobs/{job}{following}"))] == list("12345")


def test_a_batch_loads_itself_again_only_on_request_and_until_it_is_done(tmp_path: Path) -> None:
    judge = HeldJudge()
    with serving(open_archive(url_in(tmp_path), FakeEncoder(), judge)) as client:
        path = f"/jobs/{client.post('/v1/articles', json=BATCH, headers=LATER).json()['id']}"
        assert judge.asked.wait(PATIENCE)
        shown = visit(client, path)
        assert shown.headings[0] == (1, "5 articles, being read")
        assert shown.one("progress").attributes["value"] == "3"
        assert "refresh" not in client.get(path, headers=BROWSER).headers
        (follow,) = (each.attributes["href"] for each in shown.all("a") if "5 seconds" in each.text)
        assert client.get(path + follow, headers=BROWSER).headers["refresh"] == "5"
        assert "Stop that" in visit(client, path + follow).text
        judge.may.set()
        ended(client, path.removeprefix("/jobs/"))
        assert "refresh" not in client.get(path + follow, headers=BROWSER).headers


def test_of_a_cancelled_batch_the_rest_was_let_go(tmp_path: Path) -> None:
    judge = HeldJudge()
    with serving(open_archive(url_in(tmp_path), FakeEncoder(), judge)) as client:
        job = client.post("/v1/articles", json=BATCH, headers=LATER).json()["id"]
        assert judge.asked.wait(PATIENCE)
        client.post(f"/v1/jobs/{job}:cancel")
        judge.may.set()
        shown = visit(client, f"/jobs/{job}")
        assert shown.headings[0] == (1, "5 articles, cancelled")
        assert "let go" in rows(shown)[3]


def test_where_nothing_has_come_in_the_page_says_how(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path)) as client:
        assert "Prefer: respond-async" in visit(client, "/jobs").text
        assert "there is no job" in visit(client, "/jobs/none", 404).text
        assert "colour" in visit(client, "/jobs?colour=red", 422).text
