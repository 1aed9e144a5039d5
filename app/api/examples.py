"""One example a shape, as the reference shows it: two sides on one contract, two years apart."""

from typing import Any

DIGEST = "4d1f0b6a9c2e8d7350f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7"
THRESHOLDS = {"contradiction": 0.25, "doubt": 0.15, "corroboration": 0.8}
ARTICLE: dict[str, Any] = {
    "title": "Second S-400 contract signed, says exporter",
    "text": "The contract for a second batch has been signed, the exporter's head said on Monday.",
    "outlet": "Morning Post",
    "published": "2020-08-23",
    "url": "https://example.org/ru",
}
STORED: dict[str, Any] = {"id": "ru-2020-08-23", **ARTICLE, "metadata": {}, "digest": DIGEST}
CLAIM: dict[str, Any] = {
    "id": "5f0c2a9d1b7e4c36",
    "article": "tr-2022-08-17",
    "outlet": "Evening Star",
    "published": "2022-08-17",
    "url": "https://example.org/tr",
    "start": 118,
    "stop": 145,
    "text": "there are no new agreements",
    "reading": "there are no new agreements [on the S-400]",
    "holder": "Turkish officials",
    "holder_start": 86,
    "holder_stop": 103,
    "quoted": False,
    "stance": "asserted",
    "aspect": "state",
    "check_worthiness": 0.62,
    "article_digest": "9f2c1e0a7d4b8c3651e2f09a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c",
}
FINDING: dict[str, Any] = {
    "id": "c41e7a90d2b85f63",
    "relation": "contradiction",
    "kind": "negation",
    "parties": "dispute",
    "score": 0.91,
    "similarity": 0.44,
    "left": {
        **CLAIM,
        "id": "0b6d1f8e92a3c457",
        "article": "ru-2020-08-23",
        "outlet": "Morning Post",
        "published": "2020-08-23",
        "url": "https://example.org/ru",
        "start": 64,
        "stop": 92,
        "text": "the contract has been signed",
        "reading": "the contract [for the S-400] has been signed",
        "holder": "the exporter's head",
        "holder_start": 31,
        "holder_stop": 50,
        "aspect": "accomplished",
        "article_digest": DIGEST,
    },
    "right": CLAIM,
    "forward": {"entailment": 0.01, "neutral": 0.06, "contradiction": 0.93},
    "backward": {"entailment": 0.02, "neutral": 0.11, "contradiction": 0.87},
    "reason": "one says that it was signed, the other that there is none",
    "left_spans": [[86, 92]],
    "right_spans": [[128, 130]],
    "model": "example-judge@1",
    "thresholds": THRESHOLDS,
}
OPINION: dict[str, Any] = {
    "verdict": "rejected",
    "reason": "not the same thing",
    "note": "The first batch, and a second one.",
    "reviewer": "Ann Lee",
}
OPINION_OUT: dict[str, Any] = {**OPINION, "at": "2026-12-01T09:30:00Z"}
REVIEW: dict[str, Any] = {
    **OPINION_OUT,
    "contradiction": FINDING["id"],
    "left": {"article": "ru-2020-08-23", "start": 64, "stop": 92, "digest": "9f2c7d5e01ab3468"},
    "right": {"article": "tr-2022-08-17", "start": 118, "stop": 145, "digest": "11d0c9be47a25f83"},
    "score": FINDING["score"],
    "model": FINDING["model"],
}
DISPUTE: dict[str, Any] = {
    "id": FINDING["id"],
    "question": "Contract for the S-400 has been signed?",
    "newest": "2022-08-17",
    "score": 0.91,
    "positions": [
        {
            "since": "2020-08-23",
            "origins": 1,
            "against": [1],
            "voices": [{"name": "the exporter's head", "since": "2020-08-23", "claims": [FINDING["left"]]}],
        },
        {
            "since": "2022-08-17",
            "origins": 1,
            "against": [0],
            "voices": [{"name": "Turkish officials", "since": "2022-08-17", "claims": [CLAIM]}],
        },
    ],
    "contradictions": [
        {
            "left": FINDING["left"]["id"],
            "right": CLAIM["id"],
            **{
                name: FINDING[name]
                for name in (
                    "id",
                    "score",
                    "kind",
                    "parties",
                    "reason",
                    "left_spans",
                    "right_spans",
                    "model",
                    "thresholds",
                )
            },
            "review": None,
        }
    ],
    "timeline": [
        {"day": "2020-08-23", "position": 0, "claim": FINDING["left"]["id"]},
        {"day": "2022-08-17", "position": 1, "claim": CLAIM["id"]},
    ],
}
WHY: dict[str, Any] = {
    "compared": True,
    "comparable": True,
    "linked": True,
    "closeness": 1.31,
    "close_from": 0.6,
    "nearest": 5,
    "left_rank": 3,
    "right_rank": 1,
    "per_claim": 15,
    "doubtful": True,
    "thresholds": THRESHOLDS,
    "order": "left first",
    "rules": [],
    "finding": FINDING,
}
JUDGEMENT: dict[str, Any] = {
    "id": "p1",
    "entailment": 0.01,
    "neutral": 0.03,
    "contradiction": 0.96,
    "label": "contradiction",
    "model": "example-judge@1",
}
PUT: dict[str, Any] = {"id": "ru-2020-08-23", "change": "created", "claims": 12, "findings": {"contradiction": 1}}
JOB: dict[str, Any] = {
    "id": "a3f09c1de2b47586",
    "state": "running",
    "created": "2026-12-01T09:00:00.000+00:00",
    "started": "2026-12-01T09:00:00.210+00:00",
    "ended": None,
    "articles": 120,
    "done": 48,
    "failed": 1,
    "pairs": 5210,
}
JOB_ITEM: dict[str, Any] = {"at": 0, "id": "ru-2020-08-23", "status": 201, "put": PUT, "problem": None}
WATCH: dict[str, Any] = {
    "name": "S-400 contract",
    "relation": "contradiction",
    "kind": None,
    "holder": None,
    "outlet": None,
    "entity": "Turkey",
    "q": "S-400",
    "min_score": 0.5,
    "webhook": "https://desk.example.org/counterclaim",
}
WATCH_OUT: dict[str, Any] = {**WATCH, "id": "9c1f0e2d7a5b4836", "created": "2026-12-01T09:00:00Z"}
SECRET = "whsec_" + "EXAMPLE" * 6
MATCH: dict[str, Any] = {"matched": "2026-12-01T09:30:00Z", "finding": {**FINDING, "review": None}}
DELIVERY: dict[str, Any] = {
    "id": "msg_3f9a1c5e7b2d4f60a8c1e3b5",
    "created": "2026-12-01T09:30:00Z",
    "state": "delivered",
    "type": "watch.matched",
    "finding": FINDING["id"],
    "due": None,
    "attempts": [
        {"at": "2026-12-01T09:30:01Z", "seconds": 15.0, "status": None, "fault": "no answer within 15 s"},
        {"at": "2026-12-01T09:30:21Z", "seconds": 0.084, "status": 204, "fault": None},
    ],
}
PROBLEM: dict[str, Any] = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": "1 part of the request is faulty",
    "errors": [{"detail": "the article has no text", "pointer": "/text"}],
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "ArticleBody": ARTICLE,
    "ArticleIn": {"id": "ru-2020-08-23", **ARTICLE},
    "ArticleOut": STORED,
    "BatchIn": {"articles": [{"id": "ru-2020-08-23", **ARTICLE}]},
    "BatchOut": {"items": [{"id": "ru-2020-08-23", "status": 201, "put": PUT}]},
    "CheckIn": {"text": "There are no new agreements on the S-400."},
    "CheckOut": {"claims": [CLAIM], "items": [FINDING]},
    "ClaimOut": CLAIM,
    "ContradictionOut": {**FINDING, "review": OPINION_OUT},
    "DisputeOut": DISPUTE,
    "FindingOut": FINDING,
    "HistoryOut": {**REVIEW, "history": []},
    "JobItem": JOB_ITEM,
    "JobOut": JOB,
    "JudgementsIn": {
        "pairs": [{"id": "p1", "premise": "It rained all day.", "hypothesis": "It was a dry day."}],
    },
    "JudgementsOut": {"items": [JUDGEMENT]},
    "Listing_ArticleOut_": {"items": [STORED], "next": None},
    "Listing_ClaimOut_": {"items": [CLAIM], "next": None},
    "Listing_DisputeOut_": {"items": [DISPUTE], "next": None},
    "Listing_ContradictionOut_": {"items": [{**FINDING, "review": OPINION_OUT}], "next": None},
    "Listing_JobItem_": {"items": [JOB_ITEM], "next": None},
    "Listing_JobOut_": {"items": [JOB], "next": None},
    "Listing_ReviewOut_": {"items": [REVIEW], "next": None},
    "OpinionIn": OPINION,
    "Failure": {"error": "`inputs` cannot be empty", "error_type": "empty"},
    "PredictIn": {"inputs": [["It rained all day.", "It was a dry day."]], "truncate": True, "raw_scores": False},
    "Prediction": {"score": 0.96, "label": "contradiction"},
    "Problem": PROBLEM,
    "PutOut": PUT,
    "ReviewOut": REVIEW,
    "Listing_DeliveryOut_": {"items": [DELIVERY], "next": None},
    "Listing_MatchOut_": {"items": [MATCH], "next": None},
    "Listing_WatchOut_": {"items": [WATCH_OUT], "next": None},
    "DeliveryOut": DELIVERY,
    "SecretOut": {"secret": SECRET, "old_until": "2026-12-02T09:00:00Z"},
    "WatchIn": WATCH,
    "WatchOut": WATCH_OUT,
    "WatchSaved": {**WATCH_OUT, "secret": SECRET},
    "WhyOut": WHY,
}
"""By the names of the shapes in `/openapi.json`."""
