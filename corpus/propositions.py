"""A sentence to its propositions: which clauses claim something, where each begins and ends, whose frame it stands in.

A main clause, each clause joined to it, the content of a frame of speech, an aside or subordinate clause long
enough to state a fact of its own. A verb phrase that leans on an earlier subject keeps that subject as its `subject`.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.attribution import Frame, Quotation, is_negated, mark, quotation_at, subject
from corpus.names import cues
from corpus.parse import Sentence
from corpus.records import Stance

if TYPE_CHECKING:
    from spacy.tokens import Token

PER_SENTENCE = 5
"""Propositions of one sentence, at most."""

FEWEST_WORDS = 3
SHORTEST_QUOTE = 20
LONGEST_FRAME = 12
SHORTEST_ADVERBIAL = 6
AUXILIARY = ("aux", "auxpass")
BEFORE_VERB = ("advmod", "neg", *AUXILIARY)
COMPLEMENTS = frozenset(["dobj", "prep", "attr", "acomp", "ccomp", "xcomp", "prt", "agent", "advmod", "oprd", "dative"])
VERBAL = ("VERB", "AUX")


@dataclass(frozen=True, slots=True, eq=False)
class Proposition:
    """A clause: its head, its first and last token, the frame it stands in, and a subject that it borrows."""

    head: "Token"
    first: int
    last: int
    frame: Frame | None
    subject: "Token | None" = None


@dataclass(slots=True)
class _Search:
    """What is known of one sentence while its clauses are looked for."""

    sentence: Sentence
    quotes: tuple[Quotation, ...]
    by_verb: dict[int, Frame]
    around: dict[int, Frame]
    seen: set[int] = field(default_factory=set)
    found: list[Proposition] = field(default_factory=list)


def propositions(
    sentence: Sentence, found: tuple[Frame, ...], quotes: tuple[Quotation, ...]
) -> tuple[Proposition, ...]:
    """The clauses of a sentence that claim something, in order; `found` are its frames, `quotes` the article's."""
    search = _Search(sentence, quotes, {}, {})
    for frame in found:
        if frame.around is None or not frame.contents:
            search.by_verb[frame.verb.i] = frame
        else:
            search.around.update({content.i: frame for content in frame.contents})
            search.seen.add(frame.verb.i)
    for frame in found:
        stretch = frame.stretch or _quoted_stretch(search, frame)
        if stretch is not None and frame.claims:
            _add_stretch(search, frame, stretch)
    root = sentence.tokens.root
    if root.i in search.seen and search.around:
        root = next(iter(search.around.values())).contents[0]
    _visit(search, root, None)
    joint = [frame for frame in search.around.values() if len(frame.contents) > 1]
    for frame in (*joint, *search.by_verb.values()):
        for content in frame.contents if frame.claims else ():
            _visit(search, content, frame)
    ordered = sorted(search.found, key=lambda each: (each.first, -each.last))
    return tuple(ordered[:PER_SENTENCE])


def _quoted_stretch(search: _Search, frame: Frame) -> tuple[int, int] | None:
    """What a sentence quotes, where its frame is the main clause and the parser found no content for it."""
    if frame.contents or frame.whole or frame.verb != search.sentence.tokens.root:
        return None
    begin = search.sentence.begin
    at = begin(frame.verb)
    for quote in search.quotes:
        inside = [token.i for token in search.sentence.tokens if quote.holds(begin(token)) and not token.is_punct]
        if len(inside) >= FEWEST_WORDS and not quote.holds(at):
            return inside[0], inside[-1]
    return None


def _add_stretch(search: _Search, frame: Frame, stretch: tuple[int, int]) -> None:
    doc = search.sentence.tokens.doc
    words = doc[stretch[0] : stretch[1] + 1]
    verbal = [token for token in sorted(words, key=lambda each: subject(each) is None) if token.pos_ in VERBAL]
    head = next(iter(verbal), words.root)
    search.seen.update(range(search.sentence.tokens.start, search.sentence.tokens.end))
    first, last = _without_edges(head, *stretch, [])
    search.found.append(Proposition(head, first, last, frame))


