"""The page shows what the API answers, to people: each view, its filters, its errors."""

import re
import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import page
from app.api import Limits, create_app
from app.archive import open_archive
from app.page import evaluation, jobs, reviewing
from app.page.posture import HEADERS, for_machines
from app.page.views import router as views_router
from nli.records import Vectors
from tests.app.pages import BROWSER, Page, opened, visit
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive, serving, stock, url_in
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge

BODIES = {
    "signed": {**SIGNED, "url": "https://morning.example/signed", "title": "Contract signed"},
    "denied": NOT_SIGNED,
    "again/2": AGAIN,
}
QUESTION = "The ministry has not signed the missile contract."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("page")), Limits(text=2_000)) as client:
        for identity, body in BODIES.items():
            assert client.put(f"/v1/articles/{identity}", json=body).status_code == 201
        yield client


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Forty articles, each clashing with the one before; what stands in them takes no model to make."""
    archive = an_archive(tmp_path_factory.mktemp("many"))
    stock(archive.store, 40)
    with serving(archive) as client:
        yield client


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("empty"))) as client:
        yield client


def dispute_path(client: TestClient) -> str:
    return f"/disputes/{client.get('/v1/disputes').json()['items'][0]['id']}"


def views(client: TestClient) -> list[Page]:
    asked = client.post("/check", data={"text": QUESTION}, headers=BROWSER)
    paths = ("/", "/contradictions", dispute_path(client), "/article?id=signed", "/check")
    return [*(visit(client, path) for path in paths), opened(asked)]


# Disputes


def test_the_first_screen_says_what_it_is_and_shows_both_sides_of_a_clash(client: TestClient) -> None:
    shown = visit(client, "/")
    assert shown.headings[0] == (1, "Where sources contradict each other")
    first = shown.all("article")[0].text
    assert "Morning Post" in first or "Weekly Review" in first
    assert "Evening Star" in first
    assert "clashes with" in first
    assert "not" in [each.text for each in shown.all("mark")]


def test_each_dispute_of_the_api_is_on_the_page_in_its_order(many: TestClient) -> None:
    for sort in ("newest", "score"):
        listed = [each["id"] for each in many.get(f"/v1/disputes?limit=500&sort={sort}").json()["items"]]
        path, found = f"/?limit=4&sort={sort}", list[str]()
        while path:
            shown = visit(many, path)
            found += [link.removeprefix("/disputes/") for link in shown.links if link.startswith("/disputes/")]
            path = next((f"/{each.attributes['href']}" for each in shown.all("a", rel="next")), "")
        assert found == listed


@pytest.mark.parametrize("path", ["/", "/contradictions"])
def test_filters_stay_in_the_address_and_in_the_form(many: TestClient, path: str) -> None:
    address = f"{path}?holder=zo%C3%AB&outlet=morning+post&since=2020-01-01&until=2020-01-31&min_score=0.2&q=rained"
    shown = visit(many, address + "&limit=2&sort=score&kind=failed+prediction")
    fields = [each.attributes for each in shown.all("input") if each.attributes.get("id", "").startswith("f-")]
    kept = {each["name"]: each["value"] for each in fields}
    assert kept == {"q": "rained", "holder": "zoë", "outlet": "morning post", "since": "2020-01-01",
                    "until": "2020-01-31", "min_score": "0.2"}  # fmt: skip
    chosen = [each.attributes["value"] for each in shown.elements if "selected" in each.attributes]
    assert chosen == ["failed prediction", "score"]
    assert "open" in shown.one("details").attributes
    further = shown.one("a", rel="next").attributes["href"]
    assert "holder=zo%C3%AB" in further
    assert visit(many, path + further).all("li")


@pytest.mark.parametrize("path", ["/", "/contradictions"])
def test_fields_left_empty_leave_the_address(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}?q=&holder=morning&min_score=", headers=BROWSER)
    assert str(answer.url).endswith(f"{path}?holder=morning")
    assert str(client.get(f"{path}?q=", headers=BROWSER).url).endswith(path)


@pytest.mark.parametrize("path", ["/", "/contradictions"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("min_score=much", "Score at least: 'much': expected a number from 0 to 1, such as 0.6"),
        ("min_score=2", "Score at least: '2': expected a number from 0 to 1, such as 0.6"),
        ("since=yesterday", "From: 'yesterday' is no day such as 2022-08-17"),
        ("since=2022-02-01&until=2022-01-01", "since 2022-02-01 lies after until 2022-01-01"),
        ("colour=red", "colour: there is no such filter"),
        ("kind=rude", "What clashes: 'rude': Input should be 'negation', 'antonym'"),
        ("limit=0", "limit: '0': expected a whole number from 1 to 500"),
    ],
)
def test_a_filter_that_cannot_be_is_named_and_nothing_is_listed(
    client: TestClient, path: str, query: str, said: str
) -> None:
    shown = visit(client, f"{path}?q=missile&{query}", 422)
    assert said in " ".join(shown.one("div", role="alert").text.split())
    assert shown.one("input", name="q").attributes["value"] == "missile"
    assert "clashes with" not in shown.text


def test_a_faulty_field_is_tied_to_what_is_said_of_it(client: TestClient) -> None:
    shown = visit(client, "/?min_score=much", 422)
    field = shown.one("input", name="min_score").attributes
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] in shown.ids


def test_a_cursor_of_another_question_is_refused(client: TestClient) -> None:
    assert "the cursor is not usable" in visit(client, "/?cursor=abc", 422).text


def test_where_nothing_fits_the_page_says_so_and_leads_back(client: TestClient) -> None:
    shown = visit(client, "/?q=submarine")
    assert "No dispute fits these filters." in shown.text
    assert "/" in shown.links


@pytest.mark.parametrize("path", ["/", "/contradictions"])
def test_an_empty_store_explains_in_two_lines_how_articles_get_in(empty: TestClient, path: str) -> None:
    shown = visit(empty, path)
    told = [line for line in shown.one("div", class_="empty").text.splitlines() if line]
    assert len(told) == 2
    assert "counterclaim ingest" in told[1]
    assert "PUT /v1/articles/" in told[1]


# One dispute


def test_a_dispute_shows_every_position_with_who_holds_it_and_what_they_said(client: TestClient) -> None:
    (told,) = client.get("/v1/disputes").json()["items"]
    shown = visit(client, dispute_path(client))
    assert shown.headings[0] == (1, told["question"])
    positions = [each for each in shown.all("section") if each.attributes.get("class", "").startswith("position")]
    assert len(positions) == len(told["positions"]) == 2
    for section, position in zip(positions, told["positions"], strict=True):
        for voice in position["voices"]:
            assert voice["name"] in section.text
            for claim in voice["claims"]:
                assert claim["text"] in section.text
    assert "since 23 Aug 2020" in positions[0].text
    assert "clashes with B" in positions[0].text
    assert "one side negates what the other asserts" in shown.text
    assert ": about 6 of 10 labelled pairs like this clash" in shown.text
    assert {"not", "last summer"} <= {each.text for each in shown.all("mark")}


def test_the_timeline_names_every_day_in_text_too(client: TestClient) -> None:
    shown = visit(client, dispute_path(client))
    assert shown.one("svg").attributes["role"] == "img"
    assert len(shown.all("circle")) == 3
    days = re.findall(r"\d+ \w{3} \d{4}", shown.one("ol", class_="moments").text)
    assert days == ["23 Aug 2020", "2 May 2021", "17 Aug 2022"]


def test_originals_are_linked_without_telling_them_who_reads(client: TestClient) -> None:
    outward = visit(client, dispute_path(client)).all("a", rel="noopener noreferrer")
    assert {each.attributes["href"] for each in outward} == {"https://morning.example/signed"}
    assert outward[0].text == "Original at morning.example"


def test_words_put_back_are_shown_as_added(many: TestClient) -> None:
    added = {each.text for each in visit(many, "/contradictions").all("span", class_="added")}
    assert "[of it]" in added


# Contradictions


@pytest.mark.parametrize("query", ["", "?sort=score", "?relation=all", "?q=rained+3"])
def test_each_contradiction_of_the_api_is_on_the_page_in_its_order(many: TestClient, query: str) -> None:
    listed = many.get(f"/v1/contradictions{query}").json()["items"]
    shown = visit(many, f"/contradictions{query}")
    sides = [(each["left"]["text"], each["right"]["text"]) for each in listed]
    rows = [
        each.text for each in shown.elements if each.attributes.get("id", "").startswith("f-") and each.name == "li"
    ]
    assert len(rows) == len(sides) > 0
    for row, (left, right) in zip(rows, sides, strict=True):
        said = re.sub(r"\s*\[[^]]*\]+\s*", "", row)
        assert re.sub(r"\W", "", left)[2:] in re.sub(r"\W", "", said)
        assert re.sub(r"\W", "", right)[2:] in re.sub(r"\W", "", said)


# Check


def test_a_checked_sentence_stands_beside_what_clashes_and_what_supports(client: TestClient) -> None:
    sent = {**BROWSER, "sec-fetch-site": "same-origin"}
    shown = opened(client.post("/check", data={"text": QUESTION}, headers=sent))
    assert [text for level, text in shown.headings if level == 3] == ["Clashes with it", "Supports it"]
    assert shown.text.count("What you asked") == 3
    assert "Evening Star" in shown.text.partition("Supports it")[2]
    assert "2 statements clash with it, 1 supports it" in shown.text
    assert shown.one("textarea").text.strip() == QUESTION


def test_a_check_stores_nothing(client: TestClient) -> None:
    before = client.get("/v1/info").json()["counts"]
    client.post("/check", data={"text": QUESTION}, headers=BROWSER)
    assert client.get("/v1/info").json()["counts"] == before


def test_where_nothing_answers_the_page_says_so(client: TestClient) -> None:
    shown = opened(client.post("/check", data={"text": "Bananas are yellow."}, headers=BROWSER))
    assert "Nothing found that clashes with it or supports it." in shown.text


def test_a_check_against_nothing_says_how_articles_get_in(empty: TestClient) -> None:
    assert "No articles are stored yet" in opened(empty.post("/check", data={"text": QUESTION}, headers=BROWSER)).text


@pytest.mark.parametrize(
    ("fields", "headers", "status", "said"),
    [
        ({"text": " \r\n"}, {}, 422, "Write or paste a sentence to check."),
        ({"text": "It rained. " * 500}, {}, 422, "a text is too long"),
        ({"text": "It rained.", "more": "x"}, {}, 422, "unknown fields"),
        ({"text": "It rained."}, {"sec-fetch-site": "cross-site"}, 403, "sent from another site"),
        ({"text": "It rained."}, {"content-type": "text/plain"}, 415, "the body is no form"),
    ],
)
def test_what_cannot_be_checked_is_told(
    client: TestClient, fields: dict[str, str], headers: dict[str, str], status: int, said: str
) -> None:
    assert said in opened(client.post("/check", data=fields, headers={**BROWSER, **headers}), status).text


@pytest.mark.parametrize("body", [b"text=%ff", b"\xff", b"&".join([b"text=a"] * 20)])
def test_a_form_that_cannot_be_read_is_told(client: TestClient, body: bytes) -> None:
    headers = {**BROWSER, "content-type": "application/x-www-form-urlencoded"}
    assert "the form cannot be read" in opened(client.post("/check", content=body, headers=headers), 400).text


class Watched(FakeEncoder):
    """Notes which thread it works in."""

    def __init__(self) -> None:
        self.threads: set[str] = set()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.threads.add(threading.current_thread().name)
        return super().encode(texts)


def test_the_models_work_in_their_own_thread(tmp_path: Path) -> None:
    encoder = Watched()
    with serving(open_archive(url_in(tmp_path), encoder, FakeJudge())) as client:
        client.post("/check", data={"text": QUESTION}, headers=BROWSER)
    assert encoder.threads == {"models"}


# Article


def test_an_article_is_shown_whole_with_its_claims_marked_and_what_each_clashes_with(client: TestClient) -> None:
    shown = visit(client, "/article?id=denied")
    claim = NOT_SIGNED["text"].removesuffix(".")
    assert shown.one("div", class_="text").text == f"{claim}1."
    assert shown.all("mark")[1].text == claim
    clashing = shown.one("section", class_="numbered").text
    assert "Morning Post" in clashing
    assert "Weekly Review" in clashing


def test_any_id_of_an_article_can_be_opened(client: TestClient) -> None:
    assert "last summer" in visit(client, "/article?id=again%2F2").text


# All views


def test_every_link_leads_to_a_page_and_to_a_place_on_it(client: TestClient) -> None:
    pages: dict[str, Page] = {}
    for shown in views(client):
        for link in shown.links:
            if link.startswith("http"):
                continue
            path, _, fragment = link.partition("#")
            if path and not for_machines(path) and not path.startswith("/static/"):
                shown_there = pages.setdefault(path, visit(client, path))
            else:
                assert not path or client.get(path).status_code == 200
                shown_there = shown
            assert not fragment or fragment in shown_there.ids


def test_every_view_has_landmarks_one_title_headings_in_order_and_labels(client: TestClient) -> None:
    for shown in views(client):
        assert shown.one("html").attributes["lang"] == "en"
        assert shown.all("title")[0].text.endswith(" · counterclaim")
        assert len(shown.all("main")) == len(shown.all("header")) == 1
        assert all(each.attributes.get("aria-label") for each in shown.all("nav"))
        levels = [level for level, _ in shown.headings]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        labelled = {each.attributes["for"] for each in shown.all("label")}
        fields = [each for each in shown.elements if each.name in ("input", "select", "textarea")]
        fields = [each for each in fields if each.attributes.get("type") != "hidden"]
        assert labelled == {each.attributes["id"] for each in fields}
        assert len(shown.ids) == len(set(shown.ids))
        assert shown.links[2] == "#main"


def test_no_view_has_scripts_or_styles_inside(client: TestClient) -> None:
    for shown in views(client):
        assert all(each.attributes.get("src") == "/static/keys.js" and not each.text for each in shown.all("script"))
        assert not shown.all("style")
        names = {name for each in shown.elements for name in each.attributes}
        assert not {name for name in names if name.startswith("on") or name == "style"}


def test_no_words_of_the_page_take_sides(client: TestClient) -> None:
    said = {word for shown in views(client) for word in re.findall(r"[a-z]+", shown.text.lower())}
    assert not {"false", "lie", "lies", "liar", "debunked", "wrong", "untrue", "fact", "facts"} & said


@pytest.mark.parametrize("path", ["/", "/check", "/nothing", "/static/page.css", "/article?id=none"])
def test_every_page_comes_with_the_posture(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_behind_a_prefix_links_keep_it(tmp_path: Path) -> None:
    app = create_app(an_archive(tmp_path), FakeClassifier())
    page.install(app)
    with TestClient(app, root_path="/news") as client:
        shown = visit(client, "/news/check")
    assert all(link.startswith(("/news/", "#")) for link in shown.links)
    assert shown.one("a", **{"aria-current": "page"}).text == "Check a claim"


# Errors


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/disputes/none", 404), ("GET", "/article?id=none", 404),
     ("GET", "/article", 422), ("GET", "/check?text=x", 422), ("DELETE", "/", 405)],
)  # fmt: skip
def test_an_error_is_a_page_for_a_browser_and_a_problem_for_a_program(
    client: TestClient, method: str, path: str, status: int
) -> None:
    shown = opened(client.request(method, path, headers=BROWSER), status)
    assert "/" in shown.links
    told = client.request(method, path)
    assert told.status_code == status
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["title"] == shown.headings[0][1]
    assert told.headers.get("allow") == client.request(method, path, headers=BROWSER).headers.get("allow")


@pytest.mark.parametrize("path", ["/v1/articles/none", "/v1/disputes?min_score=x", "/v1"])
def test_the_api_answers_problems_to_browsers_too(client: TestClient, path: str) -> None:
    assert client.get(path, headers=BROWSER).headers["content-type"] == "application/problem+json"


def test_a_fault_of_the_service_is_a_page_that_tells_nothing_of_its_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:
        monkeypatch.setattr(archive, "disputes", lambda: 1 / 0)
        shown = visit(client, "/", 500)
    assert "an error of the service" in shown.text
    assert "Zero" not in shown.text


def test_a_body_that_is_too_large_is_told_as_a_page(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path), Limits(body=1_000)) as client:
        assert "too large" in opened(client.post("/check", data={"text": "a" * 2_000}, headers=BROWSER), 413).text


def test_every_address_is_either_the_pages_or_a_programs(client: TestClient) -> None:
    routes = [
        each for router in (evaluation.router, jobs.router, reviewing.router, views_router) for each in router.routes
    ]
    ours = {getattr(each, "path", "") for each in routes if "GET" in getattr(each, "methods", ())}
    described = set(client.get("/openapi.json").json()["paths"])
    assert all(for_machines(path) for path in described)
    assert not any(for_machines(path) for path in ours)
    told = (Path(__file__).parents[2] / "docs" / "page.md").read_text()
    assert {path.replace("{identity}", "{id}") for path in ours} == set(
        re.findall(r"^\| [^|]+ \| `(/[^`?]*)", told, re.M)
    )
