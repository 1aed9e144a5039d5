"""Who says it: quotation marks and the frames of reported speech ("X said that", "according to X").

The words that do this work stand in `data/cues.toml`.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.names import cues
from corpus.parse import Sentence, lemmas, paragraphs
from corpus.records import Span, Stance

if TYPE_CHECKING:
    from spacy.tokens import Token


# Quotation marks ------------------------------------------------------------------------------------------------

OPENING, CLOSING = "“„«", "”»"
_STRAIGHT = '"'
_SINGLE = re.compile(
    r"(?<![\w’'])(?:‘(?=\S)(.{3,}?)(?<=[\w.,!?…])[’](?!\w)|'(?=[^\W\d])(.{3,}?)(?<=[\w.,!?…])'(?!\w))", re.DOTALL
)


def quotation_at(quotes: Sequence["Quotation"], at: int) -> "Quotation | None":
    """The quotation that holds a character; `quotes` are in order, as `quotations` gives them."""
    number = bisect_right(quotes, at, key=lambda quote: quote.span.start) - 1
    return quotes[number] if number >= 0 and quotes[number].holds(at) else None


@dataclass(frozen=True, slots=True)
class Quotation:
    """The inside of a pair of quotation marks; `open` where it goes on in the next paragraph."""

    span: Span
    open: bool = False

    def holds(self, at: int) -> bool:
        """Whether a character stands in it."""
        return self.span.start <= at < self.span.stop

    def distance(self, at: int) -> int:
        """How many characters lie between it and another."""
        return max(self.span.start - at, at - self.span.stop, 0)


_WITHIN = re.compile(r"(?<!\w)['\"‘“](?=\w)[^\n]*?(?<=[\w.,!?…])['\"’”](?!\w)")


def nested(text: str, quotes: Sequence[Quotation]) -> tuple[Span, ...]:
    """The quotations within quotations: there "I" is someone else again.

    >>> text = "He said: “They told us ‘we are closed’ and left.”"
    >>> [span.of(text) for span in nested(text, quotations(text))]
    ['‘we are closed’']
    """
    found = (match for quote in quotes for match in _WITHIN.finditer(text, quote.span.start, quote.span.stop))
    return tuple(Span(match.start(), match.end()) for match in found)


def quotations(text: str) -> tuple[Quotation, ...]:
    r"""The quotations of a text, in order, none inside another. Unbalanced marks never raise.

    >>> text = 'He said “no” and "yes".'
    >>> [quotation.span.of(text) for quotation in quotations(text)]
    ['no', 'yes']
    """
    found: list[Quotation] = []
    spans = list(paragraphs(text))
    for index, paragraph in enumerate(spans):
        after = spans[index + 1] if index + 1 < len(spans) else None
        found.extend(_in_paragraph(text, paragraph, after))
    return tuple(sorted(found, key=lambda quotation: quotation.span))


def _in_paragraph(text: str, paragraph: Span, after: Span | None) -> list[Quotation]:
    found, opened = _closed(text, paragraph)
    if opened is not None:
        goes_on = after is not None and text[after.start] in OPENING + _STRAIGHT
        if goes_on or opened == paragraph.start + 1:
            found.append(Quotation(Span(opened, paragraph.stop), open=goes_on))
    for single in _SINGLE.finditer(text, paragraph.start, paragraph.stop):
        span = Span(single.start() + 1, single.end() - 1)
        if " " in span.of(text) and not any(span.overlap(each.span) for each in found):
            found.append(Quotation(span))
    return found


def _closed(text: str, paragraph: Span) -> tuple[list[Quotation], int | None]:
    """The quotations that a paragraph closes, and where one begins that it does not."""
    found: list[Quotation] = []
    opened: int | None = None
    depth = 0
    for at in range(paragraph.start, paragraph.stop):
        opens, closes = _role(text, at, paragraph, is_open=opened is not None)
        if opened is None and opens:
            opened, depth = at + 1, 1
        elif opened is None and closes and not found and at >= paragraph.stop - 2:
            # The opening mark is missing: the paragraph is the end of a quotation, or all of one.
            found.append(Quotation(Span(paragraph.start, at)))
        elif opened is not None:
            depth += (text[at] in OPENING) - closes
            if depth <= 0:
                found.append(Quotation(Span(opened, at)))
                opened = None
    return found, opened


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


_LABEL = re.compile(r"[\"“]?(?P<name>[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,3}):\s+(?=\S)")
_SIGNED = re.compile(
    r"[”\"]\s?[―—–]\s?(?P<name>[A-ZÀ-Þ][\w.'’-]*(?: (?:[A-ZÀ-Þ][\w.'’-]*|al|bin|da|de|del|der|la|van|von)){0,4})$"
)
_POSTED = re.compile(
    r"\s?[―—–]\s?(?P<name>[^\s―—–()][^―—–()\n]{0,50}) \(@\w{1,30}\)(?: [A-Z][a-z]{2,8} \d{1,2}, \d{4})?$"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A paragraph that says by its form who speaks: where it names them, their words, and all of it."""

    name: Span
    words: Span
    whole: Span


