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

MOST_PRE = 3
"""Words put back before a noun, at most: more are a list."""

PHRASE_ENDS = frozenset([",", ";", ":", "(", "--", "—"])

LEAST_TELLING = 3
"""Words that a phrase without a name needs to say what a noun is about: more than "of the plan"."""

MOST_ADDITIONS = 3
LEAD = 3
"""Sentences at the head of an article whose mentions of deals, laws, ... hold for all of it."""

REACH = 6
"""Sentences that other mentions hold for."""

SENTENCES_BACK = 2
"""How far a pronoun reaches."""

WITHIN = frozenset(["prep", "pobj", "compound", "amod", "nmod", "nummod", "poss", "appos", "case"])
"""What may stand between a noun and the end of its phrase, so that a relative clause after that is about the noun."""

NO_MENTION = frozenset(["compound", "nmod", "amod", "appos", "attr", "npadvmod", "oprd"])
"""What says something of another noun, or when, and names nobody new."""

TELLING = frozenset(["NOUN", "PROPN", "VERB", "ADJ", "NUM"])

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
    def telling(self) -> frozenset[str]:
        """What it says of its noun: the words but for the small ones and those that only point."""
        pointing = cues()["event"]["pointing"] | cues()["event"]["ordinals"]
        told = (token for token in (*self.pre, *self.post) if token.pos_ in TELLING)
        return frozenset(token.lower_ for token in told) - pointing

    @cached_property
    def is_new(self) -> bool:
        """Whether it brings up another of its kind: "a bill", "two bills", "bills", and not "no bill"."""
        words = {child.lower_ for child in self.noun.children if child.dep_ in ("det", "poss", "neg")}
        has_owner = any(child.dep_ == "poss" for child in self.noun.children)
        table = cues()["event"]
        return not has_owner and not words & (table["definite"] | table["open"] - {"a", "an"})

    @cached_property
    def points_at(self) -> bool:
        """Whether it takes up what was just spoken of, whatever it is called now: "this air defence system"."""
        return any(child.lower_ in cues()["event"]["pointers"] for child in self.noun.children if child.dep_ == "det")

    @cached_property
    def is_grouped(self) -> bool:
        """Whether its noun is of a group that the table `reference` has, or what a deal may be about."""
        groups = (*cues()["reference"].values(), cues()["event"]["transactions"])
        return any(lemmas(self.noun) & group for group in groups)

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
        if self.is_new and other.is_new and self.post and other.post and not self.telling & other.telling:
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
        first = self.text.split()[0]
        named = first[0].isupper() and first.lower() not in cues()["event"]["open"] | cues()["event"]["definite"]
        return named and (" " in self.text or self.sort is Sort.PERSON)


@dataclass(slots=True)
class Discourse:
    """What an article has mentioned so far, sentence by sentence."""

    names: Names
    quotes: tuple[Quotation, ...]
    nested: tuple[Span, ...] = ()
    mentions: list[Mention] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    titled: list[tuple[str, int]] = field(default_factory=list)
    """Nouns that end a name ("the Ferry Bill"), in small letters, and where."""
    places: set[str] = field(default_factory=set)
    """Names that something happened in."""

    def is_quoted(self, at: int) -> bool:
        """Whether a character stands inside quotation marks."""
        return quotation_at(self.quotes, at) is not None

    def is_nested(self, at: int) -> bool:
        """Whether a character stands in a quotation within a quotation."""
        return any(each.start <= at < each.stop for each in self.nested)

    def before(self, at: int, number: int) -> list[Mention]:
        """The mentions before a character that still hold in sentence `number`."""
        return [
            each
            for each in self.mentions
            if each.at < at and (number - each.sentence <= REACH or (each.sentence <= LEAD and each.is_grouped))
        ]

    def take(self, sentence: Sentence, number: int) -> None:
        """Take in sentence `number` of the article."""
        for token in sentence.tokens:
            if token.pos_ == "NOUN" and token.dep_ not in ("compound", "npadvmod"):
                self.mentions.append(_mention(token, sentence, number))
            elif token.pos_ == "PROPN" and token.dep_ != "compound":
                self.titled.append((token.lower_, sentence.begin(token)))
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
    silent = _unspoken(discourse, place)
    for token in place.words():
        added = None
        if token.lower_ in silent:
            continue
        if token.pos_ == "PRON" and (token.dep_ in SUBJECTS or token.dep_ == "poss"):
            added = _for_pronoun(discourse, place, token)
        elif token.pos_ == "NOUN":
            added = _for_noun(discourse, place, token)
        if added is not None and not any(each.at <= added.at < each.at + each.replaces for each in found):
            found.append(added)
    return tuple(found[:MOST_ADDITIONS])


