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
from functools import cached_property
from typing import TYPE_CHECKING

from corpus.attribution import SUBJECTS, Quotation, quotation_at, subject
from corpus.names import Entity, Names, Sort, cues, phrase
from corpus.parse import Sentence, lemmas
from corpus.propositions import Proposition, shared_auxiliaries
from corpus.records import Addition, Holder, Span

if TYPE_CHECKING:
    from spacy.tokens import Token

LONGEST_ADDITION = 12
"""Words of an addition, at most."""

PHRASE_ENDS = frozenset([",", ";", ":", "(", "--", "—"])

LEAST_TELLING = 3
"""Words that a phrase without a name needs to say what a noun is about: more than "of the plan"."""

MOST_ADDITIONS = 3
LEAD = 3
"""Sentences at the head of an article whose mentions hold for all of it."""

REACH = 6
"""Sentences that other mentions hold for."""

SENTENCES_BACK = 2
"""How far a pronoun reaches."""

NO_MENTION = frozenset(["compound", "nmod", "amod", "appos", "attr", "npadvmod", "oprd"])
"""What says something of another noun, or when, and names nobody new."""

LOCATIVE = frozenset(["in", "across", "near", "throughout"])
"""A name behind one of these is a place's."""


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
    def kinds(self) -> frozenset[str]:
        """The nouns that may take it up, its own among them."""
        own = lemmas(self.noun)
        return own.union(*(group for group in cues()["reference"].values() if own & group))

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
    """Whom or what a sentence names, for the pronouns after it; `acts` marks whom it is about."""

    text: str
    sentence: int
    at: int
    sort: Sort
    plural: bool
    gender: str
    acts: bool = True

    def may_be(self, pronoun: str) -> bool:
        """Whether "he", "she" or "they" may stand for them."""
        table = cues()["pronoun"]
        if pronoun in table["they"]:
            return self.plural or self.text.split()[-1].lower() in cues()["person"]["several"]
        wanted = "male" if pronoun in table["he"] else "female"
        return self.sort in (Sort.PERSON, Sort.UNKNOWN) and not self.plural and self.gender in ("", wanted)

    @property
    def is_named_person(self) -> bool:
        """Whether the text gives their full name or tells by a title that it is a person."""
        return self.text[0].isupper() and (" " in self.text or self.sort is Sort.PERSON)


@dataclass(slots=True)
class Discourse:
    """What an article has mentioned so far, sentence by sentence."""

    names: Names
    quotes: tuple[Quotation, ...]
    nested: tuple[Span, ...] = ()
    mentions: list[Mention] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    """Names that something happened in."""

    def is_quoted(self, at: int) -> bool:
        """Whether a character stands inside quotation marks."""
        return quotation_at(self.quotes, at) is not None

    def before(self, at: int, number: int) -> list[Mention]:
        """The mentions before a character that still hold in sentence `number`."""
        return [
            each
            for each in self.mentions
            if each.at < at and (each.sentence <= LEAD or number - each.sentence <= REACH)
        ]

    def take(self, sentence: Sentence, number: int) -> None:
        """Take in sentence `number` of the article."""
        for token in sentence.tokens:
            if token.pos_ == "NOUN" and token.dep_ not in ("compound", "npadvmod"):
                self.mentions.append(_mention(token, sentence, number))
            if token.dep_ not in NO_MENTION and _may_be_somebody(token):
                self.actors.append(self._actor(token, sentence, number))

    def near(self, at: int, number: int) -> list[Actor]:
        """Whom the text names before a character, in sentence `number` and those a pronoun reaches back to."""
        return [
            each
            for each in self.actors
            if each.at < at and number - SENTENCES_BACK <= each.sentence <= number and each.text not in self.places
        ]

    def _actor(self, token: "Token", sentence: Sentence, number: int) -> Actor:
        entity = self.names.entity(token)
        if token.pos_ == "PROPN" and token.head.lower_ in LOCATIVE and token.dep_ == "pobj":
            self.places.add(entity.name)
        acts = token.dep_ in ("nsubj", "nsubjpass") and token.head.dep_ in ("ROOT", "ccomp", "conj")
        entity = _as_spoken_of(token, entity)
        joined = [child for child in token.conjuncts if child.pos_ in ("NOUN", "PROPN")]
        text = entity.name
        if joined:
            text = token.doc[phrase(token)[0].i : phrase(joined[-1])[1].i + 1].text
        plural = bool(joined) or token.tag_ in ("NNS", "NNPS")
        return Actor(text, number, sentence.begin(token), entity.sort, plural, entity.gender, acts)