def turns(text: str) -> tuple[Turn, ...]:
    r"""The paragraphs of a transcript ("MARSH: ..."), signed quotations and posts ("... — Lena Marsh (@marsh)").

    A single label in capitals makes no transcript; it may stand for anything.

    >>> text = "MARSH: It is sold.\n\nLIND: It never was."
    >>> [(turn.name.of(text), turn.words.of(text)) for turn in turns(text)]
    [('MARSH', 'It is sold.'), ('LIND', 'It never was.')]
    """
    labelled: list[Turn] = []
    signed: list[Turn] = []
    for each in paragraphs(text):
        label = _LABEL.match(text, each.start, each.stop)
        if label is not None:
            labelled.append(Turn(Span(*label.span("name")), Span(label.end(), each.stop), each))
            continue
        start = max(each.start, each.stop - LONGEST_SIGNATURE)
        end = _POSTED.search(text, start, each.stop) or _SIGNED.search(text, start, each.stop)
        if end is not None and end.start() > each.start:
            signed.append(Turn(Span(*end.span("name")), Span(each.start, end.start()), each))
    several = len({turn.name.of(text) for turn in labelled}) > 1
    return tuple(sorted([*(labelled if several else []), *signed], key=lambda turn: turn.whole))


# Frames ---------------------------------------------------------------------------------------------------------

SUBJECTS = ("nsubj", "nsubjpass", "csubj", "csubjpass", "expl")
SHORTEST_STRETCH = 4
LONGEST_TAIL = 15
LONGEST_LABEL = 4
LONGEST_SIGNATURE = 120
OBJECTS = ("dobj", "nsubjpass", "pobj")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A clause of reported speech.

    `verb` heads it, `source` is who speaks (None where unsaid), `contents` head what is said, and `around` marks a
    frame that is set into its content ("P, X said") as token numbers, first and last. `stretch` marks in the same way
    what stands before a frame at a sentence's end where the parser found no clause. `claims` is False for a
    question or a refusal to say; `whole` marks that the clause itself is what its subject says.
    """

    verb: "Token"
    source: "Token | None"
    contents: tuple["Token", ...] = ()
    stance: Stance = Stance.ASSERTED
    around: tuple[int, int] | None = None
    stretch: tuple[int, int] | None = None
    claims: bool = True
    whole: bool = False


def frames(sentence: Sentence) -> tuple[Frame, ...]:
    """The frames of a sentence, in order; those without contents may still belong to a quotation near by."""
    above = _headline(sentence) if sentence.headline else None
    if above is not None:
        return (above,)
    found = (frame for token in sentence.tokens if (frame := _frame(token)) is not None)
    return tuple(replace(frame, claims=False) if frame.claims and _is_open(frame) else frame for frame in found)


def _is_open(frame: Frame) -> bool:
    """Whether a frame stands in a question: "pressed him on whether he believed that P"."""
    verb, questions = frame.verb, cues()["speech"]["question_marks"]
    while verb.dep_ in ("ccomp", "pcomp", "advcl", "conj", "xcomp", "prep"):
        if mark(verb) in questions:
            return True
        verb = verb.head
    return False


def _headline(sentence: Sentence) -> Frame | None:
    """As in "X: P" and "P: X", as headlines say who speaks."""
    tokens = list(sentence.tokens)
    for at, token in enumerate(tokens):
        divides = token.text == ":" or (token.text in ("-", "--", "—", "–") and token.whitespace_)
        if divides and 0 < at < len(tokens) - 1:
            before, after = tokens[:at], tokens[at + 1 :]
            if len(after) > len(before) and token.text == ":" and _labels(before):
                return Frame(token, before[-1] if _speaks(before) else None, stretch=(after[0].i, after[-1].i))
            if len(before) > len(after) and _speaks(after):
                return Frame(token, after[-1], stretch=(before[0].i, before[-1].i))
    return None


def _labels(words: list["Token"]) -> bool:
    """Whether a few words before a headline's colon are a label, and no part of what it says."""
    return len(words) <= LONGEST_LABEL and not any(word.pos_ in ("VERB", "AUX", "PUNCT") for word in words)


