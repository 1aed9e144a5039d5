"""`counterclaim benchmark`: speed and memory on this machine."""

import json
from collections.abc import Sequence
from pathlib import Path

import corpus
from app.commands.status import status
from app.errors import WrongUsage
from app.formats import Format
from app.inputs import gather
from app.messages import progress
from app.output import opened
from app.settings import Settings
from eval.benchmark import Benchmark, Plan, as_json, as_text, run_benchmark
from eval.evaluate import Models

DEMO = str(Path(corpus.__file__).parent / "data" / "demo" / "articles.jsonl")
"""The articles that come with the package."""


def run(inputs: Sequence[str], settings: Settings, models: Models) -> int:
    """Measure, write the figures; the exit status."""
    if settings.format is Format.CSV:
        raise WrongUsage("a benchmark has no rows; expected --format table, json or jsonl")
    with opened(settings.output) as stream:
        given = gather(inputs)
        plan = Plan(sizes=tuple(map(int, settings.sizes.split(","))), float_model=settings.float_model)
        with progress() as told:
            measured = run_benchmark(given.articles, plan, models, told)
        stream.write(rendered(measured, settings.format))
    return status(given.faults)


def rendered(measured: Benchmark, form: Format) -> str:
    """The figures in a format; as JSON Lines they are one line, so that runs can be gathered in one file."""
    if form is Format.TABLE:
        return as_text(measured)
    if form is Format.JSON:
        return as_json(measured)
    return json.dumps(json.loads(as_json(measured)), ensure_ascii=False) + "\n"
