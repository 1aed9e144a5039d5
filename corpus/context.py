"""The reading of a claim: what its reader knows from the text before it, put back as additions.

    "the contract"              -> the contract [to provide a second supply of this system to Turkey]
    "this system"               -> this [S-400 missile] system
    "we do not have ..."        -> [Turkish officials] do not have ...
    "which was delivered"       -> [a batch of S-400 systems] was delivered

Precision before recall: where two referents are possible, nothing is added. The nouns that may take up one another
stand in `data/cues.toml`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from corpus.attribution import SUBJECTS, Quotation, subject
from corpus.names import Names, Sort, cues, phrase
from corpus.parse import Sentence, lemmas
from corpus.propositions import Proposition
from corpus.records import Addition, Holder, Span

if TYPE_CHECKING:
    from spacy.tokens import Token

LONGEST_ADDITION = 12
"""Words of an addition, at most."""

LEAST_TELLING = 3
"""Words that a phrase without a name needs to say what a noun is about: more than "of the plan"."""

MOST_ADDITIONS = 3
LEAD = 3
"""Sentences at the head of an article whose mentions hold for all of it."""

REACH = 6
"""Sentences that other mentions hold for."""

SENTENCES_BACK = 2
"""How far a pronoun reaches."""


@dataclass(frozen=True, eq=False)
class Mention:
    """A common noun with what the text says of it there: words before it, and the phrase after it."""

    noun: "Token"
    at: int
    sentence: int
    pre: tuple["Token", ...]
    post: tuple["Token", ...]

    @cached_property
    def marks(self) -> frozenset[str]:
        """The names and numbers that tell this referent from another of its kind."""
        return frozenset(token.lower_ for token in (*self.pre, *self.post) if _is_name(token))

    @cached_property
    def ordinals(self) -> frozenset[str]:
        """Which of several it is: first, second, original."""
        return frozenset(token.lower_ for token in self.pre) & cues()["event"]["ordinals"]

    def agrees(self, other: "Mention") -> bool:
        """Whether both may be mentions of one thing: nothing that tells things apart differs."""
        if self.ordinals and other.ordinals and not self.ordinals & other.ordinals:
            return False
        return not self.marks or not other.marks or bool(self.marks & other.marks)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whom a sentence is about, for the pronouns of the next."""

    text: str
    sentence: int
    at: int
    sort: Sort
    plural: bool
    gender: str


@dataclass(slots=True)
class Discourse:
    """What an article has mentioned so far, sentence by sentence."""

    names: Names
    quotes: tuple[Quotation, ...]
    mentions: list[Mention] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)

    def is_quoted(self, at: int) -> bool:
        """Whether a character stands inside quotation marks."""
        return any(quote.span.start <= at < quote.span.stop for quote in self.quotes)

    def take(self, sentence: Sentence, number: int) -> None:
        """Take in sentence `number` of the article."""
        for token in sentence.tokens:
            if token.pos_ == "NOUN" and token.dep_ not in ("compound", "npadvmod"):
                self.mentions.append(_mention(token, sentence, number))
            if token.dep_ in ("nsubj", "nsubjpass") and token.pos_ in ("NOUN", "PROPN") and token.head.dep_ in ("ROOT", "ccomp", "conj"):
                self.actors.append(self._actor(token, sentence, number))

    def _actor(self, token: "Token", sentence: Sentence, number: int) -> Actor:
        entity = self.names.entity(token)
        joined = [child for child in token.conjuncts if child.pos_ in ("NOUN", "PROPN")]
        text = entity.name
        if joined:
            text = token.doc[phrase(token)[0].i : phrase(joined[-1])[1].i + 1].text
        plural = bool(joined) or token.tag_ in ("NNS", "NNPS")
        return Actor(text, number, sentence.begin(token), entity.sort, plural, entity.gender)


