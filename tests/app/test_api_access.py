"""Who may ask for what: every route with every key and without one; and what no key makes right."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api import Guard, Limits
from app.api.access import is_open
from app.scopes import Scope
from app.store.errors import Unavailable
from app.store.keys import digest
from app.store.repository import Store
from tests.app.pages import BROWSER, opened
from tests.app.served import SIGNED, an_archive, serving

JSON = {"content-type": "application/json"}
UNSAFE = {"PUT", "POST", "DELETE", "PATCH"}


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def basic(key: str, user: str = "desk") -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{user}:{key}'.encode()).decode()}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("access")


@pytest.fixture(scope="module")
def keys(folder: Path) -> dict[str, str]:
    """A key of each scope, one without any, and one that was revoked."""
    store = Store(f"sqlite:///{folder / 'counterclaim.db'}")
    made = {scope.value: store.keys.add(f"who may {scope}", [scope]) for scope in Scope}
    made |= {"nothing": store.keys.add("nobody", []), "revoked": store.keys.add("who was here", [Scope.ADMIN])}
    assert store.keys.revoke(made["revoked"].split("_")[1])
    store.close()
    return made


@pytest.fixture(scope="module")
def client(folder: Path, keys: dict[str, str]) -> Iterator[TestClient]:
    assert keys
    with serving(an_archive(folder), Limits(body=5_000)) as client:
        yield client


def ways_in(client: TestClient) -> list[tuple[str, str]]:
    """The method and an address of every route that the service has, those of the page included."""
    assert isinstance(client.app, FastAPI)
    return [
        (method, re.sub(r"\{[^}]+\}", "x", each.path or ""))
        for each in iter_route_contexts(client.app.routes)
        for method in sorted(each.methods or {"GET"})
    ]


def refused(answer: Response, status: int) -> str:
    """The challenge of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    return answer.headers["www-authenticate"]


# Every route


def test_every_route_but_the_open_ones_needs_a_key(client: TestClient, keys: dict[str, str]) -> None:
    closed = [(method, path) for method, path in ways_in(client) if not is_open(path)]
    assert {path for _, path in closed} >= {"/v1/articles", "/v1/check", "/v1/info", "/", "/check"}
    for method, path in closed:
        for wrong in ({}, bearer("x"), bearer(keys["revoked"]), bearer(keys["read"][:-1]), basic(keys["read"] + "x")):
            refused(client.request(method, path, headers=wrong), 401)


def test_every_route_but_the_open_ones_states_a_scope(client: TestClient, keys: dict[str, str]) -> None:
    """`dependencies=[needs(Scope.READ)]`, of the route or its router: without, a key for nothing is let through."""
    unstated = [
        f"{method} {path}"
        for method, path in ways_in(client)
        if not is_open(path) and client.request(method, path, headers=bearer(keys["nothing"])).status_code != 403
    ]
    assert unstated == []


def test_each_route_lets_through_the_keys_with_the_scope_that_it_states(
    client: TestClient, keys: dict[str, str]
) -> None:
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        if is_open(path):
            continue
        for method, operation in operations.items():
            ((needed,),) = (each["key"] for each in operation["security"])
            for scope in Scope:
                address = re.sub(r"\{[^}]+\}", "x", path)
                answer = client.request(method.upper(), address, headers=bearer(keys[scope]))
                if scope in (needed, Scope.ADMIN):
                    assert answer.status_code not in (401, 403), (method, path, scope)
                else:
                    challenge = refused(answer, 403)
                    assert f'error="insufficient_scope", scope="{needed}"' in challenge


def test_reading_needs_no_right_to_write(client: TestClient, keys: dict[str, str]) -> None:
    assert client.put("/v1/articles/a", json=SIGNED, headers=bearer(keys["write"])).status_code == 201
    assert client.get("/v1/articles/a", headers=bearer(keys["read"])).status_code == 200
    refused(client.put("/v1/articles/b", json=SIGNED, headers=bearer(keys["read"])), 403)
    refused(client.delete("/v1/articles/a", headers=bearer(keys["review"])), 403)
    assert client.get("/v1/info", headers=bearer(keys["admin"])).json()["counts"]["articles"] == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/docs", "/docs/swagger-ui.css", "/openapi.json"])
