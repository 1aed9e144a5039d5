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
        # "We" in a quotation is whoever speaks; "he" in reported speech too.
        ('"We have sold the bridge," Lena Marsh said.', "sold", "We [Lena Marsh] have sold the bridge"),
        ("Lena Marsh said she had sold the bridge.", "sold", "she [Lena Marsh] had sold the bridge"),
        # A verb that hangs on the pronoun is written out, as it follows a name.
        (
            '"We\u2019re selling the bridge," Lena Marsh said.',
            "selling",
            "We\u2019re [Lena Marsh is] selling the bridge",
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
    (claim,) = extract(Article("a", '"We have sold the bridge," Lena Marsh said.'))
    assert claim.text == "We have sold the bridge"
    assert claim.judged == "Lena Marsh have sold the bridge"