def _unspoken(discourse: Discourse, place: Place) -> frozenset[str]:
    """The words of the first person, if one of them must stay: "I mean" is no "Marsh mean", and then "my" is mine."""
    first = cues()["pronoun"]["first"]
    subjects = [
        word for word in place.words() if word.lower_ in first and word.pos_ == "PRON" and word.dep_ in SUBJECTS
    ]
    outer = (word for word in subjects if not discourse.is_nested(place.sentence.begin(word)))
    stays = any(_for_pronoun(discourse, place, word) is None for word in outer)
    return first if stays else frozenset()


# Subjects and pronouns ------------------------------------------------------------------------------------------


def _borrowed(discourse: Discourse, place: Place) -> Addition | None:
    """The subject that a joined verb phrase shares, or the noun that a relative clause is about."""
    head, shared = place.proposition.head, place.proposition.subject
    if shared is not None:
        if shared.pos_ not in ("NOUN", "PROPN", "NUM") or _has_own_noun(head):
            return None
        if head.dep_ == "advcl" and lemmas(head) & cues()["clause"]["results"]:
            return None
        verbs = [word.norm_ for word in shared_auxiliaries(head)]
        named = _named(discourse, place.sentence, shared)
        return _short(Addition(0, " ".join([named, *verbs]))) if named else None
    own = subject(head)
    if head.dep_ != "relcl" or head.head.pos_ not in ("NOUN", "PROPN") or own is None or own.tag_ not in ("WDT", "WP"):
        return None
    if place.sentence.begin(own) != place.span.start or not _is_about_noun(discourse, own, head):
        return None
    named = _named(discourse, place.sentence, head.head)
    return _short(Addition(0, named, len(own.text))) if named else None


def _has_own_noun(head: "Token") -> bool:
    """Whether a noun stands between "and" and a joined verb: the parser may have missed that it is its subject."""
    opener = max((child.i for child in head.head.children if child.dep_ == "cc" and child.i < head.i), default=None)
    if head.dep_ != "conj" or opener is None:
        return False
    between = head.doc[opener + 1 : head.i]
    return any(token.pos_ in ("NOUN", "PROPN", "PRON") and token.dep_ not in ("npadvmod", "pobj") for token in between)


def _is_about_noun(discourse: Discourse, pronoun: "Token", head: "Token") -> bool:
    """Whether "who" or "which" can be about no other noun than the one that the parser hung its clause on."""
    noun = head.head
    person = noun.pos_ == "NOUN" and bool(lemmas(noun) & cues()["person"]["nouns"])
    person = person or (noun.pos_ == "PROPN" and discourse.names.is_person(discourse.names.entity(noun)))
    if person and pronoun.lower_ == "which":
        return False
    wanted = _wanted(head)
    if wanted is not None and wanted != _is_plural(noun):
        return False
    outer = noun.head.head if noun.dep_ == "pobj" else None
    if outer is not None and outer.pos_ in ("NOUN", "PROPN") and (pronoun.tag_ == "WP" or noun.head.lower_ != "of"):
        # "the senator from Kelm, who": not Kelm; "the raids on Kelm, which": who can tell
        return pronoun.tag_ != "WP" and wanted is not None and _is_plural(outer) != wanted
    last = _before_aside(pronoun)
    if last == noun:
        return True
    path = _path(last, noun)
    if path is None or any(token.dep_ not in WITHIN for token in path):
        return False
    preps = [token for token in path if token.dep_ == "prep"]
    return all(prep.lower_ == "of" for prep in preps) or (wanted is not None and _is_plural(last) != wanted)


def _before_aside(pronoun: "Token") -> "Token":
    """The last word before the comma or dash of a relative clause, brackets aside."""
    doc, at = pronoun.doc, pronoun.i - 1
    while at > pronoun.sent.start and doc[at].is_punct and doc[at].text != ")":
        at -= 1
    if doc[at].text == ")":
        while at > pronoun.sent.start and doc[at].text != "(":
            at -= 1
        at -= 1
    return doc[max(at, 0)]


def _path(last: "Token", noun: "Token") -> list["Token"] | None:
    """The words from one up to the noun that it hangs on, that noun aside; None if it does not."""
    path = []
    while last != noun:
        if last.dep_ == "ROOT":
            return None
        path.append(last)
        last = last.head
    return path


def _is_plural(noun: "Token") -> bool:
    return noun.tag_ in ("NNS", "NNPS")


def _wanted(verb: "Token") -> bool | None:
    """Whether the form of a verb wants a subject of several; None if it leaves that open."""
    finite = min((child for child in verb.children if child.dep_ in ("aux", "auxpass")), default=verb, key=_at)
    word = finite.lower_
    if finite.tag_ == "VBZ" or word in ("was", "is", "has"):
        return False
    return True if finite.tag_ == "VBP" or word in ("were", "are", "have") else None