def additions(discourse: Discourse, proposition: Proposition, sentence: Sentence, span: Span, holder: Holder | None) -> tuple[Addition, ...]:
    """What a reader knows and the claim at `span` does not say; `holder` is who says it."""
    doc = sentence.tokens.doc
    found: list[Addition] = []
    borrowed = _borrowed(discourse, proposition, sentence, span)
    if borrowed is not None:
        found.append(borrowed)
    for token in doc[proposition.first : proposition.last + 1]:
        if not span.start <= sentence.begin(token) < span.stop:
            continue
        if token.pos_ == "PRON" and (token.dep_ in SUBJECTS or token.dep_ == "poss"):
            added = _for_pronoun(discourse, proposition, sentence, span, (token, holder))
        elif token.pos_ == "NOUN":
            added = _for_noun(discourse, token, sentence, span)
        else:
            continue
        if added is not None and not any(each.at <= added.at < each.at + each.replaces for each in found):
            found.append(added)
    return tuple(found[:MOST_ADDITIONS])


# Subjects and pronouns ------------------------------------------------------------------------------------------


def _borrowed(discourse: Discourse, proposition: Proposition, sentence: Sentence, span: Span) -> Addition | None:
    """The subject that a joined verb phrase shares, or the noun that a relative clause is about."""
    head, doc = proposition.head, sentence.tokens.doc
    if proposition.subject is not None:
        source = proposition.subject
        if source.pos_ == "PRON":
            return None
        return _short(Addition(0, _named(discourse, source)))
    if head.dep_ == "relcl" and head.head.pos_ in ("NOUN", "PROPN"):
        own = subject(head)
        if own is not None and own.tag_ in ("WDT", "WP") and own.i == proposition.first and sentence.begin(own) == span.start:
            return _short(Addition(0, _named(discourse, head.head), len(doc[own.i].text)))
    return None


def _named(discourse: Discourse, noun: "Token") -> str:
    if noun.pos_ == "PROPN":
        return discourse.names.entity(noun).name
    first, last = phrase(noun)
    return noun.doc[first.i : last.i + 1].text.strip("\"' ")


def _short(addition: Addition) -> Addition | None:
    return addition if 0 < len(addition.text.split()) <= LONGEST_ADDITION else None


def _for_pronoun(
    discourse: Discourse, proposition: Proposition, sentence: Sentence, span: Span, spoken: tuple["Token", Holder | None]
) -> Addition | None:
    pronoun, holder = spoken
    word, table = pronoun.lower_, cues()["pronoun"]
    at = sentence.begin(pronoun) - span.start
    possessive = pronoun.dep_ == "poss"
    who: str | None = None
    if word in table["first"]:
        who = holder.name if holder is not None and not holder.narrator else None
    elif pronoun.dep_ in SUBJECTS and pronoun.dep_ != "expl" and pronoun.head == proposition.head:
        indirect = holder is not None and not holder.narrator and not discourse.is_quoted(sentence.begin(pronoun))
        who = _third(discourse, sentence, pronoun, holder.name if indirect and holder is not None else None)
    if who is None:
        return None
    return _short(Addition(at, who + ("'s" if possessive else ""), len(pronoun.text)))


def _third(discourse: Discourse, sentence: Sentence, pronoun: "Token", said_by: str | None) -> str | None:
    """Whom "he", "she", "it" or "they" stands for, if one alone fits in the sentences just before.

    In reported speech outside quotation marks "he" is `said_by`, who speaks: "Isik said he would resign".
    """
    table, word = cues()["pronoun"], pronoun.lower_
    here = sentence.begin(pronoun)
    last = max((actor.sentence for actor in discourse.actors if actor.at < here), default=0)
    near = [each for each in discourse.actors if each.at < here and each.sentence >= last - SENTENCES_BACK + 1]
    if word == "it" and pronoun.head.pos_ == "AUX":
        return None  # "it is likely that ...": it may stand for a clause, or for nothing
    if word in table["they"]:
        fitting = [each.text for each in near if each.plural]
    elif word in table["he"] | table["she"]:
        if said_by is not None and said_by.split()[-1].lower() not in cues()["source"]["body"]:
            return said_by
        wanted = "male" if word in table["he"] else "female"
        fitting = [each.text for each in near if each.sort in (Sort.PERSON, Sort.UNKNOWN) and not each.plural and each.gender in ("", wanted) and " " in each.text]
    elif word == "it":
        fitting = [each.text for each in near if each.sort not in (Sort.PERSON, Sort.PEOPLE) and not each.plural and not each.gender]
    else:
        return None
    different = list(dict.fromkeys(fitting))
    return different[0] if len(different) == 1 else None


