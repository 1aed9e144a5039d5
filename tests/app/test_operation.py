"""What operators see: request ids, the log, the metrics; and what neither ever tells."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.api import Guard
from app.archive import open_archive
from app.commands import logs
from app.formats import LogFormat
from app.scopes import Scope
from app.store.errors import Unavailable
from app.store.repository import Store
from nli.records import Vectors
from tests.app.served import NOT_SIGNED, SIGNED, an_archive, serving, url_in
from tests.fakes import FakeEncoder, FakeJudge

BROWSER = {"accept": "text/html"}


class Indiscreet(FakeEncoder):
    """Fails on one word, and quotes in the error what it was given, as libraries do."""

    def encode(self, texts: object) -> Vectors:
        if "zeppelin" in str(texts):
            raise ValueError(f"cannot encode {texts}")
        assert isinstance(texts, list | tuple)
        return super().encode(texts)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path)) as client:
        yield client


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the log of a service says, in JSON."""
    root = logging.getLogger()
    handlers, levels = root.handlers, {name: logging.getLogger(name).level for name in logs.LEVELS}
    stream = io.StringIO()
    logs.configure(LogFormat.JSON, stream)
    yield stream
    root.handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def events(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def metrics(client: TestClient) -> dict[tuple[str, ...], float]:
    """Every sample: its name and the values of its labels, to its value."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(answer.text))
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


# Request ids


@pytest.mark.parametrize("path", ["/healthz", "/v1/articles", "/v1/none", "/none", "/v1/articles?page=2", "/"])
def test_every_answer_has_the_id_of_its_request(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"X-Request-Id": "proxy-7.f_3"}).headers["x-request-id"] == "proxy-7.f_3"
    one, other = (client.get(path).headers["x-request-id"] for _ in range(2))
    assert len(one) == 32
    assert one != other


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "ü".encode(), "a,b"])
def test_an_id_that_could_do_harm_in_a_log_is_replaced(client: TestClient, given: str | bytes) -> None:
    sent = given if isinstance(given, bytes) else given.encode()
    assert len(client.get("/healthz", headers={b"X-Request-Id": sent}).headers["x-request-id"]) == 32


def test_a_refused_request_and_one_that_fails_have_an_id_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = an_archive(tmp_path)
    with serving(archive, guard=Guard(closed=True)) as client:
        assert client.get("/v1/articles").status_code == 401
        assert client.get("/v1/articles").headers["x-request-id"]
    archive = an_archive(tmp_path)
    with serving(archive) as client:
        monkeypatch.setattr(archive, "disputes", lambda: 1 / 0)
        for path, headers in (("/v1/disputes", {}), ("/", BROWSER)):
            answer = client.get(path, headers={**headers, "X-Request-Id": "mine"})
            assert (answer.status_code, answer.headers["x-request-id"]) == (500, "mine")


# The log


def test_a_request_is_one_line_with_its_route_and_what_came_of_it(client: TestClient, log: io.StringIO) -> None:
    client.put("/v1/articles/a1", json=SIGNED, headers={"X-Request-Id": "one"})
    (line,) = [each for each in events(log) if each["event"] == "request"]
    assert line.pop("ms")
    assert line.pop("time")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "app.api.observed",
        "request_id": "one",
        "method": "PUT",
        "route": "/v1/articles/{id:path}",
        "status": 201,
    }


def test_an_error_is_logged_once_with_the_id_of_its_request_and_where_it_was_raised(
    tmp_path: Path, log: io.StringIO
) -> None:
    with serving(open_archive(url_in(tmp_path), Indiscreet(), FakeJudge())) as client:
        body = {"text": "The zeppelin was sold to Moscow last year."}
        client.put("/v1/articles/a1", json=body, headers={"X-Request-Id": "bad"})
    failed, request = [each for each in events(log) if each.get("request_id") == "bad"]
    assert failed["level"] == "error"
    assert str(failed["exception"]).startswith("ValueError\n")
    assert "test_operation.py" in str(failed["exception"])
    assert (request["status"], request["error"]) == (500, "ValueError")


def test_a_store_that_fails_is_told_by_name_in_the_log_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:

        def fail(*_: object, **__: object) -> None:
            raise Unavailable(archive.store.url, "disk I/O error")

        monkeypatch.setattr(archive.store, "counts", fail)
        client.get("/v1/info")
        assert metrics(client)["counterclaim_store_up",] == 0
    assert any("disk I/O error" in str(each["event"]) for each in events(log))


def test_the_log_of_a_run_holds_no_words_of_articles_or_questions_and_no_keys(tmp_path: Path, log: io.StringIO) -> None:
    words = ("zeppelin", "missile", "ministry", "Moscow", "submarine", "quokka", "Evening")
    archive = open_archive(url_in(tmp_path), Indiscreet(), FakeJudge())
    secret = archive.store.keys.add("desk", frozenset(Scope))
    with serving(archive) as client:
        client.headers["authorization"] = f"Bearer {secret}"
        assert client.put("/v1/articles/the-quokka-affair", json=SIGNED).status_code == 201
        assert client.put("/v1/articles/quokka/2", json=NOT_SIGNED).status_code == 201
        assert client.get("/v1/contradictions?q=missile").status_code == 200
        assert client.get("/article", params={"id": "the-quokka-affair"}, headers=BROWSER).status_code == 200
        assert client.post("/v1/check", json={"text": "The submarine was never signed."}).status_code == 200
        assert client.put("/v1/articles/q", json={"text": "A zeppelin was sold to them."}).status_code == 500
        assert client.put("/v1/articles/q", json={"text": ["zeppelin"]}).status_code == 422
        assert client.get("/quokka").status_code == 404
        assert client.get(f"/v1/articles?cursor={secret}").status_code == 422
        assert client.get("/v1/articles", headers={"authorization": "Bearer cck_quokka"}).status_code == 401
        assert client.delete("/v1/articles/quokka/2").status_code == 204
    told = log.getvalue()
    assert len(events(log)) >= 11
    assert [word for word in (*words, secret, "cck_") if word.lower() in told.lower()] == []


def test_an_error_of_the_store_quotes_no_row(tmp_path: Path, log: io.StringIO) -> None:
    archive = an_archive(tmp_path)
    with serving(archive) as client:
        client.put("/v1/articles/a1", json=SIGNED)
        with archive.store._engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER refuse BEFORE INSERT ON claims BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        assert client.put("/v1/articles/a2", json=NOT_SIGNED).status_code == 500
    assert "IntegrityError" in log.getvalue()
    assert "missile" not in log.getvalue()


def test_a_person_gets_lines_and_a_machine_gets_json() -> None:
    record = logging.LogRecord("app", logging.INFO, __file__, 1, "request", (), None)
    assert json.loads(logs.formatter(LogFormat.JSON, colours=False).format(record))["event"] == "request"
    assert "info" in logs.formatter(LogFormat.CONSOLE, colours=False).format(record)
    assert not logs.formatter(LogFormat.CONSOLE, colours=False).format(record).startswith("{")


# The metrics


def test_requests_are_counted_by_route_and_status_and_timed(client: TestClient) -> None:
    for number in range(3):
        client.put(f"/v1/articles/a{number}", json=SIGNED)
    client.get("/v1/articles/none")
    client.get("/nowhere/in/particular")
    client.request("BREW", "/v1/articles")
    told = metrics(client)
    route = "/v1/articles/{id:path}"
    assert told["counterclaim_requests_total", "PUT", route, "201"] == 3
    assert told["counterclaim_request_seconds_count", "PUT", route] == 3
    assert told["counterclaim_requests_total", "GET", route, "404"] == 1
    assert told["counterclaim_requests_total", "GET", "none", "404"] == 1
    assert told["counterclaim_requests_total", "other", "/v1/articles", "405"] == 1


def test_no_label_grows_with_what_is_asked(client: TestClient) -> None:
    def series() -> int:
        return len(metrics(client))

    client.get("/v1/articles/none")
    client.get("/nowhere")
    client.get("/static/none.css")
    series()
    before = series()
    for number in range(20):
        client.get(f"/v1/articles/none{number}")
        client.get(f"/nowhere/{number}")
        client.get(f"/static/{number}.css")
        client.get("/v1/articles/none", headers={"X-Request-Id": f"id{number}"})
    assert series() == before


def test_what_is_stored_and_what_the_models_did_is_told(client: TestClient) -> None:
    client.put("/v1/articles/a1", json=SIGNED)
    put = client.put("/v1/articles/a2", json=NOT_SIGNED).json()
    told = metrics(client)
    assert told["counterclaim_articles",] == 2
    assert told["counterclaim_claims",] >= 2
    assert told["counterclaim_findings", "contradiction"] == put["findings"]["contradiction"]
    assert told["counterclaim_store_bytes", "database"] > 0
    assert told["counterclaim_model_items_total", "judging"] >= 1
    assert told["counterclaim_model_items_total", "embedding"] == told["counterclaim_claims",]
    assert told["counterclaim_model_work_seconds_count",] >= 2
    assert told["counterclaim_model_work_waiting",] == 0
    assert told["counterclaim_model_silence_seconds",] == 0
    assert ("counterclaim_models_info", FakeEncoder.name, FakeJudge.name) in told
    assert told["process_resident_memory_bytes",] > 0


def test_errors_are_counted_by_what_is_behind_them(tmp_path: Path) -> None:
    with serving(open_archive(url_in(tmp_path), Indiscreet(), FakeJudge())) as client:
        client.put("/v1/articles/a1", json={"text": "A zeppelin was sold to them."})
        assert metrics(client)["counterclaim_errors_total", "ValueError"] == 1


def test_two_services_in_one_process_count_apart(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with serving(an_archive(tmp_path)) as one, serving(an_archive(tmp_path / "other")) as other:
        one.put("/v1/articles/a1", json=SIGNED)
        assert metrics(one)["counterclaim_articles",] == 1
        assert metrics(other)["counterclaim_articles",] == 0


def test_metrics_need_a_key_where_reading_does(tmp_path: Path) -> None:
    with serving(an_archive(tmp_path), guard=Guard(closed=True)) as client:
        assert client.get("/metrics").status_code == 401


def documented(heading: str) -> set[str]:
    """What the first column of the table under a heading of docs/operation.md names."""
    page = (Path(__file__).parents[2] / "docs" / "operation.md").read_text()
    rows = re.findall(r"^\| (`.*?) \|", page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0], re.M)
    return {name for row in rows for name in re.findall(r"`(\w+)[^`]*`", row)}


def test_the_documentation_lists_the_metrics_that_there_are(client: TestClient) -> None:
    client.put("/v1/articles/a1", json=SIGNED)
    told = re.findall(r"^# TYPE (\S+) ", client.get("/metrics").text, re.M)
    assert {name for name in told if name.startswith("counterclaim")} == {
        name for name in documented("Metrics") if name.startswith("counterclaim")
    }
    assert {name for name in documented("Metrics") if name.startswith("process")} <= set(told)


def test_the_documentation_lists_the_fields_of_the_log_that_there_are(tmp_path: Path, log: io.StringIO) -> None:
    with serving(open_archive(url_in(tmp_path), Indiscreet(), FakeJudge())) as client:
        client.put("/v1/articles/a1", json={"text": "A zeppelin was sold to them."})
    assert {field for event in events(log) for field in event} == documented("Log")


def test_the_store_is_not_opened_by_its_metrics(tmp_path: Path) -> None:
    store = Store(url_in(tmp_path))
    assert set(store.size()) == {"database", "log"}
    store.close()
    assert not (tmp_path / "counterclaim.db-wal").exists()
