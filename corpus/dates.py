"""How a proposition stands to time: done, lasting, planned, forecast, hoped for, ... from its tense and cue words.

The words stand in the table `aspect` of `data/cues.toml`; the first rule that fits decides (`RULES`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.attribution import mark, subject
from corpus.names import cues
from corpus.parse import lemmas
from corpus.records import Aspect

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True, slots=True)
class _Clause:
    """What the rules look at: the head and its own words, and the text of the claim in small letters."""

    head: "Token"
    tokens: Sequence["Token"]
    near: Sequence["Token"]
    text: str
    framed: bool
    table: dict[str, frozenset[str]]

    def has(self, words: str) -> bool:
        """Whether a word of that table stands near the head."""
        return any(token.lower_ in self.table[words] for token in self.near)

    def has_phrase(self, phrases: str) -> bool:
        """Whether a phrase of that table stands in the text."""
        return any(f" {phrase} " in self.text for phrase in self.table[phrases])

    def headed_by(self, verbs: str) -> bool:
        """Whether the head is a form of a verb of that table."""
        return self.head.pos_ == "VERB" and bool(lemmas(self.head) & self.table[verbs])


def aspect(head: "Token", tokens: Sequence["Token"], speech: "Token | None" = None) -> Aspect:
    """The aspect of the clause that `head` heads and `tokens` make up; `speech` is the verb of its frame, if any."""
    near = [token for token in tokens if token == head or token.head == head or token.head.head == head]
    text = " " + " ".join(token.lower_ for token in tokens) + " "
    clause = _Clause(head, tokens, near, text, speech is not None, cues()["aspect"])
    if speech is not None and speech.pos_ == "VERB":
        if _is_turned(speech) and _is_question(replace(clause, head=speech)):
            return Aspect.QUESTION  # "Do I think that P?"
        framed = _by_speech(lemmas(speech), clause.table)
        if framed is not None:
            return framed
    return next((answer for answer, fits in RULES if fits(clause)), Aspect.STATE)


def _by_speech(verbs: frozenset[str], table: dict[str, frozenset[str]]) -> Aspect | None:
    """What the verb of saying makes of its content: "hopes that P" is a hope whatever P is."""
    if verbs & cues()["speech"]["ask"]:
        return Aspect.QUESTION
    if verbs & table["hope_verbs"]:
        return Aspect.HOPE
    if verbs & table["forecast_verbs"]:
        return Aspect.FORECAST
    return Aspect.OPINION if verbs & table["opinion_verbs"] else None


def _auxiliaries(head: "Token") -> list["Token"]:
    return [child for child in head.children if child.dep_ in ("aux", "auxpass")]


def _finite(head: "Token") -> "Token":
    """The word that carries the tense: the first auxiliary, or the verb itself."""
    return next(iter(sorted(_auxiliaries(head), key=lambda token: token.i)), head)


def _is_question(clause: _Clause) -> bool:
    sentence = clause.head.sent
    stops = [token for token in sentence[-3:] if token.text in ("?", ".", "!")]
    return bool(stops) and stops[-1].text == "?" and clause.head in (sentence.root, *sentence.root.conjuncts)


def _is_future(clause: _Clause) -> bool:
    word = _finite(clause.head).lower_
    return word in clause.table["future"] or (clause.framed and word in clause.table["shifted"])


def _is_turned(verb: "Token") -> bool:
    """Whether an auxiliary stands before the subject: "do I think", "did she say"."""
    who = subject(verb)
    return who is not None and any(word.i < who.i for word in _auxiliaries(verb))


def _is_inverted(clause: _Clause) -> bool:
    who, finite = subject(clause.head), _finite(clause.head)
    return who is not None and finite.lower_ in clause.table["inverted"] and finite.i < who.i and finite != clause.head


def _is_condition(clause: _Clause) -> bool:
    if mark(clause.head) in clause.table["condition_marks"] or _is_inverted(clause):
        return True
    unreal = _finite(clause.head).lower_ in clause.table["condition_auxiliaries"]
    marks = clause.table["condition_marks"]
    adverbials = [child for child in clause.head.children if child.dep_ == "advcl" and mark(child) in marks]
    has_if = any(not any(word.lower_ == "even" for word in child.children) for child in adverbials)
    return has_if or (unreal and clause.head.sent.root == clause.head)


def _is_opinion(clause: _Clause) -> bool:
    modal = any(token.lower_ in clause.table["opinion_auxiliaries"] for token in _auxiliaries(clause.head))
    said_of = (child for child in clause.head.children if child.dep_ in ("acomp", "attr", "oprd", "advmod"))
    valued = any(token.lower_ in clause.table["opinion_words"] for child in said_of for token in (child, *child.lefts))
    return modal or valued or clause.headed_by("opinion_verbs")


def _is_hope(clause: _Clause) -> bool:
    return clause.headed_by("hope_verbs") or clause.has("hope_words")


def _is_forecast(clause: _Clause) -> bool:
    if clause.headed_by("forecast_verbs") or clause.has_phrase("forecast_phrases"):
        return True
    if _is_future(clause):
        return clause.has("forecast_words") or not _has_agent(clause.head)
    return (
        _finite(clause.head).tag_ in ("VBZ", "VBP")
        and any(token.lower_ in ("likely", "unlikely", "bound", "imminent", "inevitable") for token in clause.near)
        and not any(token.dep_ == "neg" for token in clause.near)
    )


def _has_agent(head: "Token") -> bool:
    """Whether the clause tells what its subject will do itself, so that "will" announces rather than foretells."""
    who = subject(head)
    if who is None:
        return True
    if who.dep_ == "nsubjpass":
        return True
    acts = (
        who.lower_ in ("i", "we", "he", "she", "they") or who.pos_ == "PROPN" or who.lower_ in cues()["source"]["body"]
    )
    return head.pos_ == "VERB" and (acts or who.lower_ in cues()["title"]["words"])


def _is_plan(clause: _Clause) -> bool:
    if clause.headed_by("plan_verbs") and any(child.dep_ in ("xcomp", "ccomp") for child in clause.head.children):
        return True
    finite = _finite(clause.head)
    if _is_future(clause):
        return True
    open_ended = (child for child in clause.head.children if child.dep_ == "xcomp")
    to_do = any(word.lower_ == "to" for child in open_ended for word in child.children)
    is_to = clause.head.lower_ in ("is", "are", "was", "were") and to_do
    return is_to or (clause.has("plan_words") and "to " in clause.text and finite.lower_ in ("is", "are"))


def _is_accomplished(clause: _Clause) -> bool:
    head = clause.head
    if clause.has_phrase("state_phrases"):
        return False
    finite = _finite(head)
    stative = head.pos_ == "AUX" or (head.pos_ != "VERB")
    if finite.lower_ in ("has", "have", "had", "'ve", "'s") and finite != head:
        ongoing = head.tag_ == "VBG"
        return not ongoing and not (stative and head.lower_ != "been")
    past = finite.tag_ in ("VBD", "VBN")
    return past and not stative and head.tag_ != "VBG"


RULES: tuple[tuple[Aspect, Callable[[_Clause], bool]], ...] = (
    (Aspect.QUESTION, _is_question),
    (Aspect.CONDITION, _is_condition),
    (Aspect.HOPE, _is_hope),
    (Aspect.FORECAST, _is_forecast),
    (Aspect.PLAN, _is_plan),
    (Aspect.OPINION, _is_opinion),
    (Aspect.ACCOMPLISHED, _is_accomplished),
)