# Nouns ----------------------------------------------------------------------------------------------------------


def _for_noun(discourse: Discourse, noun: "Token", sentence: Sentence, span: Span) -> Addition | None:
    number = discourse.mentions[-1].sentence if discourse.mentions else 0
    mention = _mention(noun, sentence, number)
    if not _points_back(noun, mention):
        return None
    earlier = [each for each in discourse.mentions if each.at < span.start and _same_kind(each.noun, noun) and _tells(each)]
    earlier = [each for each in earlier if each.sentence <= LEAD or mention.sentence - each.sentence <= REACH]
    antecedent = _unmistakable(mention, earlier)
    if antecedent is not None:
        return _from_antecedent(discourse, mention, antecedent, sentence, span)
    if earlier or not lemmas(noun) & cues()["event"]["deals"]:
        return None
    return _from_event(discourse, mention, sentence, span)


def _points_back(noun: "Token", mention: Mention) -> bool:
    """Whether the phrase speaks of something that it does not say itself."""
    table = cues()["event"]
    determiner = next((child.lower_ for child in noun.children if child.dep_ == "det"), "")
    adjectives = [token.lower_ for token in mention.pre]
    if mention.post or any(_is_name(token) or token.text[0].isupper() for token in mention.pre):
        return False
    if any(child.dep_ in ("relcl", "acl", "appos", "poss") for child in noun.children):
        return False
    if determiner in table["definite"]:
        return len(adjectives) <= 2
    pointing = [word for word in adjectives if word in table["pointing"]]
    return determiner in table["open"] and bool(pointing) and len(pointing) == len(adjectives)


def _tells(mention: Mention) -> bool:
    """Whether a mention says what its noun is about."""
    return len(mention.post) > LEAST_TELLING or any(_is_name(token) for token in (*mention.pre, *mention.post))


def _unmistakable(mention: Mention, earlier: Sequence[Mention]) -> Mention | None:
    """The fullest earlier mention, if all that could be meant agree with each other."""
    fitting = [each for each in earlier if mention.agrees(each)]
    if not fitting:
        return None
    if any(not one.agrees(other) for one in fitting for other in fitting):
        latest = max(each.sentence for each in fitting)
        fitting = [each for each in fitting if each.sentence == latest]
        if any(not one.agrees(other) for one in fitting for other in fitting):
            return None
    return max(fitting, key=lambda each: (len(each.marks), len(each.post), each.at))


def _from_antecedent(
    discourse: Discourse, mention: Mention, antecedent: Mention, sentence: Sentence, span: Span
) -> Addition | None:
    if antecedent.post:
        text = _spelt(discourse, antecedent.post, antecedent.at)
        return _short(Addition(sentence.end(mention.noun) - span.start, text))
    if mention.sentence - antecedent.sentence > LEAD and antecedent.sentence > 1:
        return None
    telling = [token for token in antecedent.pre if token.pos_ in ("PROPN", "NOUN") or _is_name(token)]
    known = {token.lower_ for token in mention.pre}
    words = " ".join(token.text for token in telling if token.lower_ not in known)
    first = min((token for token in (*mention.pre, mention.noun)), key=lambda token: token.i)
    return _short(Addition(sentence.begin(first) - span.start, words.replace(" - ", "-")))