def _speaks(words: list["Token"]) -> bool:
    """Whether a few words before or after a headline's colon name someone who may speak."""
    table = cues()["headline"]
    if not _labels(words) or words[0].lower_ in table["labels"] or words[-1].pos_ not in ("PROPN", "NOUN"):
        return False
    named = all(word.pos_ in ("PROPN", "PART") for word in words)
    return named or words[-1].lower_ in table["speaks"] | cues()["title"]["words"] | cues()["source"]["body"]


def subject(verb: "Token") -> "Token | None":
    """The subject of a verb itself, not of the clause above it."""
    before = [child for child in verb.children if child.dep_ in SUBJECTS]
    if len(before) > 1 and before[-1].nbor(-1).text == "-":
        return before[-2]  # "Moon Jae-in": the parser takes "in" for a word of its own
    return before[-1] if before else None


def source_of(verb: "Token") -> "Token | None":
    """Who a verb of saying is said of: its subject, or that of the clause that it leans on."""
    for _ in range(6):
        found = subject(verb)
        if found is None and verb.dep_ == "pcomp" and verb.head.lower_ in ("for", "of"):
            # "She slammed the owners for thinking that P": the owners think so.
            found = next((child for child in verb.head.head.children if child.dep_ == "dobj"), None)
        if found is not None:
            if found.tag_ in ("WDT", "WP") and verb.dep_ == "relcl":
                return verb.head
            return found
        if verb.dep_ == "acl":
            return verb.head
        if verb.dep_ not in ("conj", "advcl", "xcomp", "pcomp", "prep", "ccomp", "dep"):
            return None
        verb = _leant_on(verb)
    return None


def _leant_on(verb: "Token") -> "Token":
    """The verb whose subject a verb of saying takes: not one in the quotation behind it, nor in an aside before it.

    "X said, adding: "P"": the parser may hang "adding" on P. "She blamed the man who left, saying that P": she.
    """
    head, top = verb.head, verb.sent.root
    if verb.dep_ == "advcl" and verb.tag_ == "VBG" and subject(top) is not None and top.i < verb.i:
        within = verb.doc[verb.i : head.i]
        aside = head.dep_ in ("relcl", "advcl", "acl") and head.i < verb.i and verb.nbor(-1).text == ","
        if aside or any(token.text == '"' for token in within):
            return top
    return head


def mark(verb: "Token") -> str:
    """The conjunction that opens a clause: "that", "if", ..., or nothing."""
    return next((child.lower_ for child in verb.children if child.dep_ == "mark" and child.i < verb.i), "")


def _frame(token: "Token") -> Frame | None:
    if token.lower_ == "according":
        return _according(token)
    if token.pos_ != "VERB":
        return None
    forms = lemmas(token)
    for rule in (_no_statement, _stated, _saying, _quoted_as, _predicate, _act):
        found = rule(token, forms)
        if found is not None:
            return found
    return None


def _no_statement(verb: "Token", forms: frozenset[str]) -> Frame | None:
    """As in "asked whether P": a question; "declined to say whether P", "you would think that P": no claim."""
    speech = cues()["speech"]
    if forms & speech["negation_raised"] and _is_supposed(verb):
        return Frame(verb, source_of(verb), claims=False)
    if forms & speech["ask"]:
        asked = tuple(each for each in clauses(verb) if mark(each) in speech["question_marks"])
        bare = subject(verb) is not None and not any(child.dep_ in ("dobj", "prep", "xcomp") for child in verb.children)
        source = source_of(verb)
        if source is not None and source.dep_ == "nsubjpass":
            return Frame(verb, None, asked, claims=False) if asked else None  # "was asked whether P": who asks, asks
        return Frame(verb, source, asked) if asked or bare else None
    if forms & speech["decline"]:
        inner = next((child for child in verb.children if child.dep_ == "xcomp"), None)
        if inner is not None and lemmas(inner) & speech["assert"]:
            return Frame(verb, source_of(verb), claims=False)
    return None


