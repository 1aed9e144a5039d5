"""Who says it. Each rule: a text, a claim in it, and whom the reader takes it from."""

import pytest

from corpus.claims import extract
from corpus.records import Article, Claim, Stance

OUTLET = "The Herald"


def claim_in(text: str, words: str, title: str = "") -> Claim:
    """The claim that has these words, the shortest if there are several."""
    claims = extract(Article("a", text, title=title, outlet=OUTLET))
    return min((claim for claim in claims if words in claim.text), key=lambda claim: len(claim.text))


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("The bridge was sold in May.", "sold", OUTLET),
        ("Lena Marsh said that the bridge was sold.", "sold", "Lena Marsh"),
        ("The bridge was sold, said Lena Marsh.", "sold", "Lena Marsh"),
        ("The bridge was sold, mayor Lena Marsh told reporters on Friday.", "sold", "Lena Marsh"),
        ("According to Lena Marsh, the bridge was sold.", "sold", "Lena Marsh"),
        ("The bridge, Lena Marsh said, was sold in May.", "sold", "Lena Marsh"),
        ("“The bridge was sold,” Lena Marsh said.", "sold", "Lena Marsh"),
        ('Lena Marsh said: "The bridge was sold in May."', "sold", "Lena Marsh"),
        # The teller holds it, not the agency that is told.
        ("Ankara rejected this, telling Reuters that the bridge was sold.", "sold", "Ankara"),
        # The one quoted, not the one who quotes.
        ("Lena Marsh was quoted as saying the bridge was sold.", "sold", "Lena Marsh"),
        # The speaker, not the agency that passes it on.
        ("According to Tass, Lena Marsh said that the bridge was sold.", "sold", "Lena Marsh"),
        # A surname is the person named before.
        ("Lena Marsh resigned. Marsh said the bridge was sold.", "sold", "Lena Marsh"),
        # A pronoun is whoever spoke last.
        ("Lena Marsh said the dam was safe. The bridge was sold, she added.", "sold", "Lena Marsh"),
        # A title is the one who carries it.
        ("Finance Minister Lena Marsh resigned. The minister said the bridge was sold.", "sold", "Lena Marsh"),
        # A name beside a description is the name.
        ("Its operator, Halden Ferries, said the bridge was sold.", "sold", "Halden Ferries"),
        # A document speaks for its maker.
        ("Figures from the water ministry show that the bridge was sold.", "sold", "the water ministry"),
        # Nobody says it: the outlet reports that nobody does.
        ("Nobody has said that the bridge was sold.", "Nobody", OUTLET),
    ],
)
def test_the_holder_of_a_claim(text: str, words: str, name: str) -> None:
    holder = claim_in(text, words).holder
    assert holder is not None
    assert holder.name == name
    assert holder.narrator == (name == OUTLET)
    assert (holder.span is None) == holder.narrator


def test_without_outlet_and_speaker_there_is_no_holder() -> None:
    (claim,) = extract(Article("a", "The bridge was sold in May."))
    assert claim.holder is None


def test_a_holder_stands_where_the_text_names_them_beside_the_claim() -> None:
    text = "Lena Marsh resigned. Marsh said the bridge was sold."
    holder = claim_in(text, "sold").holder
    assert holder is not None
    assert holder.span is not None
    assert holder.span.of(text) == "Marsh"
    assert holder.span.start == text.rindex("Marsh")


def test_the_turns_of_a_transcript_are_their_speakers() -> None:
    text = "Lena Marsh met Oscar Brandt.\n\nMARSH: The bridge was sold in May.\n\nBRANDT: The ferry sails on Monday."
    sold, sails = claim_in(text, "sold"), claim_in(text, "sails")
    assert (sold.text, sold.holder and sold.holder.name) == ("The bridge was sold in May", "Lena Marsh")
    assert (sails.text, sails.holder and sails.holder.name) == ("The ferry sails on Monday", "Oscar Brandt")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The mayor spoke.\n\n“The bridge should never be sold to Norway.” ― Lena Marsh", "Lena Marsh"),
        ("The mayor spoke.\n\nThe bridge was sold to Norway. — Emil Lund (@elund) May 4, 2021", "Emil Lund"),
        # A dash with more text behind it is no signature.
        ("It was called “sold to Norway” — unheard of for any bridge before.", OUTLET),
    ],
)
def test_a_signature_tells_whose_words_stand_before_it(text: str, name: str) -> None:
    claim = claim_in(text, "sold")
    assert claim.holder is not None
    assert claim.holder.name == name
    assert "@" not in claim.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # The ones who are blamed for a thought have it, not who blames them.
        ("The mayor slammed the owners for thinking that the bridge was sold.", "the owners"),
        # Whoever told them, not they.
        ("Residents were told that the bridge was sold.", OUTLET),
        ("Residents were told by Lena Marsh that the bridge was sold.", "Lena Marsh"),
        # Things and amounts hold nothing.
        ("The banners said that the bridge was sold.", OUTLET),
        # What one has said since is one's own, though the text gives no other name.
        (
            "Mayor Lena Marsh met Oscar Brandt. Lindqvist disagreed and said it was bad. He said the bridge was sold.",
            "Lindqvist",
        ),
        # Someone else in a quotation does not speak all of it.
        ('"The mayor said the dam was safe. The bridge was sold in May," Oscar Brandt said.', "Oscar Brandt"),
    ],
)
def test_who_does_not_hold_a_claim(text: str, name: str) -> None:
    holder = claim_in(text, "bridge was sold").holder
    assert holder is not None
    assert holder.name == name


