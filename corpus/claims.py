"""Articles to claims: propositions with exact offsets, a holder, an aspect and a reading.

extract(article)        the claims of one article
extract_all(articles)   the same for many, parsed together
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from corpus.attribution import (
    SUBJECTS,
    Frame,
    Quotation,
    Turn,
    frames,
    nested,
    quotation_at,
    quotations,
    subject,
    turns,
)
from corpus.checkworthy import check_worthiness
from corpus.cleaning import Inset, insets
from corpus.context import Discourse, Place, additions
from corpus.dates import aspect
from corpus.names import Names, Sort, cues, named_beside, place
from corpus.parse import Sentence, lemmas, parse_all, silent_spans
from corpus.propositions import Proposition, propositions
from corpus.records import Addition, Article, Claim, Holder, Span, Stance, claim_id
from corpus.undated import newest_year

if TYPE_CHECKING:
    from spacy.tokens import Token

EDGES = " \t\r\n\xa0\u2009\u202f\ufeff.,;:!?-–—…·•*|"
MARKS = "\"“”„«»‘’'"
LONGEST_INITIALS = 3
BESIDE = 3
"""Characters between a quotation and a sentence beside it, at most: its closing mark, a space, a note's mark."""
WORD = re.compile(r"[^\W\d_]")
INTRODUCES = re.compile(r":\s*\n\s*[^\s\w]$")
"""The end of a paragraph whose colon introduces the quotation that opens the next one."""
PAIRS = {"(": ")", "[": "]"}


def extract(article: Article) -> tuple[Claim, ...]:
    """The claims of an article, in the order of their offsets; none from its boilerplate.

    Raises MissingParser if no English spaCy model is installed.
    """
    return next(extract_all([article]))


def extract_all(
    articles: Iterable[Article], progress: Callable[[int], None] | None = None
) -> Iterator[tuple[Claim, ...]]:
    """The claims of each article, in the order given; `progress` is told how many articles are done."""
    for done, (article, sentences) in enumerate(parse_all(articles), start=1):
        yield _claims(article, sentences)
        if progress is not None:
            progress(done)


