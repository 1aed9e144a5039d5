"""The command: it parses, calls and exits. Nothing heavy is imported before a command runs, so that help is at once."""

import signal
import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from app.commands.status import CRASH, USAGE
from app.errors import CommandError, WrongUsage
from app.formats import Format, LogFormat
from app.scopes import Scope
from app.store.errors import StoreError
from corpus.errors import CorpusError
from nli.errors import ModelError

if TYPE_CHECKING:
    from app.settings import Settings

cli = typer.Typer(
    name="counterclaim",
    help="Find the statements in news articles that contradict each other: who said what, when, and what clashes.",
    epilog="Exit status: 0 done; 1 done, but some input was faulty, or --compare found it worse; 2 wrong usage, or "
    "nothing could be read; 3 contradictions, with --fail-on-contradiction. "
    "Every option can also be set as a variable: COUNTERCLAIM_FORMAT for --format.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# An option that is not given is None, and the settings decide: the variable, then the default.
Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Articles: .txt .md .html .json .jsonl, RSS or Atom files, folders of these, or - for standard input.",
    ),
]
SomeInputs = Annotated[
    list[str] | None, typer.Argument(metavar="INPUT", help="Articles, as for find; without any, the store is asked.")
]
All = Annotated[bool | None, typer.Option("--all", help="Show every related pair with its relation.")]
As = Annotated[Format | None, typer.Option("--format", "-f", help="How results are written. [default: table]")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the results to this file.")]
MinScore = Annotated[
    float | None,
    typer.Option("--min-score", metavar="0..1", help="Leave out contradictions that score less. [default: 0.0]"),
]
FailOnContradiction = Annotated[
    bool | None, typer.Option("--fail-on-contradiction", help="Exit with 3 if a contradiction is shown.")
]
EncoderName = Annotated[
    str | None,
    typer.Option("--encoder", metavar="NAME", help="Bi-encoder: a Hugging Face name or a folder. [default: bundled]"),
]
NliModel = Annotated[
    str | None,
    typer.Option("--nli-model", metavar="NAME", help="NLI model: a Hugging Face name or a folder. [default: bundled]"),
]
PerClaim = Annotated[
    int | None,
    typer.Option("--per-claim", metavar="N", help="Compare each claim in at most N pairs. [default: 15]"),
]
Database = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="The store. [default: sqlite:///counterclaim.db]"),
]


Rebuild = Annotated[bool | None, typer.Option("--rebuild", help="First read again what other models have read.")]


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"counterclaim {installed()}")
        raise typer.Exit


@cli.callback()
def _root(
    show_version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_tell_version),
    ] = False,
) -> None: ...


@cli.command()
def find(
    inputs: Inputs,
    every: All = None,
    form: As = None,
    min_score: MinScore = None,
    fail_on_contradiction: FailOnContradiction = None,
    output: Output = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
    per_claim: PerClaim = None,
) -> None:
    """Find the contradictions among articles."""
    settings = settle(all=every, format=form, min_score=min_score, fail_on_contradiction=fail_on_contradiction,
                      output=output, encoder=encoder, nli_model=nli_model, per_claim=per_claim)  # fmt: skip
    from app.commands.find import run
    from app.models import load_models

    raise typer.Exit(run(inputs, settings, load_models))


@cli.command()
def check(
    statement: Annotated[str, typer.Argument(help="A statement, in quotation marks.")],
    inputs: SomeInputs = None,
    database: Database = None,
    every: All = None,
    form: As = None,
    min_score: MinScore = None,
    fail_on_contradiction: FailOnContradiction = None,
    output: Output = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
    per_claim: PerClaim = None,
) -> None:
    """Check a statement against articles."""
    if not statement.strip():
        raise WrongUsage("the statement is empty; expected a sentence in quotation marks")
    if inputs and database is not None:
        raise WrongUsage("INPUT and --db were both given; expected one place to check against")
    settings = settle(all=every, format=form, min_score=min_score, fail_on_contradiction=fail_on_contradiction,
                      output=output, encoder=encoder, nli_model=nli_model, per_claim=per_claim,
                      database_url=database)  # fmt: skip
    from app.commands.check import from_inputs, from_store, run
    from app.models import load_models

    corpus = from_inputs(inputs) if inputs else from_store(settings.database_url)
    raise typer.Exit(run(statement, settings, load_models, corpus))


