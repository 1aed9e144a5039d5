"""What gives no claims, what must be left alone, and that no text makes the search slow."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import cleaning
from corpus.cleaning import boilerplate, front_matter, headline, insets
from corpus.readers import read
from corpus.records import Article

FILES = Path(__file__).parent / "files"
SHARED = Path(os.environ.get("COUNTERCLAIM_SHARED", Path(__file__).parents[2].parent / "shared"))
ALLSIDES = SHARED / "data" / "eval" / "allsides" / "articles.jsonl.gz"

PROSE = "The harbour ministry said on Tuesday that the contract for a second terminal had been signed."
MORE_PROSE = "Northquay, the builder, declined to comment on what it called speculation about its order book."


def cut_from(text: str, title: str = "", outlet: str | None = None) -> list[str]:
    return [span.of(text) for span in boilerplate(Article("a", text, title=title, outlet=outlet))]


class TestFurniture:
    @pytest.mark.parametrize(
        "line",
        [
            "Advertisement",
            "ADVERTISEMENT:",
            "Support Ledger Weekly – Go Ad-Free!",
            "Click here to subscribe.",
            "Sign up for our newsletter",
            "Sign up for the Harbour Briefing newsletter, every morning",
            "Get the day's stories delivered to your inbox",
            "Share this",
            "SHARE THIS ARTICLE Share Tweet Post Email",
            "Follow us on Twitter and Facebook",
            "Read more: What the terminal will cost",
            "Story continues below",
            "© 2021 Portsmere Ledger. All rights reserved.",
            "Copyright 2021 Harbour Wire. This material may not be published or rewritten.",
            "We use cookies to improve your visit.",
            "This site uses cookies.",
            "Our comment rules: be kind, keep to the matter, and do not sell things. Whoever does will be shown out.",
            "Comments are closed.",
            "Ann Lee and Bo Ek contributed to this report.",
            "Reporting by Ann Lee; Editing by Bo Ek",
            "This article is more than 2 years old",
            "This story has been updated.",
            "Slideshow (4 Images)",
            "[pullquote]",
            "(CROSSTALK)",
            "* * *",
            "5 min read",
            "Updated at 9:05 a.m. ET, May 4",
            "April 21, 2017",
            "By Ann Lee",
            "BY ANN LEE AND BO EK",
            "By Ann Lee, Harbour Correspondent | May 4, 2021 | 10:15 am",
            "FILE PHOTO: The old quay at Portsmere, March 2, 2021.",
            "PHOTO/HARBOUR WIRE - The minister on the old quay, 4 May 2021",
            "The minister speaks on the old quay on Tuesday. (Photo by Bo Ek/Getty Images)",
            "The minister speaks on the old quay. | AP Photo",
            "Ferries at the old quay, March 2, 2021. REUTERS/Bo Ek",
            "The old quay. Photograph: Bo Ek/Portsmere Pictures",
            "Enlarge this image toggle caption Bo Ek/AP Bo Ek/AP",
        ],
    )
    def test_furniture_goes_and_what_stands_around_it_stays(self, line: str) -> None:
        for blank in ("\n\n", "\n", "\r\n\r\n"):
            assert cut_from(blank.join((PROSE, line, MORE_PROSE))) == [line]

    def test_the_outlet_is_known_by_its_name(self) -> None:
        text = f"By portsmere ledger May 4, 2021\n{PROSE}\nSubscribe to Portsmere Ledger today"
        assert len(cut_from(text, outlet="Portsmere Ledger")) == 2
        assert cut_from(text, outlet="portsmere ledger")[0].startswith("By portsmere ledger")

    @pytest.mark.parametrize(
        ("line", "cut"),
        [
            (f"{PROSE} Sign up here.", "Sign up here."),
            (f"{PROSE} Read more", "Read more"),
            (f"Click here to subscribe. {PROSE}", "Click here to subscribe."),
            (f'"{PROSE}"Ann Lee contributed to this report.', "Ann Lee contributed to this report."),
            (f"{PROSE[:-1]} (RELATED: Who owns the quay?).", "(RELATED: Who owns the quay?)"),
            (f"[APPLAUSE] {PROSE}", "[APPLAUSE]"),
            (f"The minister. | AP Photo {PROSE}", "The minister. | AP Photo"),
        ],
    )
    def test_within_a_paragraph_only_the_furniture_goes(self, line: str, cut: str) -> None:
        assert cut_from(f"{line}\n{MORE_PROSE}") == [cut]

    @pytest.mark.parametrize(
        ("line", "dateline"),
        [
            ("ANKARA (Reuters) - Turkey said so.", "ANKARA (Reuters) -"),
            ("WASHINGTON/BEIJING (Reuters) – The two said so.", "WASHINGTON/BEIJING (Reuters) –"),
            ("SANAA, Yemen (AP) — Crowds said so.", "SANAA, Yemen (AP) —"),
            ("Seoul, South Korea (CNN)The north said so.", "Seoul, South Korea (CNN)"),
            ("KEENE, New Hampshire — A crowd said so.", "KEENE, New Hampshire —"),
        ],
    )
    def test_a_dateline_is_a_stretch_of_its_own(self, line: str, dateline: str) -> None:
        assert cut_from(f"{line}\n{PROSE}") == [dateline]

    @pytest.mark.parametrize(
        "line",
        [
            "Sign up for health coverage ends on Friday, officials said.",
            "The company uses cookies to follow its visitors, the court found.",
            "Support for the bill has fallen to a third, a poll found on Monday.",
            "Advertisement spending fell by a tenth last year, the agency said.",
            "Read more books, the minister told the pupils.",
            "Privacy policy changes announced on Friday angered the users of the service.",
            "Subscribers left the paper in their thousands, it said.",
            "Facebook, Twitter and Google executives told the committee that they had acted.",
            "Loading docks at the port were closed on Friday.",
            "Reporting by the newspaper found that twelve people had been paid.",
            "Comments by the minister angered the builder.",
            "Photos of the quay were shown in court on Friday.",
            "By Friday the contract had been signed.",
            "By Tuesday, Northquay had withdrawn its offer.",
            "May said the deal was dead.",
            "The minister told Reuters",
            "Mr Lee told the (AP) so on Friday.",
            "“We have signed,” said the minister. “There is no more to it.”",
            "The report (the second this year) was published by AP.",
            "He shared this with the committee.",
            "More than 40 ferries were damaged.",
            "Related charges were dropped on Friday.",
            "Credit: the word means belief, the judge said.",
        ],
    )
    def test_real_sentences_are_left_alone(self, line: str) -> None:
        assert cut_from(f"{PROSE}\n{line}\n{MORE_PROSE}") == []


class TestOtherArticles:
    def test_a_list_of_other_articles_goes_to_the_end(self) -> None:
        tail = (
            "Related Articles\n\nFishermen block the old quay\n\nThe fishermen of Portsmere have blocked the old quay "
            "in a quarrel over mooring fees, the town ... more\n\nGulls banned\n\nThe council said that gulls "
            "are a nuisance.\n\nDismiss"
        )
        assert cut_from(f"{PROSE}\n\n{MORE_PROSE}\n\n{tail}") == [tail]

    def test_links_amid_the_text_go_and_the_text_goes_on(self) -> None:
        box = "More on this...\n\nFishermen block the old quay\n\nGulls banned"
        assert "".join(cut_from(f"{PROSE}\n\n{box}\n\n{MORE_PROSE}\n\n{PROSE}")) == box.replace("\n\n", "")

    def test_a_heading_over_prose_takes_no_prose_with_it(self) -> None:
        text = f"{PROSE}\n\nRelated Articles\n\n{MORE_PROSE}\n\n{PROSE}"
        assert cut_from(text) == ["Related Articles"]

    def test_a_teaser_cut_off_goes_whole(self) -> None:
        teaser = "Fishermen have blocked the old quay in a quarrel over mooring fees, ... more"
        assert cut_from(f"{PROSE}\n\n{teaser}") == [teaser]


class TestHead:
    def test_the_title_at_the_head_is_the_headline_and_no_boilerplate(self) -> None:
        text = f"Advertisement\n\nTerminal contract “signed”\n\n{PROSE}"
        article = Article("a", text, title='Terminal contract "signed"')
        found = headline(article)
        assert found is not None
        assert found.of(text) == "Terminal contract “signed”"
        assert cut_from(text, title=article.title) == ["Advertisement"]

    def test_a_title_that_looks_like_furniture_is_still_the_headline(self) -> None:
        assert cut_from(f"Read more: a plea\n\n{PROSE}", title="Read more: a plea") == []

    def test_a_title_that_comes_again_goes_the_second_time(self) -> None:
        assert len(cut_from(f"Contract signed\nContract signed\n{PROSE}", title="Contract signed")) == 1

    @pytest.mark.parametrize("title", ["", "Something else entirely"])
    def test_without_a_repeated_title_there_is_no_headline(self, title: str) -> None:
        assert headline(Article("a", f"Contract signed\n\n{PROSE}", title=title)) is None

    def test_fields_at_the_head_go_but_for_the_headline_in_them(self) -> None:
        [article] = [each for each in read([FILES / "fields.txt"]) if isinstance(each, Article)]
        cut = [span.of(article.text) for span in boilerplate(article)]
        assert cut == ["Title: ", "\nDate: 6 May 2021\nOutlet: The Portsmere Ledger"]

    def test_windows_line_ends_make_no_difference_to_fields(self) -> None:
        front = front_matter("Title: Talks\r\nDate: 2021-05-06\r\n\r\nIt rained.")
        assert front is not None
        assert front.fields == (("title", "Talks"), ("published", "2021-05-06"))


LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                "Related Articles",
                "Read more",
                "Share this",
                "A (Reuters) - b",
                PROSE,
                "x ... more",
                "",
                "Title: a",
                "Date: b",
            ]
        ),
    ),
    max_size=12,
)


@given(LINES, st.text(max_size=30), st.none() | st.text(max_size=10))
def test_spans_lie_within_the_text_sorted_and_apart(lines: list[str], title: str, outlet: str | None) -> None:
    text = "x" + "\n".join(lines)
    article = Article("a", text, title=title, outlet=outlet)
    spans, kept = boilerplate(article), headline(article)
    assert all(0 <= span.start < span.stop <= len(text) for span in spans)
    assert all(one.stop < two.start for one, two in itertools.pairwise(spans))
    assert kept is None or not any(span.overlap(kept) for span in spans)


REPEATS = (
    *(
        "a\n",
        "By ",
        "( ",
        "(photo: ",
        "| A",
        "| AP Photo",
        "Read more ",
        "... more\n",
        "Related Articles\n",
        ". ",
        '."',
    ),
    *(
        "A, A ",
        "WASHINGTON ",
        "1 ",
        "Photo by A ",
        "Share this\n",
        "REUTERS/",
        "\u00a0",
        "support ",
        "Title: a\n",
        "[",
        "A.",
    ),
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", REPEATS)
def test_a_megabyte_of_repeats_comes_to_an_end(piece: str) -> None:
    # Seconds for what is linear; a quadratic search runs into the limit, and one that backtracks never ends.
    article = Article("a", "x" + piece * (1_000_000 // len(piece)), title=piece * 20)
    assert isinstance(boilerplate(article), tuple)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("shape", sorted(cleaning.SHAPES))
def test_no_shape_is_slow_on_100_kb_made_for_it(shape: str) -> None:
    pattern = cleaning.SHAPES[shape]
    for piece in (
        "A",
        "A ",
        "A, ",
        "(A ",
        "| A",
        "/A",
        "Photo by A ",
        "AP/",
        "By ",
        "(photo ",
        "1",
        "A.'-/ ",
        "(Reuters) -",
        "—",
    ):
        text = piece * (100_000 // len(piece))
        pattern.search(text) if shape in ("credit inside", "bracket") else pattern.search(text[-cleaning.MOST_CREDIT :])
        pattern.match(text)


@pytest.fixture(scope="module")
def allsides() -> list[Article]:
    if not ALLSIDES.exists():
        pytest.skip(f"the AllSides articles are not in the repository, nor at {ALLSIDES}")
    return [each for each in read([ALLSIDES]) if isinstance(each, Article)]


@pytest.mark.slow
def test_3000_articles_of_the_press_are_cleaned_lightly(allsides: list[Article]) -> None:
    assert len(allsides) == 3_000

    def shares() -> Iterator[float]:
        for article in allsides:
            spans = boilerplate(article)
            assert all(span.of(article.text).strip() for span in spans)
            yield sum(span.stop - span.start for span in spans) / len(article.text)

    cut = sorted(shares())
    assert sum(cut) / len(cut) < 0.05  # 3.2 % when first measured
    assert cut[-30] < 0.6


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (
            "Senator Lena Marsh Lena Anne MarshFerry talks fail 2 bridges sold MORE (D-Kelm) resigned.",
            [" Lena Anne MarshFerry talks fail 2 bridges sold MORE"],
        ),
        ("Oscar Brandt Oscar BrandtMORE met her.", [" Oscar BrandtMORE"]),
        ("Emil Lund Jr. Emil (Em) LundBridge sold MORE left.", [" Jr. Emil (Em) LundBridge sold MORE"]),
        # A name said twice, a longer word, and "MORE" alone are no links.
        ("Marsh and Lena Marsh want MORE ferries.", []),
        ("Lund saw the Lake Lundby ferry. We need MORE of them.", []),
    ],
)
def test_links_set_in_behind_a_name_are_told_by_the_name_glued_to_them(text: str, links: list[str]) -> None:
    assert [inset.links.of(text) for inset in insets(text)] == links


@pytest.mark.parametrize(
    "line",
    [
        "Ann Lee is an award-winning writer in Kelm. She won the harbour prize. Follow her on Twitter.",
        "The Ledger asks the questions that matter. Please consider making a contribution to the Ledger today.",
        "CLOSE The ferry Halden sails into Kelm. Harbour TV",
    ],
)
def test_the_last_lines_may_be_about_the_author_or_the_outlet(line: str) -> None:
    assert cut_from(f"{PROSE}\n\n{MORE_PROSE}\n\n{line}") == [line]