def _visit(search: _Search, head: "Token", frame: Frame | None) -> None:
    """Take in a clause and all that hangs on it; `frame` is the frame around it."""
    if head.i in search.seen:
        return
    search.seen.add(head.i)
    own = search.by_verb.get(head.i)
    inner = search.around.get(head.i, frame)
    if frame is not None and inner is not None and inner.verb.lower_ == "according":
        inner = frame  # "According to the agency, X said that P": X holds it, the agency passes it on.
    if frame is not None and frame.stance is Stance.DENIED and inner is not None and mark(inner.verb) == "as":
        inner = frame  # "He does not believe that P, as he once thought": he denies it.
    if own is not None and own.contents:
        if own.claims:
            for content in own.contents:
                _visit(search, content, _own_or(own, inner))
    elif own is None or own.whole or (own.claims and not _is_mere_frame(search, own)):
        _add(search, head, own if own is not None and own.whole and inner is None else inner)
    _visit_joined(search, head, own, inner)


def _is_mere_frame(search: _Search, frame: Frame) -> bool:
    """Whether a frame without content is a few words beside a quotation: "..., wondered Lena Marsh of Kelm"."""
    sentence = search.sentence
    if quotation_at(search.quotes, sentence.begin(frame.verb)) is not None:
        return False
    near = [each for each in search.quotes if each.span.start <= sentence.stop and sentence.start <= each.span.stop + 3]
    if frame.source is not None and any(each.span.stop <= sentence.begin(frame.source) for each in near):
        return True  # '..." Lena Marsh of Kelm said on Monday, when the vote was over'
    outside = [token for token in sentence.tokens if quotation_at(near, sentence.begin(token)) is None]
    return bool(near) and len(outside) <= LONGEST_FRAME


def _own_or(own: Frame, outer: Frame | None) -> Frame | None:
    """The inner frame, unless its subject is nobody in particular: "we know that P", "it seems that P"."""
    if own.source is None or (own.source.pos_ == "PRON" and own.source.dep_ == "expl"):
        return outer
    return own


def _visit_joined(search: _Search, head: "Token", own: Frame | None, inner: Frame | None) -> None:
    for child in head.children:
        if child.i in search.seen or child.pos_ not in VERBAL:
            continue
        if child.dep_ == "conj":
            around = own if own is not None and _goes_on(search, own, child) else inner
            if around is not None and around.stance is Stance.DENIED and mark(child) == "that" != mark(head):
                around = None  # "told him they no longer believe P and that Q": Q is told
            _visit(search, child, around)
        elif _stands_alone(search, head, child) or _result(search, child):
            _visit(search, child, None if _leads_in(head, child) else inner)
    for token in head.subtree:
        if token.dep_ in ("relcl", "advcl") and token.i not in search.seen and _is_aside(search, token):
            _visit(search, token, inner)


def _goes_on(search: _Search, own: Frame, child: "Token") -> bool:
    """Whether a clause joined to a frame is still said in it: "X said P and that Q", "P, X said, and Q"."""
    if not own.contents or child.i in search.by_verb:
        return False
    if subject(child) is None or child.i < own.verb.i:
        return mark(child) == "that"
    begin, first, last = search.sentence.begin, child.left_edge, child.right_edge
    # "X said P and Q is "unfair"": whose words they quote, the sentence has told.
    quotes = any(
        begin(first) < quote.span.start < begin(last) and not quote.holds(begin(child)) for quote in search.quotes
    )
    return own.contents[0].i < own.verb.i or mark(child) == "that" or quotes


def _stands_alone(search: _Search, head: "Token", child: "Token") -> bool:
    if child.dep_ == "advcl":
        marks = {word.lower_ for word in child.children if word.dep_ == "mark"}
        if marks & cues()["clause"]["unasserted"] or subject(child) is None:
            return False
        if "because" in marks and is_negated(head):
            return False  # "That is not because P"
        finite = not any(token.dep_ == "aux" and token.lower_ == "to" for token in child.children)
        return finite and _length(child) >= SHORTEST_ADVERBIAL
    return child.dep_ in ("ccomp", "parataxis", "dep") and _spliced(search, head, child)