def _saying(verb: "Token", forms: frozenset[str]) -> Frame | None:
    """As in "X said that P", "P, X said", "X denied having done P"."""
    speech = cues()["speech"]
    denies = bool(forms & speech["deny"])
    # "It remains to specify how P", "wants to show that P": an infinitive has said nothing yet.
    open_ended = any(child.dep_ == "aux" and child.lower_ == "to" for child in verb.children)
    if open_ended or not (denies or forms & speech["assert"]):
        return None
    stance = Stance.DENIED if denies else Stance.ASSERTED
    contents, around = _contents(verb, denies=denies)
    source = _last_name(verb, around) or _inverted(verb, contents) or source_of(verb) or _noun_before(verb)
    if len(contents) > 1 and contents[0].i < verb.i < contents[-1].i and not mark(contents[0]):
        # "A clerk, asked about a warning, said that P": the parser takes "asked" for another content.
        source, contents = subject(contents[0]) or source, contents[1:]
    if forms & speech["only_with_quote"] and around is None and not contents:
        return None
    if any(mark(each) in speech["question_marks"] for each in contents) and around is None:
        return Frame(verb, source, contents, claims=False)
    stretch = _before(verb, source) or _after_colon(verb) if not contents and source is not None else None
    has_object = any(_is_object(child) for child in verb.children if child != source and not _is_hearer(child, forms))
    if not contents and stretch is None and (source is None or has_object):
        return None
    return _weighed(verb, forms, Frame(verb, source, contents, stance, around, stretch))


def _is_object(child: "Token") -> bool:
    return child.dep_ in ("dobj", "xcomp", "oprd") and not _opens_quote(child)


def _is_hearer(child: "Token", forms: frozenset[str]) -> bool:
    """Whether an object is who is told, not what: "told reporters"."""
    # "told the Herald the same": what is told, whichever of the two the parser takes for the object.
    told = any(
        each.dep_ == "dative" or (each.dep_ == "npadvmod" and each.pos_ == "ADJ") for each in child.head.children
    )
    to_hearer = bool(forms & cues()["speech"]["to_hearer"])
    return child.dep_ == "dobj" and child.i > child.head.i and to_hearer and not told


def _opens_quote(phrase: "Token") -> bool:
    return phrase.left_edge.text == '"' or (phrase.left_edge.i > 0 and phrase.left_edge.nbor(-1).text == '"')


def _contents(verb: "Token", *, denies: bool) -> tuple[tuple["Token", ...], tuple[int, int] | None]:
    """The heads of what a verb of saying says, and where its frame stands if that is set into what it says."""
    contents = clauses(verb) or _loose_clause(verb) or _behind_when(verb)
    start = _trailing(verb) if contents and verb.dep_ == "conj" and verb.head.i < contents[0].i < verb.i else None
    if start is not None:
        # "P, but Q, X said": the parser hangs Q alone on the verb, and the verb on P.
        return (verb.head, *contents), (start, verb.sent.end - 1)
    if denies and not contents:
        contents = tuple(child for child in verb.children if child.dep_ == "xcomp")
    if contents:
        return contents, None
    return _outer(verb) if verb.dep_ != "acl" else _led(verb)


def _inverted(verb: "Token", contents: tuple["Token", ...]) -> "Token | None":
    """The name after a verb that the parser took for its object: "P, stressed Alexander Mijeyev"."""
    if not contents or contents[-1].i > verb.i or subject(verb) is not None:
        return None
    return next((child for child in verb.children if child.dep_ == "dobj" and child.pos_ in ("PROPN", "NOUN")), None)