@dataclass(slots=True)
class _Reading:
    """An article while it is read from its first sentence to its last."""

    article: Article
    quotes: tuple[Quotation, ...]
    names: Names
    discourse: Discourse
    written: str | None
    digest: str
    speakers: dict[int, Holder] = field(default_factory=dict)
    """Who speaks in a quotation, by its number."""
    certain: set[int] = field(default_factory=set)
    """The quotations to which the text itself gives their speaker."""
    framed: set[int] = field(default_factory=set)
    """Those of them whose own frame names him, not that of a sentence beside them."""
    turns: tuple[tuple[Turn, Holder], ...] = ()
    """The paragraphs that say by their form who speaks, and who does."""
    links: tuple[Inset, ...] = ()
    """The links that the page has set into its sentences."""
    subjects: dict[int, Holder] = field(default_factory=dict)
    """Who a paragraph spoke of last, by its number."""

    def give(self, quote: int, speaker: Holder, *, framed: bool) -> None:
        """Give a quotation the speaker whom the text names for it.

        The first who was named stays, but for one named beside it whom its own frame contradicts: "P," X said. "Q," Y
        said.
        """
        if quote not in self.certain or (framed and quote not in self.framed):
            self.speakers[quote] = speaker
            self.certain.add(quote)
        if framed:
            self.framed.add(quote)

    def turn_at(self, at: int) -> Holder | None:
        """Who speaks in the paragraph of a transcript that holds a character."""
        return next((who for turn, who in self.turns if turn.words.start <= at < turn.words.stop), None)

    def quote_at(self, span: Span) -> int | None:
        """The number of the quotation that holds most of a span."""
        for number, quote in enumerate(self.quotes):
            if quote.span.overlap(span) * 2 > span.stop - span.start:
                return number
        return None


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A proposition with its place in the text; the holder is known only if a frame in the sentence names it."""

    proposition: Proposition
    sentence: Sentence
    number: int
    span: Span
    quote: int | None
    holder: Holder | None


def _claims(article: Article, sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
    names = Names.of(sentences)
    links = insets(article.text)
    text = article.text
    for each in links:
        text = text[: each.links.start] + " " * (each.links.stop - each.links.start) + text[each.links.stop :]
    quotes = quotations(text)
    written = None if article.published else newest_year(article.text)
    reading = _Reading(
        article, quotes, names, Discourse(names, quotes, nested(text, quotes)), written, article.text_digest
    )
    reading.links = links
    reading.turns = tuple((turn, _of_turn(reading, turn.name)) for turn in turns(article.text))
    silent = silent_spans(article)
    drafts = [
        draft
        for number, sentence in enumerate(sentences)
        for draft in _drafts(reading, sentence, number)
        if not any(draft.span.overlap(each) for each in silent)
    ]
    _spread_speakers(reading, drafts)
    claims: dict[tuple[int, int], Claim] = {}
    for draft in drafts:
        claims.setdefault((draft.span.start, draft.span.stop), _claim(reading, draft))
    return tuple(claims[key] for key in sorted(claims))


def _without_name(reading: _Reading, span: Span) -> Span | None:
    """A claim without the "MARSH:" before it or the signature after it; None if it is nothing else."""
    for turn, _ in reading.turns:
        if turn.whole.overlap(span):
            start, stop = max(span.start, turn.words.start), min(span.stop, turn.words.stop)
            return trim(reading.article.text, start, stop, reading.quotes) if start < stop else None
    return span


def _of_turn(reading: _Reading, name: Span) -> Holder:
    """The speaker of a turn, by the fullest name that the article gives."""
    label = name.of(reading.article.text)
    spelt = label.title() if label.isupper() and len(label) > LONGEST_INITIALS else label
    return Holder(reading.names.resolve(spelt), name)


def _drafts(reading: _Reading, sentence: Sentence, number: int) -> Iterator[_Draft]:
    reading.discourse.take(sentence, number)
    found = frames(sentence)
    held = _holders(reading, sentence, found)
    for proposition in propositions(sentence, found, reading.quotes):
        span = _clip(reading.article.text, sentence, proposition, reading.quotes)
        span = span and _without_name(reading, span)
        if span is None:
            continue
        frame = proposition.frame
        holder = held.get(frame.verb.i) if frame is not None else None
        quote = reading.quote_at(span)
        outside = (
            quote is not None and frame is not None and not reading.quotes[quote].holds(sentence.begin(frame.verb))
        )
        if quote is not None and holder is not None and outside:
            reading.give(quote, holder, framed=True)
        yield _Draft(proposition, sentence, number, span, quote, holder)
    _quotes_beside(reading, sentence, found, held)
    _remember(reading, sentence)


def _holders(reading: _Reading, sentence: Sentence, found: Sequence[Frame]) -> dict[int, Holder]:
    """Who speaks in each frame of a sentence, by the number of its verb."""
    held: dict[int, Holder] = {}
    for frame in found:
        if frame.source is not None and frame.source.pos_ == "PRON":
            # "Lindqvist disagreed: the membranes were faulty, she said": whom the sentence named before.
            _notice_subjects(reading, sentence, frame.source, found)
        who = _holder(reading, sentence, frame)
        if who is not None:
            held[frame.verb.i] = who
    return held


def _holder(reading: _Reading, sentence: Sentence, frame: Frame) -> Holder | None:
    source, names = frame.source, reading.names
    if source is None:
        return None
    word = source.lower_
    if source.pos_ == "PRON":
        if word not in cues()["pronoun"]["third"]:
            return None
        earlier = names.stands_for(word)
        return Holder(earlier.name if earlier is not None else source.text, place(sentence, source))
    if source.pos_ not in ("NOUN", "PROPN", "NUM", "ADJ"):
        return None
    if source.pos_ == "NOUN" and lemmas(source) & cues()["source"]["document"]:
        maker = _maker(reading, sentence, frame)
        if maker is not None:
            return maker
    source = _company_spoken_of(frame) or source
    entity = names.entity(source) if _is_quoted(reading, sentence, source) else names.notice(source)
    if entity is not None:
        names.speakers.append(entity)
        _name_document(reading, frame, entity.name)
    return Holder(entity.name, place(sentence, source)) if entity is not None else None


def _company_spoken_of(frame: Frame) -> "Token | None":
    """As in "Hanseong Marine has won an order, the shipbuilder said": the subject is the speaker."""
    source = frame.source
    if source is None or source.lower_ not in cues()["source"]["any_body"] or len(list(source.lefts)) != 1:
        return None
    if next(source.lefts).lower_ != "the":
        return None
    told = list(frame.contents)
    if frame.stretch is not None:
        told.extend(source.doc[frame.stretch[0] : frame.stretch[1] + 1])
    subjects = (child for head in told for child in head.children if child.dep_ in SUBJECTS)
    return next((noun for noun in subjects if noun.pos_ == "PROPN" and noun.tag_ == "NNP"), None)


def _name_document(reading: _Reading, frame: Frame, name: str) -> None:
    """After "X said in a filing", "the filing" speaks for X."""
    for prep in frame.verb.children:
        for noun in prep.children if prep.dep_ == "prep" and prep.lower_ == "in" else ():
            if noun.dep_ == "pobj" and lemmas(noun) & cues()["source"]["document"]:
                reading.names.carriers.setdefault(noun.lower_, []).append(name)


def _is_quoted(reading: _Reading, sentence: Sentence, token: "Token") -> bool:
    return quotation_at(reading.quotes, sentence.begin(token)) is not None


def _notice_subjects(reading: _Reading, sentence: Sentence, pronoun: "Token", found: Sequence[Frame]) -> None:
    """Take in whom a sentence names before a pronoun, unless within what is said or quoted."""
    said: set[int] = set()
    for content in (content for frame in found for content in frame.contents):
        # "Lindqvist disagreed: the membranes were faulty, she said": what comes before the colon is not said.
        own = subject(content)
        first = own.left_edge.i if own is not None else content.left_edge.i
        said.update(token.i for token in content.subtree if token.i >= first)
    for token in sentence.tokens[: pronoun.i - sentence.tokens.start]:
        names_someone = token.dep_ in SUBJECTS and token.pos_ == "PROPN" and token.i not in said
        if names_someone and not _is_quoted(reading, sentence, token):
            reading.names.notice(token)


def _maker(reading: _Reading, sentence: Sentence, frame: Frame) -> Holder | None:
    """Whose document speaks: "figures from the water authority show", "the ministry's timetable says"."""
    if frame.source is None:
        return None
    issued = frame.source.dep_ == "dobj" and lemmas(frame.source.head) & cues()["speech"]["assert_a_statement"]
    issuer = subject(frame.source.head) if issued else None
    if issuer is not None and issuer.pos_ in ("NOUN", "PROPN"):
        # "The ministry issued a statement denying that P"
        entity = reading.names.notice(issuer)
        return Holder(entity.name, place(sentence, issuer)) if entity is not None else None
    for child in frame.source.children:
        if child.dep_ == "poss" and child.pos_ in ("NOUN", "PROPN"):
            entity = reading.names.notice(child)
            return Holder(entity.name, place(sentence, child)) if entity is not None else None
        if child.dep_ in ("prep", "agent") and child.lower_ in ("from", "by", "of", "for"):
            for inner in child.children:
                if inner.dep_ == "pobj" and (inner.pos_ == "PROPN" or lemmas(inner) & cues()["source"]["body"]):
                    entity = reading.names.notice(inner)
                    return Holder(entity.name, place(sentence, inner)) if entity is not None else None
    return None


def _quotes_beside(reading: _Reading, sentence: Sentence, found: Sequence[Frame], held: dict[int, Holder]) -> None:
    """Give the quotations that touch a sentence to the frame in it that is nearest."""
    outside = [
        frame
        for frame in found
        if frame.verb.i in held and frame.claims and not _is_quoted(reading, sentence, frame.verb)
    ]
    if not outside:
        return
    for number, quote in enumerate(reading.quotes):
        touches = quote.span.start <= sentence.stop + BESIDE and sentence.start <= quote.span.stop + BESIDE
        behind = "\n" in reading.article.text[quote.span.stop : sentence.start]
        if number in reading.framed or not touches or behind:
            continue
        nearest = min(outside, key=lambda frame: quote.distance(sentence.begin(frame.verb)))
        speaker = held[nearest.verb.i]
        if "\n" not in reading.article.text[sentence.stop : quote.span.start]:
            within = quote.span.overlap(Span(sentence.start, sentence.stop)) > 0
            bare = quote.span.stop <= sentence.start and not nearest.contents and nearest.stretch is None
            reading.give(number, speaker, framed=within or bare)
        elif number not in reading.speakers:
            reading.speakers[number] = speaker


def _remember(reading: _Reading, sentence: Sentence) -> None:
    """Note whom the sentence is about, for the pronouns and quotations after it."""
    for token in sentence.tokens:
        if token.dep_ in ("nsubj", "nsubjpass") and token.pos_ in ("PROPN", "NOUN") and token.head.dep_ == "ROOT":
            if _is_quoted(reading, sentence, token):
                continue
            if token.pos_ == "NOUN" and named_beside(token) == token and reading.names.entity(token).sort is Sort.THING:
                continue
            entity = reading.names.notice(token)
            if entity is not None:
                reading.subjects[sentence.paragraph] = Holder(entity.name, place(sentence, token))


def _spread_speakers(reading: _Reading, drafts: Sequence[_Draft]) -> None:
    """Give quotations without a frame to whom the text around them gives the floor."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, paragraph in sorted(
        {(draft.quote, draft.sentence.paragraph) for draft in drafts if draft.quote is not None}
    ):
        members[paragraph].append(number)
    for paragraph, numbers in sorted(members.items()):
        for number in numbers:
            if number not in reading.speakers:
                speaker = _speaker_around(reading, members, paragraph, number)
                if speaker is not None:
                    reading.speakers[number] = speaker
                    if any(reading.speakers.get(each) == speaker for each in _sure_beside(reading, numbers, number)):
                        reading.certain.add(number)