def _at(token: "Token") -> int:
    return token.i


def _named(discourse: Discourse, sentence: Sentence, noun: "Token") -> str:
    """A noun as the text calls it there; "" where that does not tell, as of "company" without its article."""
    if noun.pos_ == "PROPN":
        begin = sentence.begin(noun)
        # As it was understood when the text came to it: a later "Marsh" may be someone else.
        earlier = (each.text for each in discourse.actors if each.at == begin and not each.plural)
        return next(earlier, discourse.names.entity(noun).name)
    first, last = phrase(noun)
    text = noun.doc[first.i : last.i + 1].text.strip("\"' ")
    openers = [child.i for child in noun.children if child.dep_ in ("det", "poss", "nummod") and child.i < noun.i]
    bare = noun.tag_ == "NN" and not openers
    cut = first == noun and bool(openers)  # "company" of "the Kelm-based, listed company"
    return "" if bare or cut or first.pos_ == "ADP" or any(mark in text for mark in "[]()") else str(text)


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
    if verb is None and pronoun.lower_ in cues()["pronoun"]["first"]:
        verb = _to_inflect(who, pronoun)
        if verb is not None and (verb.lower_ not in cues()["first"]["inflected"] or verb.i != pronoun.i + 1):
            return None  # "I mean" is no "Marsh mean"
    return _short(_for_subject(place, pronoun, verb, who))


def _for_subject(place: Place, pronoun: "Token", verb: "Token | None", who: str) -> Addition:
    """A pronoun, with the verb behind it if that changes with it, to be read as somebody's name."""
    begin = place.sentence.begin(pronoun)
    if verb is None:
        return Addition(begin - place.span.start, who, len(pronoun.text))
    stop, text = place.sentence.end(verb), f"{who} {_written_out(who, verb)}"
    after = verb.doc[verb.i + 1] if verb.i + 1 < len(verb.doc) else None
    if after is not None and after.lower_ == "n't":
        stop, text = place.sentence.end(after), f"{text} not"
    return Addition(begin - place.span.start, text, stop - begin)


def _contracted(pronoun: "Token") -> "Token | None":
    """The verb that hangs on a pronoun: "'re" of "we're"."""
    after = pronoun.doc[pronoun.i + 1] if pronoun.i + 1 < len(pronoun.doc) else None
    return after if after is not None and after.text[0] in "'’" and after.pos_ in ("AUX", "VERB") else None


def _to_inflect(who: str, pronoun: "Token") -> "Token | None":
    """The verb that has another form after a name than after "I" or "we"; None if there is none."""
    if _is_several(who):
        return None
    head = pronoun.head
    joined = (verb for verb in head.conjuncts if subject(verb) is None and not _auxiliaries_of(verb))
    for verb in (head, *joined):
        finite = min(_auxiliaries_of(verb), default=verb, key=_at)
        if finite.tag_ in ("VBP", "VB") or finite.lower_ == "were":
            return finite
    return None


def _auxiliaries_of(verb: "Token") -> list["Token"]:
    return [child for child in verb.children if child.dep_ in ("aux", "auxpass")]


def _is_several(who: str) -> bool:
    return who[-1] == "s" and who.split()[-1].islower()


def _written_out(who: str, verb: "Token") -> str:
    """A contracted verb as it is written after a name: "we've" of "the officials" is "the officials have"."""
    if verb.lower_[1:] == "d":
        return "would" if verb.tag_ == "MD" else "had"
    one = {"am": "is", "are": "is", "'re": "is", "'m": "is", "have": "has", "do": "does", "were": "was"}
    return verb.norm_ if _is_several(who) else one.get(verb.norm_, verb.norm_)


def _first(discourse: Discourse, place: Place, pronoun: "Token") -> str | None:
    """Who "I" and "we" are: who surely speaks in the quotation, if they can say so.

    Not within a quotation in it. A person's "we" is he with whomever, or everybody: only that of a body, or of several,
    is they.
    """
    begin = place.sentence.begin(pronoun)
    speaker, word = place.speaker, pronoun.lower_
    if speaker is None or speaker.narrator or not discourse.is_quoted(begin):
        return None
    entity = discourse.names.known(speaker.name)
    if entity is None or discourse.is_nested(begin):
        return None
    last = entity.name.split()[-1].lower()
    named = entity.name[0].isupper()
    if last in cues()["first"]["press"] or not all(part[0].isalnum() for part in entity.name.split()[-1:]):
        return None
    if entity.sort is Sort.THING or (not named and last in cues()["first"]["wordless"]):
        return None
    several = entity.sort in (Sort.BODY, Sort.PEOPLE)
    return entity.name if several != (word in ("i", "my", "me")) else None


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
    if personal and said_by is not None and " " not in said_by and said_by[0].isupper():
        return None  # "Marsh said he": Marsh, or the ferry line of that name
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
        if _is_another_between(discourse, mention, antecedent, reachable):
            return None
        return _from_antecedent(discourse, mention, antecedent, place)
    if earlier or not lemmas(noun) & cues()["event"]["deals"]:
        return None
    return _from_event(discourse, mention, place)


