"""How fast it is, on this machine: rates, ratios, seconds and peak memory. It never decides a test.

Machines are noisy, so jobs that are compared take turns in one run, and what is reported is the median and the ratio.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from corpus.claims import extract_all
from corpus.records import Article, Claim
from eval.evaluate import Models
from eval.machine import Machine, Run, observe, this_machine
from nli.blocking import PER_CLAIM, candidates
from nli.pipeline import Progress, embed, silent
from nli.records import Classifier, Pair, Probabilities, Shelf

SHIPPED, ON_TORCH = "classifier as shipped", "classifier, float32 on torch"
COMMAND = (sys.executable, "-m", "app")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    `find` on so many articles each; rates over the first `sample` articles and so many candidate `pairs` of theirs,
    each job so many times.

    `float_model` is a folder with the float32 weights of the judge's classifier: without it there is nothing to
    compare the shipped form with. `agreement`: how many pairs of texts the two forms are compared on.
    """

    sizes: tuple[int, ...] = (5, 50, 500)
    sample: int = 100
    pairs: int = 256
    repeats: int = 3
    float_model: Path | None = None
    agreement: int = 2000


@dataclass(frozen=True, slots=True)
class Rate:
    """How long each turn of a job took, in seconds, for `count` units of work."""

    job: str
    unit: str
    count: int
    seconds: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Units a second, by the median turn."""
        return self.count / statistics.median(self.seconds)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How near the shipped form of the classifier is to its float32 weights, over `pairs` pairs of texts.

    `same_label`: share with the same most probable label; the others are distances of the probability of a
    contradiction, in [0, 1].
    """

    pairs: int
    same_label: float
    mean_distance: float
    largest_distance: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All figures of one run; `corpus` says which articles they are about, `notes` what could not be measured and why.

    `torch_ratio`: how many times as fast the shipped classifier is as the same model in float32 on torch, the median
    over turns.
    """

    made: str
    machine: Machine
    models: tuple[str, ...]
    corpus: str
    rates: tuple[Rate, ...]
    torch_ratio: float | None
    agreement: Agreement | None
    runs: tuple[Run, ...]
    notes: tuple[str, ...]


def run_benchmark(
    articles: Sequence[Article], plan: Plan | None = None, models: Models | None = None, progress: Progress = silent
) -> Benchmark:
    """The figures for `articles`, which are repeated under new ids where a size asks for more of them.

    Raises ValueError without articles, and `nli.errors.ModelError` where a model cannot be loaded.
    """
    plan, models = plan or Plan(), models or Models()
    if not articles:
        raise ValueError("no articles to measure with")
    runs = command_runs(articles, plan, progress)
    encoder, classifier, judge = models.encoder(), models.classifier(), models.judge()
    sample = tuple(articles[: plan.sample])
    claims = [claim for found in extract_all(sample) for claim in found]
    shelf = embed(claims, sample, encoder)
    found = candidates(shelf, Shelf.empty(), PER_CLAIM)
    pairs = found[: plan.pairs]
    texts = [(pair.left.judged, pair.right.judged) for pair in pairs]
    other = _torch(plan.float_model) if plan.float_model else None
    jobs: dict[str, tuple[str, int, Callable[[], object]]] = {
        "extraction": ("articles", len(sample), lambda: list(extract_all(sample))),
        "bi-encoder": ("claims", len(claims), lambda: embed(claims, sample, encoder)),
        "judge, both directions": ("pairs of claims", len(pairs), lambda: judge.judge(pairs)),
        SHIPPED: ("pairs of texts", len(texts), lambda: classifier.classify(texts)),
    }
    if other:
        jobs[ON_TORCH] = ("pairs of texts", len(texts), lambda: other.classify(texts))
    rates = take_turns(jobs, plan.repeats, progress)
    return Benchmark(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=this_machine(),
        models=(encoder.name, classifier.name, judge.name),
        corpus=_corpus_note(articles, sample, claims, found),
        rates=rates,
        torch_ratio=times_as_fast(rates, SHIPPED, ON_TORCH),
        agreement=agree(classifier, other, _texts(found, plan.agreement)) if other else None,
        runs=runs,
        notes=tuple(_notes(articles, plan, len(found))),
    )


def take_turns(
    jobs: Mapping[str, tuple[str, int, Callable[[], object]]], repeats: int, progress: Progress = silent
) -> tuple[Rate, ...]:
    """Each job once in every round, after one round that warms up and does not count.

    A job is the unit of its work, how many units, and the work.
    """
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for round_ in range(repeats + 1):
        for name, (_, _, work) in jobs.items():
            began = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - began)
        progress("taking turns", round_ + 1, repeats + 1)
    return tuple(Rate(name, unit, count, tuple(seconds[name][1:])) for name, (unit, count, _) in jobs.items() if count)


def times_as_fast(rates: Sequence[Rate], fast: str, slow: str) -> float | None:
    """How many times as fast one job is as the other, the median over turns; None where one was not run.

    >>> times_as_fast([Rate("a", "pairs", 8, (1.0, 2.0)), Rate("b", "pairs", 8, (3.0, 6.0))], "a", "b")
    3.0
    """
    seconds = {rate.job: rate.seconds for rate in rates}
    if fast not in seconds or slow not in seconds:
        return None
    return statistics.median(b / a for a, b in zip(seconds[fast], seconds[slow], strict=True))


def agree(one: Classifier, other: Classifier, texts: Sequence[tuple[str, str]]) -> Agreement | None:
    """How near two classifiers are; None without texts."""
    if not texts:
        return None
    a, b = one.classify(texts), other.classify(texts)
    apart = np.abs(a[:, 2] - b[:, 2])
    same = float((a.argmax(axis=1) == b.argmax(axis=1)).mean())
    return Agreement(len(texts), same, float(apart.mean()), float(apart.max()))


class _Torch:
    """sentence-transformers' CrossEncoder in float32, as one would use it without this project."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import CrossEncoder

        self._model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
        named = {label.lower(): int(column) for column, label in self._model.config.id2label.items()}
        self._columns = [named[label] for label in ("entailment", "neutral", "contradiction")]
        self.name = f"{folder.name}, float32 on torch"

    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        rows = self._model.predict(list(pairs), apply_softmax=True, show_progress_bar=False)
        return np.asarray(rows, np.float64)[:, self._columns]


