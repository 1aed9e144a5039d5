"""A change that rests on what the client has seen is made to that, or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.app.served import NOT_SIGNED, SIGNED, an_archive, serving

URL = "/v1/articles/a1"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with serving(an_archive(tmp_path)) as client:
        yield client


def tag(client: TestClient) -> str:
    return client.get(URL).headers["etag"]


def test_an_article_has_one_strong_tag_from_put_to_get(client: TestClient) -> None:
    put = client.put(URL, json={**SIGNED, "desk": {"b": 1, "a": [2.5]}})
    again = client.put(URL, json={"desk": {"a": [2.5], "b": 1}, **SIGNED})
    assert put.headers["etag"] == again.headers["etag"] == tag(client)
    assert tag(client).startswith('"')


@pytest.mark.parametrize("other", [NOT_SIGNED, {**SIGNED, "desk": "defence"}, {**SIGNED, "title": "Signed"}])
def test_other_content_has_another_tag_and_the_same_again_the_old_one(
    client: TestClient, other: dict[str, str]
) -> None:
    client.put(URL, json=SIGNED)
    before = tag(client)
    client.put(URL, json=other)
    assert tag(client) != before
    client.put(URL, json=SIGNED)
    assert tag(client) == before


def test_true_is_not_one(client: TestClient) -> None:
    client.put(URL, json={**SIGNED, "front": 1})
    assert client.put(URL, json={**SIGNED, "front": True}).json()["change"] == "replaced"
    assert client.get(URL).json()["metadata"] == {"front": True}


def test_what_the_client_has_is_not_sent_again(client: TestClient) -> None:
    seen = client.put(URL, json=SIGNED).headers["etag"]
    for known in (seen, f"W/{seen}", f'"x", {seen}', "*"):
        answer = client.get(URL, headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", seen)
    assert client.get(URL, headers={"if-none-match": '"x"'}).status_code == 200


def test_only_what_was_seen_is_replaced(client: TestClient) -> None:
    seen = client.put(URL, json=SIGNED).headers["etag"]
    assert client.put(URL, json=NOT_SIGNED, headers={"if-match": seen}).status_code == 200
    late = client.put(URL, json={**SIGNED, "title": "Late"}, headers={"if-match": seen})
    assert late.status_code == 412
    assert late.json()["errors"] == [{"detail": f"what is stored has {tag(client)}", "parameter": "If-Match"}]
    assert client.get(URL).json()["text"] == NOT_SIGNED["text"]


def test_a_weak_tag_matches_nothing_for_a_change(client: TestClient) -> None:
    seen = client.put(URL, json=SIGNED).headers["etag"]
    assert client.put(URL, json=NOT_SIGNED, headers={"if-match": f"W/{seen}"}).status_code == 412


def test_a_put_whose_answer_was_lost_can_be_repeated(client: TestClient) -> None:
    seen = client.put(URL, json=SIGNED).headers["etag"]
    first = client.put(URL, json=NOT_SIGNED, headers={"if-match": seen})
    again = client.put(URL, json=NOT_SIGNED, headers={"if-match": seen})
    assert (first.json()["change"], again.status_code, again.json()["change"]) == ("replaced", 200, "unchanged")


def test_an_article_that_must_be_there_is_not_made(client: TestClient) -> None:
    for expected in ("*", '"5f0c2a9d"'):
        assert client.put(URL, json=SIGNED, headers={"if-match": expected}).status_code == 412
    assert client.get(URL).status_code == 404


def test_an_article_that_must_not_be_there_is_made_once(client: TestClient) -> None:
    new = {"if-none-match": "*"}
    assert client.put(URL, json=SIGNED, headers=new).status_code == 201
    assert client.put(URL, json=SIGNED, headers=new).status_code == 412
    assert client.put(URL, json=NOT_SIGNED, headers=new).status_code == 412
    assert client.get(URL).json()["text"] == SIGNED["text"]


def test_only_what_was_seen_is_deleted(client: TestClient) -> None:
    seen = client.put(URL, json=SIGNED).headers["etag"]
    client.put(URL, json=NOT_SIGNED)
    assert client.delete(URL, headers={"if-match": seen}).status_code == 412
    assert client.delete(URL, headers={"if-match": tag(client)}).status_code == 204
    assert client.delete(URL).status_code == 404


def test_of_eight_clients_that_saw_the_same_one_has_its_way(client: TestClient) -> None:
    seen = client.put(URL, json=SIGNED).headers["etag"]

    def put(number: int) -> int:
        body = {**SIGNED, "desk": f"desk {number}"} if number % 2 else {**NOT_SIGNED, "title": f"No. {number}"}
        return client.put(URL, json=body, headers={"if-match": seen}).status_code

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(put, range(8))) == [200, *[412] * 7]


def test_two_processes_on_one_file_do_not_overwrite_each_other(client: TestClient, tmp_path: Path) -> None:
    seen = client.put(URL, json=SIGNED).headers["etag"]
    with serving(an_archive(tmp_path)) as other:
        assert other.put(URL, json={**SIGNED, "desk": "x"}, headers={"if-match": seen}).status_code == 200
        assert client.put(URL, json=NOT_SIGNED, headers={"if-match": seen}).status_code == 412
        assert client.delete(URL, headers={"if-match": seen}).status_code == 412
        assert client.delete(URL, headers={"if-match": tag(other)}).status_code == 204


@pytest.mark.parametrize("said", ["x", '"x', "W/", '"a" "b"', '*, "a"', "", '"a",'])
def test_tags_that_cannot_be_read_are_refused(client: TestClient, said: str) -> None:
    answer = client.put(URL, json=SIGNED, headers={"if-match": said})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "If-Match"
