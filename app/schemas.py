"""The shapes on the wire, for the command and HTTP alike: what comes in is checked here, what goes out made here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from app.store.records import Change, Opinion, Place, Put, Reason, Review, Verdict
from app.wording import letter
from corpus.records import Article, Aspect, Claim, Span, Stance
from nli.chronology import Order
from nli.records import Dispute, Finding, Kind, Parties, Position, Relation, Scores, Thresholds, Voice
from nli.stories import CLOSE, NEAREST
from nli.why import Why

DECIMALS = 6
"""Of every probability on the wire: runtimes agree to about 1e-6, and more digits would only tell them apart."""


def _unicode(text: str) -> str:
    """The same text; ValueError where it holds half of a surrogate pair, which no file and no database can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds a lone surrogate, which is no character") from None
    return text


Words = Annotated[str, AfterValidator(_unicode)]


class Shape(BaseModel):
    """What all shapes share: they cannot be changed, and an unknown field is an error, not a silent nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ScoresOut(Shape):
    """The three probabilities of natural language inference in one direction."""

    entailment: float = Field(ge=0, le=1)
    neutral: float = Field(ge=0, le=1)
    contradiction: float = Field(ge=0, le=1)

    @classmethod
    def of(cls, scores: Scores) -> Self:
        """From the inner value.

        >>> ScoresOut.of(Scores(0.7, 0.2, 0.1)).model_dump()
        {'entailment': 0.7, 'neutral': 0.2, 'contradiction': 0.1}
        """
        return cls(
            entailment=round(scores.entailment, DECIMALS),
            neutral=round(scores.neutral, DECIMALS),
            contradiction=round(scores.contradiction, DECIMALS),
        )


class ClaimOut(Shape):
    """CLAIM: a proposition, its offsets in characters of the article's text as given, and who asserts it.

    `article_text[start:stop] == text`; `article_digest` is the SHA-256 of that text in UTF-8. `reading` is the claim
    with what its reader knows, added words in square brackets. `holder` is None where nobody is named and the outlet is
    unknown.
    """

    id: str
    article: str
    outlet: str | None
    published: str | None
    url: str | None
    start: int
    stop: int
    text: str
    reading: str
    holder: str | None
    holder_start: int | None
    holder_stop: int | None
    quoted: bool
    stance: Stance
    aspect: Aspect
    check_worthiness: float
    article_digest: str | None

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """From the inner value.

        >>> out = ClaimOut.of(Claim("c1", "a1", 0, 9, "It rained", quoted=True))
        >>> out.text, out.holder, out.quoted, out.stance.value
        ('It rained', None, True, 'asserted')
        """
        holder = claim.holder
        span = holder.span if holder else None
        return cls(
            id=claim.id,
            article=claim.article,
            outlet=claim.outlet,
            published=claim.published,
            url=claim.url,
            start=claim.start,
            stop=claim.stop,
            text=claim.text,
            reading=claim.reading,
            holder=holder.name if holder else None,
            holder_start=span.start if span else None,
            holder_stop=span.stop if span else None,
            quoted=claim.quoted,
            stance=claim.stance,
            aspect=claim.aspect,
            check_worthiness=round(claim.check_worthiness, DECIMALS),
            article_digest=claim.article_digest,
        )


class ThresholdsOut(Shape):
    """Where a relation begins: the score of a contradiction and of a doubt, the entailment of a corroboration."""

    contradiction: float
    doubt: float
    corroboration: float

    @classmethod
    def of(cls, thresholds: Thresholds) -> Self:
        """From the inner value."""
        return cls(**asdict(thresholds))


class FindingOut(Shape):
    """A pair of claims with its relation: one line of `find`.

    `id` is that of the two claims together. `left` is the earlier one. `forward` has it as the premise, `backward` as
    the hypothesis. `score` is the calibrated probability of a contradiction. The spans are the clashing words, in
    characters of each article's text. `model` is the judge and its revision, `thresholds` are those that the relation
    was decided by.
    """

    id: str
    relation: Relation
    kind: Kind | None
    parties: Parties | None
    score: float = Field(ge=0, le=1)
    similarity: float
    left: ClaimOut
    right: ClaimOut
    forward: ScoresOut
    backward: ScoresOut
    reason: str
    left_spans: list[tuple[int, int]]
    right_spans: list[tuple[int, int]]
    model: str
    thresholds: ThresholdsOut

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """From the inner value."""
        judgement = finding.judgement
        return cls(
            id=finding.id,
            relation=finding.relation,
            kind=finding.kind,
            parties=finding.parties,
            score=round(finding.score, DECIMALS),
            similarity=round(judgement.pair.similarity, DECIMALS),
            left=ClaimOut.of(finding.left),
            right=ClaimOut.of(finding.right),
            forward=ScoresOut.of(judgement.forward),
            backward=ScoresOut.of(judgement.backward),
            reason=finding.reason,
            left_spans=_ranges(finding.left_spans),
            right_spans=_ranges(finding.right_spans),
            model=judgement.model,
            thresholds=ThresholdsOut.of(finding.thresholds),
        )


class OpinionIn(BaseModel):
    """What a reviewer says of a pair: confirmed; rejected, with the reason; or open, which takes a review back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    reason: Annotated[Reason | None, Field(description="Of a rejection, and only of one")] = None
    note: Annotated[Words, Field(max_length=4000)] = ""
    reviewer: Annotated[Words, Field(min_length=1, max_length=200, description="Who says so")]

    @model_validator(mode="after")
    def _is_an_opinion(self) -> Self:
        self.value()
        return self

    def value(self) -> Opinion:
        """The inner value.

        >>> OpinionIn.model_validate({"verdict": "confirmed", "reviewer": " Ann Lee"}).value().reviewer
        'Ann Lee'
        """
        return Opinion(self.verdict, self.reviewer.strip(), self.reason, self.note.strip())