@pytest.mark.parametrize(
    "text",
    [
        "Lena Marsh pressed the owners on whether they believed that the bridge was sold.",
        '"I thought that the bridge was sold," Lena Marsh said.',
        '"We were told that the bridge was sold," Lena Marsh said.',
        "Lena Marsh pointed to Oscar Brandt's claim in May that the bridge was sold.",
    ],
)
def test_what_is_asked_or_was_once_thought_is_not_asserted(text: str) -> None:
    assert "the bridge was sold" not in [claim.text for claim in extract(Article("a", text, outlet=OUTLET))]


def test_one_label_in_capitals_makes_no_transcript() -> None:
    holder = claim_in("UPDATE: The bridge was sold in May.", "sold").holder
    assert holder is not None
    assert holder.narrator


def test_a_quotation_of_several_sentences_keeps_its_holder() -> None:
    text = '"The dam is safe. The bridge was sold. The ferry sails," Lena Marsh said.'
    holders = {claim.holder.name for claim in extract(Article("a", text, outlet=OUTLET)) if claim.holder}
    assert holders == {"Lena Marsh"}


def test_a_quotation_that_reopens_in_the_next_paragraph_keeps_its_holder() -> None:
    text = "“The dam is safe,” Lena Marsh said. “It was built to last.\n\n“The bridge was sold in May.”"
    holder = claim_in(text, "sold").holder
    assert holder is not None
    assert holder.name == "Lena Marsh"


def test_a_claim_within_quotation_marks_is_quoted() -> None:
    assert claim_in("“The bridge was sold,” Lena Marsh said.", "sold").quoted
    assert not claim_in("Lena Marsh said the bridge was sold.", "sold").quoted
    assert not claim_in("Lena Marsh said the bridge was “sold”.", "bridge").quoted


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Lena Marsh denied that the bridge was sold.", Stance.DENIED),
        ("Lena Marsh rejected claims that the bridge was sold.", Stance.DENIED),
        ("Lena Marsh dismissed reports that the bridge was sold.", Stance.DENIED),
        ("Lena Marsh does not believe that the bridge was sold.", Stance.DENIED),
        ("Lena Marsh does not believe that the bridge was sold, as she once thought.", Stance.DENIED),
        ("Nor does Lena Marsh believe that the bridge was sold.", Stance.DENIED),
        ("Lena Marsh doubts that the bridge was sold.", Stance.DENIED),
        ("Lena Marsh no longer believes that the bridge was sold.", Stance.DENIED),
        ("Lena Marsh issued a statement Friday denying that the bridge was sold.", Stance.DENIED),
        ("Lena Marsh confirmed reports that the bridge was sold.", Stance.ASSERTED),
        ("Lena Marsh said that the bridge was not sold.", Stance.ASSERTED),
    ],
)
def test_the_stance_of_a_holder(text: str, stance: Stance) -> None:
    claim = claim_in(text, "bridge was")
    assert claim.stance is stance
    assert claim.holder is not None
    assert claim.holder.name == "Lena Marsh"


def test_a_name_before_a_headlines_colon_holds_it_only_if_it_speaks_below() -> None:
    title = "Marsh: bridge was never sold"
    below = claim_in(f"{title}\n\nMayor Lena Marsh said on Monday the papers were false.", "never sold", title)
    assert below.holder is not None
    assert below.holder.name == "Lena Marsh"
    place = "Norway: bridge was never sold"
    silent = claim_in(f"{place}\n\nThe papers were false.", "never sold", place)
    assert silent.holder is not None
    assert silent.holder.narrator