def _sure_beside(reading: _Reading, numbers: Sequence[int], number: int) -> set[int]:
    """The quotations that surely have a speaker, of those in one paragraph and the one that this goes on from."""
    goes_on = number > 0 and reading.quotes[number - 1].open
    return {*numbers, *([number - 1] if goes_on else [])} & (reading.certain - {number})


def _speaker_around(reading: _Reading, members: Mapping[int, list[int]], paragraph: int, number: int) -> Holder | None:
    """Who speaks in a quotation without a frame.

    Whoever spoke in the quotation that it goes on from, or earlier in its paragraph; whom the paragraph is about; who
    speaks later in it; who spoke last in the paragraph before, if that ended in a quotation.
    """
    speakers = reading.speakers
    goes_on = number > 0 and reading.quotes[number - 1].open
    here = members[paragraph]
    earlier = [speakers.get(each) for each in reversed(here[: here.index(number)])]
    later = [speakers.get(each) for each in here]
    before = [speakers.get(each) for each in members.get(paragraph - 1, [])[-1:]]
    introduces = INTRODUCES.search(reading.article.text, 0, reading.quotes[number].span.start) is not None
    ranked = [
        speakers.get(number - 1) if goes_on else None,
        *earlier,
        reading.subjects.get(paragraph),
        *later,
        reading.subjects.get(paragraph - 1) if introduces else None,
        *before,
    ]
    return next((speaker for speaker in ranked if speaker is not None), None)