def _after_colon(verb: "Token") -> tuple[int, int] | None:
    """What stands behind a colon soon after a verb of saying, where the parser found no clause in it."""
    doc, end = verb.doc, verb.sent.end
    at = next((at for at in range(verb.i + 1, end) if doc[at].text == ":" or doc[at].pos_ in ("VERB", "AUX")), end)
    words = doc[at + 1 : end]
    told = at < end and doc[at].text == ":" and len(words) >= SHORTEST_STRETCH
    return (at + 1, end - 1) if told and any(word.pos_ in ("VERB", "AUX") for word in words) else None


def _before(verb: "Token", source: "Token") -> tuple[int, int] | None:
    """What a frame at the end of a sentence speaks for, where the parser found no clause in it: "P, X testified."."""
    doc, start = verb.doc, verb.sent.start
    first = source
    while first.i > start and first.nbor(-1).text not in (",", '"') and first.nbor(-1) in source.subtree:
        first = first.nbor(-1)
    comma = first.i - 1
    tail = doc[verb.i + 1 : verb.sent.end]
    if comma - start < SHORTEST_STRETCH or doc[comma].text != "," or source.i > verb.i or verb.i - source.i > 4:
        return None
    has_content = any(token.dep_ in ("ccomp", "dobj") and token.head == verb for token in tail)
    if has_content or any(token.text in ('"', ":") for token in tail) or len(tail) > LONGEST_TAIL:
        return None
    return (start, comma - 1) if any(token.pos_ in ("VERB", "AUX") for token in doc[start:comma]) else None


def _noun_before(verb: "Token") -> "Token | None":
    """The noun that stands right before a verb whose subject the parser missed."""
    at = verb.i - 1
    while at > verb.sent.start and verb.doc[at].pos_ in ("ADV", "AUX"):
        at -= 1
    noun = verb.doc[at]
    while noun.dep_ == "pobj" and noun.head.dep_ == "prep" and noun.head.head.pos_ in ("NOUN", "PROPN"):
        noun = noun.head.head
    return noun if noun.pos_ in ("NOUN", "PROPN") and at >= verb.sent.start else None


def _weighed(verb: "Token", forms: frozenset[str], frame: Frame) -> Frame | None:
    """What negation, "nobody" and things as subjects make of a frame."""
    speech = cues()["speech"]
    source = frame.source
    if source is not None and source.lower_ in speech["nobody"]:
        return None
    if source is not None and source.lower_ == "you":
        return Frame(verb, None, frame.contents, frame.stance, frame.around)
    own = source is not None and source.lower_ in cues()["pronoun"]["first"]
    if own and forms & speech["negation_raised"] and verb.tag_ == "VBD" and frame.around is None:
        return replace(frame, claims=False)  # "I thought that P": no longer
    to_hearer, passive = bool(forms & speech["to_hearer"]), source is not None and source.dep_ == "nsubjpass"
    if source is not None and passive and source.head == verb and (to_hearer or not is_negated(verb)):
        return _passive(frame, own=own, to_hearer=to_hearer)
    if is_negated(verb):
        if not forms & speech["negation_raised"]:
            return None
        return Frame(verb, source, frame.contents, Stance.DENIED, frame.around)
    if source is not None and _hands_on(source, forms):
        return Frame(verb, None, frame.contents, frame.stance, frame.around)
    return frame


def _passive(frame: Frame, *, own: bool, to_hearer: bool) -> Frame | None:
    """Whoever told them: "we were told that P", "P was reported by X"; `own`: the speaker is who was told."""
    agent = next((child for by in frame.verb.children if by.dep_ == "agent" for child in by.children), None)
    if not to_hearer and not frame.contents:
        return None  # "A device was found in Kelm"
    return replace(frame, source=agent, claims=frame.claims and not (own and agent is None))


def _hands_on(source: "Token", forms: frozenset[str]) -> bool:
    """Whether a subject says nothing itself: "the video shows that P", "it suggests that P"."""
    table, of_things = cues()["source"], bool(forms & cues()["speech"]["of_things"])
    if source.lower_ in cues()["pronoun"]["it"]:
        return of_things
    things = table["wordless"] | (table["evidence"] if of_things else frozenset())
    return source.pos_ == "NOUN" and bool(lemmas(source) & things)