def _is_another_between(
    discourse: Discourse, mention: Mention, antecedent: Mention, reachable: Sequence[Mention]
) -> bool:
    """Whether the text has brought up another of the kind since: "a bill", "the Ferry Act"."""
    kin = (each for each in reachable if each.at > antecedent.at and each.kinds & mention.kinds)
    new = (each for each in kin if each.is_new and not _points_back(each.noun, each))
    if any(not each.telling & antecedent.telling and not each.ordinals & antecedent.ordinals for each in new):
        return True
    return any(antecedent.at < at < mention.at and word in mention.kinds for word, at in discourse.titled)


def _points_back(noun: "Token", mention: Mention) -> bool:
    """Whether the phrase speaks of something that it does not say itself."""
    table = cues()["event"]
    determiner = next((child.lower_ for child in noun.children if child.dep_ == "det"), "")
    adjectives = [token.lower_ for token in mention.pre]
    if lemmas(noun) & _never_taken_up() or any(token.pos_ == "NUM" for token in mention.pre):
        return False
    if mention.post or any(_is_name(token) or token.text[0].isupper() for token in mention.pre):
        return False
    if any(child.dep_ in ("relcl", "acl", "appos", "poss", "prep") for child in noun.children):
        return False
    if determiner in table["definite"]:
        return len(adjectives) <= 2
    pointing = [word for word in adjectives if word in table["pointing"]]
    return determiner in table["open"] and bool(pointing) and len(pointing) == len(adjectives)


def _never_taken_up() -> frozenset[str]:
    """Nouns that need no words put back: who or what they mean is told by a name, or by where they stand."""
    table = cues()
    return table["person"]["nouns"] | table["person"]["several"] | table["source"]["body"] | table["event"]["unmeant"]


def _tells(mention: Mention) -> bool:
    """Whether a mention says what its noun is about."""
    return len(mention.post) > LEAST_TELLING or any(_is_name(token) for token in (*mention.pre, *mention.post))


def _unmistakable(mention: Mention, earlier: Sequence[Mention]) -> Mention | None:
    """The fullest earlier mention, if all that could be meant agree with each other."""
    which = mention.ordinals - cues()["event"]["pointing"]  # "the first purchase" is not just any purchase
    fitting = [each for each in earlier if mention.agrees(each) and which <= each.ordinals]
    fitting = [each for each in fitting if mention.points_at or mention.telling <= each.telling]
    if not fitting:
        return None
    if any(not one.agrees(other) for one in fitting for other in fitting):
        if sum(each.is_new for each in fitting) > 1:
            return None
        latest = max(each.sentence for each in fitting)
        fitting = [each for each in fitting if each.sentence == latest and mention.is_grouped]
        if not fitting or any(not one.agrees(other) for one in fitting for other in fitting):
            return None
    return max(fitting, key=lambda each: (len(each.marks), len(each.post), each.at))


def _from_antecedent(discourse: Discourse, mention: Mention, antecedent: Mention, place: Place) -> Addition | None:
    sentence, span = place.sentence, place.span
    if {token.lower_ for token in (*mention.pre, mention.noun)} & {token.lower_ for token in antecedent.post}:
        return None  # "the nominee for treasurer [for treasurer]"
    if antecedent.post:
        text = _spelt(discourse, antecedent.post, antecedent.at)
        return _short(Addition(sentence.end(mention.noun) - span.start, text))
    if mention.sentence - antecedent.sentence > LEAD and antecedent.sentence > 1:
        return None
    telling = [token for token in antecedent.pre if token.pos_ in ("PROPN", "NOUN") or _is_name(token)]
    known = {token.lower_ for token in mention.pre}
    if len(telling) > MOST_PRE:
        return None
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
        if any(token.dep_ == "conj" and token.pos_ != "PROPN" for token in tokens) or (
            child.lower_ == "of" and _is_sum(tokens[1:])
        ):
            return  # where a phrase ends that joins others, the parser is often wrong; and a sum tells no one thing
        stop = next((i for i, token in enumerate(tokens) if token.text in PHRASE_ENDS), len(tokens))
        tokens = tokens[:stop]
        if taken + len(tokens) > LONGEST_ADDITION:
            return
        yield from tokens
        taken += len(tokens)
        if stop < last + 1 - first:
            return
        at = last + 1


def _is_sum(tokens: Sequence["Token"]) -> bool:
    return any(token.text in ("$", "€", "£", "percent", "%") for token in tokens)


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