def _claim(reading: _Reading, draft: _Draft) -> Claim:
    article, span = reading.article, draft.span
    holder = draft.holder
    if draft.sentence.headline and holder is not None and not _speaks_below(reading, draft, holder):
        holder = None
    if holder is None:
        holder = reading.turn_at(draft.span.start)
    if holder is None and draft.quote is not None:
        holder = reading.speakers.get(draft.quote)
    if holder is None and article.outlet is not None:
        holder = Holder(article.outlet, None, narrator=True)
    frame = draft.proposition.frame
    tokens = list(draft.sentence.tokens.doc[draft.proposition.first : draft.proposition.last + 1])
    stands = aspect(draft.proposition.head, tokens, frame.verb if frame is not None and not frame.whole else None)
    return Claim(
        id=claim_id(article, span.start, span.stop),
        article=article.id,
        start=span.start,
        stop=span.stop,
        text=span.of(article.text),
        outlet=article.outlet,
        published=article.published,
        url=article.url,
        holder=holder,
        quoted=draft.quote is not None,
        stance=frame.stance if frame is not None else Stance.ASSERTED,
        additions=_additions(reading, draft, holder),
        aspect=stands,
        check_worthiness=check_worthiness(tokens, stands),
        written=reading.written,
        article_digest=reading.digest,
    )


def _additions(reading: _Reading, draft: _Draft, holder: Holder | None) -> tuple[Addition, ...]:
    """What a reader knows, and what stands in place of links and of a frame set into the claim."""
    inset = _without_frame(draft)
    told = additions(reading.discourse, _place(reading, draft, holder))
    free = (each for each in told if not any(one.at <= each.at < one.at + one.replaces for one in inset))
    return (*_without_links(reading, draft.span), *inset, *free)


def _without_frame(draft: _Draft) -> list[Addition]:
    """The word before a frame set into a claim, to be read in place of itself with the frame behind it.

    "The bridge, Marsh said, was sold": the bridge was sold.
    """
    frame, sentence, span = draft.proposition.frame, draft.sentence, draft.span
    if frame is None or frame.around is None:
        return []
    doc, (first, last) = sentence.tokens.doc, frame.around
    before = first - 1
    while before > sentence.tokens.start and doc[before].is_punct:
        before -= 1
    closing = (",", '"') if any(word.text == '"' for word in doc[first:last]) else (",",)
    while last + 1 < sentence.tokens.end and doc[last + 1].text in closing:
        last += 1
    begin, end = sentence.begin(doc[before]), sentence.end(doc[last])
    if doc[before].is_punct or not span.start <= begin < end < span.stop:
        return []
    return [Addition(begin - span.start, doc[before].text, end - begin)]


