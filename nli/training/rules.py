"""Training pairs made by rule and template over real sentences, each with a label that the rule warrants.

    python -m nli.training.rules SENTENCES.jsonl OUTPUT.jsonl [--seed 7] [--each 1500]

SENTENCES are JSON Lines with `text` (one claim or sentence) and, if known, `article`: two of one article then also make
pairs that tell of the same event in other words. OUTPUT has rows `premise`, `hypothesis`, `label`, `kind`, about `each`
a kind. The tables stand in `rules.toml`, where a linguist can extend them.

A rule fires only where the parse makes it safe: one main clause, subject first, without a condition, a quotation or a
negation of its own. Where a kind states truth, every form of a sentence carries what it claims (a `Stand`, a `Range`,
a set of things), and the label follows from the two claims (`by_stand`, `by_range`, `by_members`): it is computed,
never written beside a pattern. Two sentences are taken to tell of the same event, as news pairs are.

No cue word may give the label away. In every kind and on either side, `balanced` drops rows until each word of `CUES`
stands at most as often in contradiction as in entailment and neutral together, and not in these alone; a test
holds it.
"""

import argparse
import json
import random
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.parse import pipeline, plain
from nli.training.data import rows as rows_of
from nli.training.data import without_full_stop

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

with Path(__file__).with_name("rules.toml").open("rb") as file:
    TABLES: Mapping[str, Any] = tomllib.load(file)

ENTAILMENT, NEUTRAL, CONTRADICTION = "entailment", "neutral", "contradiction"

CUES = (
    "not", "never", "no longer", "no", "failed to", "refused to", "yet", "neither", "denied", "deny", "false", "untrue",
    "wrong", "true", "doubts", "doubt", "disputes", "claim", "whether", "about", "nearly", "some", "around", "roughly",
    "more than", "at least", "up to", "fewer than", "less than", "no more than", "no fewer than", "no less than",
    "over", "under", "exactly", "only", "postponed", "cancelled", "called off", "put off", "due to", "dropped", "by",
    "before", "after", "said", "still", "lost to", "declined to",
)  # fmt: skip
"""Words by which a label might be guessed; each is kept as frequent with one label as with another."""

_CUE = re.compile(r"\b(?:" + "|".join(sorted(CUES, key=len, reverse=True)) + r")\b", re.IGNORECASE)
_MARKS = re.compile(r"[\"?!:;()\[\]…—*|/½¼¾]|--|\.\.|\b[A-Z]\.$")

BE = {"am", "is", "are", "was", "were"}


@dataclass(frozen=True, slots=True)
class Row:
    """A premise, a hypothesis, the label and the kind of rule that made them."""

    premise: str
    hypothesis: str
    label: str
    kind: str