def is_negated(verb: "Token") -> bool:
    """Whether "not" or an opening "nor" negates a verb, also where the parser hung "not" on the adverb between."""
    for child in verb.children:
        if child.dep_ == "neg" or (child.i < verb.i and child.lower_ in cues()["negation"]["openers"]):
            return True
        if child.dep_ == "advmod" and child.i == verb.i - 1 and any(word.dep_ == "neg" for word in child.children):
            return True
    return False


def _is_supposed(verb: "Token") -> bool:
    """Whether it is only said what anybody would think: "you would think that P", "one might expect P"."""
    source = subject(verb)
    modal = any(child.dep_ == "aux" and child.lower_ in cues()["negation"]["supposing"] for child in verb.children)
    return modal and source is not None and source.lower_ in cues()["negation"]["anybody"]


def clauses(verb: "Token") -> tuple["Token", ...]:
    """The clauses that stand as object of a verb: "that P", "P"."""
    return tuple(
        child
        for child in verb.children
        if child.dep_ == "ccomp" and (subject(child) is not None or child.i < verb.i or mark(child))
    )


def _loose_clause(verb: "Token") -> tuple["Token", ...]:
    """A that-clause that the parser hung on a noun between: "said at the forum, a conference, that P"."""
    for token in verb.subtree:
        opens = token.i > verb.i and token.dep_ == "mark" and token.lower_ == "that"
        if opens and token.head.dep_ in ("acl", "relcl", "advcl"):
            noun = token.head.head
            if lemmas(noun) & cues()["speech"]["statements"]:
                continue  # "pointed to Marsh's claim that P": hers, not of whoever points to it
            if subject(token.head) is not None and noun.dep_ not in OBJECTS + SUBJECTS + ("attr",):
                return (token.head,)
            told = noun.head.lower_ == "to" and noun.head.head == verb
            if subject(token.head) is not None and (told or token.nbor(-1).text == ","):
                return (token.head,)
    return ()


def _behind_when(verb: "Token") -> tuple["Token", ...]:
    """The clause that the parser took for an adverbial: "said after the vote he would resign"."""
    for child in verb.children:
        own = subject(child)
        opens = {word.dep_ for word in child.children if word.i < child.i} & {"mark", "advmod"}
        if child.dep_ == "advcl" and child.i > verb.i and own is not None and not opens and child.tag_ != "VBG":
            return (child,) if verb.doc[child.left_edge.i - 1].text != "," else ()
    return ()


def _outer(verb: "Token") -> tuple[tuple["Token", ...], tuple[int, int] | None]:
    """The clause around a frame set into it: "P, X said, Q", "P, X said.", "as X said"."""
    if verb.dep_ == "parataxis" or (verb.dep_ == "advcl" and mark(verb) == "as"):
        if subject(verb) is not None:
            top = verb.head
            while top.dep_ == "xcomp":
                top = top.head
            return (top,), (verb.left_edge.i, verb.right_edge.i)
    elif verb.dep_ in ("ccomp", "conj", "advcl", "relcl", "dep", "acl") and verb.i > verb.head.i and not mark(verb):
        start = _trailing(verb)
        if start is not None:
            top = verb.head
            while top.dep_ != "ROOT" and top.head.i >= verb.sent.start and top.pos_ not in ("VERB", "AUX"):
                top = top.head
            return (top,), (start, verb.sent.end - 1)
    return (), None


def _led(verb: "Token") -> tuple[tuple["Token", ...], tuple[int, int] | None]:
    """The clause after "A team reported in December that", where the parser took "team" for its subject."""
    for token in verb.sent:
        if token.i > verb.i and token.dep_ == "mark" and token.lower_ == "that":
            early = [child for child in token.head.children if child.dep_ in SUBJECTS and child.i < verb.i]
            if early:
                return (token.head,), (early[0].left_edge.i, token.i)
    return _outer(verb)


def _trailing(verb: "Token") -> int | None:
    """Where ", X said on Monday." begins at a sentence's end, wherever the parser hung it; None if it is none."""
    doc, first = verb.doc, verb.sent.start
    tail = doc[verb.i + 1 : verb.sent.end]
    if any(token.pos_ in ("VERB", "AUX") and token.dep_ not in ("acl", "pcomp", "relcl") for token in tail):
        return None
    at = verb.i - 1
    while at > first and doc[at].pos_ == "ADV":
        at -= 1
    commas = 0
    if doc[at].text == ",":
        commas, at = 1, at - 1
    while at > first and doc[at].pos_ in ("PROPN", "NOUN", "ADJ", "DET", "ADP", "PRON", "PART", "NUM"):
        at -= 1
    if commas and doc[at].text == ",":
        at -= 1
        while at > first and doc[at].pos_ in ("PROPN", "NOUN", "ADJ", "DET", "ADP", "PRON", "PART", "NUM"):
            at -= 1
    if doc[at].text not in (",", '"') or at + 1 >= verb.i - commas:
        return None
    return at