def _may_be_somebody(token: "Token") -> bool:
    """Whether "he", "she" or "they" may stand for a noun: a name, a plural, a word for a person or for several."""
    if token.pos_ == "NOUN" and token.tag_ == "NN":
        return token.lower_ in cues()["person"]["nouns"] | cues()["person"]["several"]
    return token.pos_ in ("NOUN", "PROPN")


def _as_spoken_of(token: "Token", entity: Entity) -> Entity:
    """What a noun without a name names: a person only if it is a word for one."""
    if (entity.name[0].isupper() and token.pos_ == "PROPN") or entity.gender or token.tag_ != "NN":
        return entity
    if lemmas(token) & cues()["person"]["nouns"]:
        return Entity(entity.name, Sort.PERSON, entity.gender)
    return Entity(entity.name, Sort.BODY if entity.sort is Sort.BODY else Sort.THING)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """The claim that is read: its clause, the sentence and its number, where it stands, and who says it."""

    proposition: Proposition
    sentence: Sentence
    number: int
    span: Span
    holder: Holder | None
    speaker: Holder | None = None
    """Who surely speaks in the quotation that the claim stands in."""

    def words(self) -> list["Token"]:
        """The tokens within the claim's span."""
        doc = self.sentence.tokens.doc
        tokens = doc[self.proposition.first : self.proposition.last + 1]
        return [token for token in tokens if self.span.start <= self.sentence.begin(token) < self.span.stop]


def additions(discourse: Discourse, place: Place) -> tuple[Addition, ...]:
    """What a reader knows and the claim does not say, at most `MOST_ADDITIONS`."""
    found = [each for each in [_borrowed(discourse, place)] if each is not None]
    for token in place.words():
        added = None
        if token.pos_ == "PRON" and (token.dep_ in SUBJECTS or token.dep_ == "poss"):
            added = _for_pronoun(discourse, place, token)
        elif token.pos_ == "NOUN":
            added = _for_noun(discourse, place, token)
        if added is not None and not any(each.at <= added.at < each.at + each.replaces for each in found):
            found.append(added)
    return tuple(found[:MOST_ADDITIONS])


# Subjects and pronouns ------------------------------------------------------------------------------------------


def _borrowed(discourse: Discourse, place: Place) -> Addition | None:
    """The subject that a joined verb phrase shares, or the noun that a relative clause is about."""
    head, shared = place.proposition.head, place.proposition.subject
    if shared is not None:
        if shared.pos_ == "PRON" or (head.dep_ == "advcl" and lemmas(head) & cues()["clause"]["results"]):
            return None
        verbs = [word.norm_ for word in shared_auxiliaries(head)]
        return _short(Addition(0, " ".join([_named(discourse, shared), *verbs])))
    own = subject(head)
    if head.dep_ != "relcl" or head.head.pos_ not in ("NOUN", "PROPN") or own is None or own.tag_ not in ("WDT", "WP"):
        return None
    if place.sentence.begin(own) != place.span.start:
        return None
    if own.tag_ == "WP" and head.head.dep_ == "pobj" and head.head.head.head.pos_ in ("NOUN", "PROPN"):
        return None  # "the senator from Kelm, who": not Kelm
    return _short(Addition(0, _named(discourse, head.head), len(own.text)))


def _named(discourse: Discourse, noun: "Token") -> str:
    if noun.pos_ == "PROPN":
        return discourse.names.entity(noun).name
    first, last = phrase(noun)
    return noun.doc[first.i : last.i + 1].text.strip("\"' ")


def _short(addition: Addition) -> Addition | None:
    return addition if 0 < len(addition.text.split()) <= LONGEST_ADDITION else None


def _for_pronoun(discourse: Discourse, place: Place, pronoun: "Token") -> Addition | None:
    begin = place.sentence.begin(pronoun)
    speaker = place.holder.name if place.holder is not None and not place.holder.narrator else None
    quoted = discourse.is_quoted(begin)
    # "Isik said he would resign" speaks of Isik; "He was caught, Isik said" of someone else.
    named_before = place.holder is not None and place.holder.span is not None and place.holder.span.stop <= begin
    who: str | None = None
    if pronoun.lower_ in cues()["pronoun"]["first"]:
        who = _first(discourse, place, pronoun)
    elif pronoun.dep_ in SUBJECTS and pronoun.dep_ != "expl" and pronoun.head == place.proposition.head:
        who = _third(discourse, place, pronoun, speaker if named_before and not quoted else None)
        if quoted and place.speaker is not None and who == place.speaker.name:
            return None  # nobody speaks of himself as "he"
    if who is None:
        return None
    if pronoun.dep_ == "poss":
        return _short(Addition(begin - place.span.start, f"{who}'s", len(pronoun.text)))
    verb = _contracted(pronoun)
    stop = place.sentence.end(verb) if verb is not None else begin + len(pronoun.text)
    text = who if verb is None else f"{who} {_written_out(who, verb)}"
    return _short(Addition(begin - place.span.start, text, stop - begin))