# ---------------------------------------------------------------------------------------------------------- clauses


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause in parts: `head` the subject, `finite` its finite verb, `rest` the others up to the main verb.

    `base` and `participle` are the main verb's ("" where unknown), `tag` is spaCy's of the finite verb. `short_tail` is
    the tail without a last adverbial of time or place, None if it has none. `deed`: somebody does a thing.
    """

    head: str
    finite: str
    rest: str
    tail: str
    base: str
    participle: str
    tag: str
    plural: bool
    short_tail: str | None = None
    lowered: str = ""
    deed: bool = False

    @property
    def simple(self) -> bool:
        """Whether the finite verb is the main verb, and not "be"."""
        return not self.rest and self.finite.lower() not in BE

    @property
    def past(self) -> bool:
        """Whether the main verb is a simple past."""
        return self.simple and self.tag == "VBD"

    def affirmed(self) -> str:
        """The clause as it stands.

        >>> an_example().affirmed()
        'The mayor signed the contract on Friday'
        """
        return joined(self.head, self.finite, self.rest, self.tail)

    def negated(self) -> str:
        """The clause with "not".

        >>> an_example().negated()
        'The mayor did not sign the contract on Friday'
        """
        if not self.simple:
            return joined(self.head, self.finite, "not", self.rest, self.tail)
        do = "did" if self.tag == "VBD" else "does" if self.tag == "VBZ" else "do"
        return joined(self.head, do, "not", self.base, self.tail)

    def never(self) -> str:
        """The clause with "never"."""
        if not self.simple:
            return joined(self.head, self.finite, "never", self.rest, self.tail)
        return joined(self.head, "never", self.finite, self.tail)

    def shortened(self) -> "Clause | None":
        """The clause without its last adverbial, None if it has none."""
        return None if self.short_tail is None else replace(self, tail=self.short_tail, short_tail=None)

    def inside(self, text: str) -> str:
        """One of this clause's forms as it is written after other words: a small letter unless it begins with a name.

        >>> an_example().inside("The mayor signed")
        'the mayor signed'
        """
        if not self.lowered or not text.startswith(self.head[:1]):
            return text[:1].lower() + text[1:] if text.startswith("Neither") else text
        return self.lowered[:1] + text[1:]


def an_example() -> Clause:
    """A clause for the examples."""
    return Clause(
        "The mayor", "signed", "", "the contract on Friday", "sign", "signed", "VBD", plural=False,
        short_tail="the contract", lowered="the mayor",
    )  # fmt: skip


def joined(*parts: str) -> str:
    """Parts of a sentence put together, its first letter large.

    >>> joined("the mayor", "", "left", ", he said")
    'The mayor left, he said'
    """
    text = re.sub(r"\s+", " ", " ".join(part for part in parts if part)).strip(" ,")
    text = re.sub(r" ([,.%])(?=\s|$)", r"\1", re.sub(r" (?=['’]s?\b(?!\w))", "", text))
    return text[:1].upper() + text[1:]


IRREGULAR: Mapping[str, tuple[str, str]] = {
    base: (past, participle) for base, past, participle in TABLES["verbs"]["irregular"]
}


def participle(base: str, past: str) -> str:
    """The participle of a verb, "" if it is neither regular nor in the table.

    >>> participle("sign", "signed"), participle("give", "gave"), participle("swim", "swam")
    ('signed', 'given', '')
    """
    if base in IRREGULAR:
        return IRREGULAR[base][1]
    return past if past.endswith("ed") else ""


def base_form(token: "Token") -> str:
    """The one dictionary form of a word, "" if there is none or a choice."""
    lemmatizer: Any = pipeline().get_pipe("lemmatizer")
    found: list[str] = lemmatizer.lemmatize(token)
    return found[0] if len(found) == 1 and found[0].isalpha() else ""


def clause(doc: "Doc") -> Clause | None:
    """The parts of a sentence that is one plain assertion with its subject first; None for any other."""
    subject = _plain_subject(doc)
    if subject is None:
        return None
    root = subject.head
    finite = doc[subject.right_edge.i + 1] if subject.right_edge.i + 1 < root.i else root
    if not _is_verb_group(doc, finite, root):
        return None
    base, own = base_form(root), root.text.lower()
    if not base and not (finite.i < root.i or own in BE):
        return None
    if _may_be_participle(root, finite, base):
        return None
    short = _short_tail(doc, root)
    first = doc[0]
    head = doc[: finite.i].text
    lowered = head if _keeps_capital(first) else head[:1].lower() + head[1:]
    return Clause(
        head=head[:1].upper() + head[1:],
        finite=finite.text,
        rest=doc[finite.i + 1 : root.i + 1].text if finite.i < root.i else "",
        tail=doc[root.i + 1 :].text.rstrip(" ,"),
        base=base,
        participle=own if root.tag_ == "VBN" else participle(base, own),
        tag=finite.tag_,
        plural=is_plural(subject),
        short_tail=None if short is None else short.rstrip(" ,"),
        lowered=lowered,
        deed=_is_deed(subject, root, base),
    )


_PEOPLE = re.compile(r"^(?!(?:wo)?man$|human$|veterans?$|urban$)\w+(?:ans?|ish|ese|crats?|[aeq]i)$", re.IGNORECASE)


def _keeps_capital(first: "Token") -> bool:
    """Whether the first word of a sentence is written large elsewhere too: a name, a nationality, "I"."""
    called = first.pos_ in {"ADJ", "NOUN"} and _PEOPLE.match(first.text) is not None
    return first.pos_ == "PROPN" or called or first.text.isupper() or any(letter.isupper() for letter in first.text[1:])


def _may_be_participle(root: "Token", finite: "Token", base: str) -> bool:
    """Whether "filed" in "the complaint filed on Monday" is no finite verb: it needs an object."""
    complete = {"dobj", "xcomp", "ccomp", "attr", "acomp", "oprd", "dative", "prt"} & {
        child.dep_ for child in root.children
    }
    ambiguous = finite == root and root.tag_ == "VBD" and participle(base, root.lower_) == root.lower_
    return ambiguous and not complete and base not in TABLES["verbs"]["intransitive"]


def _is_deed(subject: "Token", root: "Token", base: str) -> bool:
    """Whether somebody who can refuse does what can be refused."""
    acts = (
        subject.lower_ in {"he", "she", "they"}
        or subject.pos_ == "PROPN"
        or subject.lower_ in TABLES["negation"]["agents"]
    )
    return acts and base in TABLES["negation"]["deeds"] and any(child.dep_ == "dobj" for child in root.children)


BLOCKED = frozenset(TABLES["clause"]["blocked"])
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
NO_CHILD = frozenset({"conj", "advcl", "parataxis", "csubj", "expl", "neg", "intj", "dep", "cc", "preconj", "mark"})


def is_plain(doc: "Doc") -> bool:
    """Whether a sentence holds nothing that cuts, asks, hedges, negates or sets a condition."""
    words = [token.lower_ for token in doc]
    return (
        5 <= len(words) <= 32
        and not doc[0].tag_.startswith("W")
        and not _MARKS.search(doc.text.rstrip("."))
        and not BLOCKED & set(words)
        and sum(1 for _ in doc.sents) == 1
        and doc[-1].pos_ not in {"ADP", "DET", "CCONJ", "SCONJ", "PART", "AUX", "PRON"}
    )


def _plain_subject(doc: "Doc") -> "Token | None":
    if not is_plain(doc):
        return None
    root = next(token for token in doc if token.dep_ == "ROOT")
    children = list(root.children)
    subjects = [child for child in children if child.dep_ in {"nsubj", "nsubjpass"}]
    if root.pos_ not in {"VERB", "AUX"} or len(subjects) != 1 or {child.dep_ for child in children} & NO_CHILD:
        return None
    subject = subjects[0]
    return subject if subject.left_edge.i == 0 and subject.right_edge.i < root.i and is_definite(subject) else None


def _is_verb_group(doc: "Doc", finite: "Token", root: "Token") -> bool:
    """Whether only auxiliaries and adverbs stand from the finite verb to the main one."""
    inside = doc[finite.i : root.i]
    return (
        finite.tag_ in FINITE
        and finite.text[0] not in "'’"
        and (finite.tag_ != "MD" or finite.lower_ == "will")
        and (finite == root or finite.pos_ == "AUX")
        and all(token.dep_ in {"aux", "auxpass"} for token in inside)
        and (finite != root or root.i == 0 or doc[root.i - 1].dep_ != "advmod" or root.pos_ == "AUX")
    )


def is_definite(noun: "Token") -> bool:
    """Whether a noun phrase picks out who is meant, so that to negate the verb is to deny the sentence."""
    if noun.pos_ == "PRON":
        return noun.lower_ in TABLES["clause"]["subjects"]
    marks = [child for child in noun.children if child.dep_ in {"det", "poss", "predet", "nummod"}]
    if any(mark.dep_ in {"predet", "nummod"} for mark in marks) or noun.lower_ in {"majority", "number", "percent"}:
        return False
    named = noun.pos_ == "PROPN" and not noun.text.islower()
    return (named and noun.tag_ == "NNP") if not marks else all(
        mark.dep_ == "poss" or mark.lower_ in TABLES["clause"]["determiners"] for mark in marks
    )  # fmt: skip


def is_plural(noun: "Token") -> bool:
    """Whether a noun phrase takes a plural verb."""
    coordinated = any(child.dep_ == "conj" for child in noun.children)
    return coordinated or noun.tag_ in {"NNS", "NNPS"} or noun.lower_ in {"they", "we", "you", "these", "those"}


def _short_tail(doc: "Doc", root: "Token") -> str | None:
    """What follows the main verb, without a last adverbial that only adds when or where; None if there is none."""
    last = [child for child in root.children if child.right_edge.i >= _end(doc) - 1 and child.i > root.i]
    if len(last) != 1 or base_form(root) in TABLES["clause"]["needs_place"]:
        return None
    part, before = last[0], doc[root.i + 1 : last[0].left_edge.i]
    complete = root.dep_ == "ROOT" and (
        any(child.dep_ == "dobj" and child.i < part.i for child in root.children)
        or any(child.dep_ == "nsubjpass" for child in root.children)
    )
    if not complete or len(doc) - len(doc[part.left_edge.i :]) < 4:
        return None
    words = {token.lower_ for token in doc[part.left_edge.i :]}
    timed = part.dep_ in {"npadvmod", "prep"} and words & set(TABLES["clause"]["times"])
    placed = part.dep_ == "prep" and part.lower_ == "in" and doc[_end(doc) - 1].pos_ == "PROPN"
    fits = (timed or placed) and len(words) <= 6 and part.lower_ in {"in", "on", "during", "at", *_times(part)}
    return before.text if fits and (not len(before) or before[-1].text != ",") else None


def _times(part: "Token") -> set[str]:
    return {part.lower_} if part.dep_ == "npadvmod" else set()


def _end(doc: "Doc") -> int:
    return len(doc) - 1 if doc[-1].is_punct else len(doc)


# ------------------------------------------------------------------------- truth: negated, negated twice, said shorter


@dataclass(frozen=True, slots=True)
class Stand:
    """What a form claims of a clause: that it is so or not so, in full (`long`) or without its last adverbial.

    `how` names a claim that is more than the plain one: "refused" is not done, but not done is not refused.
    """

    so: bool
    long: bool = False
    how: str = ""


def by_stand(premise: Stand, hypothesis: Stand) -> str:
    """The label of two forms of one clause.

    >>> by_stand(Stand(True, long=True), Stand(True)), by_stand(Stand(False, long=True), Stand(False))
    ('entailment', 'neutral')
    >>> by_stand(Stand(True), Stand(False)), by_stand(Stand(True), Stand(False, long=True))
    ('contradiction', 'neutral')
    """
    if premise.so != hypothesis.so:
        yes, no = (premise, hypothesis) if premise.so else (hypothesis, premise)
        return CONTRADICTION if yes.long or not no.long else NEUTRAL
    stronger, weaker = (premise, hypothesis) if premise.so else (hypothesis, premise)
    holds = stronger.long or not weaker.long
    if hypothesis.how and hypothesis.how != premise.how:
        return NEUTRAL
    if premise.how and hypothesis.how:
        holds = premise.long == hypothesis.long
    return ENTAILMENT if holds else NEUTRAL


Form = tuple[str, Stand]


def negation(found: Clause) -> list[Row]:
    """A clause against what negates it: not, never, no longer, failed to, refused to, yet."""
    return _paired(_negations(found), "negation")


def _negations(found: Clause) -> list[Form]:
    forms = [(found.affirmed(), Stand(so=True, long=True)), (found.negated(), Stand(so=False, long=True))]
    short = found.shortened()
    if short is not None:
        forms += [(short.affirmed(), Stand(so=True)), (short.negated(), Stand(so=False))]
    else:
        # Without an adverbial to leave out, the clause is its own short form.
        forms = [(text, replace(stand, long=False)) for text, stand in forms]
    forms += [(text, Stand(so=False, how=how)) for text, how in _strong(short or found)]
    forms += [(text, Stand(so=False, long=True, how=how)) for text, how in (_strong(found) if short else [])]
    return forms


def _strong(found: Clause) -> Iterator[tuple[str, str]]:
    """Negations that claim more than "not", each with its name; forms of one name say the same."""
    has, dated = "have" if found.plural else "has", bool(TIME.search(found.tail))
    if found.past or (found.tag == "VBZ" and found.finite.lower() == "has") or found.tag == "VBD":
        yield found.never(), "never"
    if found.deed and found.past:
        for words, how in DEED_NOT_DONE:
            yield joined(found.head, words.format(base=found.base), found.tail), how
        if not dated:
            yield joined(found.head, has, "yet to", found.base, found.tail), "yet"
            yield joined(found.head, has, "still to", found.base, found.tail), "yet"
    if found.finite.lower() in {"is", "are"} or (found.simple and found.tag in {"VBZ", "VBP"}):
        yield joined(found.head, *_no_longer(found), found.tail), "no longer"
        yield f"It is no longer the case that {found.inside(found.affirmed())}", "no longer"


DEED_NOT_DONE = (
    ("failed to {base}", "failed"),
    ("tried but failed to {base}", "tried"),
    ("refused to {base}", "refused"),
    ("flatly refused to {base}", "flatly"),
    ("declined to {base}", "declined"),
)
IMPLIES = {"tried": "failed", "flatly": "refused"}


def _no_longer(found: Clause) -> tuple[str, str, str]:
    return ("no longer", found.finite, found.rest) if found.simple else (found.finite, "no longer", found.rest)


TIME = re.compile(
    r"\b(?:" + "|".join(TABLES["clause"]["times"]) + r"|may|(?:19|20)\d\d|ago|last|later|earlier)\b", re.I
)


def _implied(premise: Stand, hypothesis: Stand) -> str:
    if IMPLIES.get(premise.how) == hypothesis.how and hypothesis.how:
        return by_stand(replace(premise, how=hypothesis.how), hypothesis)
    return by_stand(premise, hypothesis)


def _paired(forms: Sequence[Form], kind: str) -> list[Row]:
    return [
        Row(premise, hypothesis, label, kind)
        for (premise, stand), (hypothesis, other) in permutations(forms, 2)
        if premise != hypothesis and (stand.how or other.how or stand != other or kind != "negation")
        for label in [_implied(stand, other)]
        if not _doubtful(stand, other)
    ]


def _doubtful(premise: Stand, hypothesis: Stand) -> bool:
    """Whether a reader may well take one negation for another that says more."""
    if premise.so or premise.how == hypothesis.how or IMPLIES.get(premise.how) == hypothesis.how:
        return False
    return hypothesis.how in ("failed", "declined") or (not premise.how and hypothesis.how in {"never", "yet"})


def doubled(found: Clause) -> list[Row]:
    """A clause and its negation, plain or after words that affirm or deny them."""
    short = found.shortened()
    forms: list[tuple[str, Stand, int]] = []
    for each, is_long in [(found, short is not None), *([(short, False)] if short else [])]:
        for text, so in ((each.affirmed(), True), (each.negated(), False)):
            inner = each.inside(text)
            forms.append((text, Stand(so, is_long), 0))
            forms += [(f"{frame} {inner}", Stand(so, is_long), 1) for frame in TABLES["frames"]["affirming"]]
            forms += [(f"{frame} {inner}", Stand(so, is_long), 2) for frame in TABLES["frames"]["beyond_doubt"]]
            forms += [(f"{frame} {inner}", Stand(not so, is_long), 3) for frame in TABLES["frames"]["denying"]]
    return [
        Row(premise, hypothesis, by_stand(stand, other), "doubled")
        for (premise, stand, framed), (hypothesis, other, other_framed) in permutations(forms, 2)
        if (framed or other_framed) and other_framed != 2 and not (framed == other_framed == 1)
    ]


def shorter(found: Clause, others: Sequence[Clause]) -> list[Row]:
    """The same event told with more or with less, and beside it what `others`, of the same article, tell."""
    forms: list[Form] = _negations(found)[:4] if found.short_tail is not None else []
    made = [
        Row(premise, hypothesis, by_stand(stand, other), "compatible")
        for (premise, stand), (hypothesis, other) in permutations(forms, 2)
    ]
    told = [(text, stand) for each in (found, found.shortened()) if each for text, stand in _told_otherwise(each)]
    plain_forms = forms or _negations(found)[:2]
    for text, stand in told:
        stand_here = stand if forms else replace(stand, long=False)
        for form, other_stand in plain_forms:
            made.append(Row(text, form, by_stand(stand_here, other_stand), "compatible"))
            made.append(Row(form, text, by_stand(other_stand, stand_here), "compatible"))
    for other in others:
        if _tell_apart(found, other):
            made += [
                Row(one, two, NEUTRAL, "compatible")
                for one in (found.affirmed(), found.negated())
                for two in (other.affirmed(), other.negated())
            ]
    return made


def _told_otherwise(found: Clause) -> Iterator[Form]:
    """The clause with its verb in other words."""
    if found.past and found.deed and found.base in TABLES["verbs"]["otherwise"]:
        words = TABLES["verbs"]["otherwise"][found.base]
        yield joined(found.head, words, found.tail), Stand(so=True, long=found.short_tail is not None)


def _tell_apart(one: Clause, other: Clause) -> bool:
    """Whether two clauses of an article share a name, and hardly any other word."""
    left, right = _content(one.affirmed()), _content(other.affirmed())
    shared = {word for word in left & right if word[0].isupper()}
    return bool(shared) and one.base != other.base and len(left & right) <= 0.25 * min(len(left), len(right))


def _content(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]{4,}", text) if word.lower() not in {"that", "this", "with", "from"}}


# ---------------------------------------------------------------------------------------------------------- numbers


@dataclass(frozen=True, slots=True)
class Number:
    """A count, a share or a sum: `before` and `after` the text around it, how it is written, its value."""

    before: str
    after: str
    prefix: str
    value: float
    scale: str
    spelt: bool
    decimals: int
    noun: str

    def written(self, value: float, hedge: str = "") -> str:
        """The sentence with another number, perhaps a hedge before it."""
        return joined(self.before, hedge, self.figure(value), self.after)

    def figure(self, value: float) -> str:
        """A number in the way that this one is written."""
        words = TABLES["numbers"]["words"]
        if self.spelt and value == int(value) < len(words):
            return str(words[int(value)])
        decimals = 0 if value == int(value) else self.decimals
        return f"{self.prefix}{value:,.{decimals}f}{self.scale}"

    def without(self) -> str:
        """The sentence with a bare plural."""
        return joined(self.before, self.after)


_SCALE = re.compile(r"\s?(?:million|billion|trillion|percent|per cent|%)\b|%")
_FIGURE = re.compile(r"(?P<prefix>[$£€])?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?$")


def number(doc: "Doc") -> Number | None:
    """The one number of a plain sentence that counts a plural noun, or is a sum or a share, if there is one."""
    if not is_plain_enough(doc):
        return None
    found = [made for token in doc if token.like_num for made in [_number_at(doc, token)] if made]
    numerals = sum(token.like_num for token in doc)
    return found[0] if len(found) == 1 and numerals <= 3 else None


def is_plain_enough(doc: "Doc") -> bool:
    """Whether a number in a sentence is asserted, wherever it stands in it."""
    words = {token.lower_ for token in doc}
    return (
        5 <= len(doc) <= 32
        and not _MARKS.search(doc.text.rstrip("."))
        and not words & (BLOCKED - {"as", "some", "also", "too", "so", "most", "just", "still", "already", "than"})
        and not words
        & {"wants", "wanted", "plan", "plans", "hopes", "seeks", "proposed", "want", "wanting", "hope", "if"}
        and _is_told(doc)
        and sum(1 for _ in doc.sents) == 1
        and doc[0].pos_ not in {"CCONJ", "SCONJ", "ADP", "VERB"}
        and not doc[0].tag_.startswith("W")
        and doc[-1].pos_ not in {"ADP", "DET", "CCONJ", "SCONJ", "PART", "AUX"}
    )


def _is_told(doc: "Doc") -> bool:
    """Whether the sentence is a whole one: a finite main verb with its subject, after no "after" or "that"."""
    root = next(token for token in doc if token.dep_ == "ROOT")
    children = {child.dep_ for child in root.children}
    finite = [token for token in (root, *root.children) if token.tag_ in FINITE and token.i <= root.i]
    return bool(finite) and bool(children & {"nsubj", "nsubjpass"}) and "mark" not in children


def _number_at(doc: "Doc", token: "Token") -> Number | None:
    start = token.i - 1 if token.i and doc[token.i - 1].text in {"$", "£", "€"} else token.i
    before = doc[start - 1].lower_ if start else ""
    if start and doc[start - 1].pos_ in {"ADJ", "NOUN", "NUM"}:
        return None
    written = _FIGURE.match(doc[start].text + token.text if start < token.i else token.text)
    words = TABLES["numbers"]["words"]
    spelt = token.lower_ in words[2:]
    if (written is None and not spelt) or before in TABLES["numbers"]["before"] or _glued(doc, start, token.i):
        return None
    rest = doc.text[token.idx + len(token.text) :]
    scale = _SCALE.match(rest)
    money = start < token.i
    value = float(words.index(token.lower_)) if written is None else _value(written)
    counted = token.dep_ == "nummod" and token.head.tag_ == "NNS" and token.head.i > token.i and not scale
    if not (counted or _closed(rest[scale.end() if scale else 0 :], money=money, scaled=scale is not None)):
        return None
    return Number(
        before=doc.text[: doc[start].idx].strip(),
        after=rest[scale.end() if scale else 0 :].strip(" ."),
        prefix=doc[start].text if money else "",
        value=value,
        scale=scale[0] if scale else "",
        spelt=spelt,
        decimals=len(written["part"]) - 1 if written and written["part"] else 0,
        noun=token.head.text if counted else "",
    )


def _value(written: re.Match[str]) -> float:
    return float(written["digits"].replace(",", "") + (written["part"] or ""))


def _closed(after: str, *, money: bool, scaled: bool) -> bool:
    """Whether a sum or share ends here, rather than being part of a longer name of one."""
    ends = re.match(
        r"\s*(?:$|[,.]|(?:of|in|for|to (?![$£€\d])|on|from|at|since|over|a year|after|during|last|this)\b)", after
    )
    return (money or scaled) and ends is not None


def _glued(doc: "Doc", start: int, at: int) -> bool:
    """Whether a number is part of something longer: "36-year-old", "1990s", "3 to 5"."""
    left = doc.text[doc[start].idx - 1 : doc[start].idx]
    after = doc.text[doc[at].idx + len(doc[at].text) :][:5]
    return (
        left in {"-", "–", "/", "#"}
        or after[:1] in {"-", "–", "/", "'", "’"}
        or after.startswith((" to ", " or ", " and "))
    )


@dataclass(frozen=True, slots=True)
class Range:
    """What a number claims: surely within `inner`, in any case within `outer`; both (lowest, highest)."""

    inner: tuple[float, float]
    outer: tuple[float, float]


def by_range(premise: Range, hypothesis: Range) -> str | None:
    """The label of two numbers put to one thing; None where readers would differ.

    >>> exact, at_least = Range((9, 9), (9, 9)), Range((8, 12), (8, float("inf")))
    >>> by_range(exact, at_least), by_range(at_least, exact), by_range(Range((5, 5), (5, 5)), at_least)
    ('entailment', 'neutral', 'contradiction')
    """
    if _within(premise.outer, hypothesis.inner) or _within(premise.outer, hypothesis.outer, both_open=True):
        return ENTAILMENT
    # A little apart is not apart: "more than five" and "five" may be one count told twice.
    if premise.outer[1] * APART < hypothesis.outer[0] or hypothesis.outer[1] * APART < premise.outer[0]:
        return CONTRADICTION
    overlap = premise.inner[0] <= hypothesis.inner[1] and hypothesis.inner[0] <= premise.inner[1]
    return NEUTRAL if overlap and not _within(premise.inner, hypothesis.outer) else None


def _within(small: tuple[float, float], large: tuple[float, float], *, both_open: bool = False) -> bool:
    if both_open and not (small[0] == large[0] == 0 or small[1] == large[1] == float("inf")):
        return False
    return large[0] <= small[0] and small[1] <= large[1]


INFINITE = float("inf")
APART = 1.05
LITTLE = 1e-6
HEDGES: Mapping[str, Callable[[float], Range]] = {
    "": lambda v: Range((v, v), (v, v)),
    "exactly": lambda v: Range((v, v), (v, v)),
    "about": lambda v: Range((0.94 * v, 1.06 * v), (0.7 * v, 1.35 * v)),
    "around": lambda v: Range((0.94 * v, 1.06 * v), (0.7 * v, 1.35 * v)),
    "roughly": lambda v: Range((0.94 * v, 1.06 * v), (0.7 * v, 1.35 * v)),
    "some": lambda v: Range((0.94 * v, 1.06 * v), (0.7 * v, 1.35 * v)),
    "nearly": lambda v: Range((0.92 * v, v - LITTLE), (0.75 * v, 1.02 * v)),
    "more than": lambda v: Range((v + LITTLE, 1.6 * v), (v + LITTLE, INFINITE)),
    "over": lambda v: Range((v + LITTLE, 1.6 * v), (v + LITTLE, INFINITE)),
    "at least": lambda v: Range((v, 1.6 * v), (v, INFINITE)),
    "no fewer than": lambda v: Range((v, 1.6 * v), (v, INFINITE)),
    "up to": lambda v: Range((0.6 * v, v), (0, v)),
    "at most": lambda v: Range((0.6 * v, v), (0, v)),
    "no more than": lambda v: Range((0.6 * v, v), (0, v)),
    "fewer than": lambda v: Range((0.6 * v, v - LITTLE), (0, v - LITTLE)),
}
ROUNDING = ("about", "around", "roughly", "some", "nearly", "more than", "")
BOUNDS = (
    "at least",
    "no fewer than",
    "up to",
    "at most",
    "no more than",
    "fewer than",
    "more than",
    "over",
    "exactly",
    "",
)


def rounded(value: float, decimals: int, *, up: bool | None = None) -> float:
    """A number near `value` with fewer digits, above or below it if asked.

    >>> rounded(247, 0), rounded(247, 0, up=False), rounded(1.24, 2)
    (250.0, 240.0, 1.2)
    """
    digits = max(len(str(int(value))) - 2, -decimals + 1)
    unit = 10.0**digits
    if up is None:
        return float(round(value / unit) * unit if unit > 0.5 else round(value, -digits))
    step = value // unit * unit
    return float(round(step + unit if up else step, 6))


def hedged(found: Number, hedges: Sequence[str], kind: str, draw: random.Random) -> list[Row]:
    """The number plain, hedged and changed, each pair with the label that the ranges give."""
    forms = []
    for hedge in hedges:
        for value in sorted(_values(found, draw)):
            if _fits(found, hedge, value):
                forms.append((found.written(value, _worded(hedge, found)), HEDGES[hedge](value), hedge))
    draw.shuffle(forms)
    return [
        Row(premise, hypothesis, label, kind)
        for (premise, claim, hedge), (hypothesis, other, other_hedge) in permutations(forms, 2)
        if hedge != other_hedge or (hedge and claim != other)
        for label in [by_range(claim, other)]
        if label
    ]


def _worded(hedge: str, found: Number) -> str:
    mass = not found.noun
    return hedge.replace("fewer than", "less than") if mass else hedge


def _values(found: Number, draw: random.Random) -> set[float]:
    step = 10**-found.decimals
    values = {found.value, *(_coarse(found.value * factor, found) for factor in (0.3, 0.5, 0.8, 1.25, 2, 3))}
    if found.value >= 13:
        values |= {rounded(found.value, found.decimals), rounded(found.value, found.decimals, up=True)}
        values |= {rounded(found.value, found.decimals, up=False)}
    top = 100.0 if "%" in found.scale or "cent" in found.scale else INFINITE
    values = {value for value in values if value >= max(2 * step, 2 if found.noun else 0) and value < top}
    return set(draw.sample(sorted(values), min(5, len(values)))) | {found.value}


def _coarse(value: float, found: Number) -> float:
    if found.decimals or value < 20:
        return round(value, found.decimals)
    digits = len(str(int(value))) - 2
    return float(round(value / 10**digits) * 10**digits)


def _fits(found: Number, hedge: str, value: float) -> bool:
    """Whether one would write so: "about 250", but not "about 247" or "about three"."""
    if hedge in {"about", "around", "roughly", "some", "nearly"}:
        if value < 10 and not found.decimals:
            return False
        return len(re.sub(r"\D", "", found.figure(value)).strip("0")) <= (2 if value >= 100 else 1) or value in {15, 25}
    after_for = found.before.split()[-1:] in (["by"], ["of"], ["at"])
    return not (hedge in {"up to", "no fewer than"} and after_for)


def numbers(found: Number, draw: random.Random) -> list[Row]:
    """A number left as it is, written otherwise, left out or changed."""
    own = found.written(found.value)
    others = [value for value in _values(found, draw) if value != found.value]
    if found.value > 20 and found.decimals == 0:
        others.append(_swapped(found.value))
    same = _written_otherwise(found)
    made = []
    for value in others:
        if value != found.value:
            changed = found.written(value)
            made += [Row(own, changed, CONTRADICTION, "numbers"), Row(changed, own, CONTRADICTION, "numbers")]
            made += [Row(text, changed, CONTRADICTION, "numbers") for text in same]
    for text in same:
        made += [Row(own, text, ENTAILMENT, "numbers"), Row(text, own, ENTAILMENT, "numbers")]
    if found.noun and found.before and not found.after.startswith(("more ", "fewer ", "less ")):
        bare = found.without()
        made += [Row(own, bare, ENTAILMENT, "numbers"), Row(bare, own, NEUTRAL, "numbers")]
        made += [Row(bare, found.written(value), NEUTRAL, "numbers") for value in others[:1]]
    return made


def _swapped(value: float) -> float:
    """A number with its first two digits in the other order."""
    digits = str(int(value))
    return float(digits[1] + digits[0] + digits[2:]) if digits[1] != "0" else value


def _written_otherwise(found: Number) -> list[str]:
    """The sentence with its number in words for digits, digits for words, or its unit written otherwise."""
    words, text, value = TABLES["numbers"]["words"], found.figure(found.value), found.value
    bare = not found.prefix and not found.scale
    scale = found.scale.strip()
    cases = (
        (found.spelt, f"{value:.0f}"),
        (bare and not found.spelt and value == int(value) < len(words), words[int(value) % len(words)]),
        (scale in {"percent", "per cent"}, text.replace(found.scale, "%")),
        (scale == "%", text.replace("%", " percent")),
        (scale == "million", f"{found.prefix}{value * 1e6:,.0f}"),
        (scale == "billion", f"{found.prefix}{value * 1e3:,.0f} million"),
        (found.prefix == "$" and scale, text.removeprefix("$") + " dollars"),
        (bare and value >= 1000, f"{value:.0f}" if "," in text else f"{value:,.0f}"),
    )
    other = [each for holds, each in cases if holds]
    return [joined(found.before, each, found.after) for each in other]


# ------------------------------------------------------------------------------------------------------------ dates

WEEKDAYS, MONTHS = TABLES["dates"]["weekdays"], TABLES["dates"]["months"]
_DATE = re.compile(
    rf"\s(?:(?:on )?(?P<weekday>{'|'.join(WEEKDAYS)})|in (?P<month>{'|'.join(MONTHS)})(?: of)? (?P<of>(?:19|20)\d\d)"
    rf"|on (?P<dated>{'|'.join(MONTHS)}) (?P<day>\d\d?)|in (?P<year>(?:19|20)\d\d)|in (?P<only>{'|'.join(MONTHS)}))"
    r"(?=$|[ ,](?!\d))(?!,? (?:\d|morning|afternoon|evening|night))"
)


PREPOSITIONS = frozenset({"for", "until", "since", "by", "before", "after", "from", "of", "on", "in", "to", "than"})


def dates(doc: "Doc", draw: random.Random) -> list[Row]:
    """A date moved (contradiction), left out or made coarser (entailment), or added (neutral), of a single event."""
    text = capital(doc.text)
    hits = list(_DATE.finditer(text))
    if len(hits) != 1 or not is_plain_enough(doc) or not _dates_the_event(doc, hits[0]):
        return []
    hit = hits[0]
    moved = [joined(text[: hit.start()], other, text[hit.end() :]) for other in _moved(hit, draw)]
    coarser = [joined(text[: hit.start()], other, text[hit.end() :]) for other in _coarser(hit)]
    made = [Row(one, two, CONTRADICTION, "dates") for one, two in permutations([text, *moved[:2]], 2)]
    for short in coarser:
        made += [Row(one, short, ENTAILMENT, "dates") for one in (text, moved[0])]
        made += [Row(short, one, NEUTRAL, "dates") for one in (text, moved[0])]
    return made


def _dates_the_event(doc: "Doc", hit: re.Match[str]) -> bool:
    """Whether a date says when what happens but once happened."""
    root = next(token for token in doc if token.dep_ == "ROOT")
    past = root.tag_ == "VBD" or (root.tag_ == "VBN" and any(child.tag_ == "VBD" for child in root.children))
    inside = [token for token in doc if hit.start() < token.idx < hit.end() and token.idx > root.idx]
    before = doc.text[: hit.start()].split()[-1].lower()
    return (
        past
        and base_form(root) in TABLES["dates"]["once"]
        and not _may_be_participle(root, root, base_form(root))
        and any(token.head == root for token in inside)
        and before not in {"late", "early", "last", "this", "next", "earlier", "and", "or", *PREPOSITIONS}
        and not before.endswith(",")
    )


def _moved(hit: re.Match[str], draw: random.Random) -> list[str]:
    """The date of `hit` changed in one part."""
    said = hit[0].strip()
    changed = []
    for part, choices in (("weekday", WEEKDAYS), ("month", MONTHS), ("dated", MONTHS), ("only", MONTHS)):
        if hit[part]:
            changed += [said.replace(hit[part], other) for other in draw.sample(choices, 3) if other != hit[part]]
    for part in ("of", "year"):
        if hit[part]:
            changed += [
                said.replace(hit[part], str(int(hit[part]) + by)) for by in draw.sample([-9, -4, -3, -2, -1, 1, 2], 2)
            ]
    if hit["day"]:
        changed += [
            said.replace(hit["day"], str(day)) for day in draw.sample(range(1, 28), 2) if str(day) != hit["day"]
        ]
    draw.shuffle(changed)
    return changed


def _coarser(hit: re.Match[str]) -> list[str]:
    coarse = [""]
    if hit["month"]:
        coarse.append(f"in {hit['of']}")
    if hit["dated"]:
        coarse.append(f"in {hit['dated']}")
    return coarse


# ------------------------------------------------------------------------------------------------------------ lists


@dataclass(frozen=True, slots=True)
class Members:
    """What a form claims of a list: these are in it (`so`) or are not; `only`: and no others."""

    items: frozenset[str]
    so: bool = True
    only: bool = False


def by_members(premise: Members, hypothesis: Members) -> str:
    """The label of two claims about what belongs to a list.

    >>> ab, a = Members(frozenset("ab")), Members(frozenset("a"))
    >>> by_members(ab, a), by_members(a, ab), by_members(replace(a, only=True), ab)
    ('entailment', 'neutral', 'contradiction')
    """
    if not premise.so and not hypothesis.so:
        return ENTAILMENT if hypothesis.items <= premise.items else NEUTRAL
    if not premise.so:
        return CONTRADICTION if premise.items & hypothesis.items else NEUTRAL
    if not hypothesis.so:
        if premise.items & hypothesis.items:
            return CONTRADICTION
        return ENTAILMENT if premise.only else NEUTRAL
    if premise.only:
        fits = hypothesis.items == premise.items if hypothesis.only else hypothesis.items <= premise.items
        return ENTAILMENT if fits else CONTRADICTION
    if hypothesis.only:
        return NEUTRAL if premise.items <= hypothesis.items else CONTRADICTION
    return ENTAILMENT if hypothesis.items <= premise.items else NEUTRAL


@dataclass(frozen=True, slots=True)
class Listing:
    """A clause with a list: `items` as written, whether the list is the subject, and whether one item is plural."""

    clause: Clause
    items: tuple[str, ...]
    written: str
    is_subject: bool
    plural: bool = False

    def put(self, words: str, *, so: bool = True) -> str:
        """The clause with `words` for the list."""
        if self.is_subject:
            return self._with_subject(words, so=so)
        changed = replace(self.clause, tail=self.clause.tail.replace(self.written, words, 1))
        return changed.affirmed() if so else changed.negated()

    def _with_subject(self, words: str, *, so: bool) -> str:
        plural = self.plural or " and " in words
        changed = replace(self.clause, head=words, plural=plural, finite=agreeing(self.clause.finite, plural=plural))
        return changed.affirmed() if so else changed.negated()


_NUMBER_OF = {"were": "was", "are": "is", "have": "has", "do": "does"}
_PLURAL_OF = {singular: plural for plural, singular in _NUMBER_OF.items()}


def agreeing(finite: str, *, plural: bool) -> str:
    """An auxiliary in the singular or plural; any other word as it is.

    >>> agreeing("were", plural=False), agreeing("signed", plural=False)
    ('was', 'signed')
    """
    return (_PLURAL_OF if plural else _NUMBER_OF).get(finite, finite)


def listing(doc: "Doc", found: Clause) -> Listing | None:
    """The one list of names or plural nouns in a clause, None if there is none that can be taken apart."""
    if found.base in TABLES["lists"]["collective"] or sum(token.lower_ == "and" for token in doc) != 1:
        return None
    and_ = next(token for token in doc if token.lower_ == "and")
    first = and_.head
    while first.dep_ == "conj":
        first = first.head
    members = [first, *first.conjuncts]
    root = next(token for token in doc if token.dep_ == "ROOT")
    if not _may_be_listed(first, root) or len({member.tag_ for member in members}) != 1:
        return None
    written = doc[first.left_edge.i : members[-1].right_edge.i + 1].text
    items = tuple(item.strip() for item in re.split(r", and |,| and ", written))
    if any(child.dep_ in {"relcl", "acl", "prep"} for member in members for child in member.children):
        return None
    whole = len(items) == len(members) > 1 and all(_is_item(item) for item in items)
    is_subject = first.dep_ in {"nsubj", "nsubjpass"}
    if not whole or (is_subject and (written != found.head or not _takes_any_number(found))):
        return None
    if not is_subject and found.tail.count(written) != 1:
        return None
    return Listing(found, items, written, is_subject, plural=first.tag_ == "NNS")


def _may_be_listed(first: "Token", root: "Token") -> bool:
    shared = {"amod", "relcl", "acl", "prep"}
    if first.tag_ not in {"NNP", "NNS"} or any(child.dep_ in shared for child in first.children):
        return False
    if first.dep_ == "pobj":
        return first.head.head == root and first.head.lower_ in TABLES["lists"]["prepositions"]
    return first.head == root and first.dep_ in {"dobj", "nsubj", "nsubjpass"}


def _takes_any_number(found: Clause) -> bool:
    return found.tag in {"VBD", "MD"} or found.finite in _NUMBER_OF


def _is_item(item: str) -> bool:
    words = item.split()
    return 1 <= len(words) <= 4 and not {"of", "for", "in", "with", "who", "his", "their", "her"} & set(words)


def lists(found: Listing, strangers: Sequence[str], draw: random.Random) -> list[Row]:
    """A list whole, shorter, in another order, with a stranger in it, closed by "only", or with one denied."""
    items = found.items
    stranger = next((name for name in strangers if name not in found.clause.affirmed()), None)
    some = [items, items[:1], items[1:], items[-1:], items[::-1]]
    if stranger is not None:
        some += [(*items[:-1], stranger), (stranger,), (*items, stranger)]
    forms = []
    for chosen in dict.fromkeys(some):
        words = and_joined(chosen)
        forms.append((found.put(words), Members(frozenset(chosen))))
        forms.append((found.put(f"only {words}"), Members(frozenset(chosen), only=True)))
        if len(chosen) == 1:
            forms.append((found.put(words, so=False), Members(frozenset(chosen), so=False)))
    made = [
        Row(premise, hypothesis, by_members(claim, other), "lists")
        for (premise, claim), (hypothesis, other) in permutations(forms, 2)
    ]
    return draw.sample(made, min(40, len(made)))


def and_joined(items: Sequence[str]) -> str:
    """A list as written in a sentence.

    >>> and_joined(["A", "B", "C"])
    'A, B and C'
    """
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else items[0]


def neither(found: Listing) -> list[Row]:
    """Two who did something, against "neither"."""
    if not found.is_subject or len(found.items) != 2:
        return []
    one, two = found.items
    rest = replace(found.clause, finite=agreeing(found.clause.finite, plural=found.plural))
    none = [joined(f"Neither {a} nor {b}", *(rest.finite, rest.rest, rest.tail)) for a, b in ((one, two), (two, one))]
    made = [Row(none[0], none[1], ENTAILMENT, "negation"), Row(none[1], none[0], ENTAILMENT, "negation")]
    for name in (one, two):
        said, denied = found.put(name), found.put(name, so=False)
        made += [Row(none[0], denied, ENTAILMENT, "negation"), Row(denied, none[1], NEUTRAL, "negation")]
        made += [Row(none[0], said, CONTRADICTION, "negation"), Row(said, none[1], CONTRADICTION, "negation")]
    return made


# ----------------------------------------------------------------------------------------------- attribution, status


def speech(found: Clause, x: str, y: str) -> list[Row]:
    """What two speakers said of a clause: each against itself, and against the other."""
    clauses = {"P": found.inside(found.affirmed()), "N": found.inside(found.negated())}
    forms = [
        (capital(pattern.format(x=who, **clauses)), who, stand)
        for stand in ("says", "denies", "silent", "lets_stand")
        for who in (x, y)
        for pattern in TABLES["speech"][stand]
    ]
    return [
        Row(premise, hypothesis, label, "attribution")
        for (premise, who, stand), (hypothesis, whose, other) in permutations(forms, 2)
        for label in [SPEECH.get((stand, other)) if who == whose else ACROSS.get(frozenset((stand, other)), NEUTRAL)]
        if label
    ]


def attribution(found: Clause, speakers: Sequence[str], draw: random.Random) -> list[Row]:
    """Who said or denied a clause (`speech`, some rows of many), and a denial against what it denies."""
    x, y = draw.sample(sorted(speakers), 2)
    made = draw.sample(speech(found, x, y), 40)
    denial = f"{capital(x)} denied that "
    bare = ((found.affirmed(), found.inside(found.affirmed())), (found.negated(), found.inside(found.negated())))
    for (text, inner), (opposite, _) in (bare, bare[::-1]):
        made += [Row(text, denial + inner, CONTRADICTION, "attribution")]
        made += [
            Row(opposite, denial + inner, NEUTRAL, "attribution"),
            Row(denial + inner, opposite, NEUTRAL, "attribution"),
        ]
    return made


SPEECH = {
    ("says", "says"): ENTAILMENT,
    ("denies", "denies"): ENTAILMENT,
    ("silent", "silent"): ENTAILMENT,
    ("lets_stand", "lets_stand"): ENTAILMENT,
    ("says", "denies"): CONTRADICTION,
    ("denies", "says"): CONTRADICTION,
    ("silent", "says"): CONTRADICTION,
    ("says", "silent"): CONTRADICTION,
    ("silent", "denies"): CONTRADICTION,
    ("denies", "silent"): CONTRADICTION,
    ("lets_stand", "denies"): CONTRADICTION,
    ("denies", "lets_stand"): CONTRADICTION,
    ("lets_stand", "says"): NEUTRAL,
    ("says", "lets_stand"): ENTAILMENT,
    ("silent", "lets_stand"): ENTAILMENT,
    ("lets_stand", "silent"): NEUTRAL,
}
"""What one speaker's words say of the same speaker's other words."""


ACROSS: dict[frozenset[str], str | None] = {frozenset(("says", "denies")): None}
"""What it says of another speaker's words, if anything but neutral: of an assertion and its denial no row is made,
since a logician calls them two facts about speech and a reader of news a dispute."""


def capital(text: str) -> str:
    """A text with its first letter large."""
    return text[:1].upper() + text[1:]


ACTS = {
    ("done", "done"): ENTAILMENT,
    ("done", "due"): CONTRADICTION,
    ("done", "pending"): CONTRADICTION,
    ("done", "dropped"): CONTRADICTION,
    ("done", "undone"): CONTRADICTION,
    ("due", "due"): ENTAILMENT,
    ("due", "done"): CONTRADICTION,
    ("due", "pending"): ENTAILMENT,
    ("due", "dropped"): CONTRADICTION,
    ("pending", "pending"): ENTAILMENT,
    ("pending", "done"): CONTRADICTION,
    ("pending", "due"): NEUTRAL,
    ("pending", "put_off"): NEUTRAL,
    ("pending", "undone"): ENTAILMENT,
    ("had_planned", "had_planned"): ENTAILMENT,
    ("had_planned", "done"): NEUTRAL,
    ("had_planned", "dropped"): NEUTRAL,
    ("had_planned", "put_off"): NEUTRAL,
    ("had_planned", "pending"): NEUTRAL,
    ("dropped", "had_planned"): ENTAILMENT,
    ("dropped", "undone"): ENTAILMENT,
    ("dropped", "done"): CONTRADICTION,
    ("dropped", "due"): CONTRADICTION,
    ("put_off", "had_planned"): ENTAILMENT,
    ("put_off", "put_off"): ENTAILMENT,
    ("undone", "undone"): ENTAILMENT,
    ("undone", "done"): CONTRADICTION,
    ("undone", "had_planned"): NEUTRAL,
    ("undone", "dropped"): NEUTRAL,
    ("undone", "put_off"): NEUTRAL,
}
"""What the state of an act says of another state of it. What is left out, readers would dispute."""

EVENTS = {
    ("done", "done"): ENTAILMENT,
    ("done", "cancelled"): CONTRADICTION,
    ("done", "due"): CONTRADICTION,
    ("done", "pending"): CONTRADICTION,
    ("done", "announced"): NEUTRAL,
    ("under_way", "under_way"): ENTAILMENT,
    ("under_way", "due"): CONTRADICTION,
    ("under_way", "pending"): CONTRADICTION,
    ("under_way", "cancelled"): CONTRADICTION,
    ("under_way", "announced"): NEUTRAL,
    ("due", "due"): ENTAILMENT,
    ("due", "pending"): ENTAILMENT,
    ("due", "under_way"): CONTRADICTION,
    ("due", "done"): CONTRADICTION,
    ("due", "cancelled"): CONTRADICTION,
    ("due", "announced"): NEUTRAL,
    ("pending", "pending"): ENTAILMENT,
    ("pending", "under_way"): CONTRADICTION,
    ("pending", "done"): CONTRADICTION,
    ("pending", "due"): NEUTRAL,
    ("pending", "put_off"): NEUTRAL,
    ("cancelled", "cancelled"): ENTAILMENT,
    ("cancelled", "undone"): ENTAILMENT,
    ("cancelled", "put_off"): CONTRADICTION,
    ("cancelled", "done"): CONTRADICTION,
    ("cancelled", "due"): CONTRADICTION,
    ("cancelled", "under_way"): CONTRADICTION,
    ("put_off", "put_off"): ENTAILMENT,
    ("put_off", "undone"): ENTAILMENT,
    ("put_off", "cancelled"): CONTRADICTION,
    ("undone", "cancelled"): NEUTRAL,
    ("undone", "put_off"): NEUTRAL,
    ("announced", "announced"): NEUTRAL,
    ("announced", "due"): NEUTRAL,
    ("announced", "cancelled"): NEUTRAL,
    ("announced", "done"): NEUTRAL,
    ("announced", "put_off"): NEUTRAL,
}
"""What the state of an event says of another state of it."""


def act(found: Clause) -> list[Row]:
    """A deed done, due, pending, dropped or put off."""
    if not found.past or not found.deed or TIME.search(found.tail) or not found.participle:
        return []
    words = {
        "s": found.head,
        "o": found.tail,
        "base": found.base,
        "past": found.finite,
        "participle": found.participle,
        **_agreement(plural=found.plural),
    }
    return _states(TABLES["status"], ACTS, words)


def event(name: str, place: str, time: str) -> list[Row]:
    """An event that took place, is due, was cancelled or put off: "the summit in Lyon"."""
    words = {"t": time, "until": time.removeprefix("in ").removeprefix("on "), **_agreement(plural=name.endswith("s"))}
    table = {
        state: [f"The {name} in {place} {pattern}" for pattern in TABLES["status"]["event"][state]]
        for state in {state for pair in EVENTS for state in pair}
    }
    return _states(table, EVENTS, words)


def _agreement(*, plural: bool) -> dict[str, str]:
    has, is_, was = ("have", "are", "were") if plural else ("has", "is", "was")
    return {"has": has, "is": is_, "was": was}


def _states(table: Mapping[str, Any], labels: Mapping[tuple[str, str], str], words: Mapping[str, str]) -> list[Row]:
    return [
        Row(joined(one.format(**words)), joined(two.format(**words)), label, "status")
        for (state, other), label in labels.items()
        for one in table[state]
        for two in table[other]
        if one != two
    ]


# ------------------------------------------------------------------------------------------------- roles and voice


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to whom: agent and patient as written, past and participle of the verb, and what follows."""

    agent: str
    patient: str
    base: str
    past: str
    participle: str
    tail: str
    plural_agent: bool = False
    plural_patient: bool = False

    def active(self, *, so: bool = True) -> str:
        """The agent first."""
        if so:
            return joined(self.agent, self.past, objective(self.patient), self.tail)
        particle = self.past.partition(" ")[2]
        base = self.base if not particle or particle in self.base else f"{self.base} {particle}"
        return joined(self.agent, "did not", base, objective(self.patient), self.tail)

    def passive(self, *, so: bool = True, agent: bool = True) -> str:
        """The patient first; without `agent`, the deed alone."""
        was = "were" if self.plural_patient else "was"
        by = f"by {objective(self.agent)}" if agent else ""
        return joined(self.patient, was, "" if so else "not", self.participle, by, self.tail)

    def turned(self) -> "Deed":
        """The same deed with agent and patient in each other's place."""
        return replace(
            self,
            agent=self.patient,
            patient=self.agent,
            plural_agent=self.plural_patient,
            plural_patient=self.plural_agent,
        )


