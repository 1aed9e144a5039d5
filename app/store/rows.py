"""Values to rows and back: each function pair is the other's inverse."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping

from app.store.models import claims
from app.store.records import ModelNames, Opinion, Place, Reason, Review, Verdict, pair_id
from corpus.records import Addition, Article, Aspect, Claim, Holder, Span, Stance
from nli.records import Finding, Judgement, Kind, Pair, Parties, Relation, Scores, Thresholds

CLAIM_COLUMNS = tuple(claims.columns.keys())

Columns = RowMapping
"""A row by the names of its columns; JSON columns are lists and dictionaries here."""


def folded(text: str) -> str:
    r"""Case folded, with single spaces.

    >>> folded("The  S-400\xa0CONTRACT")
    'the s-400 contract'
    """
    return " ".join(text.casefold().split())


def article_row(article: Article, names: ModelNames) -> dict[str, Any]:
    """The row of an article that was read with these models."""
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "outlet": article.outlet,
        "published": article.published,
        "url": article.url,
        "metadata": dict(article.metadata),
        "day": article.day.isoformat() if article.day else "",
        "digest": article.digest,
        "encoder": names.encoder,
        "judge": names.judge,
    }


def article_of(row: Columns) -> Article:
    """The article of a row."""
    return Article(
        id=row["id"],
        text=row["text"],
        title=row["title"],
        outlet=row["outlet"],
        published=row["published"],
        url=row["url"],
        metadata=row["metadata"],
    )


def claim_row(claim: Claim) -> dict[str, Any]:
    """The row of a claim."""
    holder = claim.holder
    span = holder.span if holder else None
    return {
        "id": claim.id,
        "article": claim.article,
        "start": claim.start,
        "stop": claim.stop,
        "text": claim.text,
        "outlet": claim.outlet,
        "published": claim.published,
        "url": claim.url,
        "holder": holder.name if holder else None,
        "holder_start": span.start if span else None,
        "holder_stop": span.stop if span else None,
        "narrator": holder.narrator if holder else False,
        "quoted": claim.quoted,
        "stance": claim.stance.value,
        "aspect": claim.aspect.value,
        "additions": [[each.at, each.text, each.replaces] for each in claim.additions],
        "check_worthiness": claim.check_worthiness,
        "written": claim.written,
        "article_digest": claim.article_digest,
        "day": claim.day.isoformat() if claim.day else "",
        "folded": folded(f"{claim.text} {claim.reading}"),
        "folded_holder": folded(holder.name) if holder else "",
        "folded_outlet": folded(claim.outlet or ""),
    }


def claim_of(row: Columns, prefix: str = "") -> Claim:
    """The claim of a row, whose columns may carry a prefix where the row holds two."""
    at = {name: row[prefix + name] for name in CLAIM_COLUMNS}.__getitem__
    span = Span(at("holder_start"), at("holder_stop")) if at("holder_start") is not None else None
    return Claim(
        id=at("id"),
        article=at("article"),
        start=at("start"),
        stop=at("stop"),
        text=at("text"),
        outlet=at("outlet"),
        published=at("published"),
        url=at("url"),
        holder=Holder(at("holder"), span, at("narrator")) if at("holder") is not None else None,
        quoted=at("quoted"),
        stance=Stance(at("stance")),
        aspect=Aspect(at("aspect")),
        additions=tuple(Addition(*each) for each in at("additions")),
        check_worthiness=at("check_worthiness"),
        written=at("written"),
        article_digest=at("article_digest"),
    )


def finding_row(finding: Finding) -> dict[str, Any]:
    """The row of a finding."""
    judgement = finding.judgement
    left, right = finding.left, finding.right
    days = [claim.day.isoformat() for claim in (left, right) if claim.day]
    return {
        "id": finding.id,
        "left": left.id,
        "right": right.id,
        "relation": finding.relation.value,
        "kind": finding.kind.value if finding.kind else None,
        "parties": finding.parties.value if finding.parties else None,
        "score": float(finding.score),
        "similarity": float(judgement.pair.similarity),
        "forward": _scores_row(judgement.forward),
        "backward": _scores_row(judgement.backward),
        "reason": finding.reason,
        "left_spans": [[span.start, span.stop] for span in finding.left_spans],
        "right_spans": [[span.start, span.stop] for span in finding.right_spans],
        "model": judgement.model,
        "thresholds": asdict(finding.thresholds),
        "day": max(days, default=""),
        "pair": pair_id(Place.of(left), Place.of(right)),
    }


def _scores_row(scores: Scores) -> list[float]:
    return [float(scores.entailment), float(scores.neutral), float(scores.contradiction)]


def finding_of(row: Columns) -> Finding:
    """The finding of a row that holds both its claims, under `l_` and `r_`."""
    pair = Pair(claim_of(row, "l_"), claim_of(row, "r_"), row["similarity"])
    return Finding(
        judgement=Judgement(pair, Scores(*row["forward"]), Scores(*row["backward"]), row["model"], row["score"]),
        relation=Relation(row["relation"]),
        reason=row["reason"],
        parties=Parties(row["parties"]) if row["parties"] else None,
        kind=Kind(row["kind"]) if row["kind"] else None,
        left_spans=tuple(Span(*each) for each in row["left_spans"]),
        right_spans=tuple(Span(*each) for each in row["right_spans"]),
        thresholds=Thresholds(**row["thresholds"]),
    )


def review_row(review: Review) -> dict[str, Any]:
    """The row of a review, less the number that the store gives it."""
    said = review.opinion
    return {
        "pair": pair_id(review.left, review.right),
        **_place_row("left", review.left),
        **_place_row("right", review.right),
        "verdict": said.verdict.value,
        "reason": said.reason.value if said.reason else None,
        "note": said.note,
        "reviewer": said.reviewer,
        "at": review.at,
        "score": float(review.score),
        "model": review.model,
    }


def _place_row(side: str, place: Place) -> dict[str, Any]:
    return {
        f"{side}_article": place.article,
        f"{side}_start": place.start,
        f"{side}_stop": place.stop,
        f"{side}_digest": place.digest,
    }


def review_of(row: Columns) -> Review:
    """The review of a row."""
    reason = Reason(row["reason"]) if row["reason"] else None
    return Review(
        left=_place_of(row, "left"),
        right=_place_of(row, "right"),
        opinion=Opinion(Verdict(row["verdict"]), row["reviewer"], reason, row["note"]),
        at=row["at"],
        score=row["score"],
        model=row["model"],
    )


def _place_of(row: Columns, side: str) -> Place:
    return Place(*(row[f"{side}_{name}"] for name in ("article", "start", "stop", "digest")))
