"""Who is meant: the names that an article gives, and what a surname, a title, "the company" or "she" stands for.

Names are gathered from the whole article first, since a later paragraph may spell out what the first one
shortened; pronouns go by what was named last before them.
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from corpus.parse import Sentence, lemmas
from corpus.records import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

Cues = dict[str, dict[str, frozenset[str]]]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The tables of `data/cues.toml`: section, table, words."""
    text = files("corpus").joinpath("data/cues.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return {name: {key: frozenset(words) for key, words in table.items()} for name, table in tables.items()}


class Sort(StrEnum):
    """What a name names, as far as the words around it tell."""

    PERSON = "person"
    BODY = "body"
    THING = "thing"
    PEOPLE = "people"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entity:
    """Someone named: the fullest name, what it names, and "male", "female" or "" (not known)."""

    name: str
    sort: Sort
    gender: str = ""


PARTICLES = frozenset(["al", "de", "von", "van", "bin", "der", "da", "del", "la", "el", "di", "-", "&", "'"])

ASIDE = frozenset(["relcl", "acl", "appos", "cc", "conj", "advcl", "preconj", "parataxis", "advmod", "npadvmod"])


NO_NAME = frozenset(["poss", "npadvmod"])
"""A proper noun so behind a description is not its name: "a statement Saturday"."""

LONGEST_TAIL = 10
"""Words of a noun phrase after its noun, at most."""

LONGEST_BARE = 2
"""Words before the noun of a description that may stand for a name, the article among them."""

NO_PART = frozenset([",", ";", ":", "(", ")", "--", "—", "–", ".", '"'])


def runs(tokens: Iterable["Token"]) -> Iterator[list["Token"]]:
    """Stretches of proper nouns, with the particles inside them."""
    run: list[Token] = []
    for token in tokens:
        inner = run and token.lower_ in PARTICLES and token.i + 1 < len(token.doc) and token.nbor(1).pos_ == "PROPN"
        if token.pos_ == "PROPN" or inner or (run and _is_second_half(run[-1], token)):
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_second_half(before: "Token", token: "Token") -> bool:
    """Whether a hyphen, or what is behind it, goes on a name: "Moon Jae-in", and not "Kelm-based firm"."""
    dash = token if token.text == "-" else before
    if dash.text != "-" or dash.whitespace_ or dash.i == 0 or dash.i + 1 >= len(dash.doc):
        return False
    name, rest = dash.nbor(-1), dash.nbor(1)
    follows = dash.doc[dash.i + 2].pos_ if dash.i + 2 < len(dash.doc) else "PUNCT"
    joined = name.pos_ == "PROPN" and not name.whitespace_ and rest.is_lower and rest.is_alpha
    return joined and follows not in ("NOUN", "PROPN", "ADJ")


def _family(words: Sequence[str]) -> str:
    """The family name: the last word, but the first where a given name such as "Jae-in" comes last."""
    return words[0] if words[-1].partition("-")[2].islower() else words[-1]


def _with_complement(run: Sequence["Token"]) -> str | None:
    """The name of a body that goes on behind "of": "Department of Justice"; None if it does not."""
    doc, last = run[-1].doc, run[-1].i
    opens = last + 2 < len(doc) and doc[last + 1].lower_ == "of" and doc[last + 2].pos_ == "PROPN"
    if not opens or run[-1].lower_ not in cues()["source"]["body"]:
        return None
    behind = next(runs(doc[last + 2 :]))
    return str(doc[run[0].i : behind[-1].i + 1].text)


def bare_name(run: Sequence["Token"]) -> tuple[str, tuple[str, ...]]:
    """A name without the titles before it, and the titles: "Defence Minister Hilmi Isik" -> Hilmi Isik."""
    words = [token.lower_.rstrip(".") for token in run]
    table = cues()["title"]["words"]
    at = 0
    if words[-1] not in cues()["source"]["body"]:
        for i, word in enumerate(words[:-1]):
            if word in table and words[i + 1] not in PARTICLES:
                at = i + 1
    name = run[0].doc[run[at].i : run[-1].i + 1].text
    return name, tuple(word for word in words[:at] if word in table)


def phrase(source: "Token") -> tuple["Token", "Token"]:
    """First and last token of the noun phrase around a noun, without clauses and asides."""
    kept = {source.i}
    for child in source.children:
        if child.dep_ == "case":
            continue
        if child.dep_ not in ASIDE and child.pos_ not in ("VERB", "AUX") and child.text not in NO_PART:
            first, last = (child, child) if child.n_lefts + child.n_rights == 0 else phrase(child)
            kept.update(range(first.i, last.i + 1))
            kept.update(word.i for word in child.children if word.dep_ == "case")
    begin = end = source.i
    while begin - 1 in kept:
        begin -= 1
    while source.doc[begin].is_punct and begin < source.i:
        begin += 1
    while end + 1 in kept:
        end += 1
    if end - source.i > LONGEST_TAIL:
        end = source.i
    return source.doc[begin], source.doc[_end_of_name(source, end)]


def _end_of_name(noun: "Token", end: int) -> int:
    """The last token of a phrase that ends in a noun, with the second half of a name behind it."""
    goes_on = noun.pos_ == "PROPN" and end == noun.i and end + 2 < len(noun.doc)
    return end + 2 * (goes_on and _is_second_half(noun, noun.nbor(1)))


@dataclass(slots=True)
class Names:
    """All names of one article, and the order in which the text has named them so far."""

    full: dict[str, list[str]] = field(default_factory=dict)
    genders: dict[str, str] = field(default_factory=dict)
    carriers: dict[str, list[str]] = field(default_factory=dict)
    descriptions: dict[str, list[str]] = field(default_factory=dict)
    recent: list[Entity] = field(default_factory=list)
    speakers: list[Entity] = field(default_factory=list)

    @classmethod
    def of(cls, sentences: Iterable[Sentence]) -> "Names":
        """The names of all sentences, with the titles and descriptions beside them."""
        names = cls()
        for sentence in sentences:
            for run in runs(sentence.tokens):
                names._learn(run)
            for token in sentence.tokens:
                if token.is_lower and token.lower_ in cues()["source"]["body"] and token.dep_ != "compound":
                    names._learn_body(token)
        return names

    def _learn_body(self, noun: "Token") -> None:
        """Take in "the finance ministry", which "the ministry" may stand for."""
        first, last = phrase(noun)
        described = noun.doc[first.i : last.i + 1].text
        known = self.descriptions.setdefault(noun.lower_, [])
        if first.lower_ == "the" and last == noun and noun.i - first.i > 1 and described.lower() not in known:
            known.append(described.lower())

    def _learn(self, run: Sequence["Token"]) -> None:
        name, titles = bare_name(run)
        words = name.split()
        if len(words) > 1 and all(word[0].isupper() or word in PARTICLES for word in words):
            known = self.full.setdefault(_family(words).lower(), [])
            if name not in known and not any(each.endswith(" " + name) for each in known):
                known.append(name)
            gender = _gender([words[0].lower()], "given")
            if gender and words[-1].lower() not in cues()["source"]["body"]:
                self.genders.setdefault(name, gender)
        name = self.resolve(name)
        beside = [*titles, *_descriptions(run)]
        for title in beside:
            carriers = self.carriers.setdefault(title, [])
            if name not in carriers:
                carriers.append(name)
            for gender, table in cues()["gender"].items():
                if title in table:
                    self.genders.setdefault(name, gender)

    def resolve(self, name: str) -> str:
        """The full form of a name, if the article gives one; of two, the one that was named last.

        >>> Names(full={"isik": ["Hilmi Isik"]}).resolve("Isik")
        'Hilmi Isik'
        """
        if " " in name or name.lower() in cues()["source"]["chamber"]:
            return name  # "the House" is not the White House
        known = self.full.get(name.lower(), [])
        for entity in reversed(self.recent if len(known) > 1 else []):
            if entity.name in known:
                return entity.name
        return known[0] if known else name

    def describe(self, noun: "Token") -> str:
        """The name that "the minister" or "the committee" stands for if one alone fits, else the phrase itself."""
        first, last = phrase(noun)
        words = str(noun.doc[first.i : last.i + 1].text)
        head = noun.lower_
        inside = noun.doc[first.i : last.i + 1]
        titled = head in cues()["title"]["words"] and last == noun and not any(t.pos_ == "PROPN" for t in inside)
        if first.lower_ not in ("the", "its", "his", "her", "their", "this", "that") or (
            last.i - first.i > LONGEST_BARE and not titled
        ):
            return words
        named = [*self.carriers.get(head, ()), *self.full.get(head, ())]
        named = list(dict.fromkeys(named))
        if len(named) == 1:
            return str(named[0])
        longer = self.descriptions.get(head, [])
        if len(longer) == 1 and last.i - first.i == 1:
            return longer[0]
        if head in cues()["source"]["any_body"]:
            bodies = [each.name for each in self.speakers if _may_be_any_body(each)]
            if bodies:
                return bodies[-1]
        return words

    def notice(self, noun: "Token") -> Entity | None:
        """Remember that the text names someone here, so that a pronoun may stand for them."""
        if noun.pos_ == "PRON":
            return None
        entity = self.entity(noun)
        self.recent.append(entity)
        return entity

    def entity(self, noun: "Token") -> Entity:
        """Who a noun names, by the fullest name that the article gives."""
        named = named_beside(noun)
        first, last = phrase(named)
        if named.text[0].isupper() and named.pos_ in ("NOUN", "ADJ") and first == named == last:
            known = self.resolve(named.text)
            if known != named.text:  # a surname that the parser took for something else
                return Entity(known, self._sort_of_name(known, named), self.genders.get(known, ""))
        if named.pos_ != "PROPN" or named.is_lower:
            return Entity(self.describe(named), _sort(named), _gender([named.lower_]))
        run = list(named.doc[first.i : last.i + 1])
        own = next((each for each in runs(run) if named in each), [named])
        name, _ = bare_name(own)
        whole = _with_complement(own)
        name = whole or (name if named.tag_ == "NNPS" else self.resolve(name))
        if own[-1].i < named.i:
            name = named.doc[first.i : last.i + 1].text
        return Entity(name, self._sort_of_name(name, named), self.genders.get(name, ""))

    def _sort_of_name(self, name: str, named: "Token") -> Sort:
        last = name.split()[-1].lower().rstrip(".")
        if name in self.genders or any(name in self.carriers.get(title, ()) for title in cues()["title"]["words"]):
            return Sort.PERSON
        if last in cues()["source"]["body"] or name.isupper() or any(child.dep_ == "det" for child in named.children):
            return Sort.BODY
        return Sort.PEOPLE if named.tag_ in ("NNPS", "NNS") else Sort.UNKNOWN  # "Halcyon Nour": who can tell

    def known(self, name: str) -> Entity | None:
        """What the text has told of a holder by this name."""
        return next((each for each in reversed([*self.recent, *self.speakers]) if each.name == name), None)

    def is_person(self, entity: Entity) -> bool:
        """Whether a title or a given name tells that it is a person."""
        return entity.sort is Sort.PERSON or bool(entity.gender)

    def stands_for(self, pronoun: str) -> Entity | None:
        """Whom "he", "she", "it" or "they" stands for: the one named last whom the word fits.

        A bare surname may be a person's if it has spoken: "Brandt disagreed. ..., he said".
        """
        personal = pronoun in cues()["pronoun"]["he"] | cues()["pronoun"]["she"]
        for entity in reversed(self.recent):
            if _fits(pronoun, entity) or (personal and self._has_spoken_alone(entity)):
                return entity
        return None

    def _has_spoken_alone(self, entity: Entity) -> bool:
        """Whether one word names a speaker of whom nothing tells that it is no person."""
        name = entity.name
        bare = entity.sort is Sort.UNKNOWN and not entity.gender and name.isalpha() and name.istitle()
        return (
            bare and name.lower() not in cues()["first"]["press"] and any(each.name == name for each in self.speakers)
        )


def _may_be_any_body(entity: Entity) -> bool:
    last = entity.name.split()[-1].lower()
    table = cues()["source"]
    named = entity.name[0].isupper() and entity.sort in (Sort.BODY, Sort.UNKNOWN)
    return named and (last in table["any_body"] or last not in table["body"])


def _fits(pronoun: str, entity: Entity) -> bool:
    table = cues()["pronoun"]
    if pronoun in table["he"] or pronoun in table["she"]:
        wanted = "male" if pronoun in table["he"] else "female"
        is_person = entity.sort is Sort.PERSON or (entity.sort is Sort.UNKNOWN and " " in entity.name)
        return is_person and entity.gender in ("", wanted)
    if pronoun in table["they"]:
        return entity.sort is Sort.PEOPLE
    return entity.sort is Sort.BODY or (entity.sort is Sort.UNKNOWN and not entity.gender)


def _descriptions(run: Sequence["Token"]) -> list[str]:
    """Common nouns that say what a name is: "rector Tomas Brandt", "its operator, Xe Kham", "Lund, his lawyer"."""
    found: list[str] = []
    doc, first, last = run[0].doc, run[0], run[-1]
    if first.i > 0 and doc[first.i - 1].pos_ == "NOUN" and doc[first.i - 1].tag_ == "NN":
        found.append(doc[first.i - 1].lower_)
    if last.dep_ == "appos" and last.head.pos_ in ("NOUN", "PROPN"):
        found.append(last.head.lower_)
    found.extend(child.lower_ for child in last.children if child.dep_ == "appos" and child.pos_ == "NOUN")
    return found


def named_beside(noun: "Token") -> "Token":
    """The name beside a description: "its operator, Halcyon Nour" -> Nour; the noun itself if there is none."""
    titles = cues()["title"]["words"]
    if noun.pos_ == "PROPN" and noun.lower_ not in titles:
        return noun
    after = noun
    while after.i + 1 < len(noun.doc) and after.nbor(1).pos_ == "PROPN" and after.nbor(1).dep_ not in NO_NAME:
        after = after.nbor(1)
    if after != noun and noun.pos_ == "NOUN" and after.head in (noun, noun.head):
        return after  # "the state news agency TASS"
    for token in noun.subtree:
        if token.dep_ == "appos" and token.pos_ == "PROPN" and token.i > noun.i and token.nbor(-1).text != "(":
            return token
    return noun


def _sort(noun: "Token") -> Sort:
    if noun.tag_ in ("NNS", "NNPS"):
        return Sort.PEOPLE
    if _gender([noun.lower_]) or noun.lower_ in cues()["title"]["words"]:
        return Sort.PERSON
    if noun.lower_ in cues()["source"]["body"] or lemmas(noun) & cues()["source"]["document"]:
        return Sort.BODY
    return Sort.PERSON if noun.lower_.endswith(("er", "or", "ist", "ian", "man", "woman", "ant")) else Sort.THING


def _gender(words: Sequence[str], section: str = "gender") -> str:
    return next((gender for gender, table in cues()[section].items() if any(word in table for word in words)), "")


def place(sentence: Sentence, noun: "Token") -> Span:
    """Where the article names a holder: the noun phrase, in characters of the article's text."""
    first, last = phrase(named_beside(noun))
    return Span(sentence.begin(first), sentence.end(last))