class OpinionOut(Shape):
    """What a reviewer said of a pair, and when (ISO 8601, UTC)."""

    verdict: Verdict
    reason: Reason | None
    note: str
    reviewer: str
    at: str

    @classmethod
    def of(cls, review: Review) -> Self:
        """From the inner value."""
        return cls(**_opinion(review))


def _opinion(review: Review) -> dict[str, Any]:
    said = review.opinion
    return {
        "verdict": said.verdict,
        "reason": said.reason,
        "note": said.note,
        "reviewer": said.reviewer,
        "at": review.at,
    }


class PlaceOut(Shape):
    """A stretch of an article, in characters of its text.

    `digest`: 16 hexadecimal digits of the SHA-256 of its words.
    """

    article: str
    start: int
    stop: int
    digest: str

    @classmethod
    def of(cls, place: Place) -> Self:
        """From the inner value."""
        return cls(article=place.article, start=place.start, stop=place.stop, digest=place.digest)


class ReviewOut(OpinionOut):
    """REVIEW: an opinion with the pair that it is on, and the score by which model the reviewer was shown.

    `contradiction` is the id of the stored pair; null while those words do not stand in the stored articles.
    """

    contradiction: str | None
    left: PlaceOut
    right: PlaceOut
    score: float = Field(ge=0, le=1)
    model: str

    @classmethod
    def on(cls, contradiction: str | None, review: Review) -> Self:
        """From the inner value, and the pair's id."""
        return cls(
            **_opinion(review),
            contradiction=contradiction,
            left=PlaceOut.of(review.left),
            right=PlaceOut.of(review.right),
            score=round(review.score, DECIMALS),
            model=review.model,
        )


class ContradictionOut(FindingOut):
    """A stored pair, an item of `/v1/contradictions`: FINDING, with the review that counts, null without one."""

    review: OpinionOut | None = None

    @classmethod
    def reviewed(cls, finding: Finding, review: Review | None) -> Self:
        """From the inner values."""
        return cls.of(finding).model_copy(update={"review": OpinionOut.of(review) if review else None})


def _ranges(spans: tuple[Span, ...]) -> list[tuple[int, int]]:
    return [(span.start, span.stop) for span in spans]


class VoiceOut(Shape):
    """Somebody who holds a position, since when, and the claims that they make in it, the earliest first."""

    name: str | None
    since: str | None
    claims: list[ClaimOut]

    @classmethod
    def of(cls, voice: Voice) -> Self:
        """From the inner value."""
        return cls(name=voice.name, since=voice.since, claims=[ClaimOut.of(each) for each in voice.claims])


class PositionOut(Shape):
    """Claims that agree, by who makes them. `against`: the places in the list of the positions that it clashes with."""

    since: str | None
    origins: int
    against: list[int]
    voices: list[VoiceOut]

    @classmethod
    def of(cls, position: Position) -> Self:
        """From the inner value."""
        return cls(
            since=position.since,
            origins=position.origins,
            against=list(position.against),
            voices=[VoiceOut.of(each) for each in position.voices],
        )


