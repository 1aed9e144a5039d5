import csv
import io
import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from rich.console import Console, RenderableType

from app import display
from app.errors import CannotWrite
from app.formats import Format
from app.output import opened, show, write
from app.schemas import FindingOut
from app.serialisation import FORMULA, cell, columns
from corpus.records import Claim
from nli.records import Relation
from tests.app.statements import NOTHING_NEW, RAIN, a_finding


def written(form: Format, *rows: BaseModel) -> str:
    stream = io.StringIO()
    write(rows, form, stream, FindingOut)
    return stream.getvalue()


def page(renderable: RenderableType, width: int = 80, *, color: bool = False) -> str:
    stream = io.StringIO()
    show(
        [renderable],
        Console(file=stream, width=width, force_terminal=color, color_system="standard" if color else None),
    )
    return stream.getvalue()


ROW = FindingOut.of(a_finding())


def test_a_line_of_json_a_pair() -> None:
    lines = written(Format.JSONL, ROW, ROW).splitlines()
    assert [FindingOut.model_validate_json(line) for line in lines] == [ROW, ROW]


def test_json_is_one_array_even_of_nothing() -> None:
    assert len(json.loads(written(Format.JSON, ROW, ROW))) == 2
    assert json.loads(written(Format.JSON)) == []


def test_csv_names_every_column_even_of_nothing() -> None:
    assert written(Format.CSV).rstrip("\r\n").split(",") == columns(FindingOut)
    (row,) = csv.DictReader(io.StringIO(written(Format.CSV, ROW)))
    assert row["left_text"] == "The contract has been signed"
    assert row["left_reading"] == "The contract [for the S-400] has been signed"
    assert row["right_url"] == ""
    assert json.loads(row["left_spans"]) == [[104, 128]]
    assert float(row["forward_contradiction"]) == 0.91


HOSTILE = st.text(st.sampled_from("'=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20\",;\\[{0a")) | st.text(max_size=20)


@given(HOSTILE)
def test_no_text_in_a_cell_is_a_formula_and_one_apostrophe_is_all_that_is_added(text: str) -> None:
    shown = str(cell(text))
    assert not re.match(r"[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]", shown)
    assert (shown.removeprefix("'") if FORMULA.match(shown) else shown) == text


def test_a_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "found.jsonl"
    target.write_text("old")
    with opened(target) as stream:
        stream.write("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError, SystemExit])
def test_an_interrupted_file_leaves_what_was_there(tmp_path: Path, interruption: type[BaseException]) -> None:
    target = tmp_path / "found.jsonl"
    target.write_text("old")

    def interrupted() -> None:
        with opened(target) as stream:
            stream.write("half")
            raise interruption

    with pytest.raises(interruption):
        interrupted()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with opened(tmp_path / "link") as stream:
        stream.write("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


def test_a_device_is_not_replaced() -> None:
    with opened(Path(os.devnull)) as stream:
        stream.write("gone")
    assert not stat.S_ISREG(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("place", [lambda folder: folder, lambda folder: folder / "no" / "such" / "file"])
def test_a_place_that_cannot_be_written_is_refused_first(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    with pytest.raises(CannotWrite, match="cannot write"), opened(place(tmp_path)):
        pytest.fail("work was done for nothing")


def test_a_page_shows_both_statements_with_who_where_when_and_why() -> None:
    assert page(display.finding(a_finding(), 1, plain=True)).splitlines() == [
        "1. contradiction · negation · two speakers",
        "  Ivan Petrov, quoted by The Exporter, 23 Aug 2020",
        "    “The *contract* [for the S-400] *has been signed*”",
        "    https://exporter.example/signed",
        "  clashes with",
        "  officials, reported by Ankara Post, 1 Sep 2022",
        "    there are *no new contracts*",
        "    article a2, characters 40-66",
        "  Why: one says signed, the other that there is nothing new",
        "  Score: 0.91, likely: about 6 of 10 labelled pairs like this clash",
        "  Ids: c1 c2",
        "",
    ]


def test_copies_of_the_same_words_are_one_block() -> None:
    first = a_finding()
    copy = a_finding(
        right=replace(NOTHING_NEW, id="c9", article="a9", outlet="Copy Wire", url="https://copy.example/1")
    )
    other = a_finding(right=replace(NOTHING_NEW, id="c8", holder=None))
    assert display.folded([first, other, copy]) == [(first, [copy]), (other, [])]
    shown = page(display.finding(first, 1, [copy], plain=True))
    assert "    also in Copy Wire, 1 Sep 2022, https://copy.example/1\n" in shown
    assert shown.count("also in") == 1


def test_a_terminal_underlines_instead() -> None:
    shown = page(display.finding(a_finding(), 1, plain=False), color=True)
    assert "*" not in shown
    assert "\x1b[1;4mno new contracts\x1b[0m" in shown


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_page_fits_its_terminal_but_for_addresses(width: int) -> None:
    lines = page(display.finding(a_finding(), 1, plain=True), width).splitlines()
    assert all(len(line) <= max(width, 24) for line in lines if "https://" not in line and "characters" not in line)
    assert any(line.endswith("https://exporter.example/signed") for line in lines)


def test_terminal_codes_in_an_article_do_not_reach_the_terminal() -> None:
    hostile = a_finding(left=_claiming("\x1b[2J\x1b]0;owned\x07 It rained"))
    assert "\x1b" not in page(display.finding(hostile, 1, plain=True))
    assert "\x07" not in page(display.finding(hostile, 1, plain=True))


def test_markup_in_an_article_is_only_text() -> None:
    assert "[bold]It" in page(display.finding(a_finding(left=_claiming("[bold]It rained")), 1, plain=True)).replace(
        "*", ""
    )


def _claiming(text: str) -> Claim:
    return replace(RAIN, text=text, stop=len(text))


def test_an_answer_shows_the_other_side_alone() -> None:
    shown = page(display.answer(a_finding(left=RAIN, right=a_finding().right), "a3", 1, plain=True))
    assert "officials" in shown
    assert "It rained" not in shown


def test_what_came_first_is_told_to_be_overtaken() -> None:
    superseded = a_finding(relation=Relation.SUPERSEDED)
    assert "was overtaken by" in page(display.answer(superseded, "a1", 1, plain=True))
    assert "overtakes" in page(display.answer(superseded, "a2", 1, plain=True))