def _last_name(verb: "Token", around: tuple[int, int] | None) -> "Token | None":
    """The noun before a trailing verb whose subject the parser missed: "its lawyer, Gabriela Stahl, said"."""
    if around is None or subject(verb) is not None:
        return None
    for at in range(verb.i - 1, around[0], -1):
        if verb.doc[at].pos_ in ("PROPN", "NOUN"):
            return verb.doc[at]
    return None


def _stated(verb: "Token", forms: frozenset[str]) -> Frame | None:
    """As in "rejected claims that P", "confirmed reports that P"."""
    speech = cues()["speech"]
    denies = bool(forms & speech["deny_a_statement"])
    if not denies and not forms & speech["assert_a_statement"]:
        return None
    for noun in verb.children:
        if noun.dep_ in ("dobj", "nsubjpass") and lemmas(noun) & speech["statements"]:
            said = tuple(
                child
                for child in noun.subtree
                if child.dep_ in ("acl", "relcl", "ccomp") and mark(child) == "that" and subject(child) is not None
                if child.head.pos_ != "VERB"  # "issued a statement denying that P": the denial holds P
            )[:1]
            if said:
                return Frame(verb, source_of(verb), said, Stance.DENIED if denies else Stance.ASSERTED)
    return None


def _quoted_as(verb: "Token", forms: frozenset[str]) -> Frame | None:
    """As in "X was quoted as saying P", "agencies quoted X as saying P"."""
    for prep in verb.children if forms & {"quote", "cite", "report"} else ():
        if prep.dep_ == "prep" and prep.lower_ == "as":
            for saying in prep.children:
                if saying.dep_ == "pcomp" and lemmas(saying) & cues()["speech"]["assert"]:
                    source = next((child for child in verb.children if child.dep_ in ("dobj", "nsubjpass")), None)
                    contents = clauses(saying) or clauses(verb)
                    if contents:
                        return Frame(verb, source, contents)
                    outer, around = _outer(verb)
                    return Frame(verb, source, outer, around=around)
    return None


def _predicate(verb: "Token", forms: frozenset[str]) -> Frame | None:
    """As in "called the settlement an insult": what is said of the object is the claim."""
    if not forms & cues()["speech"]["predicate"] or source_of(verb) is None:
        return None
    for child in verb.children:
        if child.dep_ == "ccomp" and child.pos_ in ("NOUN", "ADJ", "PROPN") and child.i > verb.i:
            return Frame(verb, source_of(verb), (child,))
    return None


def _act(verb: "Token", forms: frozenset[str]) -> Frame | None:
    """As in "TASS announced the sale": the clause as a whole is what its subject says."""
    source = subject(verb)
    passive = any(child.dep_ in ("auxpass", "neg") for child in verb.children)
    if not forms & cues()["speech"]["act"] or source is None or passive or source.lower_ in cues()["speech"]["nobody"]:
        return None
    if any(child.dep_ == "dative" for child in verb.children):
        return None  # "denied the workers their pay"
    if forms & cues()["speech"]["act_at"] and not any(child.lower_ == "at" for child in verb.children):
        return None
    if any(child.dep_ in ("dobj", "xcomp", "prep", "prt", "oprd") for child in verb.children):
        return Frame(verb, source, whole=True)
    return None


def _according(word: "Token") -> Frame | None:
    """As in "according to X", set into the clause that it speaks for."""
    for to in word.children:
        if to.lower_ == "to":
            for source in to.children:
                if source.dep_ == "pobj":
                    top = word.head
                    while top.pos_ not in ("VERB", "AUX") and top.dep_ != "ROOT":
                        top = top.head
                    contents = (top,) if top != word else ()
                    return Frame(word, source, contents, around=(word.left_edge.i, word.right_edge.i))
    return None