@cli.command()
def disputes(
    inputs: Inputs,
    form: As = None,
    min_score: MinScore = None,
    output: Output = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
    per_claim: PerClaim = None,
) -> None:
    """Find what articles dispute, and who says what."""
    settings = settle(format=form, min_score=min_score, output=output, encoder=encoder, nli_model=nli_model,
                      per_claim=per_claim)  # fmt: skip
    from app.commands.disputes import run
    from app.models import load_models

    raise typer.Exit(run(inputs, settings, load_models))


@cli.command()
def why(
    left: Annotated[str, typer.Argument(metavar="LEFT", help="The id of a claim, or how it begins.")],
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="The id of another.")],
    inputs: Inputs,
    form: As = None,
    output: Output = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
    per_claim: PerClaim = None,
) -> None:
    """Tell why two claims were flagged, or not."""
    settings = settle(format=form, output=output, encoder=encoder, nli_model=nli_model, per_claim=per_claim)
    from app.commands.why import run
    from app.models import load_models

    raise typer.Exit(run(left, right, inputs, settings, load_models))


@cli.command()
def claims(inputs: Inputs, form: As = None, output: Output = None) -> None:
    """List what articles assert, and who does."""
    settings = settle(format=form, output=output)
    from app.commands.claims import run

    raise typer.Exit(run(inputs, settings))


@cli.command()
def candidates(
    inputs: Inputs,
    form: As = None,
    output: Output = None,
    encoder: EncoderName = None,
    per_claim: PerClaim = None,
) -> None:
    """List the pairs that would be judged."""
    settings = settle(format=form, output=output, encoder=encoder, per_claim=per_claim)
    from app.commands.candidates import run
    from nli.loading import load_encoder

    raise typer.Exit(run(inputs, settings, load_encoder))


@cli.command()
def judge(
    file: Annotated[
        str,
        typer.Argument(metavar="[FILE]", help='Lines {"id", "premise", "hypothesis"}; - is standard input.'),
    ] = "-",
    form: As = None,
    output: Output = None,
    nli_model: NliModel = None,
) -> None:
    """Ask the NLI model about pairs of texts."""
    settings = settle(format=form, output=output, nli_model=nli_model)
    from app.commands.judge import run
    from nli.loading import load_classifier

    raise typer.Exit(run(file, settings, load_classifier))


@cli.command()
def evaluate(
    gold: Annotated[
        Path | None, typer.Argument(metavar="GOLD", help="Labelled pairs: .jsonl, .csv, or hf:NAME/CONFIG:SPLIT.")
    ] = None,
    articles: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The articles (.jsonl) that the pairs stand in.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write the whole report here, as HTML, Markdown, JSON, CSV."),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Set it beside an earlier report.json; exit with 1 if it has become worse."),
    ] = None,
    suite: Annotated[
        str | None, typer.Option(metavar="NAME", help="Measure on a named suite instead; `list` names them.")
    ] = None,
    data: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the data of the suites lie.")] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="N", help="Measure on N pairs, drawn by group; the same each time.")
    ] = None,
    form: As = None,
    output: Output = None,
    encoder: EncoderName = None,
    nli_models: Annotated[
        list[str] | None,
        typer.Option("--nli-model", metavar="NAME", help="NLI model, as for find; give several to compare them."),
    ] = None,
    per_claim: PerClaim = None,
) -> None:
    """Measure on labelled pairs."""
    named = nli_models or []
    settings = settle(
        articles=articles,
        report=report,
        compare=compare,
        suite=suite,
        data=data,
        sample=sample,
        format=form,
        output=output,
        encoder=encoder,
        nli_model=next(iter(named), None),
        per_claim=per_claim,
    )
    if gold is not None and suite is not None:
        raise WrongUsage("GOLD and --suite were both given; expected one of them")
    if gold is None and settings.suite is None:
        raise WrongUsage("neither GOLD nor --suite NAME was given; expected one of them")
    from app.commands.evaluate import Maker, repeats, run
    from app.commands.suite import run as run_suite
    from eval.evaluate import Models

    models = Models.named(settings.encoder, settings.nli_model, named[1:])
    if gold is None:
        if settings.compare is not None:
            raise WrongUsage("--compare with --suite; expected it with GOLD")
        raise typer.Exit(run_suite(settings, models))
    maker = Maker(repeats(sys.argv), installed(), tuple(filter(None, (settings.nli_model, *named[1:]))))
    raise typer.Exit(run(gold, settings, models, maker))