def _result(search: _Search, child: "Token") -> bool:
    """A participle that adds a fact: "..., killing nine people on the island"."""
    if child.dep_ != "advcl" or child.tag_ != "VBG" or subject(child) is not None or child.i in search.by_verb:
        return False
    has_object = any(token.dep_ in ("dobj", "ccomp") for token in child.children)
    return has_object and _length(child) >= 4 and child.left_edge.i > 0 and child.nbor(-1).text == ","


def _leads_in(head: "Token", child: "Token") -> bool:
    """Whether a clause stands before the colon of what is said: "Lindqvist disagreed: they were faulty, she said"."""
    return child.i < head.i and child.doc[child.right_edge.i + 1].text == ":"


def _spliced(search: _Search, head: "Token", child: "Token") -> bool:
    """A clause of its own, joined by punctuation only: "nobody is coming, the water will not drop"."""
    if subject(child) is None or mark(child):
        return False
    doc = child.doc
    if child.i < head.i:
        return child.right_edge.i + 1 < head.i and doc[child.right_edge.i + 1].is_punct
    before = doc[child.left_edge.i - 1].text if child.left_edge.i else ""
    return before in (":", ";", "-", "--", "—", "–") or _opens_quote(search, head, child)


def _opens_quote(search: _Search, head: "Token", child: "Token") -> bool:
    """Whether a quotation of some length holds the clause and not the word that it hangs on."""
    here, there = search.sentence.begin(child), search.sentence.begin(head)
    return any(
        quote.holds(here) and not quote.holds(there) and quote.span.stop - quote.span.start > SHORTEST_QUOTE
        for quote in search.quotes
    )


def _is_aside(search: _Search, token: "Token") -> bool:
    """A relative clause after a comma, long enough for a fact of its own."""
    first = token.left_edge.i
    if token.pos_ not in VERBAL or token.dep_ != "relcl" or first == 0 or token.i in search.by_verb:
        return False
    return _length(token) >= 5 and token.doc[first - 1].text in (",", "-", "--", "—", "–")


def _length(head: "Token") -> int:
    return head.right_edge.i - head.left_edge.i + 1


def _add(search: _Search, head: "Token", frame: Frame | None) -> None:
    parts = [child for child in head.children if _is_own_part(child)]
    first, last = _extent(search, head, parts)
    if last - first + 1 < FEWEST_WORDS or head.doc[last].tag_ == "TO":
        return  # "we are not allowed to": what, only the clause before tells
    if head.pos_ == "AUX" and (last == head.i or head.doc[last].dep_ == "neg"):
        return  # "The fact is", "she did not": what, only another clause tells
    if first > 0 and head.doc[first - 1].lower_ in cues()["clause"]["provisos"]:
        return  # "he will sign, provided P": the parser takes "provided" for all sorts of words
    borrowed = None
    if head.dep_ == "conj" and subject(head) is None:
        if not _is_own_part(head):
            return
        borrowed = _shared_subject(head)
    elif head.dep_ == "advcl" and subject(head) is None and head.tag_ in ("VBG", "VBN"):
        between = (each for each in head.head.children if each.dep_ == "advcl" and head.head.i < each.i < head.i)
        borrowed = None if any(subject(each) is not None for each in between) else subject(head.head)
    search.found.append(Proposition(head, first, last, frame, borrowed))


def _is_own_part(child: "Token") -> bool:
    """Whether a joined verb phrase is a claim of its own, and so is cut from the clause that it joins.

    Not where the two share an object ("ambushed and shot down a bomber"), nor where either is short.
    """
    if child.dep_ != "conj" or child.pos_ not in VERBAL:
        return False
    if subject(child) is not None:
        return True
    if child.tag_ == "VB" and child.head.tag_ == "VB" and child.head.dep_ == "xcomp":
        return False
    first = _first_of_joined(child)
    if child.tag_ == "VB" and first.tag_ != "VB" and not any(word.dep_ == "aux" for word in child.children):
        return False  # "the papers show I did not sell it, hide it or burn it": not the papers hide it
    if not _joined_plainly(child):
        return False
    if shared_auxiliaries(child) and is_negated(first):
        return False  # "did not sell the bridge and close the dam"
    between = (token for token in child.head.children if child.head.i < token.i < child.left_edge.i)
    has_own = any(token.dep_ in COMPLEMENTS for token in between)
    fewest = FEWEST_WORDS + 1 if child.tag_ == "VBG" else FEWEST_WORDS
    return has_own and child.right_edge.i - child.i >= fewest


