"""Rows of results as text, in the formats for machines: what the command writes and the service sends are the same."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel

from app.formats import Format

FORMULA = re.compile(r"'*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")
"""How a cell opens that a spreadsheet program may run as a formula (OWASP, ASVS 5 1.2.10), in full width too.

The apostrophes before it are those that were there: with one more in front of each such cell, taking one away from each
gives back what was written.
"""


def serialised(rows: Iterable[BaseModel], form: Format, shape: type[BaseModel]) -> Iterator[str]:
    r"""The rows as JSON, JSON Lines or CSV, each as it comes; `shape` names the columns of an empty table.

    >>> from app.schemas import ScoresOut
    >>> list(serialised([ScoresOut(entailment=0.7, neutral=0.2, contradiction=0.1)], Format.CSV, ScoresOut))
    ['entailment,neutral,contradiction\r\n', '0.7,0.2,0.1\r\n']
    """
    if form is Format.CSV:
        return _csv(rows, shape)
    return _json(rows) if form is Format.JSON else (row.model_dump_json() + "\n" for row in rows)


def _json(rows: Iterable[BaseModel]) -> Iterator[str]:
    opening = "[\n"
    for row in rows:
        yield opening + row.model_dump_json()
        opening = ",\n"
    yield "[]\n" if opening == "[\n" else "\n]\n"


def _csv(rows: Iterable[BaseModel], shape: type[BaseModel]) -> Iterator[str]:
    # The line ends of RFC 4180: with a plain \n the writer leaves a cell that holds \r without quotation marks.
    line = io.StringIO(newline="")
    table = csv.writer(line, lineterminator="\r\n")
    for cells in _lines(rows, shape):
        table.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _lines(rows: Iterable[BaseModel], shape: type[BaseModel]) -> Iterator[list[Any]]:
    yield columns(shape)
    for row in rows:
        yield list(_cells(row.model_dump(mode="json"), shape))


def columns(shape: type[BaseModel], prefix: str = "") -> list[str]:
    """The columns of a shape, those of a shape inside it under its name.

    >>> from app.schemas import ScoresOut
    >>> columns(ScoresOut, "forward_")
    ['forward_entailment', 'forward_neutral', 'forward_contradiction']
    """
    names: list[str] = []
    for name, inner in _fields(shape):
        names += [prefix + name] if inner is None else columns(inner, f"{prefix}{name}_")
    return names


def _cells(row: Mapping[str, Any], shape: type[BaseModel]) -> Iterator[str | int | float]:
    for name, inner in _fields(shape):
        if inner is None:
            yield cell(row[name])
        elif row[name] is None:
            yield from ("" for _ in columns(inner))
        else:
            yield from _cells(row[name], inner)


def _fields(shape: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel] | None]]:
    """Each field, with its shape where it is one itself, or one or nothing."""
    for name, field in shape.model_fields.items():
        kind = field.annotation
        either = get_args(kind) if isinstance(kind, UnionType) else (kind,)
        yield name, next((each for each in either if isinstance(each, type) and issubclass(each, BaseModel)), None)


def cell(value: object) -> str | int | float:
    """One cell: nothing for None, what is no plain value as JSON, and text that a spreadsheet takes for no formula.

    >>> cell("=SUM(A1)"), cell("It rained"), cell(-0.5), cell(None), cell([[0, 9]])
    ("'=SUM(A1)", 'It rained', -0.5, '', '[[0, 9]]')
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return value
        case str():
            return f"'{value}" if FORMULA.match(value) else value
        case _:
            return json.dumps(value)