@cli.command()
def ingest(
    inputs: Inputs,
    database: Database = None,
    rebuild: Rebuild = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
    per_claim: PerClaim = None,
) -> None:
    """Put articles into the store."""
    settings = settle(database_url=database, rebuild=rebuild, encoder=encoder, nli_model=nli_model, per_claim=per_claim)
    from app.commands.ingest import run
    from app.models import load_models

    raise typer.Exit(run(inputs, settings, load_models))


@cli.command()
def watch(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="FEED_OR_FOLDER", help="http(s) addresses of feeds; folders and files, as for find."),
    ],
    database: Database = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="From one poll to the next, such as 90s, 10m, 2h, 1d. [default: 10m]"),
    ] = None,
    once: Annotated[bool | None, typer.Option("--once", help="Poll once and end; 1 if a source was faulty.")] = None,
    form: As = None,
    min_score: MinScore = None,
    rebuild: Rebuild = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
    per_claim: PerClaim = None,
) -> None:
    """Poll feeds and folders into the store."""
    settings = settle(database_url=database, every=every, once=once, format=form, min_score=min_score, rebuild=rebuild,
                      encoder=encoder, nli_model=nli_model, per_claim=per_claim)  # fmt: skip
    if "-" in sources:
        raise WrongUsage("standard input cannot be watched; expected addresses of feeds, folders or files")
    from app.commands.watch import run
    from app.models import load_models

    raise typer.Exit(run(sources, settings, load_models))


@cli.command()
def serve(
    database: Database = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on. [default: 8000]")] = None,
    key_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A key that is good for everything, beside those of the store.")
    ] = None,
    allowed_hosts: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Further names, with commas, that requests may ask for in Host."),
    ] = None,
    log_format: Annotated[
        LogFormat | None,
        typer.Option(help="How the log is written. Without it, console on a terminal and json elsewhere."),
    ] = None,
    private_webhooks: Annotated[
        bool | None,
        typer.Option("--private-webhooks", help="Send webhooks to private addresses and by plain HTTP too."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Show the report that evaluate has written there.")
    ] = None,
    rebuild: Rebuild = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
    per_claim: PerClaim = None,
) -> None:
    """Serve the store over HTTP."""
    settings = settle(
        database_url=database,
        host=host,
        port=port,
        key_file=key_file,
        allowed_hosts=allowed_hosts,
        log_format=log_format,
        private_webhooks=private_webhooks,
        report=report,
        rebuild=rebuild,
        encoder=encoder,
        nli_model=nli_model,
        per_claim=per_claim,
    )
    from app.commands.serve import run

    raise typer.Exit(run(settings))


@cli.command()
def mcp(
    database: Database = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
    per_claim: PerClaim = None,
) -> None:
    """Answer programs that speak the Model Context Protocol, from the store."""
    settings = settle(database_url=database, encoder=encoder, nli_model=nli_model, per_claim=per_claim)
    try:
        from app.commands.mcp import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise WrongUsage("mcp needs a package that is not there; expected `pip install 'counterclaim[mcp]'`") from error
    from app.models import load_models

    raise typer.Exit(run(settings, load_models))


@cli.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The copy: a file that is not there yet.")],
    database: Database = None,
) -> None:
    """Copy the store to a file while it is in use."""
    settings = settle(database_url=database)
    from app.commands.backup import run

    raise typer.Exit(run(target, settings))


