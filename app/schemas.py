"""The shapes on the wire, for the command and HTTP alike: what comes in is checked here, what goes out made here."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from corpus.records import Article, Aspect, Claim, Span, Stance
from nli.records import Finding, Kind, Parties, Relation, Scores

DECIMALS = 6
"""Of every probability on the wire: runtimes agree to about 1e-6, and more digits would only tell them apart."""


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

    `article_text[start:stop] == text`. `reading` is the text with what its reader knows, added words in square
    brackets. `holder` is None where nobody is named and the outlet is unknown.
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
        )


class FindingOut(Shape):
    """A pair of claims with its relation: one line of `find`, one item of `/v1/contradictions`.

    `left` is the earlier claim. `forward` has it as the premise, `backward` as the hypothesis. `score` is the
    calibrated probability of a contradiction. The spans are the clashing words, in characters of each article's text.
    """

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

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """From the inner value."""
        judgement = finding.judgement
        return cls(
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
        )


def _ranges(spans: tuple[Span, ...]) -> list[tuple[int, int]]:
    return [(span.start, span.stop) for span in spans]


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


def _unicode(text: str) -> str:
    """The same text; ValueError where it holds half of a surrogate pair, which no file and no database can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds a lone surrogate, which is no character") from None
    return text


def _missing_if_empty(value: object) -> object:
    return None if value == "" else value


Missing = BeforeValidator(_missing_if_empty)
Words = Annotated[str, AfterValidator(_unicode)]
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
    """An article as it was given."""

    id: str
    title: str
    text: str
    outlet: str | None
    published: str | None
    url: str | None
    metadata: dict[str, Any]

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
        )


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