def roles(deed: Deed, turned: str, converse: str = "") -> list[Row]:
    """A deed against itself turned round; `turned` is the label of that, `converse` a pattern that begins with {b}."""
    other = deed.turned()
    same, opposite = _voices(deed, converse), _voices(other, converse)
    made = [Row(one, two, ENTAILMENT, "roles") for one, two in permutations(same, 2)]
    made += [Row(one, two, turned, "roles") for one in same for two in opposite]
    not_other = [other.active(so=False), *([other.passive(so=False)] if deed.participle else [])]
    not_same = [deed.active(so=False), *([deed.passive(so=False)] if deed.participle else [])]
    after = {CONTRADICTION: ENTAILMENT, NEUTRAL: NEUTRAL, ENTAILMENT: CONTRADICTION}[turned]
    made += [Row(one, two, after, "roles") for one in same for two in not_other]
    made += [Row(one, two, CONTRADICTION, "roles") for one in same for two in not_same]
    made += [Row(two, one, CONTRADICTION, "roles") for one in same for two in not_same]
    if turned != ENTAILMENT:
        made += [Row(one, two, NEUTRAL, "roles") for one in not_other for two in same]
    return made


def _voices(deed: Deed, converse: str) -> list[str]:
    voices = [deed.active()]
    if deed.participle:
        voices.append(deed.passive())
    if converse:
        voices.append(joined(converse.format(a=deed.agent, b=deed.patient), deed.tail))
    return voices


