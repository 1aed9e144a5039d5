"""Who says it: quotation marks, frames of reported speech, and the names that stand behind "he" and "the minister".

The words that do this work stand in `data/cues.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from corpus.parse import Sentence, lemma, paragraphs
from corpus.records import Holder, Span, Stance

if TYPE_CHECKING:
    from spacy.tokens import Token

Cues = dict[str, dict[str, frozenset[str]]]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The tables of `data/cues.toml`: section, table, words."""
    text = files("corpus").joinpath("data/cues.toml").read_text(encoding="utf-8")
    return {name: {key: frozenset(words) for key, words in table.items()} for name, table in tomllib.loads(text).items()}


# Quotation marks ------------------------------------------------------------------------------------------------

OPENING, CLOSING = "“„«", "”»"
_STRAIGHT = '"'
_SINGLE = re.compile(r"(?<![\w’'])(?:‘(?=\S)(.{3,}?)(?<=[\w.,!?…])[’](?!\w)|'(?=[^\W\d])(.{3,}?)(?<=[\w.,!?…])'(?!\w))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Quotation:
    """The inside of a pair of quotation marks; `open` where it goes on in the next paragraph."""

    span: Span
    open: bool = False


def quotations(text: str) -> tuple[Quotation, ...]:
    """The quotations of a text, in order, none inside another. Unbalanced marks never raise.

    >>> [quotation.span.of("He said “no” and \\"yes\\".") for quotation in quotations("He said “no” and \\"yes\\".")]
    ['no', 'yes']
    """
    found: list[Quotation] = []
    spans = list(paragraphs(text))
    for index, paragraph in enumerate(spans):
        after = spans[index + 1] if index + 1 < len(spans) else None
        found.extend(_in_paragraph(text, paragraph, after))
    return tuple(sorted(found, key=lambda quotation: quotation.span))


def _in_paragraph(text: str, paragraph: Span, after: Span | None) -> list[Quotation]:
    found: list[Quotation] = []
    opened: int | None = None
    depth = 0
    for at in range(paragraph.start, paragraph.stop):
        mark = text[at]
        opens, closes = _role(text, at, paragraph, is_open=opened is not None)
        if opens and opened is None:
            opened, depth = at + 1, 1
        elif opens and mark in OPENING:
            depth += 1
        elif closes and opened is not None:
            depth -= 1
            if depth <= 0:
                found.append(Quotation(Span(opened, at)))
                opened = None
        elif closes and not found and at >= paragraph.stop - 2:
            # The opening mark is missing: the paragraph is the end of a quotation, or all of one.
            found.append(Quotation(Span(paragraph.start, at)))
    if opened is not None:
        goes_on = after is not None and text[after.start] in OPENING + _STRAIGHT
        if goes_on or opened == paragraph.start + 1:
            found.append(Quotation(Span(opened, paragraph.stop), open=goes_on))
    for single in _SINGLE.finditer(text, paragraph.start, paragraph.stop):
        span = Span(single.start() + 1, single.end() - 1)
        if " " in span.of(text) and not any(span.overlap(each.span) for each in found):
            found.append(Quotation(span))
    return found


def _role(text: str, at: int, paragraph: Span, *, is_open: bool) -> tuple[bool, bool]:
    """Whether the character opens a quotation, and whether it closes one."""
    mark = text[at]
    if mark in OPENING:
        return True, False
    if mark in CLOSING:
        return False, True
    if mark != _STRAIGHT:
        return False, False
    before = text[at - 1] if at > paragraph.start else " "
    following = text[at + 1] if at + 1 < paragraph.stop else " "
    if is_open:
        return False, not (before.isspace() and following.isalnum())
    return not following.isspace() and not before.isalnum(), not before.isspace()


# Frames ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A clause of reported speech: its verb, who speaks (None where unsaid), and the heads of what is said."""

    verb: "Token"
    source: "Token | None"
    contents: tuple["Token", ...]
    stance: Stance = Stance.ASSERTED
    claims: bool = True


SUBJECTS = ("nsubj", "nsubjpass", "csubj", "csubjpass", "expl")


def subject(verb: "Token") -> "Token | None":
    """The subject of a verb itself, not of the clause above it."""
    return next((child for child in verb.children if child.dep_ in SUBJECTS), None)


def governing_subject(verb: "Token") -> "Token | None":
    """The subject of a verb, or of the clause that a conjunct, participle or infinitive leans on."""
    for _ in range(6):
        found = subject(verb)
        if found is not None:
            return found
        if verb.dep_ not in ("conj", "advcl", "xcomp", "pcomp", "prep", "ccomp", "dep"):
            if verb.dep_ == "acl":
                return verb.head
            return None
        verb = verb.head
    return None


def frame_of(verb: "Token") -> Frame | None:
    """The frame that `verb` heads, or None: it is no verb of saying, or says nothing in this sentence."""
    speech = cues()["speech"]
    if verb.pos_ not in ("VERB", "AUX", "NOUN", "ADP"):
        return None
    word = lemma(verb) if verb.pos_ == "VERB" else verb.lower_
    if word == "accord" or verb.lower_ == "according":
        return _according(verb)
    if verb.pos_ != "VERB":
        return None
    if word in speech["decline"]:
        inner = next((child for child in verb.children if child.dep_ == "xcomp"), None)
        if inner is not None and lemma(inner) in speech["assert"] | {"say", "confirm", "comment"}:
            return Frame(verb, governing_subject(verb), (), claims=False)
        return None
    if word in speech["ask"]:
        return Frame(verb, governing_subject(verb), _clauses(verb), claims=False)
    denies = word in speech["deny"]
    stated = _stated(verb, word)
    if stated is not None:
        return stated
    if not denies and word not in speech["assert"]:
        return _quoted_as(verb, word)
    contents = _clauses(verb)
    if denies and not contents:
        contents = tuple(child for child in verb.children if child.dep_ == "xcomp")
    if not contents:
        contents = _outer(verb)
    if not contents or (word in speech["only_with_quote"] and not _outer(verb)):
        return None
    asked = [child for child in contents if _mark(child) in speech["question_marks"]]
    if asked:
        return Frame(verb, governing_subject(verb), tuple(asked), claims=False)
    stance = Stance.DENIED if denies else Stance.ASSERTED
    return Frame(verb, governing_subject(verb), contents, stance)


def _mark(verb: "Token") -> str:
    return next((child.lower_ for child in verb.children if child.dep_ == "mark"), "")


def _clauses(verb: "Token") -> tuple["Token", ...]:
    """The clauses that stand as object of a verb, finite ones: "that P", "P"."""
    return tuple(
        child
        for child in verb.children
        if child.dep_ == "ccomp" and (subject(child) is not None or child.i < verb.i or _mark(child))
    )


def _outer(verb: "Token") -> tuple["Token", ...]:
    """The clause around an inserted frame: "P, X said, Q" or "as X said"."""
    if subject(verb) is None:
        return ()
    if verb.dep_ == "parataxis" or (verb.dep_ == "advcl" and _mark(verb) == "as"):
        return (verb.head,)
    return ()


def _stated(verb: "Token", word: str) -> Frame | None:
    """ "rejected claims that P", "confirmed reports that P"."""
    speech = cues()["speech"]
    denies = word in speech["deny_a_statement"]
    if not denies and word not in speech["assert_a_statement"]:
        return None
    for noun in verb.children:
        if noun.dep_ in ("dobj", "nsubjpass") and lemma(noun) in speech["statements"]:
            clauses = tuple(
                child
                for child in noun.children
                if child.dep_ in ("acl", "relcl", "ccomp") and child.i > noun.i and _mark(child) == "that" and subject(child)
            )
            if clauses:
                stance = Stance.DENIED if denies else Stance.ASSERTED
                return Frame(verb, governing_subject(verb), clauses, stance)
    return None


def _quoted_as(verb: "Token", word: str) -> Frame | None:
    """ "X was quoted as saying P", "agencies quoted X as saying P"."""
    if word not in ("quote", "cite", "report"):
        return None
    for prep in verb.children:
        if prep.dep_ == "prep" and prep.lower_ == "as":
            for saying in prep.children:
                if saying.dep_ == "pcomp" and lemma(saying) in cues()["speech"]["assert"]:
                    source = next((child for child in verb.children if child.dep_ in ("dobj", "nsubjpass")), None)
                    contents = _clauses(saying) or _clauses(verb) or _outer(verb)
                    return Frame(verb, source, contents) if contents else None
    return None


def _according(word: "Token") -> Frame | None:
    for to in word.children:
        if to.lower_ == "to":
            for source in to.children:
                if source.dep_ == "pobj":
                    return Frame(word, source, (word.head,) if word.head != word else ())
    return None


# Names ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Names:
    """The names that an article has introduced up to some point: what a surname, a title, a pronoun stand for."""

    full: dict[str, str] = field(default_factory=dict)
    gender: dict[str, str] = field(default_factory=dict)
    titles: dict[str, set[str]] = field(default_factory=dict)
    speakers: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def learn(self, sentence: Sentence) -> None:
        """Take in the names of a sentence, with the titles beside them."""
        for run in _runs(sentence.tokens):
            name, titles = _name(run)
            if not name:
                continue
            whole = " ".join(name)
            if len(name) > 1:
                self.full.setdefault(name[-1].lower(), whole)
                self.full.setdefault(whole.lower(), whole)
            known = self.full.get(name[-1].lower(), whole)
            for title in titles:
                self.titles.setdefault(title, set()).add(known)
                for gender, words in cues()["gender"].items():
                    if title in words:
                        self.gender.setdefault(known, gender)

    def resolve(self, name: str) -> str:
        """The full form of a name, if the article gave one."""
        return self.full.get(name.lower(), name)


def _runs(tokens: Iterable["Token"]) -> Iterator[list["Token"]]:
    run: list[Token] = []
    for token in tokens:
        if token.pos_ == "PROPN" or (run and token.lower_ in ("al", "de", "von", "van", "bin", "der", "-") and token.i == run[-1].i + 1):
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _name(run: Sequence["Token"]) -> tuple[list[str], list[str]]:
    """The words of a name and the titles before it."""
    words = cues()["title"]["words"]
    titles: list[str] = []
    at = 0
    while at < len(run) and run[at].lower_.rstrip(".") in words:
        titles.append(run[at].lower_.rstrip("."))
        at += 1
    return [token.text for token in run[at:]], titles


def phrase(source: "Token") -> tuple["Token", "Token"]:
    """First and last token of the noun phrase around a source, without clauses and asides."""
    inside = [source]
    for token in source.subtree:
        chain = token
        keep = True
        while chain != source:
            if chain.dep_ in ("relcl", "acl", "appos", "punct", "cc", "conj", "advcl", "preconj", "parataxis", "advmod"):
                keep = False
                break
            chain = chain.head
        if keep:
            inside.append(token)
    first = min(inside, key=lambda token: token.i)
    last = source
    kept = {token.i for token in inside}
    while last.i + 1 in kept and last.i + 1 < len(source.doc) and last.i - source.i < 12:
        last = source.doc[last.i + 1]
    while first.i < source.i and any(i not in kept for i in range(first.i, source.i)):
        first = source.doc[first.i + 1]
    return first, last


def holder(source: "Token", sentence: Sentence, names: Names) -> Holder:
    """Who a source is, by the fullest name that the article has given so far."""
    named = _named(source)
    first, last = phrase(named)
    span = Span(sentence.begin(first), sentence.end(last))
    if named.pos_ == "PROPN":
        run = [named]
        while run[0].i > first.i and run[0].nbor(-1).pos_ == "PROPN":
            run.insert(0, run[0].nbor(-1))
        while run[-1].i < last.i and run[-1].nbor(1).pos_ == "PROPN":
            run.append(run[-1].nbor(1))
        words, _ = _name(run)
        if words and named.text in words:
            name = names.resolve(" ".join(words))
            _speak(names, name)
            return Holder(name, span)
    word = source.lower_
    pronoun = cues()["pronoun"]
    if word in pronoun["he"] | pronoun["she"] | pronoun["it"] | pronoun["they"] and names.speakers:
        return Holder(names.speakers[-1], Span(sentence.begin(source), sentence.end(source)))
    described = source.doc[first.i : last.i + 1].text
    carriers = names.titles.get(source.lower_, set())
    if len(carriers) == 1:
        described = next(iter(carriers))
    if source.pos_ != "PRON":
        _speak(names, described)
    return Holder(described, span)


def _speak(names: Names, name: str) -> None:
    names.speakers.append(name)


def _named(source: "Token") -> "Token":
    """The name beside a description: "its operator, Halcyon Nour" -> Nour."""
    if source.pos_ == "PROPN" and source.lower_ not in cues()["title"]["words"]:
        return source
    for token in source.subtree:
        if token.dep_ == "appos" and token.pos_ == "PROPN" and token.i > source.i:
            return token
    return source
