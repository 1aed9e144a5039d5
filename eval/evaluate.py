"""A file of gold in, a report out: the one door of this package.

    report = evaluate_file(Path("gold.jsonl"), Path("articles.jsonl"))
    eval.report.write(report, Path("report/"))

Labelled pairs ask the judge's classifier, in the order given. A labelled corpus asks the whole road from articles to
relations, and the judge alone on the labelled pairs, so that one sees what pairing loses.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from corpus.errors import Fault
from corpus.records import Claim
from eval.answers import Answer, Step, answers, confusion, funnel
from eval.comparison import Comparison
from eval.floor import tfidf_regression
from eval.gold import ANSWERS, Gold, LabelledPair, UnusableGold, gold_claims, read_articles, read_gold
from eval.provenance import Provenance
from eval.scoring import Prediction, System, majority, negation_cue, score_system, similarity_only
from eval.timing import Speed, Stopwatch
from nli.blocking import PER_CLAIM, candidates, in_order
from nli.loading import load_classifier, load_encoder, load_judge
from nli.pipeline import Ask, Progress, relations, shelve, silent
from nli.records import Classifier, Encoder, Judge, Pair, Scores, Shelf
from nli.relation import relate

BATCH = 256


@dataclass(frozen=True, slots=True)
class Models:
    """How to load each model, so that only what is needed is loaded. `rivals` are measured beside the first."""

    encoder: Callable[[], Encoder] = load_encoder
    classifier: Callable[[], Classifier] = load_classifier
    judge: Callable[[], Judge] = load_judge
    rivals: tuple["Models", ...] = ()

    @classmethod
    def named(cls, encoder: str | None = None, nli_model: str | None = None, rivals: Sequence[str] = ()) -> "Models":
        """By Hugging Face name or folder; None is the bundled one. `rivals`: further NLI models."""
        return cls(
            partial(load_encoder, encoder),
            partial(load_classifier, nli_model),
            partial(load_judge, nli_model),
            tuple(cls.named(encoder, rival) for rival in rivals),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation found.

    `systems`: the judge first, then its rivals on the same pairs, then the baselines. `confusion`: (label, said, times)
    of the first system. `steps`: the funnel, of a labelled corpus. `made`: ISO 8601, UTC. `provenance`: how it was
    made, and `comparison` with an earlier report, where whoever made it says so.
    """

    gold: str
    digest: str
    made: str
    models: tuple[str, ...]
    labels: tuple[tuple[str, int], ...]
    groups: int
    systems: tuple[System, ...]
    confusion: tuple[tuple[str, str, int], ...]
    predictions: tuple[Prediction, ...]
    steps: tuple[Step, ...] = ()
    faults: tuple[Fault, ...] = ()
    speed: Speed | None = None
    provenance: Provenance | None = None
    comparison: Comparison | None = None


def evaluate_file(
    path: Path,
    articles: Path | None = None,
    models: Models | None = None,
    *,
    per_claim: int = PER_CLAIM,
    progress: Progress = silent,
) -> Report:
    """The report on a file of gold; a labelled corpus needs its `articles`.

    Malformed lines are the report's `faults`. Raises UnusableGold where no pair can be read or the articles are
    missing, and `nli.errors.ModelError` where a model cannot be loaded.
    """
    return evaluate_gold(open_gold(path, articles), models, per_claim=per_claim, progress=progress)


def open_gold(path: Path, articles: Path | None = None) -> Gold:
    """The gold of a file with the articles it stands in, and the faults of both; raises as `evaluate_file`."""
    known, unread = read_articles(articles) if articles else ((), ())
    gold = read_gold(path, known)
    if not gold.pairs:
        first = f" (the first: {gold.faults[0]})" if gold.faults else ""
        raise UnusableGold(f"{path}: no labelled pair could be read{first}; expected at least one")
    if gold.sided and not gold.articles:
        raise UnusableGold(f"{path}: the labelled pairs of a corpus without its articles; expected --articles FILE")
    return replace(gold, faults=unread + gold.faults)