def voice(deed: Deed) -> list[Row]:
    """A deed in the active and the passive, with and without its agent, affirmed and denied."""
    did, did_not = [deed.active(), deed.passive()], [deed.active(so=False), deed.passive(so=False)]
    done, not_done = deed.passive(agent=False), deed.passive(so=False, agent=False)
    made = []
    for forms in (did, did_not):
        made += [Row(one, two, ENTAILMENT, "voice") for one, two in permutations(forms, 2)]
    made += [Row(one, two, CONTRADICTION, "voice") for one in did for two in did_not]
    made += [Row(one, two, CONTRADICTION, "voice") for one in did_not for two in did]
    made += [Row(one, done, ENTAILMENT, "voice") for one in did] + [Row(done, one, NEUTRAL, "voice") for one in did]
    made += [Row(one, not_done, CONTRADICTION, "voice") for one in did]
    made += [Row(not_done, one, ENTAILMENT, "voice") for one in did_not]
    made += [Row(one, not_done, NEUTRAL, "voice") for one in did_not]
    made += [Row(done, one, NEUTRAL, "voice") for one in did_not]
    return made


SUBJECT_CASE = {"him": "he", "her": "she", "them": "they"}
OBJECT_CASE = {subject: object_ for object_, subject in SUBJECT_CASE.items()}


