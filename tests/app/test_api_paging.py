"""Pages: every item once, whatever the limit, whatever is written or deleted meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api.paging import Paged, page
from app.api.problems import RequestProblem
from tests.app.served import an_archive, serving, stock

COUNT = 23
LISTS = {
    "/v1/articles": COUNT,
    "/v1/claims": COUNT,
    "/v1/claims?min_check_worthiness=0.4": 15,
    "/v1/contradictions": COUNT - 1,
    "/v1/contradictions?sort=score": COUNT - 1,
    "/v1/contradictions?relation=all&outlet=morning+post&sort=score": COUNT - 1,
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    archive = an_archive(tmp_path_factory.mktemp("paging"))
    stock(archive.store, COUNT)
    with serving(archive) as client:
        yield client


def key(item: dict[str, object]) -> str:
    """What tells an item from the others: its id, or the ids of its two claims."""
    left, right = item.get("left"), item.get("right")
    return f"{left['id']} {right['id']}" if isinstance(left, dict) and isinstance(right, dict) else str(item["id"])


def walked(client: TestClient, url: str, limit: int) -> list[str]:
    """The keys of all items, page after page."""
    found: list[str] = []
    following: str | None = f"{url}{'&' if '?' in url else '?'}limit={limit}"
    while following:
        answer = client.get(following)
        assert answer.status_code == 200
        items, following = answer.json()["items"], answer.json()["next"]
        assert len(items) == limit or (following is None and len(items) <= limit)
        assert answer.headers.get("link") == (f'<{following}>; rel="next"' if following else None)
        found.extend(key(item) for item in items)
    return found


@given(url=st.sampled_from(sorted(LISTS)), limit=st.integers(1, 30))
def test_every_item_comes_once_for_any_limit(client: TestClient, url: str, limit: int) -> None:
    found = walked(client, url, limit)
    assert len(found) == len(set(found)) == LISTS[url]
    assert found == walked(client, url, 500)


def test_fifty_is_the_limit_if_none_is_given(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    stock(archive.store, 52)
    with serving(archive) as client:
        assert len(client.get("/v1/articles").json()["items"]) == 50


def test_what_is_written_and_deleted_meanwhile_neither_repeats_nor_hides_the_rest(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    stock(archive.store, 10)
    with serving(archive) as client:
        whole = walked(client, "/v1/articles", 500)
        first = client.get("/v1/articles?limit=4").json()
        seen = [key(item) for item in first["items"]]
        client.delete(f"/v1/articles/{seen[1]}")
        client.delete(f"/v1/articles/{whole[6]}")
        client.put("/v1/articles/later", json={"text": "It rained later.", "published": "2030-01-01"})
        rest = walked(client, first["next"], 4)
    assert seen + rest == [identity for identity in whole if identity != whole[6]]


def test_a_cursor_goes_on_with_another_limit(client: TestClient) -> None:
    first = client.get("/v1/claims?limit=5").json()
    rest = client.get(first["next"].replace("limit=5", "limit=500")).json()
    assert [key(item) for item in first["items"] + rest["items"]] == walked(client, "/v1/claims", 500)


@pytest.mark.parametrize("limit", ["0", "501", "-1", "ten", "1.5", ""])
def test_a_limit_outside_1_to_500_is_refused(client: TestClient, limit: str) -> None:
    answer = client.get("/v1/claims", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "limit"


def test_a_cursor_is_good_only_for_the_question_that_gave_it(client: TestClient) -> None:
    cursor = client.get("/v1/contradictions?limit=1").json()["next"].partition("cursor=")[2]
    for other in ("/v1/contradictions?sort=score", "/v1/contradictions?q=rained", "/v1/claims?limit=1"):
        answer = client.get(f"{other}{'&'}cursor={cursor}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == "cursor"


@given(cursor=st.text(max_size=60) | st.binary(max_size=40).map(bytes.hex))
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(RequestProblem) as refused:
        page(Paged(cursor=cursor), (str, str))
    assert refused.value.status == 422
