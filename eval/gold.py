"""Labelled pairs and labelled corpora, read into one type.

Two kinds of file hold gold, told apart line by line:

- labelled pairs, JSON Lines or CSV: `premise`, `hypothesis`, `label` (of NLI), and if known `id`, `group` (or
  `story`), `kind`, `source`;
- the pairs of a labelled corpus, JSON Lines: `relation`, `left` and `right` (each `article`, `text`, `start`, `stop`,
  `holder`), and if known `id`, `story`, `kind`, `parties`, `note`, `source`, `shown`. The articles stand in another
  file; where they may not be passed on, the gold leaves `text` out and is read beside them.
"""

import csv
import gzip
import hashlib
import json
import random
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from corpus.errors import Fault
from corpus.readers import read
from corpus.records import Article, Claim, Holder, Span, Stance, claim_id
from nli.records import Relation

NLI_LABELS = ("entailment", "neutral", "contradiction", "not_entailment")
"""The labels a pair may carry; the last is what two-class sets know, a neutral or a contradiction."""

ANSWERS = NLI_LABELS[:3]
"""What may be said of a pair where the gold does not say that it knows fewer labels."""

SEED, FEWEST_GROUPS = 0, 20
"""Of the sample that `sampled` draws: it comes from so many groups, if there are as many."""

RELATIONS = tuple(relation.value for relation in Relation)
PAIR_FIELDS = '{"premise", "hypothesis", "label"} or {"relation", "left", "right"}'


class MalformedGold(ValueError):
    """A line that is no labelled pair; what is wrong with it and what was expected."""

    def __init__(self, what: str, expected: str) -> None:
        super().__init__(f"{what}; expected {expected}")
        self.what, self.expected = what, expected