class ClashOut(Shape):
    """A contradiction of a dispute: its claims by their ids, the rest as in FINDING, with the review if it has one."""

    id: str
    left: str
    right: str
    score: float = Field(ge=0, le=1)
    kind: Kind | None
    parties: Parties | None
    reason: str
    left_spans: list[tuple[int, int]]
    right_spans: list[tuple[int, int]]
    model: str
    thresholds: ThresholdsOut
    review: OpinionOut | None = None

    @classmethod
    def of(cls, finding: Finding, review: Review | None = None) -> Self:
        """From the inner values."""
        told = FindingOut.of(finding)
        same = told.model_dump(include=set(cls.model_fields) - {"left", "right"})
        said = OpinionOut.of(review) if review else None
        return cls(left=finding.left.id, right=finding.right.id, review=said, **same)


class EventType(StrEnum):
    """What a message to a webhook tells."""

    MATCHED = "watch.matched"
    TEST = "watch.test"


class EventDataOut(Shape):
    """The watch that a message is sent for, and the FINDING that matches it, null in a test."""

    watch: str
    name: str
    finding: FindingOut | None


class EventOut(Shape):
    """EVENT: the body of a webhook's message. `timestamp` is when the finding matched, ISO 8601 in UTC."""

    type: EventType
    timestamp: str
    data: EventDataOut


class MomentOut(Shape):
    """A claim in the order of time: its day, its id, and the place of its position."""

    day: str | None
    position: int
    claim: str


class DisputeOut(Shape):
    """DISPUTE: one question, two positions or more, who holds each since when, and the contradictions between them.

    `id` is that of the earliest contradiction; `newest` the day of the newest; `score` that of the strongest.
    """

    id: str
    question: str
    newest: str | None
    score: float = Field(ge=0, le=1)
    positions: list[PositionOut]
    contradictions: list[ClashOut]
    timeline: list[MomentOut]

    @classmethod
    def of(cls, dispute: Dispute, reviews: Mapping[str, Review] | None = None) -> Self:
        """From the inner values; `reviews` by the ids of contradictions."""
        return cls(
            id=dispute.id,
            question=dispute.question,
            newest=dispute.newest,
            score=round(dispute.score, DECIMALS),
            positions=[PositionOut.of(each) for each in dispute.positions],
            contradictions=[ClashOut.of(each, (reviews or {}).get(each.id)) for each in dispute.contradictions],
            timeline=[
                MomentOut(day=claim.day.isoformat() if claim.day else None, position=place, claim=claim.id)
                for claim, place in dispute.timeline
            ],
        )


class DisputedClaim(Shape):
    """A line of the CSV: one claim of a dispute; `position` and `against` are the letters that people are shown."""

    dispute: str
    question: str
    newest: str | None
    score: float
    position: str
    against: str
    since: str | None
    origins: int
    claim: ClaimOut

    @classmethod
    def each(cls, dispute: DisputeOut) -> Iterator[Self]:
        """The claims of a dispute, position by position."""
        for place, position in enumerate(dispute.positions):
            for voice in position.voices:
                for claim in voice.claims:
                    yield cls(
                        dispute=dispute.id,
                        question=dispute.question,
                        newest=dispute.newest,
                        score=dispute.score,
                        position=letter(place),
                        against=" ".join(map(letter, position.against)),
                        since=position.since,
                        origins=position.origins,
                        claim=claim,
                    )


class RuleOut(Shape):
    """A rule of `docs/relations.md` that fits a pair: the relation that it makes of a contradiction, and why."""

    relation: Relation
    because: str


class WhyOut(Shape):
    """WHY: what each stage said of a pair, in the order of the stages.

    `closeness` of the articles, null within one; they are on one matter (`linked`) from `close_from`, or where one is
    among the `nearest` nearest of the other. `left_rank`: the place of the right claim among the partners of the left
    one, from 1, null where it is none; `compared` where one of the two ranks is at most `per_claim`. `doubtful`:
    whether `find` without `--all` has the judge read the pair both ways. `rules` are those that fit where the score is
    a contradiction's; the first decided. `finding` is what became, or would have become, of the pair.
    """

    compared: bool
    comparable: bool
    linked: bool
    closeness: float | None
    close_from: float
    nearest: int
    left_rank: int | None
    right_rank: int | None
    per_claim: int
    doubtful: bool
    thresholds: ThresholdsOut
    order: Order
    rules: list[RuleOut]
    finding: FindingOut

    @classmethod
    def of(cls, why: Why) -> Self:
        """From the inner value."""
        stands = why.standing
        return cls(
            compared=stands.compared,
            comparable=stands.comparable,
            linked=stands.linked,
            closeness=None if stands.closeness is None else round(stands.closeness, DECIMALS),
            close_from=CLOSE,
            nearest=NEAREST,
            left_rank=stands.left_rank,
            right_rank=stands.right_rank,
            per_claim=stands.per_claim,
            doubtful=why.doubtful,
            thresholds=ThresholdsOut.of(why.thresholds),
            order=why.order,
            rules=[RuleOut(relation=each.relation, because=each.because) for each in why.rules],
            finding=FindingOut.of(why.finding),
        )