def _without_links(reading: _Reading, span: Span) -> Iterator[Addition]:
    """The names in a claim, each to be read in place of itself with the links set in behind it."""
    text = reading.article.text
    for inset in reading.links:
        if span.start <= inset.name.start and inset.links.stop <= span.stop:
            stop = inset.links.stop
            while stop < span.stop and not text[stop].isspace():
                stop += 1  # the comma or "'s" behind the links goes to the name
            name = inset.name.of(text) + text[inset.links.stop : stop]
            yield Addition(inset.name.start - span.start, name, stop - inset.name.start)


def _place(reading: _Reading, draft: _Draft, holder: Holder | None) -> Place:
    return Place(draft.proposition, draft.sentence, draft.number, draft.span, holder, _sure_speaker(reading, draft))


def _sure_speaker(reading: _Reading, draft: _Draft) -> Holder | None:
    """Whose "I" a quoted claim has: the speaker whom the text names, unless he passes on what someone else said."""
    if draft.quote is None or draft.quote not in reading.certain:
        return None
    frame = draft.proposition.frame
    if frame is None or frame.source is None:
        return reading.speakers[draft.quote]
    if reading.quotes[draft.quote].holds(draft.sentence.begin(frame.verb)):
        own = frame.source.lower_ in cues()["pronoun"]["first"]
        return reading.speakers[draft.quote] if own else None
    return draft.holder or reading.speakers[draft.quote]  # "P, X said. Q, Y said": each sentence has its own


def _speaks_below(reading: _Reading, draft: _Draft, holder: Holder) -> bool:
    """Whether the text below gives the floor to whom a headline seems to: a name before a colon may be a place."""
    frame = draft.proposition.frame
    if frame is None or frame.verb.pos_ == "VERB" or frame.source is None or frame.source.pos_ == "NOUN":
        return True
    own = sum(each.name == holder.name for each in reading.names.speakers)
    return own > 1  # the headline itself counts once


# Edges ----------------------------------------------------------------------------------------------------------


def _clip(text: str, sentence: Sentence, proposition: Proposition, quotes: Sequence[Quotation]) -> Span | None:
    """The span of a proposition, cut to the quotation that holds both its subject and its verb."""
    doc = sentence.tokens.doc
    core = [proposition.head, *(child for child in proposition.head.children if child.dep_ in SUBJECTS)]
    begins, ends = min(map(sentence.begin, core)), max(map(sentence.end, core))
    start, stop = sentence.begin(doc[proposition.first]), sentence.end(doc[proposition.last])
    for quote in quotes:
        if quote.span.start <= begins and ends <= quote.span.stop:
            start, stop = max(start, quote.span.start), min(stop, quote.span.stop)
    return trim(text, start, stop, quotes)


def trim(text: str, start: int, stop: int, quotes: Sequence[Quotation]) -> Span | None:
    """Without surrounding space, final stop and marks whose partner is elsewhere; None if no word is left."""
    partner = {quote.span.start - 1: quote.span.stop for quote in quotes}
    partner.update({closing: opening for opening, closing in partner.items()})
    is_edge = partial(_is_edge, text, partner)
    while start < stop:
        if is_edge(start, start, stop):
            start += 1
        elif is_edge(stop - 1, start, stop):
            stop -= 1
        else:
            break
    return Span(start, stop) if len(text[start:stop].split()) > 1 and WORD.search(text, start, stop) else None


def _is_edge(text: str, partner: dict[int, int], at: int, start: int, stop: int) -> bool:
    """Whether the character at one end of a span is no part of its words."""
    character = text[at]
    if character in EDGES or character.isspace():
        # A decimal point or a minus belongs to its number.
        return not (at == start and character in ".-–" and at + 1 < stop and text[at + 1].isdigit())
    if character in MARKS:
        other = partner.get(at)
        if other is None:
            return not (at == stop - 1 and character in "’'" and at > 0 and text[at - 1].isalnum())
        surrounds = {at, other} == {start, stop - 1}
        return surrounds or not start <= other < stop
    if character in "([":
        return PAIRS[character] not in text[at:stop] or text.find(PAIRS[character], at, stop) == stop - 1
    return character in ")]" and not any(opening in text[start:at] for opening in "([")