class UnusableGold(ValueError):
    """A file without anything to measure by; the message says which, why, and what was expected."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a labelled pair: a stretch of an article, and who asserts it, or denies it ("X denied that P")."""

    article: str
    start: int
    stop: int
    text: str
    holder: str | None = None
    stance: Stance = Stance.ASSERTED

    def __post_init__(self) -> None:
        if self.stop - self.start != len(self.text) or not 0 <= self.start < self.stop:
            raise MalformedGold(f"offsets {self.start}:{self.stop} of {self.text!r}", "offsets as long as the text")

    @property
    def span(self) -> Span:
        """Where it stands in its article."""
        return Span(self.start, self.stop)

    def share(self, claim: Claim) -> float:
        """The characters shared with `claim`, as a part of the shorter of the two; 0 in another article.

        >>> Side("a", 0, 9, "It rained").share(Claim("c", "a", 3, 14, "rained hard"))
        0.6666666666666666
        """
        if claim.article != self.article:
            return 0.0
        return self.span.overlap(claim.span) / min(self.stop - self.start, claim.stop - claim.start)


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two texts and what a reader says of them.

    `label` is of NLI, or a relation where the pair has `sides` in articles; `group` is what hangs together (a story,
    a source) and is drawn together by the bootstrap; `kind` is what makes it a contradiction, or only look like one;
    `source` is the set it was taken from, where a file holds several; `shown` whether a contradiction shows in the two
    texts themselves, as nearly all do, or only to a reader of what stands around them.
    """

    id: str
    premise: str
    hypothesis: str
    label: str
    group: str
    sides: tuple[Side, Side] | None = None
    kind: str | None = None
    note: str = ""
    source: str | None = None
    shown: bool = True

    def __post_init__(self) -> None:
        allowed = RELATIONS if self.sides else NLI_LABELS
        if self.label not in allowed:
            raise MalformedGold(f"label {self.label!r}", f"one of {', '.join(allowed)}")
        for text in (self.premise, self.hypothesis):
            if not text.strip():
                raise MalformedGold("an empty text", "two texts")

    @property
    def contradictory(self) -> bool:
        """Whether the label says that both cannot be true."""
        return self.label == "contradiction"


@dataclass(frozen=True, slots=True)
class Gold:
    """Labelled pairs, and the articles they stand in if they stand in any.

    `digest`: 16 hexadecimal digits of the SHA-256 of the file of pairs, so that a report says what it is about.
    `answers`: the labels that the gold can hold; a system is asked for the most probable of these alone, since an
    answer that cannot be right would be counted as a mistake.
    """

    name: str
    pairs: tuple[LabelledPair, ...]
    digest: str
    articles: tuple[Article, ...] = ()
    faults: tuple[Fault, ...] = ()
    answers: tuple[str, ...] = ANSWERS

    @property
    def two_class(self) -> bool:
        """Whether it tells only what is entailed from what is not."""
        return any(pair.label == "not_entailment" for pair in self.pairs)

    @property
    def sided(self) -> tuple[tuple[LabelledPair, Side, Side], ...]:
        """The pairs that stand in articles, with their two sides."""
        return tuple((pair, *pair.sides) for pair in self.pairs if pair.sides)


def read_gold(path: Path, articles: Iterable[Article] = ()) -> Gold:
    """The labelled pairs of a file, `.jsonl`, `.csv`, either with `.gz`.

    Malformed lines are `faults` with file and line, and so are sides whose text is not at its offsets in `articles`;
    where no articles are given at all, sides are taken at their word. Raises UnusableGold where the file cannot be
    read or holds both kinds.
    """
    known = {article.id: article for article in articles}
    raw = _bytes(path)
    pairs: dict[str, LabelledPair] = {}
    faults: list[Fault] = []
    for number, row in _rows(path.name.removesuffix(".gz"), raw):
        where = f"{path}:{number}"
        try:
            pair = _pair(row, str(number), known)
            _check_sides(pair, known)
            if pair.id in pairs:
                raise MalformedGold(f"id {pair.id!r} a second time", "an id of its own for every pair")
            pairs[pair.id] = pair
        except MalformedGold as error:
            faults.append(Fault(where, error.what, error.expected))
    digest = hashlib.sha256(raw).hexdigest()[:16]
    sides = {bool(pair.sides) for pair in pairs.values()}
    if len(sides) > 1:
        raise UnusableGold(f"{path}: labelled pairs and the pairs of a corpus in one file; expected one kind")
    return Gold(path.name, tuple(pairs.values()), digest, tuple(known.values()), tuple(faults))


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnusableGold(f"{path}: {reason.lower()}; expected a file of labelled pairs, .jsonl or .csv") from error


def read_articles(path: Path) -> tuple[tuple[Article, ...], tuple[Fault, ...]]:
    """The articles that gold stands in, of any format that is read, and what could not be read.

    Raises UnusableGold where there is no article at all.
    """
    each = list(read([path]))
    articles = tuple(one for one in each if isinstance(one, Article))
    faults = tuple(one for one in each if isinstance(one, Fault))
    if not articles:
        raise UnusableGold("; ".join(map(str, faults)) or f"{path}: no articles; expected those of the labelled pairs")
    return articles, faults


def _rows(name: str, raw: bytes) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    """Line numbers and rows; a string in place of a row says why there is none."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield raw[: error.start].count(b"\n") + 1, f"not UTF-8 ({error.reason})"
        return
    if name.endswith((".csv", ".tsv")):
        # A quoted field may hold line breaks: the reader knows the line that a row ends on.
        table = csv.DictReader(text.splitlines(keepends=True), delimiter="\t" if name.endswith(".tsv") else ",")
        for row in table:
            yield table.line_num, {key: value for key, value in row.items() if key and value}
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _json(line)


def _json(line: str) -> Mapping[str, object] | str:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        return f"not JSON ({error.msg})"
    except RecursionError:
        return "JSON too deeply nested"
    return value if isinstance(value, dict) else f"a {type(value).__name__}, not an object"


def _pair(row: Mapping[str, object] | str, fallback_id: str, articles: Mapping[str, Article]) -> LabelledPair:
    if isinstance(row, str):
        raise MalformedGold(row, PAIR_FIELDS)
    name = str(row.get("id") or fallback_id)
    group = str(row.get("group") or row.get("story") or name)
    kind, note, source = _optional(row, "kind"), _optional(row, "note") or "", _optional(row, "source")
    if "relation" in row:
        left, right = _side(row, "left", articles), _side(row, "right", articles)
        sides = left, right
        label, shown = _text(row, "relation"), _shown(row)
        return LabelledPair(name, left.text, right.text, label, group, sides, kind, note, source, shown)
    premise, hypothesis = _text(row, "premise"), _text(row, "hypothesis")
    return LabelledPair(name, premise, hypothesis, _text(row, "label").lower(), group, None, kind, note, source)


def _shown(row: Mapping[str, object]) -> bool:
    shown = row.get("shown", True)
    if not isinstance(shown, bool):
        raise MalformedGold(f"'shown' is {shown!r}", "true or false")
    return shown


def _side(row: Mapping[str, object], name: str, articles: Mapping[str, Article]) -> Side:
    side = row.get(name)
    if not isinstance(side, dict):
        raise MalformedGold(f"no {name!r}", PAIR_FIELDS)
    start, stop = side.get("start"), side.get("stop")
    if not isinstance(start, int) or not isinstance(stop, int):
        raise MalformedGold(f"{name} has offsets {start!r}:{stop!r}", "two whole numbers, start and stop")
    article = _text(side, "article")
    text = articles[article].text[start:stop] if "text" not in side and article in articles else _text(side, "text")
    return Side(article, start, stop, text, _optional(side, "holder"), _stance(side))


