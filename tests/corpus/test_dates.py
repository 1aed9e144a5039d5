"""How a claim stands to time. Each rule: a sentence and its aspect."""

import pytest

from corpus.claims import extract
from corpus.records import Article, Aspect


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("The contract has been signed.", Aspect.ACCOMPLISHED),
        ("The council sold the bridge in March.", Aspect.ACCOMPLISHED),
        ("The bridge was sold in March.", Aspect.ACCOMPLISHED),
        ("At the moment, the company does not produce engines abroad.", Aspect.STATE),
        ("The council is in talks with Norway.", Aspect.STATE),
        ("There are no new agreements.", Aspect.STATE),
        ("So far the council has received two offers.", Aspect.STATE),
        ("The two presidents are to meet in Kelm on May 3.", Aspect.PLAN),
        ("The council plans to sell the bridge.", Aspect.PLAN),
        ("The government will sell the bridge in May.", Aspect.PLAN),
        ("There is no way this sale will ultimately go through.", Aspect.FORECAST),
        ("Prices will rise.", Aspect.FORECAST),
        ("Lena Marsh expects that prices will rise.", Aspect.FORECAST),
        ("The council hopes to sell the bridge.", Aspect.HOPE),
        ("Lena Marsh hopes that the bridge is sold.", Aspect.HOPE),
        ("If the vote fails, the bridge will be sold.", Aspect.CONDITION),
        ("The bridge should be closed.", Aspect.OPINION),
        ("Lena Marsh believes that the bridge is safe.", Aspect.OPINION),
        ("Was the bridge ever sold to Norway?", Aspect.QUESTION),
        ("Lena Marsh asked whether the bridge was sold.", Aspect.QUESTION),
    ],
)
def test_the_aspect_of_a_claim(text: str, aspect: Aspect) -> None:
    assert [claim.aspect for claim in extract(Article("a", text))][:1] == [aspect]