def _iso_day_or_time(value: object) -> object:
    """The same value; ValueError where a string is neither an ISO 8601 date nor a date-time."""
    if isinstance(value, str) and value:
        try:
            date.fromisoformat(value[:10])
            datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(
                f"{value[:40]!r} is no ISO 8601 date, such as 2022-08-17 or 2022-08-17T09:30:00Z"
            ) from None
    return value


def _missing_if_empty(value: object) -> object:
    return None if value == "" else value


Missing = BeforeValidator(_missing_if_empty)
Identity = Annotated[Words, Field(min_length=1, max_length=500)]
Outlet = Annotated[Annotated[Words, Field(max_length=500)] | None, Missing]
Published = Annotated[str | None, Missing, BeforeValidator(_iso_day_or_time)]
Url = Annotated[Annotated[Words, Field(max_length=4000)] | None, Missing]


class ArticleBody(BaseModel):
    """One article as it is given, its id apart; any other key is kept as metadata."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    text: Words
    title: Annotated[Words, Field(max_length=2000)] = ""
    outlet: Outlet = None
    published: Published = None
    url: Url = None

    @field_validator("text")
    @classmethod
    def _text_says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("the article has no text")
        return text

    @model_validator(mode="after")
    def _metadata_are_json(self) -> Self:
        # NaN and infinities come through Python's JSON reader, and no other reader would take them back.
        try:
            json.dumps(self.model_extra, allow_nan=False, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ValueError("the other keys must hold plain JSON: no NaN, no Infinity, no lone surrogate") from None
        return self

    def article(self, identity: str) -> Article:
        """The inner value under this id.

        >>> ArticleBody.model_validate({"text": "It rained.", "desk": "weather"}).article("a1").metadata
        {'desk': 'weather'}
        """
        metadata: dict[str, Any] = {key: value for key, value in (self.model_extra or {}).items() if key != "id"}
        return Article(
            id=identity,
            text=self.text,
            title=self.title,
            outlet=self.outlet,
            published=self.published,
            url=self.url,
            metadata=metadata,
        )


class ArticleIn(ArticleBody):
    """One article with its id: a line of JSON Lines, or an item of a batch."""

    id: Identity

    def value(self) -> Article:
        """The inner value.

        >>> ArticleIn.model_validate({"id": "a1", "text": "It rained."}).value().id
        'a1'
        """
        return self.article(self.id)


class ArticleOut(Shape):
    """An article as it was given; `digest` is the SHA-256 of its text in UTF-8."""

    id: str
    title: str
    text: str
    outlet: str | None
    published: str | None
    url: str | None
    metadata: dict[str, Any]
    digest: str

    @classmethod
    def of(cls, article: Article) -> Self:
        """From the inner value."""
        return cls(
            id=article.id,
            title=article.title,
            text=article.text,
            outlet=article.outlet,
            published=article.published,
            url=article.url,
            metadata=dict(article.metadata),
            digest=article.text_digest,
        )


class PutOut(Shape):
    """What putting an article did, and how much derives from it: claims, and findings by relation."""

    id: str
    change: Change
    claims: int
    findings: dict[str, int]

    @classmethod
    def of(cls, identity: str, put: Put) -> Self:
        """From the inner value."""
        return cls(id=identity, change=put.change, claims=put.claims, findings=put.findings)

    @property
    def status(self) -> int:
        """The HTTP status that says the same."""
        return HTTPStatus.CREATED if self.change is Change.CREATED else HTTPStatus.OK


class PairIn(Shape):
    """Two texts for the judge, who says whether the premise entails or contradicts the hypothesis."""

    id: Words | int
    premise: Words
    hypothesis: Words

    @field_validator("premise", "hypothesis")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("it is empty")
        return text


class JudgementOut(Shape):
    """What the judge says of a pair: the three probabilities, and the most probable of them as the label."""

    id: str | int
    entailment: float
    neutral: float
    contradiction: float
    label: str
    model: str

    @classmethod
    def of(cls, identity: str | int, scores: Scores, model: str) -> Self:
        """From the inner values.

        >>> JudgementOut.of("p1", Scores(0.1, 0.2, 0.7), "m").label
        'contradiction'
        """
        return cls(id=identity, label=scores.label, model=model, **ScoresOut.of(scores).model_dump())