def _joined_plainly(child: "Token") -> bool:
    """Whether "and", "but" or a comma joins a verb phrase, rather than a noun that may be its subject after all."""
    at = child.i - 1
    while (
        at > child.sent.start
        and child.doc[at].dep_ in ("advmod", "aux", "auxpass", "neg")
        and child.doc[at].pos_ != "NOUN"
    ):
        at -= 1
    before = child.doc[at]
    return before.dep_ in ("cc", "punct", "preconj") or before.pos_ in ("CCONJ", "PUNCT")


def _first_of_joined(head: "Token") -> "Token":
    """The first of the verbs that one is joined to."""
    while head.dep_ == "conj":
        head = head.head
    return head


def shared_auxiliaries(head: "Token") -> list["Token"]:
    """The auxiliaries that a joined verb phrase shares with the first: "has been sold and [has been] moved"."""
    first = _first_of_joined(head)
    if head.dep_ != "conj" or head.tag_ != first.tag_ or any(child.dep_ in AUXILIARY for child in head.children):
        return []
    return [child for child in first.children if child.dep_ in AUXILIARY and child.i < first.i]


def _shared_subject(head: "Token") -> "Token | None":
    while head.dep_ == "conj":
        head = head.head
        found = subject(head)
        if found is not None:
            return found
    return None


def _extent(search: _Search, head: "Token", parts: list["Token"]) -> tuple[int, int]:
    """First and last token of a clause, without the frames and clauses at its edges."""
    cuts = [(child.left_edge.i, child.right_edge.i) for child in parts]
    for child in head.children:
        if child.dep_ in ("ccomp", "parataxis", "dep") and _spliced(search, head, child):
            cuts.append((child.left_edge.i, child.right_edge.i))
        elif child.i < head.i and _opens(head, child) and child.lower_ not in cues()["negation"]["openers"]:
            cuts.append((child.i, child.i))
    for frame in search.around.values():
        others = [each for each in frame.contents if each != head and not each.is_ancestor(head)]
        cuts.extend((each.left_edge.i, each.right_edge.i) for each in others)
        cuts.extend([frame.around] if frame.around is not None else [])
    cuts.extend(
        (frame.verb.left_edge.i, frame.verb.right_edge.i)
        for frame in search.by_verb.values()
        if frame.contents and frame.verb.dep_ in ("advcl", "conj") and frame.verb != head
        if not frame.verb.is_ancestor(head)
    )
    first, last = head.left_edge.i, head.right_edge.i
    while True:
        start, stop = _without_edges(head, first, last, cuts)
        if (start, stop) == (first, last):
            return first, last
        first, last = start, stop


def _opens(head: "Token", child: "Token") -> bool:
    """Whether a word only joins the clause to the one before it."""
    return child.dep_ in ("mark", "cc", "preconj") or (head.dep_ == "advcl" and child.tag_ == "WRB")


def _without_edges(head: "Token", first: int, last: int, cuts: list[tuple[int, int]]) -> tuple[int, int]:
    doc = head.doc
    if first < head.i and doc[first].lower_ == "that" and (doc[first].tag_ == "IN" or doc[first].dep_ == "mark"):
        return first + 1, last
    joins = doc[first].dep_ == "cc" and doc[first].lower_ not in cues()["negation"]["openers"]
    if first < head.i and (doc[first].is_space or joins or doc[first].text in ",;:-—–.)]"):
        return first + 1, last
    if last > head.i and (doc[last].is_space or doc[last].dep_ == "cc" or doc[last].text in ",;:-—–.(["):
        return first, last - 1
    for start, stop in cuts:
        if start <= first <= stop < head.i:
            return stop + 1, last
        if head.i < start <= last <= stop:
            return first, start - 1
    return first, last