def test_health_and_reference_answer_anybody(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (200, 503)
    assert client.get("/static/page.css").status_code == 200


def test_the_reference_tells_how_to_present_a_key(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["components"]["securitySchemes"]["key"] | {"description": ""} == {
        "type": "http",
        "scheme": "bearer",
        "description": "",
    }
    assert schema["paths"]["/v1/articles"]["post"]["security"] == [{"key": ["write"]}]
    assert {"401", "403"} <= set(schema["paths"]["/v1/info"]["get"]["responses"])
    assert "security" not in schema["paths"]["/healthz"]["get"]


def test_what_is_not_there_is_not_told_to_whom_has_no_key(client: TestClient, keys: dict[str, str]) -> None:
    for path in ("/v1/none", "/v1/articles/none", "/none", "/healthzz", "/docs/../v1/info", "//v1/info"):
        assert client.get(path).status_code in (401, 404)
    refused(client.get("/v1/articles/none"), 401)
    assert client.get("/v1/articles/none", headers=bearer(keys["read"])).status_code == 404


# Presenting a key


def test_no_body_is_read_of_whom_has_no_key(client: TestClient) -> None:
    refused(client.post("/v1/check", content=b"{", headers=JSON), 401)

    def endless() -> Iterator[bytes]:
        yield b"{"
        pytest.fail("the body was read on")

    refused(client.post("/v1/check", content=endless(), headers={**JSON, "content-length": "9000"}), 401)


def test_a_program_is_asked_for_a_bearer_and_a_browser_for_a_password(client: TestClient) -> None:
    assert refused(client.get("/v1/info"), 401) == 'Bearer realm="counterclaim"'
    assert refused(client.get("/v1/info", headers=bearer("x")), 401).endswith('error="invalid_token"')
    answer = client.get("/", headers=BROWSER)
    assert answer.headers["www-authenticate"] == 'Basic realm="counterclaim", charset="UTF-8"'
    assert "a key is needed" in opened(answer, 401).text


@pytest.mark.parametrize("user", ["", "desk", "Zoë"])
def test_the_page_takes_a_key_as_the_password_of_any_user(client: TestClient, keys: dict[str, str], user: str) -> None:
    signed_in = {**BROWSER, **basic(keys["read"], user)}
    opened(client.get("/", headers=signed_in))
    opened(client.post("/check", data={"text": "It rained."}, headers=signed_in))
    assert "does not allow this" in opened(client.get("/", headers={**BROWSER, **basic(keys["write"])}), 403).text


@given(value=st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=80))
def test_no_authorization_that_is_none_lets_anybody_in(client: TestClient, value: str) -> None:
    for scheme in ("Bearer ", "Basic ", "Basic " + base64.b64encode(value.encode()).decode(), ""):
        refused(client.get("/v1/info", headers={b"authorization": (scheme + value).encode("latin-1")}), 401)


# Where keys are needed


def test_a_service_without_keys_answers_anybody_until_there_is_one_and_stays_closed(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:
        assert client.put("/v1/articles/a", json=SIGNED).status_code == 201
        key = archive.store.keys.add("desk", [Scope.READ])
        refused(client.get("/v1/articles"), 401)
        assert client.get("/v1/articles", headers=bearer(key)).status_code == 200
        archive.store.keys.revoke(key.split("_")[1])
        refused(client.get("/v1/articles", headers=bearer(key)), 401)
        refused(client.get("/v1/articles"), 401)


def test_a_closed_service_without_keys_answers_nobody(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path), guard=Guard(closed=True)) as client:
        refused(client.get("/v1/articles"), 401)
        assert client.get("/healthz").status_code == 200


def test_a_key_that_is_not_of_the_store_is_good_for_everything(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path), guard=Guard(key=digest("s" * 40))) as client:
        refused(client.get("/v1/articles"), 401)
        refused(client.get("/v1/articles", headers=bearer("s" * 39)), 401)
        assert client.put("/v1/articles/a", json=SIGNED, headers=bearer("s" * 40)).status_code == 201


def test_where_the_keys_cannot_be_read_nobody_is_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:

        def fail() -> bool:
            raise Unavailable(archive.store.url, "disk I/O error")

        monkeypatch.setattr(archive.store.keys, "exist", fail)
        answer = client.get("/v1/articles")
        assert answer.status_code == 503
        assert str(tmp_path) not in answer.text
        assert client.get("/healthz").status_code == 200


# Other names, other sites


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:9"])
def test_a_service_answers_to_its_names(tmp_path: Path, host: str) -> None:
    guard = Guard(hosts=("localhost", "127.0.0.1", "::1"))
    with serving(an_archive(tmp_path), guard=guard) as client:
        assert client.get("/v1/articles", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "[", "", "/", " "]
)
def test_a_service_does_not_answer_to_other_names(tmp_path: Path, host: str) -> None:
    guard = Guard(hosts=("localhost", "127.0.0.1", "::1"))
    with serving(an_archive(tmp_path), guard=guard) as client:
        for path in ("/v1/articles", "/", "/docs"):
            answer = client.get(path, headers={"host": host})
            assert answer.status_code == 421
            assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["/healthz?", "x/docs/", "x/healthz#", "healthz", "evil.example/healthz"])
def test_no_host_makes_a_closed_address_an_open_one(client: TestClient, host: str) -> None:
    """The Host header is part of `request.url` (CVE-2026-48710); what is asked for is the path alone."""
    refused(client.get("/v1/info", headers={"host": host}), 401)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, None),
        ({"sec-fetch-site": "same-origin"}, None),
        ({"sec-fetch-site": "none"}, None),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ({"origin": "http://testserver"}, None),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
    ],
)
def test_what_another_sites_page_sends_is_refused_whatever_key_the_browser_adds(
    client: TestClient, keys: dict[str, str], headers: dict[str, str], status: int | None
) -> None:
    key = basic(keys["admin"])
    for method, path in ways_in(client):
        answer = client.request(method, path, headers={**key, **headers})
        if status and method in UNSAFE:
            assert answer.status_code == status, (method, path)
            assert "another site" in answer.json()["detail"]
        else:
            assert answer.status_code not in (401, 403), (method, path)