def _stance(side: Mapping[str, object]) -> Stance:
    told = side.get("stance", Stance.ASSERTED)
    if told not in list(Stance):
        raise MalformedGold(f"stance is {told!r}", " or ".join(map(repr, map(str, Stance))))
    return Stance(str(told))


def _text(row: Mapping[str, object], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise MalformedGold(f"no {field!r}" if value is None else f"{field!r} is {value!r}", PAIR_FIELDS)
    if not value.isprintable() and any("\ud800" <= each <= "\udfff" for each in value):
        raise MalformedGold(f"{field!r} holds half a surrogate pair", "characters that can be written")
    return value


def _optional(row: Mapping[str, object], field: str) -> str | None:
    value = row.get(field)
    return str(value) if value not in (None, "") else None


def _check_sides(pair: LabelledPair, articles: Mapping[str, Article]) -> None:
    if not articles:
        return
    for side in pair.sides or ():
        article = articles.get(side.article)
        if article is None:
            raise MalformedGold(f"article {side.article!r} is not among the articles", "the articles of every pair")
        found = side.span.of(article.text)
        if found != side.text:
            raise MalformedGold(f"{side.article}[{side.start}:{side.stop}] is {found!r}", repr(side.text))


def draw_groups(groups: Sequence[str], count: int, at_once: int | None = None) -> list[int]:
    """The rows of a sample of `count`, in order: group after group, shuffled the same way each time, the last one cut.

    Of each group the sample takes `at_once` rows, drawn from it, and more only where there are too few groups; all
    rows by default.

    >>> draw_groups(["a", "a", "b", "b", "c"], 3)
    [0, 1, 4]
    >>> draw_groups(["a", "a", "b", "b", "c"], 3, at_once=1)
    [1, 2, 4]
    """
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    drawn = random.Random(SEED)
    order = [members[name] for name in sorted(members)]
    drawn.shuffle(order)
    for rows in order:
        drawn.shuffle(rows)
    step = at_once or max(map(len, order), default=1)
    deepest = max(map(len, order), default=0)
    turns = (row for start in range(0, deepest, step) for rows in order for row in rows[start : start + step])
    return sorted(islice(turns, count))


def premise_group(premise: str) -> str:
    """The group of a pair where nothing else tells: those with one premise were often written together."""
    return hashlib.sha256(premise.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def share_of_group(count: int) -> int:
    """How many rows of one group a sample of `count` takes first: a twentieth, so that one group is not all of it."""
    return max(1, count // FEWEST_GROUPS)


def sampled(gold: Gold, count: int) -> Gold:
    """A sample of `count` pairs, drawn by group, under a name that says so; of a corpus, with the articles needed."""
    if count >= len(gold.pairs):
        return gold
    # Of a corpus whole stories: a pair of each would need all of the articles.
    at_once = None if gold.sided else share_of_group(count)
    drawn = draw_groups([pair.group for pair in gold.pairs], count, at_once)
    pairs = tuple(gold.pairs[row] for row in drawn)
    needed = {side.article for pair in pairs for side in pair.sides or ()}
    articles = tuple(article for article in gold.articles if article.id in needed)
    name = f"{gold.name}, {count:,} of {len(gold.pairs):,} pairs, drawn by group with seed {SEED}"
    return replace(gold, name=name, pairs=pairs, articles=articles)


def gold_claims(gold: Gold) -> tuple[Claim, ...]:
    """The sides of all pairs as claims, each stretch once, without a reading: what a perfect extraction would find.

    Raises KeyError where the gold was read without its articles.
    """
    articles = {article.id: article for article in gold.articles}
    claims: dict[tuple[str, int, int], Claim] = {}
    for _, *sides in gold.sided:
        for side in sides:
            claims.setdefault((side.article, side.start, side.stop), _claim(side, articles[side.article]))
    return tuple(claims.values())


def _claim(side: Side, article: Article) -> Claim:
    holder = Holder(side.holder, narrator=side.holder == article.outlet) if side.holder else None
    return Claim(
        id=claim_id(article, side.start, side.stop),
        article=article.id,
        start=side.start,
        stop=side.stop,
        text=side.text,
        outlet=article.outlet,
        published=article.published,
        url=article.url,
        holder=holder,
        stance=side.stance,
    )
