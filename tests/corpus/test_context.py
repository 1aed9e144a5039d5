"""The reading: what is put back, and where nothing is."""

import pytest

from corpus.claims import extract
from corpus.records import Article


def reading_of(text: str, words: str) -> str:
    """The reading of the last claim that has these words."""
    return [claim.reading for claim in extract(Article("a", text)) if words in claim.text][-1]


@pytest.mark.parametrize(
    ("text", "words", "reading"),
    [
        # "The contract" is the one spoken of before; "deal" may take it up too.
        (
            "Norway signed a contract to build a second bridge in Orvall. The contract has been cancelled.",
            "cancelled",
            "The contract [to build a second bridge in Orvall] has been cancelled",
        ),
        (
            "Norway signed a contract to build a second bridge in Orvall. The deal has been cancelled.",
            "cancelled",
            "The deal [to build a second bridge in Orvall] has been cancelled",
        ),
        # "This system" is the one whose name was given.
        (
            "Norway has bought the K-20 radar system. This system was delivered in May.",
            "delivered",
            "This [K-20 radar] system was delivered in May",
        ),
        # "A corresponding agreement" is about the event that was announced.
        (
            "Norway announced the sale of nine ferries. A corresponding agreement has been signed.",
            "signed",
            "A corresponding agreement [on the sale of nine ferries] has been signed",
        ),
        # "There are no new agreements" is about the same.
        (
            "Norway announced the sale of nine ferries. There are no new agreements.",
            "no new",
            "There are no new agreements [on the sale of nine ferries]",
        ),
        # A joined verb phrase keeps its subject, an aside its noun.
        (
            "The council sold the bridge in March and bought two ferries from Norway.",
            "ferries",
            "[The council] bought two ferries from Norway",
        ),
        (
            "The council sold the bridge, which was built by prisoners in 1911.",
            "which was",
            "which [the bridge] was built by prisoners in 1911",
        ),
        # "I" in a quotation is who speaks, "we" the body or those who speak; "he" in reported speech too.
        ('"I sold the bridge in May," Lena Marsh said.', "sold", "I [Lena Marsh] sold the bridge in May"),
        ('"We have sold the bridge," the owners said.', "sold", "We [the owners] have sold the bridge"),
        # A verb that has another form after a name takes it, where it stands right there.
        ('"I have sold the bridge," Lena Marsh said.', "sold", "I have [Lena Marsh has] sold the bridge"),
        ('"I don\'t own the bridge," Lena Marsh said.', "own", "I don't [Lena Marsh does not] own the bridge"),
        ("Lena Marsh said she had sold the bridge.", "sold", "she [Lena Marsh] had sold the bridge"),
        # A verb that hangs on the pronoun is written out, as it follows a name.
        (
            '"I\u2019m selling the bridge," Lena Marsh said.',
            "selling",
            "I\u2019m [Lena Marsh is] selling the bridge",
        ),
        ('"I\'d sell the bridge," Lena Marsh said.', "sell", "I'd [Lena Marsh would] sell the bridge"),
        ('"We\'ve sold the bridge," the owners said.', "sold", "We've [the owners have] sold the bridge"),
        # A pronoun is the one that was spoken of, if there is but one.
        ("Lena Marsh resigned. She had sold the bridge.", "sold", "She [Lena Marsh] had sold the bridge"),
        # A given name tells whom "he" cannot mean.
        (
            "Nora Lind praised Oscar Brandt. He had sold the bridge. Nora Lind resigned.",
            "sold",
            "He had sold the bridge",
        ),
        ("Nora Lind met Oscar Brandt. She had sold the bridge.", "sold", "She [Nora Lind] had sold the bridge"),
        # A joined verb phrase keeps the auxiliaries that it shares.
        (
            "The council should close the bridge in March and sell two ferries to Norway.",
            "ferries",
            "[The council should] sell two ferries to Norway",
        ),
    ],
)
def test_a_referent_is_put_back(text: str, words: str, reading: str) -> None:
    assert reading_of(text, words) == reading


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Two contracts that differ: which one is cancelled?
        (
            "Norway signed a contract with Kelm. Orvall signed a contract with Dunholm. The contract has ended.",
            "ended",
        ),
        # Two persons: which of them resigned?
        ("Lena Marsh wept. Nora Lind laughed. She resigned on Monday.", "resigned"),
        # The other may be meant too, though he is no subject: as an object, an owner, or without a name.
        ("Oscar Brandt met Emil Lund. He resigned on Monday.", "resigned"),
        ("Oscar Brandt read Emil Lund's report. He resigned on Monday.", "resigned"),
        ("Oscar Brandt met an officer. He resigned on Monday.", "resigned"),
        ("Oscar Brandt met Emil Lund and said he would resign.", "resign"),
        ("Police followed the protesters. They threw stones on Monday.", "stones"),
        # Nobody speaks of himself as "he".
        ('"He sold the bridge in May," Oscar Brandt said.', "sold"),
        # "I" in a quotation within a quotation, and "I" that no one is quoted with.
        ("Lena Marsh said: \"The owners told us 'I sold the bridge in May' and left.\"", "sold"),
        ("Lena Marsh read a note that said, I sold the bridge in May.", "sold"),
        # What "we" is when an agency passes words on, and when everybody is meant.
        ('"We have sold the bridge," Reuters said.', "sold"),
        ('"We need the bridge in this country," Lena Marsh said.', "need"),
        ('"The bridge is dear to our country," Lena Marsh said.', "dear"),
        # Words that someone in a quotation passes on are not the speaker's own.
        ('"The mayor told me that we sell them the bridge," Oscar Brandt said.', "sell"),
        # A statement is not meant by the "we" in it, nor a place by "who".
        ('"We have sold the bridge," the statement said.', "sold"),
        ("The council heard the senator from Kelm, who had sold the bridge to Norway.", "who had"),
        # Nor does a denial tell who it is that denies.
        ("Oscar Brandt ran against Emil Lund. He denies the accusations against him.", "denies"),
        # Whose deed a participle tells, with another clause between.
        ("The owners wept when the council voted on the bridge, giving up the island for good.", "giving"),
        # What came of it all is no deed of the subject.
        ("The council sold the bridge to Norway, leaving the island without a crossing.", "leaving"),
        # "We mean" and "I own" would have other words after a name; and then "my" is nobody's either.
        ('"I own the bridge and my ferry," Lena Marsh said.', "own"),
        ('"We have sold the bridge," Lena Marsh said.', "sold"),
        # Another of the kind was brought up since, or bears a name.
        (
            "Norway passed a bill to close the bridge in Orvall. Kelm drafted a bill. The bill has failed.",
            "failed",
        ),
        ("Norway has a bill to close the bridge in Orvall. The Ferry Bill came up. The bill has failed.", "failed"),
        ("A bill to close the dam failed. A bill to sell the mill passed. The bill has been signed.", "signed"),
        # Persons, places and bodies are told by their names.
        ("The president of the ferry line in Kelm wept. The president has resigned.", "resigned"),
        # A noun with words of its own is not the one that had others.
        ("Norway signed a contract to build a second bridge in Orvall. The radar contract has ended.", "ended"),
        # Which of two nouns an aside is about, the form of its verb may leave open.
        ("Norway regretted its raids on the camps, which first came up in Kelm.", "which"),
        ("Norway proposed a plan by Lena Marsh, which is unlikely to pass the council.", "which"),
        # "But Brandt, sold": the parser may have missed whose deed it is.
        ("Lena Marsh wept at the bridge in May, but Oscar Brandt, sold two ferries to Norway.", "sold"),
        # "A judge" is no name.
        ("A judge jailed a clerk after she refused to sell the bridge.", "refused"),
        # The phrase says itself what it is about.
        ("Norway signed a contract with Kelm. The contract with Dunholm has been cancelled.", "cancelled"),
        # "It" that stands for nothing.
        ("The council sold the bridge. It is likely that the ferry was sold too.", "likely"),
        # Nothing was said before.
        ("The contract has been cancelled.", "cancelled"),
    ],
)
def test_nothing_is_added_where_unclear(text: str, words: str) -> None:
    assert "[" not in reading_of(text, words)


def test_what_is_added_is_marked_for_people_and_plain_for_the_judge() -> None:
    (claim,) = extract(Article("a", '"I have sold the bridge," Lena Marsh said.'))
    assert claim.text == "I have sold the bridge"
    assert claim.judged == "Lena Marsh has sold the bridge"


def test_a_surname_is_whom_it_stood_for_where_it_stands() -> None:
    text = "Nora Lind came. Lind met Kelm and sold two ferries to Norway. Emil Lind wept. Emil Lind left."
    assert reading_of(text, "sold two") == "[Nora Lind] sold two ferries to Norway"


def test_the_house_is_not_short_for_another_house() -> None:
    text = "The White House spoke. The bill died in the House, which had voted on it in May."
    assert "White" not in reading_of(text, "voted")