@cli.command()
def benchmark(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="INPUT", help="Articles, as for find; without any, the demonstration corpus."),
    ] = None,
    sizes: Annotated[
        str | None, typer.Option(metavar="N,N,...", help="Time find on so many articles. [default: 5,50,500]")
    ] = None,
    float_model: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The NLI model in float32, to compare with.")
    ] = None,
    form: As = None,
    output: Output = None,
    encoder: EncoderName = None,
    nli_model: NliModel = None,
) -> None:
    """Measure speed and memory on this machine."""
    settings = settle(
        sizes=sizes, float_model=float_model, format=form, output=output, encoder=encoder, nli_model=nli_model
    )
    from app.commands.benchmark import DEMO, run
    from eval.evaluate import Models

    raise typer.Exit(run(inputs or [DEMO], settings, Models.named(settings.encoder, settings.nli_model)))


keys = typer.Typer(
    help="Say who may use the service.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=cli.info.context_settings,
)
cli.add_typer(keys, name="keys")


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is, for the list.")],
    scopes: Annotated[
        list[Scope], typer.Argument(metavar="SCOPE", help="What it allows: read, write, review; admin is all of these.")
    ],
    database: Database = None,
) -> None:
    """Make a key; it is shown this once."""
    settings = settle(database_url=database)
    from app.commands.keys import add

    raise typer.Exit(add(name, scopes, settings))


@keys.command("list")
def list_keys(database: Database = None) -> None:
    """List the keys, each with its id."""
    settings = settle(database_url=database)
    from app.commands.keys import show

    raise typer.Exit(show(settings))


@keys.command("revoke")
def revoke_key(
    identity: Annotated[str, typer.Argument(metavar="ID", help="The id of a key, as the list has it.")],
    database: Database = None,
) -> None:
    """Make a key good for nothing, at once."""
    settings = settle(database_url=database)
    from app.commands.keys import revoke

    raise typer.Exit(revoke(identity, settings))


reviews = typer.Typer(
    help="Use what reviewers said of pairs.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=cli.info.context_settings,
)
cli.add_typer(reviews, name="reviews")


@reviews.command("export")
def export_reviews(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where gold.jsonl and articles.jsonl go.")],
    database: Database = None,
) -> None:
    """Write the reviewed pairs as a labelled corpus, for evaluate."""
    settings = settle(database_url=database)
    from app.commands.reviews import export

    raise typer.Exit(export(folder, settings))


@reviews.command("threshold")
def threshold_of_reviews(
    precision: Annotated[
        float,
        typer.Argument(metavar="PRECISION", min=0, max=1, help="The part of the flagged pairs that should be right."),
    ],
    database: Database = None,
) -> None:
    """Say from which score on the reviewed contradictions are right that often."""
    settings = settle(database_url=database)
    from app.commands.reviews import threshold

    raise typer.Exit(threshold(precision, settings))


def installed() -> str:
    """The version of the installed package; "unknown" where it runs from a folder without being installed."""
    try:
        return version("counterclaim")
    except PackageNotFoundError:
        return "unknown"


FLAGS = {"database_url": "db"}
"""The settings whose option has another name."""


def settle(**flags: Any) -> "Settings":  # noqa: ANN401  # what typer has parsed; the settings check it
    """The settings: flags that were given, then the environment, then the defaults.

    Raises `WrongUsage` where a variable has a value that it cannot have.
    """
    from pydantic import ValidationError

    from app.settings import PREFIX, Settings

    try:
        return Settings(**{name: flag for name, flag in flags.items() if flag is not None})
    except ValidationError as error:
        problem = error.errors()[0]
        name = "_".join(str(part) for part in problem["loc"]).lower()
        given = (
            f"--{FLAGS.get(name, name.replace('_', '-'))}" if flags.get(name) is not None else (PREFIX + name).upper()
        )
        raise WrongUsage(f"{given} is {str(problem['input'])!r}: {problem['msg'].lower()}") from error


def main() -> NoReturn:
    """Run the command; every expected failure ends in one line on standard error and exit status 2."""
    # So that a killed command takes its half-written file with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        cli(prog_name="counterclaim")
    except (CommandError, CorpusError, ModelError, StoreError) as error:
        _refuse(error)
    except OSError as error:
        _refuse(error)
    except Exception:  # noqa: BLE001  # exit status 1 would say "done"
        traceback.print_exc()
        sys.exit(CRASH)
    sys.exit(0)


def _refuse(error: Exception) -> NoReturn:
    sys.stderr.write(f"counterclaim: {error}\n")
    sys.exit(USAGE)