def _from_event(discourse: Discourse, mention: Mention, sentence: Sentence, span: Span) -> Addition | None:
    """ "a corresponding agreement" after "announced the sale of a second batch": [on the sale of ...]."""
    events = [
        each
        for each in discourse.mentions
        if each.at < span.start
        and (each.sentence <= LEAD or mention.sentence - each.sentence <= REACH)
        and lemmas(each.noun) & cues()["event"]["transactions"]
        and each.post
    ]
    event = _unmistakable(mention, events)
    if event is None:
        return None
    text = f"on the {event.noun.text} {_spelt(discourse, event.post, event.at)}"
    return _short(Addition(sentence.end(mention.noun) - span.start, text))


def _spelt(discourse: Discourse, tokens: Sequence["Token"], at: int) -> str:
    """The words of a phrase, with "this system" in it named by what the text called it before."""
    words: list[str] = []
    for determiner in tokens:
        token = determiner.head
        if determiner.dep_ != "det" or determiner.lower_ not in ("this", "that", "these", "those") or token.pos_ != "NOUN":
            words.append(determiner.text)
        else:
            words.append("the")
            earlier = [each for each in discourse.mentions if each.at < at and _same_kind(each.noun, token) and each.pre and _tells(each)]
            named = _unmistakable(Mention(token, 0, 0, (), ()), [each for each in earlier if any(map(_is_name, each.pre))])
            if named is not None:
                words.extend(each.text for each in named.pre if _is_name(each))
    return _joined(words)


def _joined(words: Iterable[str]) -> str:
    text = " ".join(words)
    for mark in ("-", "/"):
        text = text.replace(f" {mark} ", mark)
    return text.replace(" '", "'").replace(" ,", ",").replace("$ ", "$").replace(" %", "%")


def _mention(noun: "Token", sentence: Sentence, number: int) -> Mention:
    pre = tuple(
        token
        for child in noun.lefts
        if child.dep_ in ("amod", "compound", "nummod", "nmod", "poss") and child.text not in '"'
        for token in child.subtree
        if token.text not in ('"', ",")
    )
    return Mention(noun, sentence.begin(noun), number, pre, tuple(_complement(noun)))


def _complement(noun: "Token") -> Iterator["Token"]:
    """The phrase right after a noun that says what it is about: "of ...", "for ...", "to provide ..."."""
    at, taken = noun.i + 1, 0
    for child in noun.rights:
        about = (child.dep_ == "prep" and child.lower_ in cues()["event"]["about"]) or (child.dep_ in ("acl", "relcl") and any(word.lower_ == "to" and word.dep_ == "aux" for word in child.children))
        first, last = child.left_edge.i, child.right_edge.i
        if not about or first != at:
            return
        tokens = [token for token in noun.doc[first : last + 1] if token.text != '"']
        stop = next((i for i, token in enumerate(tokens) if token.text in (",", ";", ":", "(", "--", "—") or token.dep_ == "relcl" and token.tag_ != "VB"), len(tokens))
        tokens = tokens[:stop]
        if taken + len(tokens) > LONGEST_ADDITION:
            return
        yield from tokens
        taken += len(tokens)
        if stop < last + 1 - first:
            return
        at = last + 1


def _same_kind(one: "Token", other: "Token") -> bool:
    """Whether the one noun may take up the other."""
    here, there = lemmas(one), lemmas(other)
    return bool(here & there) or any(here & group and there & group for group in _groups())


@lru_cache(maxsize=1)
def _groups() -> tuple[frozenset[str], ...]:
    return tuple(cues()["reference"].values())


def _is_name(token: "Token") -> bool:
    """Whether a word names: a proper noun, or letters and digits together ("S-400"), but no sum or count."""
    has_digit = any(character.isdigit() for character in token.text)
    if has_digit:
        return token.text[0].isalpha() and token.text[0].isupper()
    return token.pos_ == "PROPN"
