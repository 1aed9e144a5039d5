"""`counterclaim evaluate`: labelled pairs in, a report out."""

import json
from pathlib import Path

from app.commands.status import status
from app.errors import CommandError
from app.formats import Format
from app.messages import list_faults, progress, say
from app.output import opened
from app.settings import Settings
from eval.evaluate import Models, Report, evaluate_gold, open_gold
from eval.gold import UnusableGold, sampled
from eval.hub import is_on_hub, read_hub
from eval.report import as_csv, as_json, as_text, write


def run(gold: Path, settings: Settings, models: Models) -> int:
    """Measure, write the figures, and the whole report if a folder is named for it; the exit status."""
    with opened(settings.output) as stream:
        try:
            with progress() as told:
                named = gold.as_posix()
                whole = read_hub(named) if is_on_hub(named) else open_gold(gold, settings.articles)
                taken = sampled(whole, settings.sample) if settings.sample else whole
                report = evaluate_gold(taken, models, per_claim=settings.per_claim, progress=told)
        except UnusableGold as error:
            raise CommandError(str(error)) from error
        list_faults(report.faults)
        if settings.report is not None:
            for path in write(report, settings.report):
                say(f"written: {path}")
        stream.write(rendered(report, settings.format))
    return status(report.faults)


def rendered(report: Report, form: Format) -> str:
    """The report in a format; as JSON Lines it is one line, so that runs can be gathered in one file."""
    match form:
        case Format.TABLE:
            return as_text(report)
        case Format.JSON:
            return as_json(report)
        case Format.JSONL:
            return json.dumps(json.loads(as_json(report)), ensure_ascii=False) + "\n"
        case Format.CSV:
            return as_csv(report)
