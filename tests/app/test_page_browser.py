"""The page in a real browser: by keys and without scripts, for whoever reads it, whatever stands in an article."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from shutil import which
from typing import Literal
from urllib.parse import urlencode, urlsplit

import pytest
import uvicorn
from httpx2 import get
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from app import page
from app.api import create_app
from app.archive import Archive
from corpus.records import Article
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive
from tests.app.test_page_hostile import HOSTILE, stock_hostile, two
from tests.fakes import FakeClassifier

CHROMIUM = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path (Debian: apt-get install chromium)"),
]

WIDE, NARROW = 1280, 390
AXE = files("axe_playwright_python").joinpath("axe.min.js")


@contextmanager
def listening(archive: Archive) -> Iterator[str]:
    """The address of a service that listens on a free port."""
    app = create_app(archive, FakeClassifier())
    page.install(app)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Its own sandbox needs rights that root in a container does not have; it opens nothing but our own pages.
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return an_archive(tmp_path)


@pytest.fixture
def service(archive: Archive) -> Iterator[str]:
    with listening(archive) as address:
        for identity, body in {"signed": SIGNED, "denied": NOT_SIGNED, "again": AGAIN}.items():
            archive.put(article_of(identity, body))
        yield address


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    archive = an_archive(tmp_path_factory.mktemp("hostile"))
    stock_hostile(archive.store)
    with listening(archive) as address:
        yield address


def article_of(identity: str, body: dict[str, str]) -> Article:
    return Article(identity, body["text"], outlet=body["outlet"], published=body["published"])


def items(address: str, path: str) -> list[dict[str, str]]:
    listed = get(f"{address}/v1/{path}").json()["items"]
    assert isinstance(listed, list)
    return listed


def views(address: str) -> list[str]:
    dispute, pair = (items(address, path)[0]["id"] for path in ("disputes", "contradictions"))
    lists = ["/", "/contradictions", "/contradictions?review=open", "/contradictions?min_score=much"]
    one = [f"/disputes/{dispute}", f"/contradictions/{pair}", "/article?id=signed"]
    return [*lists, *one, "/check", "/jobs", "/evaluation", "/nothing"]


def named(context: BrowserContext, address: str) -> Page:
    """A page of somebody who has told a name."""
    context.add_cookies([{"name": "reviewer", "value": "Ann%20Lee", "url": address}])
    return context.new_page()


def found_by_axe(shown: Page) -> list[str]:
    shown.evaluate(AXE.read_text(encoding="utf-8"))
    violations = shown.evaluate("axe.run().then((told) => told.violations)")
    return [f"{shown.url}: {each['id']}: {node['html']}" for each in violations for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    browser: Browser, service: str, scheme: Literal["light", "dark"], width: int
) -> None:
    # axe itself is a script inside the page, and makes elements of text.
    with browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 800}) as context:
        shown = named(context, service)
        found, wide = list[str](), list[str]()
        for view in views(service):
            shown.goto(service + view)
            shown.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            found += found_by_axe(shown)
            wide += [view] if over_the_edge(shown) else []
        shown.goto(f"{service}/check")
        shown.get_by_label("A sentence, or a few").fill("The ministry has not signed the missile contract.")
        shown.get_by_role("button", name="Check").click()
        shown.get_by_role("heading", name="Clashes with it").wait_for()
        found += found_by_axe(shown)
    assert (found, wide) == ([], [])


def test_reviewing_goes_by_keys_from_pair_to_pair(browser: Browser, service: str) -> None:
    first, second = (each["id"] for each in items(service, "contradictions"))
    with browser.new_context() as context:
        shown = context.new_page()
        shown.goto(f"{service}/contradictions?review=open")
        shown.get_by_label("Your name").fill("Ann Lee")
        shown.keyboard.press("Enter")
        shown.keyboard.press("c")  # Nothing is in focus yet.
        shown.get_by_role("button", name="Review by keys").click()
        shown.keyboard.press("j")
        assert shown.evaluate("document.activeElement.id") == f"f-{second}"
        shown.keyboard.press("k")
        shown.keyboard.press("m")
        shown.keyboard.type("An update: cntxs")
        shown.keyboard.press("Escape")
        with shown.expect_navigation():
            shown.keyboard.press("n")
        assert shown.evaluate("document.activeElement.id") == f"f-{second}"
        assert shown.locator("[data-pair]").count() == 1
        with shown.expect_navigation():
            shown.keyboard.press("c")
        shown.get_by_text("No contradiction fits these filters").wait_for()
    said = {each["contradiction"]: each for each in items(service, "reviews")}
    assert (said[first]["reason"], said[first]["note"]) == ("not now", "An update: cntxs")
    assert (said[second]["verdict"], said[second]["note"]) == ("confirmed", "")
    assert {each["reviewer"] for each in said.values()} == {"Ann Lee"}


def test_without_scripts_each_answer_is_a_button(browser: Browser, service: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        shown = context.new_page()
        shown.goto(f"{service}/")
        shown.locator(".card h2 a").first.click()
        shown.get_by_label("Your name").fill("Ben Ode")
        shown.get_by_role("button", name="Start").click()
        shown.get_by_role("button", name="They clash").first.click()
        shown.get_by_text("Just now confirmed").wait_for()
        shown.get_by_role("button", name="Take back").click()
        shown.get_by_text("Just now not reviewed").wait_for()
    assert [each["verdict"] for each in items(service, "reviews?history=true")] == ["open", "confirmed"]


@dataclass
class Happened:
    """What a browser did while it showed pages: said on the console or in a window, failed in a script, asked for."""

    said: list[str]
    asked: list[str]

    @classmethod
    def on(cls, shown: Page) -> "Happened":
        """From now on."""
        found = cls([], [])

        def window(each: Dialog) -> None:
            found.said.append(each.message)
            each.dismiss()

        shown.on("dialog", window)
        shown.on("console", lambda each: found.said.append(each.text))
        shown.on("pageerror", lambda each: found.said.append(each.message))
        shown.on("request", lambda each: found.asked.append(each.url))
        return found


def over_the_edge(shown: Page) -> bool:
    return bool(shown.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_an_article_acts_in_a_browser(browser: Browser, hostile: str, text: str) -> None:
    with browser.new_context(viewport={"width": NARROW, "height": 800}) as context:
        shown = named(context, hostile)
        happened = Happened.on(shown)
        for article in two(text):
            shown.goto(f"{hostile}/article?{urlencode({'id': article.id})}")
            assert shown.locator("mark").count()
            assert not over_the_edge(shown)
    assert happened.said == []
    assert {urlsplit(each).path for each in happened.asked} <= {"/article", "/static/page.css", "/static/icon.svg"}
    assert all(each.startswith(f"{hostile}/") for each in happened.asked)


@pytest.mark.parametrize("path", ["/?limit=500", "/contradictions?limit=500"])
def test_a_list_of_hostile_articles_acts_on_nothing(browser: Browser, hostile: str, path: str) -> None:
    with browser.new_context(viewport={"width": NARROW, "height": 800}) as context:
        shown = named(context, hostile)
        happened = Happened.on(shown)
        shown.goto(hostile + path)
        assert shown.locator(".facing").count() == len(HOSTILE)
        assert not over_the_edge(shown)
    assert happened.said == []
    assert all(each.startswith(f"{hostile}/") for each in happened.asked)