def evaluate_gold(
    gold: Gold, models: Models | None = None, *, per_claim: int = PER_CLAIM, progress: Progress = silent
) -> Report:
    """The report on gold that has been read, with at least one pair; raises `nli.errors.ModelError`."""
    models = models or Models()
    if not gold.sided:
        rivals = [rival.classifier() for rival in models.rivals]
        return evaluate_pairs(gold, models.classifier(), models.encoder(), progress, rivals)
    judges = [each.judge() for each in (models, *models.rivals)]
    return evaluate_corpus(gold, judges, models.encoder(), per_claim, progress)


def evaluate_pairs(
    gold: Gold,
    classifier: Classifier,
    encoder: Encoder,
    progress: Progress = silent,
    rivals: Sequence[Classifier] = (),
) -> Report:
    """The report on labelled pairs: the most probable label of each classifier, beside the baselines."""
    watch = Stopwatch()
    predictions = classify(gold, classifier, watch, progress)
    asked = [score_system(each.name, classify(gold, each, Stopwatch(), progress)) for each in rivals]
    otherwise = "neutral" if "neutral" in gold.answers and not gold.two_class else "entailment"
    systems = (
        *_distinct([score_system(classifier.name, predictions), *asked]),
        *_baselines(gold.pairs, encoder, otherwise),
    )
    names = dict.fromkeys((classifier.name, *(each.name for each in rivals), encoder.name))
    report = _report(gold, tuple(names), systems, predictions)
    texts = [(pair.premise, pair.hypothesis) for pair in gold.pairs]
    return replace(report, speed=watch.speed(classifier.name, "pairs of texts", classifier.classify, texts))


def classify(gold: Gold, classifier: Classifier, watch: Stopwatch, progress: Progress = silent) -> list[Prediction]:
    """What the classifier says of each pair: the most probable of the labels that the gold can hold."""
    predictions: list[Prediction] = []
    for start in range(0, len(gold.pairs), BATCH):
        batch = gold.pairs[start : start + BATCH]
        rows = watch.time(classifier.classify, [(pair.premise, pair.hypothesis) for pair in batch])
        predictions += [predicted(pair, Scores.of(row), gold.answers) for pair, row in zip(batch, rows, strict=True)]
        progress(f"judging, {classifier.name}", len(predictions), len(gold.pairs))
    return predictions


def predicted(pair: LabelledPair, scores: Scores, answers: Sequence[str] = ANSWERS) -> Prediction:
    """The most probable of `answers`, and the probability of a contradiction among these alone.

    >>> pair = LabelledPair("1", "It rained.", "It was dry.", "contradiction", "1")
    >>> said = predicted(pair, Scores(0.1, 0.6, 0.3), ("entailment", "contradiction"))
    >>> said.said, round(said.score, 2)
    ('contradiction', 0.75)
    """
    triple = (scores.entailment, scores.neutral, scores.contradiction)
    of = {label: each for label, each in zip(ANSWERS, triple, strict=True) if label in answers}
    score = of.get("contradiction", 0.0) / (sum(of.values()) or 1.0)
    # Of equals the graver, as `Scores.label` has it.
    said = max((label for label in ("contradiction", *ANSWERS) if label in of), key=lambda label: of[label])
    return Prediction(pair, said, score, triple)


def _distinct(systems: Sequence[System]) -> list[System]:
    """The systems, those of a name that was there before with a number behind it."""
    seen = Counter[str]()
    named = []
    for system in systems:
        seen[system.name] += 1
        times = seen[system.name]
        named.append(replace(system, name=f"{system.name} ({times})") if times > 1 else system)
    return named