def objective(phrase: str) -> str:
    """A noun phrase as an object.

    >>> objective("he"), objective("the mayor")
    ('him', 'the mayor')
    """
    return OBJECT_CASE.get(phrase, phrase)


def deed(doc: "Doc", found: Clause) -> Deed | None:
    """The deed of a clause with an active verb and its object; None if a passive would not say the same."""
    root = next(token for token in doc if token.dep_ == "ROOT")
    objects = [child for child in root.children if child.dep_ == "dobj"]
    if not found.past or not found.participle or found.base in TABLES["verbs"]["no_passive"] or len(objects) != 1:
        return None
    thing = objects[0]
    agent, patient, tail = found.head, doc[root.i + 1 : thing.right_edge.i + 1].text, doc[thing.right_edge.i + 1 :].text
    children = {child.dep_ for child in root.children}
    if children & {"prt", "dative", "oprd", "ccomp", "xcomp", "npadvmod", "advmod"} or thing.left_edge.i != root.i + 1:
        return None
    if any(child.dep_ == "prep" and child.lower_ != "of" for child in thing.children):
        return None
    if (
        agent.lower() in OBJECT_CASE
        or not _is_short(agent)
        or not _is_short(patient)
        or not is_definite_object(thing)
        or _has_verb(doc, thing)
    ):
        return None
    return Deed(
        agent=found.lowered,
        patient=SUBJECT_CASE.get(patient.lower(), patient),
        base=found.base,
        past=found.finite,
        participle=found.participle,
        tail=tail.rstrip(" ,"),
        plural_agent=found.plural,
        plural_patient=is_plural(thing) or patient.lower() == "them",
    )


