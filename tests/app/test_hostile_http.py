"""Hostile requests over a real socket: each is refused with a status, and the service goes on."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from app import page
from app.api import Limits, create_app
from app.api.headers import HEADERS
from app.scopes import Scope
from app.store import database, queries
from tests.app.pages import BROWSER
from tests.app.served import SIGNED, an_archive, serving, stock
from tests.fakes import FakeClassifier

LIMITS = Limits(body=20_000, text=2_000, pairs=3, patience=0.3)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a service listens, in a thread of its own."""
    app = create_app(an_archive(tmp_path_factory.mktemp("hostile")), FakeClassifier(), limits=LIMITS)
    page.install(app)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", server_header=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(600):
        if server.started:
            break
        time.sleep(0.05)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(20)


def send(port: int, data: bytes, more: bytes = b"", after: float = 0) -> bytes:
    """All that comes back before the service closes, or is silent for a while."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(data)
        if more:
            time.sleep(after)
            connection.sendall(more)
        answered = b""
        connection.settimeout(60)
        with contextlib.suppress(TimeoutError, ConnectionError):
            while part := connection.recv(65_536):
                answered += part
    return answered


def status(answered: bytes) -> int:
    return int(answered.split(b" ", 2)[1])


def alive(port: int) -> bool:
    asked = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    return status(send(port, asked)) == 200


POST = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"

MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a header without end": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    "a NUL in a header": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: \x00\r\n\r\n",
    "a folded header": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\r\nY : b\r\n\r\n",
    "a length that is none": POST + b"Content-Length: -1\r\n\r\n{}",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}",
    "an unknown encoding": POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "a chunk that is none": POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_what_is_no_request_is_refused(port: int, name: str) -> None:
    answered = send(port, MALFORMED[name])
    assert status(answered) in (400, 431, 501)
    assert answered.count(b"HTTP/1.1 ") == 1
    assert b"Traceback" not in answered
    assert alive(port)


def test_a_length_beside_chunks_smuggles_no_second_request(port: int) -> None:
    inner = b"0\r\n\r\nDELETE /v1/articles/a HTTP/1.1\r\nHost: localhost\r\n\r\n"
    both = POST + b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n" % len(inner) + inner
    assert send(port, both).count(b"HTTP/1.1 ") == 1
    assert alive(port)


@pytest.mark.parametrize(
    "target",
    [
        b"http://evil.example/healthz",
        b"//healthz",
        b"/v1/../healthz",
        b"/%2e%2e/%2e%2e/etc/passwd",
        b"/static/..%2f..%2fviews.py",
        b"/static/%2e%2e/views.py",
        b"/docs/..%2fdocs.py",
        b"/%00",
        b"/\xff",
        b"/" + b"a/" * 3_000,
        b"/v1/articles/%ff%fe",
    ],
)
def test_no_odd_address_leads_anywhere(port: int, target: bytes) -> None:
    answered = send(port, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert status(answered) in (400, 404)
    assert b"root:" not in answered
    assert b"import" not in answered
    assert alive(port)


def test_a_sender_who_falls_silent_is_not_waited_for(port: int) -> None:
    begun = time.monotonic()
    answered = send(port, POST + b'Content-Length: 900\r\n\r\n{"text": "')
    assert status(answered) == 408
    assert b"application/problem+json" in answered
    assert time.monotonic() - begun < 10
    assert alive(port)


def test_a_slow_sender_who_goes_on_is_waited_for(port: int) -> None:
    body = b'{"text": "It rained in Moscow."}'
    head = POST + b"Content-Length: %d\r\n\r\n" % len(body)
    assert status(send(port, head + body[:5], body[5:], after=0.1)) == 200


def test_idle_connections_keep_nobody_out(port: int) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(200):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: local")
        assert alive(port)


def test_answers_do_not_say_what_answers(port: int) -> None:
    answered = send(port, b"GET /v1/info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").lower()
    assert b"\r\nserver:" not in answered
    assert b"uvicorn" not in answered


# Limits, to the last one


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path_factory.mktemp("limits")), LIMITS) as client:
        yield client


def article_of(size: int) -> bytes:
    """The JSON of an article with so many bytes."""
    body = b'{"text": "%s", "desk": ""}' % b"It rained."
    return body.replace(b'""', b'"%s"' % (b"y" * (size - len(body))))


@pytest.mark.parametrize(("size", "wanted"), [(20_000, {200, 201}), (20_001, {413})])
def test_a_body_of_just_the_limit_is_taken(client: TestClient, size: int, wanted: set[int]) -> None:
    json = {"content-type": "application/json"}
    assert client.put("/v1/articles/a", content=article_of(size), headers=json).status_code in wanted
    chunks = iter([article_of(size)[:9_000], article_of(size)[9_000:]])
    assert client.put("/v1/articles/a", content=chunks, headers=json).status_code in wanted


@pytest.mark.parametrize(("text", "wanted"), [(2_000, 201), (2_001, 422)])
def test_a_text_of_just_the_limit_is_taken(client: TestClient, text: int, wanted: int) -> None:
    assert client.put(f"/v1/articles/t{text}", json={"text": "x" * text}).status_code == wanted


@pytest.mark.parametrize(("count", "wanted"), [(3, 200), (4, 422)])
def test_pairs_of_just_the_limit_are_judged(client: TestClient, count: int, wanted: int) -> None:
    pairs = [{"id": "p", "premise": "It rained.", "hypothesis": "It was dry."}] * count
    assert client.post("/v1/judgements", json={"pairs": pairs}).status_code == wanted


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "deflate", "zstd", "identity, gzip"])
def test_nothing_is_unpacked(client: TestClient, encoding: str) -> None:
    bomb = gzip.compress(b"[" + b"0," * 2_000_000)
    answer = client.post(
        "/v1/check", content=bomb, headers={"content-type": "application/json", "content-encoding": encoding}
    )
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")


def test_a_question_that_takes_too_long_is_broken_off_and_the_next_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = an_archive(tmp_path)
    stock(archive.store, 40)
    with serving(archive) as client:
        words = "/v1/contradictions?relation=all&q=" + "+".join("xyzzy" for _ in range(30))
        monkeypatch.setattr(queries, "SECONDS", 0.0)
        monkeypatch.setattr(database, "STEPS", 10)
        answer = client.get(words)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert "asks for less" in answer.json()["detail"]
        monkeypatch.undo()
        assert client.get(words).json()["items"] == []


# Headers


@pytest.mark.parametrize(
    "path", ["/v1/articles", "/v1/articles/none", "/v1/none", "/healthz", "/openapi.json", "/docs/none"]
)
def test_every_answer_has_its_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_refusals_have_them_too(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    archive.store.keys.add("desk", [Scope.READ])
    with serving(archive) as client:
        for answer in (client.get("/v1/info"), client.get("/", headers=BROWSER)):
            assert answer.status_code == 401
            for name in ("x-content-type-options", "cache-control", "content-security-policy", "referrer-policy"):
                assert answer.headers[name]


def test_no_page_of_another_site_may_read_an_answer(client: TestClient) -> None:
    origin = {"origin": "https://evil.example", "access-control-request-method": "PUT"}
    for answer in (client.get("/v1/articles", headers=origin), client.options("/v1/articles", headers=origin)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_unknown_fields_are_refused_and_an_article_keeps_them_apart(client: TestClient) -> None:
    """Mass assignment: nothing that the service makes can be set from outside."""
    for path, body in (
        ("/v1/check", {"text": "It rained."}),
        ("/v1/judgements", {"pairs": []}),
        ("/v1/articles", {"articles": []}),
    ):
        assert client.post(path, json={**body, "admin": True}).status_code == 422
    forged = {**SIGNED, "digest": "x", "encoder": "x", "day": "1999-01-01", "claims": []}
    assert client.put("/v1/articles/forged", json=forged).status_code == 201
    kept = client.get("/v1/articles/forged").json()
    assert kept["metadata"] == {name: forged[name] for name in ("digest", "encoder", "day", "claims")}
    assert client.get("/v1/claims?article=forged").json()["items"] != []


def test_a_url_in_an_article_is_never_fetched(client: TestClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        url = f"http://127.0.0.1:{trap.getsockname()[1]}/x"
        put = client.put("/v1/articles/link", json={"text": f"It rained, see {url}.", "url": url, "title": url})
        assert put.status_code == 201
        assert client.post("/v1/check", json={"article": {"text": "It rained.", "url": url}}).status_code == 200
        client.get("/article?id=link", headers=BROWSER)
        with pytest.raises(TimeoutError):
            trap.accept()