def evaluate_corpus(
    gold: Gold, judges: Sequence[Judge], encoder: Encoder, per_claim: int = PER_CLAIM, progress: Progress = silent
) -> Report:
    """The report on a labelled corpus: the whole road, the judge with the labelled pairs given, the baselines.

    All judges read the same candidate pairs. The funnel and the speed are the first one's; beside rivals each system
    carries the name of its judge.
    """
    shelf = shelve(gold.articles, encoder, progress)
    pairs = candidates(shelf, Shelf.empty(), per_claim)
    watch, judge = Stopwatch(), judges[0]
    asked: list[Ask] = [partial(watch.time, judge.judge), *(each.judge for each in judges[1:])]
    found = [relations(pairs, ask, progress) for ask in asked]
    answered = [answers(gold, shelf.claims, findings) for findings in found]
    systems = [
        replace(system, name=f"{system.name}, {each.name}") if len(judges) > 1 else system
        for each, its in zip(judges, answered, strict=True)
        for system in _on_the_road(gold, each, its, encoder)
    ]
    baselines = _baselines(tuple(pair for pair, _, _ in gold.sided), encoder, "compatible")
    names = dict.fromkeys((judge.name, encoder.name, *(each.name for each in judges)))
    report = _report(gold, tuple(names), (*_distinct(systems), *baselines), systems[0].predictions)
    speed = watch.speed(judge.name, "pairs of claims, both directions", judge.judge, pairs)
    return replace(report, steps=funnel(gold, answered[0], found[0]), speed=speed)


def _on_the_road(gold: Gold, judge: Judge, answered: Sequence[Answer], encoder: Encoder) -> tuple[System, System]:
    predictions = [Prediction(each.pair, each.said, each.score) for each in answered]
    return (
        score_system("whole road", predictions, without=("Brier", "calibration error")),
        score_system("labelled pairs given", given(gold, answered, judge, encoder)),
    )


def given(gold: Gold, answered: Sequence[Answer], judge: Judge, encoder: Encoder) -> list[Prediction]:
    """What the judge and the relation say of the labelled pairs, as if pairing had lost none.

    Each side is the claim found there, with its reading, aspect and holder; the bare labelled stretch if none was.
    """
    sides = found_sides(gold, answered)
    claims = tuple({claim.id: claim for pair in sides for claim in pair}.values())
    vectors = dict(zip((claim.id for claim in claims), encoder.encode([each.judged for each in claims]), strict=True))
    pairs = [Pair(one, other, float(vectors[one.id] @ vectors[other.id])) for one, other in sides]
    findings = [relate(judgement) for judgement in judge.judge(pairs)]
    return [
        Prediction(answer.pair, finding.relation.value, finding.score)
        for answer, finding in zip(answered, findings, strict=True)
    ]


def found_sides(gold: Gold, answered: Sequence[Answer]) -> list[tuple[Claim, Claim]]:
    """The two claims of each labelled pair, earlier first: those found there, else the bare labelled stretches."""
    bare = {(claim.article, claim.start, claim.stop): claim for claim in gold_claims(gold)}
    return [
        in_order(
            *(
                claim or bare[side.article, side.start, side.stop]
                for side, claim in zip(answer.pair.sides or (), (answer.left, answer.right), strict=True)
            )
        )
        for answer in answered
    ]


def _baselines(pairs: Sequence[LabelledPair], encoder: Encoder, otherwise: str) -> tuple[System, ...]:
    vectors = encoder.encode([pair.premise for pair in pairs]), encoder.encode([pair.hypothesis for pair in pairs])
    no_label = ("accuracy", "balanced accuracy", "Brier", "calibration error")
    negated = negation_cue(pairs, otherwise)
    systems = [
        score_system("most frequent label", majority(pairs), without=("calibration error",), baseline=True),
        score_system("one side negated", negated, without=("Brier", "calibration error"), baseline=True),
        score_system("similarity of .5 or more", similarity_only(pairs, *vectors), without=no_label, baseline=True),
    ]
    if floor := tfidf_regression(pairs):
        systems.append(score_system("words alone (TF-IDF)", floor, baseline=True))
    return tuple(system for system in systems if system.measures)


def _report(
    gold: Gold, models: tuple[str, ...], systems: tuple[System, ...], predictions: Sequence[Prediction]
) -> Report:
    pairs = [prediction.pair for prediction in predictions]
    counted = Counter(pair.label for pair in pairs)
    return Report(
        gold=gold.name,
        digest=gold.digest,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        models=models,
        labels=tuple(counted.most_common()),
        groups=len({pair.group for pair in pairs}),
        systems=systems,
        confusion=confusion([pair.label for pair in pairs], [prediction.said for prediction in predictions]),
        predictions=tuple(predictions),
        faults=gold.faults,
    )