def is_definite_object(noun: "Token") -> bool:
    """Whether a noun phrase can become the subject without a change of sense: named, or with "the" or a possessor."""
    marks = {child.lower_ for child in noun.children if child.dep_ == "det"}
    owned = any(child.dep_ == "poss" and child.pos_ == "PRON" for child in noun.children)
    return not owned and (noun.pos_ == "PROPN" or marks == {"the"} or noun.lower_ in SUBJECT_CASE) and noun.tag_ != "CD"


def _has_verb(doc: "Doc", noun: "Token") -> bool:
    return any(token.pos_ in {"VERB", "AUX"} for token in doc[noun.left_edge.i : noun.right_edge.i + 1])


def _is_short(phrase: str) -> bool:
    return len(phrase.split()) <= 6 and "," not in phrase and phrase.lower() not in {"it"}


@dataclass(frozen=True, slots=True)
class Cast:
    """Names to fill templates with, by sort: person, company, country, place, side, vehicle."""

    names: Mapping[str, tuple[str, ...]]

    def two(self, sort: str, draw: random.Random) -> tuple[str, str]:
        """Two names that share no word but "the" and, for a person, now and then only the family name is written."""
        one, two = draw.sample(self.names[sort], 2)
        while set(one.split()) & set(two.split()) - {"the"}:
            one, two = draw.sample(self.names[sort], 2)
        bare = sort == "person" and draw.random() < 0.3
        return (one.split()[-1], two.split()[-1]) if bare else (one, two)


