"""`/v1/check` and `/v1/judgements`: questions to the models that store nothing."""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.access import needs
from app.api.problems import Fault, RequestProblem
from app.api.service import Served, takes_json, takes_no_parameters
from app.drafts import ANSWERS, DRAFT, statement
from app.schemas import ArticleBody, ClaimOut, FindingOut, JudgementOut, PairIn, Words
from app.scopes import Scope
from corpus.records import Article
from nli.records import Scores

router = APIRouter(
    prefix="/v1",
    tags=["models"],
    dependencies=[needs(Scope.READ), Depends(takes_no_parameters), Depends(takes_json)],
)


class CheckIn(BaseModel):
    """A claim as `text`, or a draft as `article`; with `all`, every related pair is shown."""

    model_config = ConfigDict(extra="forbid")

    text: Words | None = None
    article: ArticleBody | None = None
    all: bool = False

    @model_validator(mode="after")
    def _one_of_the_two(self) -> "CheckIn":
        if (self.text is None) == (self.article is None):
            raise ValueError("give either text or article")
        if self.text is not None and not self.text.strip():
            raise ValueError("the text is empty")
        return self

    @property
    def draft(self) -> Article:
        """What is to be checked. A draft under the id of a stored article is not held against that one."""
        if self.article is None:
            return statement(self.text or "", datetime.now(UTC).date())
        named = (self.article.model_extra or {}).get("id")
        return self.article.article(named if isinstance(named, str) and named else DRAFT)


class CheckOut(BaseModel):
    """What the text claims, and the pairs of one of these with a claim of the corpus, contradictions first."""

    claims: list[ClaimOut]
    items: list[FindingOut]


class JudgementsIn(BaseModel):
    """Pairs of texts to judge."""

    model_config = ConfigDict(extra="forbid")

    pairs: list[PairIn] = Field(min_length=1)


class JudgementsOut(BaseModel):
    """One judgement a pair, in the order sent."""

    items: list[JudgementOut]


@router.post("/check", operation_id="check", summary="Check a text against the corpus")
async def check(body: CheckIn, service: Served) -> CheckOut:
    """What in the corpus contradicts or supports a text. Nothing is stored."""
    draft = body.draft
    service.limited(draft.text, "/text" if body.article is None else "/article/text")
    found = await service.with_models(service.archive.check, draft)
    shown = [each for each in found.findings if body.all or each.relation in ANSWERS]
    return CheckOut(claims=[ClaimOut.of(each) for each in found.claims], items=[FindingOut.of(each) for each in shown])


@router.post("/judgements", operation_id="judge_pairs", summary="Judge pairs of texts")
async def judge_pairs(body: JudgementsIn, service: Served) -> JudgementsOut:
    """Whether the premise entails or contradicts the hypothesis, or neither (natural language inference)."""
    if len(body.pairs) > service.limits.pairs:
        said = f"{len(body.pairs)} pairs; expected at most {service.limits.pairs}"
        raise RequestProblem(422, "too many pairs", [Fault(detail=said, pointer="/pairs")])
    for at, pair in enumerate(body.pairs):
        service.limited(pair.premise, f"/pairs/{at}/premise")
        service.limited(pair.hypothesis, f"/pairs/{at}/hypothesis")
    pairs = [(pair.premise, pair.hypothesis) for pair in body.pairs]
    rows = await service.with_models(service.classifier.classify, pairs)
    model = service.classifier.name
    return JudgementsOut(
        items=[JudgementOut.of(pair.id, Scores.of(row), model) for pair, row in zip(body.pairs, rows, strict=True)]
    )
