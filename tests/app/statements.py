"""Claims and findings small enough to read, for the tests of what is shown and written."""

from corpus.records import Addition, Claim, Holder, Span
from nli.records import Finding, Judgement, Kind, Pair, Parties, Relation, Scores

SIGNED = Claim(
    "c1",
    "a1",
    100,
    128,
    "The contract has been signed",
    outlet="The Exporter",
    published="2020-08-23",
    url="https://exporter.example/signed",
    holder=Holder("Ivan Petrov", Span(10, 21)),
    quoted=True,
    additions=(Addition(12, "for the S-400"),),
    check_worthiness=0.8,
)
NOTHING_NEW = Claim(
    "c2",
    "a2",
    40,
    66,
    "there are no new contracts",
    outlet="Ankara Post",
    published="2022-09-01T10:00:00+03:00",
    holder=Holder("officials", Span(0, 9)),
)
RAIN = Claim("c3", "a3", 0, 9, "It rained")


def a_finding(
    left: Claim = SIGNED,
    right: Claim = NOTHING_NEW,
    relation: Relation = Relation.CONTRADICTION,
    score: float = 0.91,
) -> Finding:
    """The two sides of the contract, or what is asked for."""
    judgement = Judgement(Pair(left, right, 0.42), Scores(0.02, 0.07, 0.91), Scores(0.1, 0.1, 0.8), "fake@0", score)
    contradiction = relation is Relation.CONTRADICTION
    return Finding(
        judgement,
        relation,
        "one says signed, the other that there is nothing new",
        Parties.DISPUTE if contradiction else None,
        Kind.NEGATION if contradiction else None,
        (Span(left.start + 4, left.stop),) if contradiction else (),
        (Span(max(right.stop - 16, right.start), right.stop),) if contradiction else (),
    )
