"""The store over the Model Context Protocol, asked by the SDK's own client, over stdio too."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import CallToolResult, Tool

from app.archive import Archive
from app.commands.mcp import NOTICE, server
from app.schemas import ArticleBody
from tests.app.served import AGAIN, NOT_SIGNED, SIGNED, an_archive

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = an_archive(tmp_path_factory.mktemp("mcp"))
    for identity, body in {"signed": SIGNED, "denied": NOT_SIGNED, "again": AGAIN}.items():
        archive.put(ArticleBody.model_validate(body).article(identity))
    yield archive
    archive.store.close()


def asked(archive: Archive, tool: str, **given: object) -> CallToolResult:
    async def ask() -> CallToolResult:
        async with Client(server(archive)) as client:
            return await client.call_tool(tool, given)

    return asyncio.run(ask())


def told(archive: Archive, tool: str, **given: object) -> dict[str, Any]:
    answer = asked(archive, tool, **given)
    assert not answer.is_error, answer.content
    assert answer.structured_content is not None
    return dict(answer.structured_content)


def refused(archive: Archive, tool: str, **given: object) -> str:
    answer = asked(archive, tool, **given)
    assert answer.is_error
    return "".join(each.text for each in answer.content if each.type == "text")


def test_there_are_four_tools_and_all_only_read(archive: Archive) -> None:
    async def listed() -> list[Tool]:
        async with Client(server(archive)) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert [each.name for each in tools] == ["check", "find", "why", "disputes"]
    assert all(each.description and each.annotations and each.annotations.read_only_hint for each in tools)


def test_a_statement_is_checked_and_nothing_is_stored(archive: Archive) -> None:
    before = archive.store.revision()
    answer = told(archive, "check", text="The ministry has not signed the missile contract.", published="2024-01-01")
    clashing = {each["left"]["article"] for each in answer["items"] if each["relation"] == "contradiction"}
    assert clashing == {"signed", "again"}
    assert archive.store.revision() == before


def test_contradictions_are_found_and_filtered(archive: Archive) -> None:
    answer = told(archive, "find")
    assert {each["right"]["article"] for each in answer["items"]} == {"denied"}
    assert (len(answer["items"]), answer["more"]) == (2, False)
    assert told(archive, "find", limit=1)["more"]
    assert told(archive, "find", entity="submarine")["items"] == []
    assert len(told(archive, "find", outlet="morning post", since="2020-01-01", q="missile")["items"]) == 1


def test_two_claims_are_explained(archive: Archive) -> None:
    (first, *_) = told(archive, "find")["items"]
    answer = told(archive, "why", left=first["left"]["id"], right=first["right"]["id"])
    assert (answer["compared"], answer["finding"]["id"]) == (True, first["id"])


def test_disputes_have_their_positions(archive: Archive) -> None:
    answer = told(archive, "disputes")
    ((one, other),) = [each["positions"] for each in answer["items"]]
    articles = [{claim["article"] for voice in each["voices"] for claim in voice["claims"]} for each in (one, other)]
    assert articles == [{"signed", "again"}, {"denied"}]
    assert told(archive, "disputes", holder="nobody")["items"] == []


@pytest.mark.parametrize("tool", ["find", "disputes"])
def test_words_of_articles_are_marked_as_data(archive: Archive, tool: str) -> None:
    assert told(archive, tool)["notice"] == NOTICE


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("why", {"left": "nobody", "right": "nothing"}, "there is no claim 'no"),
        ("find", {"since": "yesterday"}, "since"),
        ("find", {"since": "2024-01-02", "until": "2024-01-01"}, "lies after until"),
        ("find", {"limit": 0}, "limit"),
        ("check", {"text": ""}, "text"),
        ("check", {"text": "It rained.", "published": "yesterday"}, "yesterday"),
    ],
)
def test_what_cannot_be_answered_is_an_error_that_says_why(
    archive: Archive, tool: str, given: dict[str, object], said: str
) -> None:
    assert said in refused(archive, tool, **given)


def over_stdio(url: str, ask: Callable[[Client], Awaitable[None]]) -> None:
    args = ["-m", "app", "mcp", "--db", url]
    command = StdioServerParameters(command=sys.executable, args=args, env=dict(os.environ), cwd=ROOT)

    async def session() -> None:
        async with Client(command) as client:
            await ask(client)

    asyncio.run(session())


@pytest.mark.model
def test_the_command_answers_over_stdio_with_the_bundled_models(tmp_path: Path) -> None:
    from app.archive import open_archive
    from nli.loading import load_encoder, load_judge

    url = f"sqlite:///{tmp_path}/news.db"
    archive = open_archive(url, load_encoder(None), load_judge(None))
    for identity, body in {"signed": SIGNED, "denied": NOT_SIGNED}.items():
        archive.put(ArticleBody.model_validate(body).article(identity))
    archive.store.close()

    async def ask(client: Client) -> None:
        assert (await client.list_tools()).tools
        found = (await client.call_tool("find", {})).structured_content
        assert found is not None
        (item,) = found["items"]
        assert {item["left"]["article"], item["right"]["article"]} == {"signed", "denied"}
        for tool, given in (
            ("check", {"text": "The missile contract was not signed in Moscow."}),
            ("why", {"left": item["left"]["id"], "right": item["right"]["id"]}),
            ("disputes", {}),
        ):
            answer = await client.call_tool(tool, given)
            assert not answer.is_error, answer.content

    over_stdio(url, ask)


def test_without_a_store_there_is_nothing_to_ask(tmp_path: Path) -> None:
    async def ask(_client: Client) -> None:
        raise AssertionError("it answers")

    with pytest.raises((MCPError, ExceptionGroup)):
        over_stdio(f"sqlite:///{tmp_path}/nothing.db", ask)
    assert not (tmp_path / "nothing.db").exists()
