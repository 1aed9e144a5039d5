"""What is a claim: propositions, not sentences."""

import pytest

from corpus.checkworthy import check_worthiness
from corpus.claims import extract
from corpus.parse import parse
from corpus.records import Article, Aspect


def claims_of(text: str, title: str = "") -> list[str]:
    return [claim.text for claim in extract(Article("a", text, title=title, outlet="The Herald"))]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        # A sentence of the narrator is one claim.
        ("The council sold the bridge in March.", ["The council sold the bridge in March"]),
        # Joined clauses with subjects of their own are one claim each.
        (
            "The council sold the bridge, and the ferry stopped in June.",
            ["The council sold the bridge", "the ferry stopped in June"],
        ),
        # A joined verb phrase with an object of its own is a claim of its own.
        (
            "The council sold the bridge in March and bought two ferries from Norway.",
            ["The council sold the bridge in March", "bought two ferries from Norway"],
        ),
        # Not where the two verbs share their object.
        ("Rebels ambushed and shot down a helicopter.", ["Rebels ambushed and shot down a helicopter"]),
        # The frame of reported speech is no claim.
        ("Mayor Lena Marsh said that the bridge was sold.", ["the bridge was sold"]),
        ("The bridge was sold, Mayor Lena Marsh said on Tuesday.", ["The bridge was sold"]),
        ("According to Lena Marsh, the bridge was sold.", ["the bridge was sold"]),
        # Of a quotation, the inside.
        ('"The bridge has been sold," Lena Marsh said.', ["The bridge has been sold"]),
        # What stands behind "if" is claimed by nobody.
        (
            "The mayor will resign if the council sells the bridge to Norway.",
            ["The mayor will resign if the council sells the bridge to Norway"],
        ),
        # Nor what "not" may hold for.
        (
            "The council did not sell the bridge to Norway and close the dam for good.",
            ["The council did not sell the bridge to Norway and close the dam for good"],
        ),
        # A refusal to say claims nothing.
        ("Lena Marsh declined to say whether the bridge was sold.", []),
    ],
)
def test_the_claims_of_a_sentence(text: str, claims: list[str]) -> None:
    assert claims_of(text) == claims


def test_an_aside_long_enough_is_a_claim_of_its_own() -> None:
    found = claims_of("The council sold the bridge, which was built by prisoners in 1911.")
    assert found[1] == "which was built by prisoners in 1911"


def test_both_parts_of_a_split_quotation_are_claims() -> None:
    found = claims_of('"The bridge is closed," Lena Marsh said, "and the ferry will not sail before June."')
    assert found == ["The bridge is closed", "the ferry will not sail before June"]


def test_a_quotation_after_a_colon_is_cut_from_its_frame() -> None:
    found = claims_of('The mayor was blunt. "The bridge has been sold. The ferry was sold too," she said.')
    assert found[1:] == ["The bridge has been sold", "The ferry was sold too"]


def test_no_sentence_gives_more_than_five() -> None:
    joined = ", and ".join(f"the {word} was sold to Norway" for word in ("dam", "ship", "quay", "mill", "barn", "inn"))
    assert len(claims_of(joined.capitalize() + ".")) <= 5


def test_a_headline_gives_its_claim_without_the_label() -> None:
    text = "Marsh: bridge was never sold\n\nMayor Lena Marsh said on Monday that the papers were false."
    assert claims_of(text, title="Marsh: bridge was never sold")[0] == "bridge was never sold"


def test_numbers_and_done_deeds_are_worth_more_checking_than_opinions() -> None:
    (done,) = parse(Article("a", "The council sold 14 bridges to Norway in 2019."))
    (felt,) = parse(Article("b", "I think you are wonderful people."))
    worth = check_worthiness(list(done.tokens), Aspect.ACCOMPLISHED)
    assert worth > 0.5 > check_worthiness(list(felt.tokens), Aspect.OPINION)


def test_links_set_into_a_sentence_are_no_part_of_what_it_claims() -> None:
    text = "Mayor Lena Marsh Lena Anne MarshFerry talks fail Council sells bridge MORE, of Kelm, sold the dam in May."
    (claim,) = extract(Article("a", text))
    assert text[claim.start : claim.stop] == claim.text
    assert claim.judged == "Mayor Lena Marsh, of Kelm, sold the dam in May"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # What one would think is not so.
        ('"You would think that the council sold the bridge," Lena Marsh said.', "the council sold the bridge"),
        # A reason that "not" rules out.
        ("The ferry sails, though not because the council sold the old bridge.", "the council sold the old bridge"),
        # What somebody may then do, and what must come first.
        ("The council met so that it could sell the bridge to Norway.", "it could sell the bridge to Norway"),
        ("She will stay, provided the council sold the bridge, Lena Marsh said.", "the council sold the bridge"),
        # An infinitive that only looks joined to the verb before.
        (
            "The papers show Lena Marsh did not sell the bridge, hide the money or burn the plans of it.",
            "burn the plans of it",
        ),
        # A clause whose verb is left out.
        ('"They want to sell the bridge and we are not allowed to," Lena Marsh said.', "we are not allowed to"),
    ],
)
def test_what_is_not_asserted_is_no_claim_of_its_own(text: str, words: str) -> None:
    assert words not in claims_of(text)


def test_nor_stays_with_the_clause_that_it_negates() -> None:
    assert "Nor did the council sell the bridge" in claims_of("It rained. Nor did the council sell the bridge.")


def test_what_a_question_asks_whether_someone_thinks_is_a_question() -> None:
    (asked,) = extract(Article("a", '"Do I think the bridge was sold?" Lena Marsh said.'))
    assert (asked.text, asked.aspect) == ("the bridge was sold", Aspect.QUESTION)