_PERSON = re.compile(r"^[A-Z][a-z]{2,11} [A-Z][a-z]{2,13}$")


def cast(docs: Iterable["Doc"], draw: random.Random) -> Cast:
    """The names that sentences give, given and family names newly mixed, and tables for the rest."""
    subjects = {
        doc[token.left_edge.i : token.right_edge.i + 1].text
        for doc in docs
        for token in doc
        if token.dep_ == "nsubj" and token.pos_ == "PROPN" and token.head.tag_ in FINITE
    }
    # Who is named in full in one place and by the last name alone in another is a person, mostly.
    people = [name.partition(" ")[::2] for name in sorted(subjects) if _PERSON.match(name)]
    # What the sentences also write small ("Defendant", "That") is no given name.
    common = {token.text for doc in docs for token in doc if token.text.islower()}
    people = [
        (first, last)
        for first, last in people
        if last in subjects and not {first, last} & set(TABLES["names"]["not_people"]) and first.lower() not in common
    ]
    given = sorted({first for first, _ in people} | set(TABLES["names"]["given"]))
    family = sorted({last for _, last in people} | set(TABLES["names"]["family"]))
    names = {sort: tuple(TABLES["names"][sort]) for sort in ("country", "place", "side", "vehicle")}
    mixed = {f"{draw.choice(given)} {draw.choice(family)}" for _ in range(600)}
    firms = {f"{draw.choice(family)} {draw.choice(TABLES['names']['firms'])}" for _ in range(200)}
    return Cast({**names, "person": tuple(sorted(mixed)), "company": tuple(sorted(firms))})


def role_templates(names: Cast, draw: random.Random) -> Iterator[list[Row]]:
    """Each verb of the table once, with names and a tail drawn for it."""
    for turned in (CONTRADICTION, NEUTRAL, ENTAILMENT):
        for base, past, past_participle, sort, tails, converse in TABLES["roles"][turned]:
            a, b = names.two(sort, draw)
            tail = _filled(draw.choice(TABLES["roles"]["tails"].get(tails, [tails])), names, draw)
            made = Deed(a, b, base, past, past_participle, tail)
            yield roles(made, turned, converse)
    for said, converse, sort, *rest in TABLES["roles"]["said"]:
        yield _said_of_two(
            said, converse, names.two(sort, draw), (rest or [CONTRADICTION])[0], str(draw.randint(2, 90))
        )