def _contracted(pronoun: "Token") -> "Token | None":
    """The verb that hangs on a pronoun: "'re" of "we're"."""
    after = pronoun.doc[pronoun.i + 1] if pronoun.i + 1 < len(pronoun.doc) else None
    return after if after is not None and after.text[0] in "'’" and after.pos_ in ("AUX", "VERB") else None


def _written_out(who: str, verb: "Token") -> str:
    """A contracted verb as it is written after a name: "we've" of "the officials" is "the officials have"."""
    if verb.lower_[1:] == "d":
        return "would" if verb.tag_ == "MD" else "had"
    several = who[-1] == "s" and who.split()[-1].islower()
    one = {"am": "is", "are": "is", "'re": "is", "have": "has"}
    return verb.norm_ if several else one.get(verb.norm_, verb.norm_)


def _first(discourse: Discourse, place: Place, pronoun: "Token") -> str | None:
    """Who "I" and "we" are: who surely speaks in the quotation, if they can say so.

    Not within a quotation in it, and not where a person's "we" may well be everybody's: "we all need", "our country".
    """
    begin = place.sentence.begin(pronoun)
    speaker, word = place.speaker, pronoun.lower_
    if speaker is None or speaker.narrator or not discourse.is_quoted(begin):
        return None
    entity = discourse.names.known(speaker.name)
    if entity is None or any(each.start <= begin < each.stop for each in discourse.nested):
        return None
    last = entity.name.split()[-1].lower()
    named = entity.name[0].isupper()
    if last in cues()["first"]["press"] or not all(part[0].isalnum() for part in entity.name.split()[-1:]):
        return None
    if entity.sort is Sort.THING or (not named and last in cues()["first"]["wordless"]):
        return None
    several = entity.sort in (Sort.BODY, Sort.PEOPLE)
    if word in ("i", "my", "me"):
        return None if several else entity.name
    if several or (named and " " not in entity.name and not discourse.names.is_person(entity)):
        return entity.name
    return entity.name if _is_own_group(place, pronoun) else None


def _is_own_group(place: Place, pronoun: "Token") -> bool:
    """Whether a person's "we" is the speaker with his like, rather than everybody."""
    verb = place.proposition.head
    if pronoun.head != verb or pronoun.dep_ not in SUBJECTS:
        return False
    if (lemmas(verb) | {verb.lower_}) & cues()["first"]["common"]:
        return False
    return not any(child.lower_ in cues()["first"]["modals"] for child in verb.children if child.dep_ == "aux")


def _third(discourse: Discourse, place: Place, pronoun: "Token", said_by: str | None) -> str | None:
    """Whom "he", "she" or "they" stands for, if one alone of all who are named near by fits.

    In reported speech outside quotation marks "he" is `said_by`, who speaks ("Isik said he would resign"), if the
    sentence names nobody else before whom it fits.
    """
    table, word = cues()["pronoun"], pronoun.lower_
    personal = word in table["he"] | table["she"]
    if not personal and word not in table["they"]:
        return None  # "it" has a thing, a clause or nothing to stand for: too many to tell
    near = [each for each in discourse.near(place.sentence.begin(pronoun), place.number) if each.may_be(word)]
    if personal and said_by is not None and _may_be_person(said_by):
        here = {each.text for each in near if each.sentence == place.number}
        known = discourse.names.known(said_by)
        fits = known is None or _fits_gender(word, known.gender)
        return said_by if fits and here <= {said_by} else None
    different = dict.fromkeys(each.text for each in near)
    if len(different) != 1 or not any(each.acts for each in near):
        return None
    return near[0].text if not personal or any(each.is_named_person for each in near) else None


def _fits_gender(pronoun: str, gender: str) -> bool:
    return gender in ("", "male" if pronoun in cues()["pronoun"]["he"] else "female")


def _may_be_person(name: str) -> bool:
    *before, last = name.split()
    return bool(before) and name[0].isupper() and not last.isupper() and last.lower() not in cues()["source"]["body"]


