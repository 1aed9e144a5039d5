"""A page as its reader's browser takes it: elements, links, headings, text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from httpx2 import Response
from starlette.testclient import TestClient

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
VOID = {"meta", "link", "input", "br", "line"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """All elements in the order of their opening tags, each with all the text inside it."""

    html: str
    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.html)
        self.close()
        assert self._open == [], f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        for element in self._open:
            element.text += data

    def all(self, name: str, /, **attributes: str) -> list[Element]:
        wanted = {key.rstrip("_"): value for key, value in attributes.items()}
        return [each for each in self.elements if each.name == name and wanted.items() <= each.attributes.items()]

    def one(self, name: str, /, **attributes: str) -> Element:
        (found,) = self.all(name, **attributes)
        return found

    @property
    def links(self) -> list[str]:
        return [each.attributes["href"] for each in self.elements if "href" in each.attributes]

    @property
    def ids(self) -> list[str]:
        return [each.attributes["id"] for each in self.elements if "id" in each.attributes]

    @property
    def headings(self) -> list[tuple[int, str]]:
        return [
            (int(each.name[1]), " ".join(each.text.split()))
            for each in self.elements
            if len(each.name) == 2 and each.name[0] == "h" and each.name[1].isdigit()
        ]


def opened(answer: Response, status: int = 200) -> Page:
    """The page in an answer, which is HTML whatever its status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


def visit(client: TestClient, path: str, status: int = 200) -> Page:
    return opened(client.get(path, headers=BROWSER), status)