def _said_of_two(said: str, converse: str, two: tuple[str, str], turned: str, number: str) -> list[Row]:
    forms = [
        [capital(pattern.format(a=a, b=b, n=number)) for pattern in dict.fromkeys((said, converse))]
        for a, b in (two, two[::-1])
    ]
    made = [Row(one, two, ENTAILMENT, "roles") for side in forms for one, two in permutations(side, 2)]
    made += [Row(one, two, turned, "roles") for one in forms[0] for two in forms[1]]
    return [row for row in made if row.premise != row.hypothesis]


def _filled(pattern: str, names: Cast, draw: random.Random) -> str:
    return pattern.format(
        place=draw.choice(names.names["place"]),
        year=draw.randint(1988, 2023),
        n=draw.choice([2, 3, 4, 6, 7, 8, 12, 15, 18, 30]),
    )


# -------------------------------------------------------------------------------------------------- all of it together

ONE_GROUP: Mapping[str, int] = defaultdict(
    lambda: 6, lists=18, dates=12, doubled=12, voice=12, compatible=12, negation=9, roles=9
)
"""Rows that a rule may make of one sentence: no sentence shall be learnt by heart."""


def of_sentence(doc: "Doc", speakers: Sequence[str], draw: random.Random) -> Iterator[list[Row]]:
    """Rows that one parsed sentence gives, in a list for each rule that fires."""
    counted = number(doc)
    if counted is not None:
        yield numbers(counted, draw)
        yield hedged(counted, ROUNDING, "rounding", draw)
        yield hedged(counted, BOUNDS, "bounds", draw)
    yield dates(doc, draw)
    found = clause(doc)
    if found is None:
        return
    yield negation(found)
    yield doubled(found)
    yield attribution(found, speakers, draw)
    yield act(found)
    done = deed(doc, found)
    if done is not None:
        yield voice(done)
        turned = turned_label(done)
        if turned and _named(done.agent) and _named(done.patient):
            yield roles(done, turned)


TURNED = {row[0]: label for label in (CONTRADICTION, NEUTRAL) for row in TABLES["roles"][label]}


def turned_label(done: Deed) -> str:
    """What a deed turned round is to it, "" for a verb that is not in the table."""
    return TURNED.get(done.base, "")


def _named(phrase: str) -> bool:
    words = [word for word in phrase.split() if word.lower() not in {"the", "of"}]
    return all(word[0].isupper() for word in words)


def make(sentences: Sequence[Mapping[str, str]], seed: int, each: int) -> list[Row]:
    """Rows of every kind, about `each` a kind, from sentences with `text` and perhaps `article`."""
    draw = random.Random(seed)
    texts = [without_full_stop(plain(row["text"]).strip()) for row in sentences]
    docs = list(pipeline().pipe(texts, batch_size=256))
    names = cast(docs, draw)
    made: defaultdict[str, list[Row]] = defaultdict(list)
    groups = [*_groups(docs, sentences, names, draw), *_templates(names, each, draw)]
    for row in undisputed(row for group in groups for row in thinned(group, draw)):
        made[row.kind].append(row)
    return [row for kind in sorted(made) for row in balanced(made[kind], each, draw)]


def undisputed(rows: Iterable[Row]) -> list[Row]:
    """Each pair once, under the kind that made it first; none to which two rules give two labels."""
    first: dict[tuple[str, str], Row] = {}
    disputed = set()
    for row in rows:
        pair = (row.premise, row.hypothesis)
        if first.setdefault(pair, row).label != row.label or row.premise == row.hypothesis:
            disputed.add(pair)
    return [row for pair, row in first.items() if pair not in disputed]


def _templates(names: Cast, each: int, draw: random.Random) -> Iterator[list[Row]]:
    for _ in range(each // 100 + 1):
        yield from role_templates(names, draw)
    for name in TABLES["status"]["event"]["names"]:
        for place in draw.sample(names.names["place"], 12):
            yield event(name, place, draw.choice(TABLES["status"]["event"]["times"]))


def _groups(
    docs: Sequence["Doc"], sentences: Sequence[Mapping[str, str]], names: Cast, draw: random.Random
) -> Iterator[list[Row]]:
    people = names.names["person"]
    speakers = [*TABLES["speech"]["speakers"], *draw.sample(people, min(200, len(people)))]
    articles: defaultdict[str, list[Clause]] = defaultdict(list)
    listings: list[Listing] = []
    for doc, row in zip(docs, sentences, strict=True):
        if not len(doc):
            continue
        yield from of_sentence(doc, speakers, draw)
        found = clause(doc)
        if found is None:
            continue
        listed = listing(doc, found)
        if listed is not None:
            listings.append(listed)
        articles[row.get("article", "")].append(found)
    members = sorted({item for listed in listings for item in listed.items if item.istitle()})
    for listed in listings:
        strangers = draw.sample(members, min(3, len(members))) if listed.items[0].istitle() else []
        yield lists(listed, strangers, draw)
        yield neither(listed)
    for article, clauses in articles.items():
        for found in clauses:
            others = draw.sample(clauses, min(4, len(clauses))) if article else []
            yield shorter(found, [other for other in others if other is not found])


def thinned(group: Sequence[Row], draw: random.Random) -> list[Row]:
    """At most ONE_GROUP rows of a group, the labels as even as they come."""
    pools = [[row for row in group if row.label == label] for label in (ENTAILMENT, NEUTRAL, CONTRADICTION)]
    return [row for pool in pools for row in draw.sample(pool, min(ONE_GROUP[row_kind(group)] // 3, len(pool)))]


def row_kind(group: Sequence[Row]) -> str:
    """The kind of rows that one rule made, "" if there are none."""
    return group[0].kind if group else ""


def cues(text: str) -> frozenset[str]:
    """The cue words of a text.

    >>> sorted(cues("It is not true that no more than nine came"))
    ['no more than', 'not', 'true']
    """
    return frozenset(hit.lower() for hit in _CUE.findall(text))


def balanced(made: Sequence[Row], each: int, draw: random.Random) -> list[Row]:
    """At most `each` rows of a kind, labels even, no cue word telling of contradiction nor against it (`CUES`)."""
    rows = list(dict.fromkeys(made))
    draw.shuffle(rows)
    rows = _without_telling_cues(_even(rows, 2 * each))
    return _without_telling_cues(_even(rows, each))


def _even(rows: Sequence[Row], most: int) -> list[Row]:
    """Rows in their order, at most a third of `most` of each label and not many more of one than of the rarest."""
    count = Counter(row.label for row in rows)
    room = dict.fromkeys(count, min(most // 3, int(1.3 * min(count.values(), default=0))))
    kept = []
    for row in rows:
        if room[row.label] > 0:
            room[row.label] -= 1
            kept.append(row)
    return kept


def _without_telling_cues(rows: list[Row]) -> list[Row]:
    """Rows dropped, from the end, until each cue on each side is as frequent without contradiction as with it.

    And where a cue hardly ever stands in contradiction, rows without are dropped until a quarter is.
    """
    while True:
        with_, without = tallies(rows)
        surplus = {key: with_[key] - without[key] for key in with_ if with_[key] > without[key]}
        surplus |= {key: with_[key] * 3 - without[key] for key in without if without[key] > 3 * with_[key]}
        if not surplus:
            return rows
        rows = _dropped(rows, surplus)


def _dropped(rows: Sequence[Row], surplus: dict[tuple[str, str], int]) -> list[Row]:
    kept = []
    for row in rows:
        keys = [key for key in keys_of(row) if surplus.get(key)]
        wrong = [key for key in keys if (surplus[key] > 0) == (row.label == CONTRADICTION)]
        for key in wrong:
            surplus[key] += -1 if surplus[key] > 0 else 1
        if not wrong:
            kept.append(row)
    return kept


def keys_of(row: Row) -> list[tuple[str, str]]:
    """The cues of a row, each with its side."""
    return [
        (side, cue) for side, text in (("premise", row.premise), ("hypothesis", row.hypothesis)) for cue in cues(text)
    ]


def tallies(rows: Iterable[Row]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """How often each cue stands on each side with contradiction, and without."""
    with_: Counter[tuple[str, str]] = Counter()
    without: Counter[tuple[str, str]] = Counter()
    for row in rows:
        (with_ if row.label == CONTRADICTION else without).update(keys_of(row))
    return with_, without


def main(arguments: Sequence[str] | None = None) -> None:
    """Read sentences, write rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sentences", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=1500, help="rows a kind, at most")
    options = parser.parse_args(arguments)
    sentences = [{key: str(value) for key, value in row.items()} for row in rows_of(options.sentences)]
    made = make(sentences, options.seed, options.each)
    with options.output.open("w", encoding="utf-8") as output:
        output.writelines(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in made)


if __name__ == "__main__":
    main()
