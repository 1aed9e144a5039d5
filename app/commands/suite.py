"""`counterclaim evaluate --suite`: the name of a suite and a folder of data in, its figures out."""

from app.commands.status import status
from app.errors import CommandError, WrongUsage
from app.formats import Format
from app.messages import list_faults, progress, say
from app.output import opened
from app.settings import Settings
from eval.evaluate import Models
from eval.gold import UnusableGold
from eval.suites.catalogue import listed, measure
from eval.suites.records import Bench, SuiteReport
from eval.suites.shapes import as_csv, as_json, as_json_line, as_text, write

LIST = "list"


def run(settings: Settings, models: Models) -> int:
    """Measure a suite, write the figures, and the whole report if a folder is named for it; the exit status."""
    name = settings.suite or LIST
    with opened(settings.output) as stream:
        if name == LIST:
            stream.write(listed())
            return status(())
        if settings.data is None:
            raise WrongUsage(f"--suite {name} without its data; expected --data FOLDER")
        try:
            with progress() as told:
                bench = Bench(models, settings.sample, settings.per_claim, told)
                found = measure(name, settings.data, bench)
        except UnusableGold as error:
            raise CommandError(str(error)) from error
        list_faults(found.faults)
        if settings.report is not None:
            for path in write(found, settings.report):
                say(f"written: {path}")
        stream.write(rendered(found, settings.format))
    return status(found.faults)


def rendered(found: SuiteReport, form: Format) -> str:
    """The figures in a format; as JSON Lines they are one line, so that runs can be gathered in one file."""
    shapes = {Format.TABLE: as_text, Format.JSON: as_json, Format.JSONL: as_json_line, Format.CSV: as_csv}
    return shapes[form](found)