def _torch(folder: Path) -> Classifier:
    return _Torch(folder)


def command_runs(articles: Sequence[Article], plan: Plan, progress: Progress = silent) -> tuple[Run, ...]:
    """Cold runs of the command, each in a process of its own: help, a first answer, `find` at each size."""
    with tempfile.TemporaryDirectory() as folder:
        few = _written(Path(folder, "few.jsonl"), enlarged(articles, 5))
        wanted: list[tuple[str, tuple[str, ...]]] = [
            ("counterclaim --help", ("--help",)),
            ("counterclaim check, 5 articles", ("check", articles[0].title or "The contract was signed.", few)),
        ]
        for size in plan.sizes:
            path = _written(Path(folder, f"{size}.jsonl"), enlarged(articles, size))
            wanted.append((f"counterclaim find, {size} articles", ("find", path, "--all", "--format", "jsonl")))
        runs = []
        for done, (job, arguments) in enumerate(wanted, 1):
            runs.append(observe(job, (*COMMAND, *arguments)))
            progress("running the command", done, len(wanted))
        return tuple(runs)


def enlarged(articles: Sequence[Article], size: int) -> list[Article]:
    """The first `size` articles; where there are fewer, they come again under new ids.

    >>> [article.id for article in enlarged([Article("a", "It rained."), Article("b", "It snowed.")], 5)]
    ['a', 'b', 'a~1', 'b~1', 'a~2']
    """
    each = enumerate(islice(cycle(articles), size))
    return [
        replace(article, id=f"{article.id}~{at // len(articles)}") if at >= len(articles) else article
        for at, article in each
    ]


def _written(path: Path, articles: Sequence[Article]) -> str:
    fields = ("id", "title", "text", "outlet", "published", "url")
    rows = ({name: getattr(article, name) for name in fields} for article in articles)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(path)


def _texts(pairs: Sequence[Pair], size: int) -> list[tuple[str, str]]:
    each = (
        (one.judged, two.judged) for pair in pairs for one, two in ((pair.left, pair.right), (pair.right, pair.left))
    )
    return list(islice(dict.fromkeys(each), size))


def _corpus_note(
    articles: Sequence[Article], sample: Sequence[Article], claims: Sequence[Claim], pairs: Sequence[Pair]
) -> str:
    words = statistics.mean(len(article.text.split()) for article in articles)
    return (
        f"{len(articles)} articles of {words:.0f} words on average; rates over {len(sample)} of them, "
        f"{len(claims)} claims, {len(pairs)} candidate pairs"
    )


def _notes(articles: Sequence[Article], plan: Plan, pairs: int) -> list[str]:
    notes = []
    if max(plan.sizes) > len(articles):
        notes.append(
            f"only {len(articles)} articles were given: larger sizes repeat them under new ids, so that stories grow, "
            "copies meet, and answers that are remembered make judging look faster than on as many different articles"
        )
    if plan.float_model is None:
        notes.append("no folder of float32 weights was given: nothing is said of torch or of agreement with it")
    elif 2 * pairs < plan.agreement:
        notes.append(f"agreement was asked on {plan.agreement} pairs of texts; the articles give fewer")
    return notes


def as_text(benchmark: Benchmark) -> str:
    """The figures as a person reads them."""
    machine = benchmark.machine
    lines = [
        f"{machine.processor}, {machine.cores} cores, {machine.memory_gb} GB, {' '.join(machine.flags)}",
        f"{machine.system}, Python {machine.python}, "
        + ", ".join(f"{name} {number}" for name, number in machine.libraries.items()),
        f"models: {', '.join(benchmark.models)}",
        f"corpus: {benchmark.corpus}",
        "",
        *(
            f"{rate.job:30} {rate.per_second:9.1f} {rate.unit} a second"
            f"  ({rate.count} in {min(rate.seconds):.2f} to {max(rate.seconds):.2f} s, {len(rate.seconds)} turns)"
            for rate in benchmark.rates
        ),
    ]
    if benchmark.torch_ratio:
        lines.append(f"the shipped classifier is {benchmark.torch_ratio:.2f} times as fast as float32 on torch")
    if agreement := benchmark.agreement:
        lines.append(
            f"it gives the same label as float32 on {agreement.same_label:.1%} of {agreement.pairs} pairs of texts; "
            f"contradiction is {agreement.mean_distance:.4f} away on average, {agreement.largest_distance:.3f} at most"
        )
    lines.append("")
    for run in benchmark.runs:
        failed = (
            f"  FAILED with status {run.status}: {run.told.strip()}" if run.told or run.status not in (0, 3) else ""
        )
        lines.append(
            f"{run.job:36} {run.seconds:7.2f} s  {run.cpu_seconds:7.2f} s of CPU  {run.peak_mb:6.0f} MB at most{failed}"
        )
    return "\n".join([*lines, *(f"note: {note}" for note in benchmark.notes)]) + "\n"


def as_json(benchmark: Benchmark) -> str:
    """The figures for another program, every turn of every job among them."""
    shown = asdict(benchmark)
    for row, rate in zip(shown["rates"], benchmark.rates, strict=True):
        row["per_second"] = rate.per_second
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