# Nouns ----------------------------------------------------------------------------------------------------------


def _for_noun(discourse: Discourse, place: Place, noun: "Token") -> Addition | None:
    sentence, span = place.sentence, place.span
    mention = _mention(noun, sentence, place.number)
    if not _points_back(noun, mention):
        return None
    reachable = discourse.before(span.start, mention.sentence)
    earlier = [each for each in reachable if each.kinds & mention.kinds and _tells(each)]
    antecedent = _unmistakable(mention, earlier)
    if antecedent is not None:
        return _from_antecedent(discourse, mention, antecedent, place)
    if earlier or not lemmas(noun) & cues()["event"]["deals"]:
        return None
    return _from_event(discourse, mention, place)


def _points_back(noun: "Token", mention: Mention) -> bool:
    """Whether the phrase speaks of something that it does not say itself."""
    table = cues()["event"]
    determiner = next((child.lower_ for child in noun.children if child.dep_ == "det"), "")
    adjectives = [token.lower_ for token in mention.pre]
    if mention.post or any(_is_name(token) or token.text[0].isupper() for token in mention.pre):
        return False
    if any(child.dep_ in ("relcl", "acl", "appos", "poss", "prep") for child in noun.children):
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
    which = mention.ordinals - cues()["event"]["pointing"]  # "the first purchase" is not just any purchase
    fitting = [each for each in earlier if mention.agrees(each) and which <= each.ordinals]
    if not fitting:
        return None
    if any(not one.agrees(other) for one in fitting for other in fitting):
        latest = max(each.sentence for each in fitting)
        fitting = [each for each in fitting if each.sentence == latest]
        if any(not one.agrees(other) for one in fitting for other in fitting):
            return None
    return max(fitting, key=lambda each: (len(each.marks), len(each.post), each.at))


def _from_antecedent(discourse: Discourse, mention: Mention, antecedent: Mention, place: Place) -> Addition | None:
    sentence, span = place.sentence, place.span
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


def _from_event(discourse: Discourse, mention: Mention, place: Place) -> Addition | None:
    """As in "a corresponding agreement" after "announced the sale of a second batch": [on the sale of ...]."""
    events = [
        each
        for each in discourse.before(place.span.start, mention.sentence)
        if each.post and lemmas(each.noun) & cues()["event"]["transactions"]
    ]
    event = _unmistakable(mention, events)
    if event is None:
        return None
    text = f"on the {event.noun.text} {_spelt(discourse, event.post, event.at)}"
    return _short(Addition(place.sentence.end(mention.noun) - place.span.start, text))


def _spelt(discourse: Discourse, tokens: Sequence["Token"], at: int) -> str:
    """The words of a phrase, with "this system" in it named by what the text called it before."""
    words: list[str] = []
    for determiner in tokens:
        token = determiner.head
        if (
            determiner.dep_ != "det"
            or determiner.lower_ not in ("this", "that", "these", "those")
            or token.pos_ != "NOUN"
        ):
            words.append(determiner.text)
        else:
            words.append("the")
            kinds = Mention(token, 0, 0, (), ()).kinds
            earlier = [each for each in discourse.mentions if each.at < at and each.kinds & kinds]
            named = _unmistakable(
                Mention(token, 0, 0, (), ()), [each for each in earlier if any(map(_is_name, each.pre))]
            )
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
        first, last = child.left_edge.i, child.right_edge.i
        if first != at or not _is_about(child):
            return
        tokens = [token for token in noun.doc[first : last + 1] if token.text != '"']
        stop = next((i for i, token in enumerate(tokens) if token.text in PHRASE_ENDS), len(tokens))
        tokens = tokens[:stop]
        if taken + len(tokens) > LONGEST_ADDITION:
            return
        yield from tokens
        taken += len(tokens)
        if stop < last + 1 - first:
            return
        at = last + 1


def _is_about(child: "Token") -> bool:
    """Whether a phrase after a noun says what it is about, rather than when or where."""
    if child.dep_ == "prep":
        return child.lower_ in cues()["event"]["about"]
    to = any(word.lower_ == "to" and word.dep_ == "aux" for word in child.children)
    return child.dep_ in ("acl", "relcl") and to


def _is_name(token: "Token") -> bool:
    """Whether a word names: a proper noun, or letters and digits together ("S-400"), but no sum or count."""
    has_digit = any(character.isdigit() for character in token.text)
    if has_digit:
        return token.text[0].isalpha() and token.text[0].isupper()
    return token.pos_ == "PROPN"
