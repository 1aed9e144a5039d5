"""`counterclaim evaluate`: labelled pairs in, a report out."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.commands.status import SOME_FAULTY, status
from app.errors import CommandError
from app.formats import Format
from app.messages import list_faults, progress, say
from app.output import opened
from app.settings import Settings
from eval.comparison import Incomparable, read_report, require_same_data, set_beside
from eval.evaluate import Models, Report, evaluate_gold, open_gold
from eval.gold import UnusableGold, sampled
from eval.hub import is_on_hub, read_hub
from eval.provenance import Provenance, describe, loaded_from
from eval.report import as_csv, as_json, as_text, write


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the report: the command that makes it again, the version, and the NLI models named, none: bundled."""

    command: str
    version: str
    nli_models: tuple[str, ...] = ()

    def provenance(self, settings: Settings) -> Provenance:
        """The rest of what the figures hang on."""
        told = {
            "encoder": settings.encoder or "bundled",
            "nli_model": ", ".join(self.nli_models) or "bundled",
            "per_claim": str(settings.per_claim),
            "sample": str(settings.sample or "all"),
        }
        return describe(self.command, self.version, told, loaded_from(settings.encoder, self.nli_models))


def repeats(arguments: Sequence[str]) -> str:
    """The command line as one would type it again.

    >>> repeats(["/usr/bin/counterclaim", "evaluate", "my gold.jsonl"])
    "counterclaim evaluate 'my gold.jsonl'"
    """
    return shlex.join(["counterclaim", *arguments[1:]])


def run(gold: Path, settings: Settings, models: Models, maker: Maker | None = None) -> int:
    """Measure, write the figures, and the whole report if a folder is named for it; the exit status."""
    with opened(settings.output) as stream:
        try:
            earlier = read_report(settings.compare) if settings.compare else None
            with progress() as told:
                named = gold.as_posix()
                whole = read_hub(named) if is_on_hub(named) else open_gold(gold, settings.articles)
                taken = sampled(whole, settings.sample) if settings.sample else whole
                if earlier:
                    require_same_data(taken.digest, earlier)
                report = evaluate_gold(taken, models, per_claim=settings.per_claim, progress=told)
            compared = set_beside(report.systems, report.digest, earlier) if earlier else None
        except (UnusableGold, Incomparable) as error:
            raise CommandError(str(error)) from error
        made = maker.provenance(settings) if maker else None
        report = replace(report, provenance=made, comparison=compared)
        list_faults(report.faults)
        if settings.report is not None:
            for path in write(report, settings.report):
                say(f"written: {path}")
        stream.write(rendered(report, settings.format))
    return SOME_FAULTY if compared is not None and compared.regressed else status(report.faults)


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