def test_what_is_told_besides_is_not_denied_with_what_is_no_longer_believed() -> None:
    text = (
        '"We told the owners that we no longer believe the dam is safe and that the bridge was sold," Lena Marsh said.'
    )
    assert claim_in(text, "bridge was sold").stance is Stance.ASSERTED


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        # The next paragraph's quotation has its own speaker.
        (
            'Mayor Lena Marsh said: "The dam is safe."\n\n"Not a way to run it!" Senator Emil Lund of Kelm said.',
            "Not a way",
            "Emil Lund",
        ),
        (
            '"The dam is safe," Lena Marsh said. "Is the bridge sold?" Emil Lund asked.',
            "Is the bridge sold",
            "Emil Lund",
        ),
        (
            '"The dam is safe," Lena Marsh said. "The bridge was sold." Two owners told Kelm Radio News the same.',
            "was sold",
            "Lena Marsh",
        ),
        # Whom the quoted speaker quotes does not speak the rest of it.
        ('"The court ruled that the dam is safe," Lena Marsh said. "The bridge was sold."', "sold", "Lena Marsh"),
        # Who goes on to say it has said it.
        ('Emil Lund goes on to explain: "Because the dam leaks, the bridge was sold."', "sold", "Emil Lund"),
        # A paragraph that ends in a colon introduces the next one.
        ('A resident, Lena Marsh of Kelm, told the Herald:\n\n"The bridge was sold."', "sold", "Lena Marsh"),
        ('Lena Marsh published a letter on Monday:\n\n"The bridge was sold."', "sold", "Lena Marsh"),
        # "Adding" goes with whoever speaks, not with what is quoted behind it.
        ('"We can\'t afford it," Marsh said, adding later, "The bridge costs us a fortune."', "costs", "Marsh"),
        (
            "Judge Lena Marsh blocked the plan for those who wait while their cases are open, ruling that it was sold.",
            "it was sold",
            "Lena Marsh",
        ),
        # "Who" is about the people, not about the place they are in.
        (
            "The plan pleased nervous owners in Port Calder, who have argued that the bridge was sold.",
            "was sold",
            "nervous owners in Port Calder",
        ),
        # A clause that joins reported speech and quotes it is reported, too.
        (
            'Marsh said Lund had asked to see her "without any notice," and the mood of the meeting was "like spring."',
            "mood",
            "Marsh",
        ),
        # To deny somebody something is no speech.
        ("Emil Lund has said that the new owner has denied the workers their pay.", "pay", "Emil Lund"),
        # Names that go on behind a hyphen, and family names that stand first.
        ("President Moon Jae-in said Sunday that the bridge was sold.", "sold", "Moon Jae-in"),
        ("Executive Leung Chun-ying came. Leung said the bridge was sold.", "sold", "Leung Chun-ying"),
        ("The bridge was sold, according to the U.S. Department of Justice.", "sold", "U.S. Department of Justice"),
        # To condemn, to demand, to propose is done by saying so.
        ("Emil Lund condemned the sale of the bridge.", "condemned", "Emil Lund"),
        ("Emil Lund demanded a new bridge.", "demanded", "Emil Lund"),
        # Who worries that P thinks so.
        ("Owners worry that the bridge was sold.", "sold", "Owners"),
        # What "it" suggests is said by whoever speaks.
        ("Lena Marsh read the letter. She says it suggests that the bridge was sold.", "sold", "Lena Marsh"),
        (
            "The Democrats also argue that Marsh committed crimes, even if they are not listed in the report.",
            "crimes",
            "Democrats",
        ),
    ],
)
def test_the_holder_in_the_forms_of_real_news(text: str, words: str, name: str) -> None:
    holder = claim_in(text, words).holder
    assert holder is not None
    assert holder.name == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '"Not a way to run it!" Senator Emil Lund of Kelm said on Monday when a new version came out.',
            "Senator Emil Lund of Kelm said on Monday when a new version came out",
        ),
        ('And Lena Marsh adds that "the fact is, rain can lead to floods."', "the fact is"),
        ('"The bridge was sold to Norway," Lena Marsh said. "But the dam was not."', "the dam was not"),
        ("Lena Marsh was asked whether the bridge was sold.", "the bridge was sold"),
        ("The bridge was sold. pic.example.com/EdYuI8FesV", "pic.example.com/EdYuI8FesV"),
    ],
)
def test_what_is_no_claim_of_its_own(text: str, words: str) -> None:
    assert words not in [claim.text for claim in extract(Article("a", text, outlet=OUTLET))]


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        ("The bridge, Lena Marsh said, was sold in May.", "The bridge was sold in May"),
        ("Marsh could, as the Kelm Herald explains, wait until May.", "Marsh could wait until May"),
    ],
)
def test_a_frame_set_into_a_claim_is_not_judged_with_it(text: str, judged: str) -> None:
    claim = claim_in(text, "May")
    assert claim.judged == judged
    assert text[claim.start : claim.stop] == claim.text


def test_what_is_found_somewhere_says_nothing() -> None:
    claim = claim_in("Police officials said a second device was also found in Kelm and that it was safe.", "device")
    assert claim.holder is not None
    assert claim.holder.name == "Police officials"
