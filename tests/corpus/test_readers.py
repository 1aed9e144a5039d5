"""What `read` gives for each kind of input, and which fault names what is wrong with it."""

import gzip
import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import Fault
from corpus.readers import Download, fields, read, streams
from corpus.records import Article

FILES = Path(__file__).parent / "files"
BODY = "The minister said that there was no new agreement on the terminal."
# A file has no lone surrogates, and a first character that is a byte order mark is taken for one.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), min_size=1).filter(str.strip)


def articles(*sources: str | Path) -> list[Article]:
    found = list(read(sources))
    assert not [each for each in found if isinstance(each, Fault)]
    return [each for each in found if isinstance(each, Article)]


def faults(*sources: str | Path) -> list[str]:
    return [str(each) for each in read(sources) if isinstance(each, Fault)]


def piped(content: bytes) -> list[Article | Fault]:
    return list(read(["-"], io.BytesIO(content)))


def only(found: list[Article | Fault]) -> Article:
    assert len(found) == 1
    assert isinstance(found[0], Article), str(found[0])
    return found[0]


class TestText:
    def test_the_text_is_the_whole_file_and_the_first_line_its_title(self) -> None:
        [article] = articles(FILES / "harbour.txt")
        assert article.text == (FILES / "harbour.txt").read_text("utf-8")
        assert article.title == "Ferry terminal contract signed, ministry says"
        assert (article.id, article.outlet, article.published) == ("harbour.txt", None, None)

    def test_line_ends_and_non_breaking_spaces_stay_and_the_byte_order_mark_goes(self) -> None:
        [article] = articles(FILES / "windows.txt")
        assert article.text.startswith("Terminal talks\xa0go on\r\n\r\nThe minister said\xa0that")
        assert article.title == "Terminal talks\xa0go on"

    def test_fields_at_the_head_are_read_and_stay_in_the_text(self) -> None:
        [article] = articles(FILES / "fields.txt")
        assert (article.title, article.published) == ("Terminal talks go on", "2021-05-06")
        assert article.outlet == "The Portsmere Ledger"
        assert article.text.startswith("Title: Terminal talks go on\n")

    @pytest.mark.parametrize(
        "text",
        [
            "Date: nobody knows\n\n" + BODY,  # one field alone
            "Title: Talks\nMood: poor\n\n" + BODY,  # a name that is no field
            "Title: Talks\nDate: 2021-05-06\n" + BODY,  # no blank line behind
        ],
    )
    def test_a_head_that_may_be_prose_gives_no_fields(self, text: str) -> None:
        article = only(piped(text.encode()))
        assert (article.published, article.outlet) == (None, None)

    def test_a_date_at_the_head_that_is_none_is_a_fault(self) -> None:
        [fault] = piped(f"Title: Talks\nDate: 31 February 2021\n\n{BODY}".encode())
        assert "the date '31 February 2021' is none" in str(fault)

    def test_a_markdown_heading_is_the_title(self) -> None:
        [article] = articles(FILES / "notes.md")
        assert article.title == "Builder denies delay"

    def test_a_first_line_that_is_a_sentence_is_no_title(self) -> None:
        assert only(piped(f"{BODY}\n\nIt rained.".encode())).title == ""

    @given(TEXTS)
    def test_any_text_comes_out_as_it_went_in(self, text: str) -> None:
        # Which bytes are binary, and what is JSON or markup, is another rule's concern.
        found = list(read(["-"], io.BytesIO(b"It rained.\n" + text.encode())))
        if isinstance(found[0], Article):
            assert found[0].text == "It rained.\n" + text
        else:
            assert "binary" in found[0].what


class TestEncoding:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_unicode_is_read_in_every_form_that_declares_itself(self, encoding: str) -> None:
        assert only(piped("Erdoğan said “no”.".encode(encoding))).text == "Erdoğan said “no”."

    def test_a_guess_that_all_candidates_share_is_taken_and_said(self) -> None:
        text = "He said “there is no new agreement” — and that’s it. The minister added that nothing was signed."
        article = only(piped(text.encode("cp1252")))
        assert article.text == text
        assert "guessed" in str(article.metadata["encoding"])

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("The price of the terminal is £300 million, the minister said on Monday.", "cp1252"),
            ("The lira, naïve.", "mac_roman"),
            ("“That’s all,” she said, “and it’s the end of the long affair of the terminal.”", "mac_roman"),
            ("Señor Muñoz said that the terminal would open in the month of June.", "cp1252"),
        ],
    )
    def test_what_could_become_mojibake_is_a_fault(self, text: str, encoding: str) -> None:
        [fault] = piped(text.encode(encoding))
        assert "cannot be told safely" in str(fault)

    def test_a_page_is_read_in_the_encoding_it_declares(self) -> None:
        page = f"<html><head><meta charset=iso-8859-1></head><body><article><p>{BODY} It cost £3 million.</p>"
        assert "£3 million" in only(piped(page.encode("latin-1"))).text

    def test_a_page_that_is_utf_8_is_read_so_whatever_it_declares(self) -> None:
        page = f"<html><head><meta charset=iso-8859-1></head><body><article><p>{BODY} It cost £3 million.</p>"
        assert "cost £3 million" in only(piped(page.encode())).text

    def test_a_false_declaration_is_a_fault(self, tmp_path: Path) -> None:
        path = tmp_path / "a.html"
        path.write_bytes(f"<html><meta charset=utf-8><body><p>{BODY} £3".encode("latin-1"))
        assert "declared as utf-8, but byte" in faults(path)[0]

    @pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"\x89PNG\r\n", b"a\0b", bytes(range(1, 32)) * 9])
    def test_binary_is_a_fault_under_every_name(self, tmp_path: Path, content: bytes) -> None:
        for name in ("a.txt", "a.html", "a.json", "a.jsonl", "a.rss", "a"):
            (tmp_path / name).write_bytes(content)
            [fault] = faults(tmp_path / name)
            assert f"{name}: a binary file; expected" in fault

    @pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf"])
    def test_empty_is_a_fault_under_every_name(self, tmp_path: Path, content: bytes) -> None:
        for name in ("a.txt", "a.html", "a.json", "a.jsonl", "a.rss"):
            (tmp_path / name).write_bytes(content)
            [fault] = faults(tmp_path / name)
            assert "an empty file" in fault


class TestJson:
    def test_a_malformed_line_is_named_and_the_rest_is_read(self) -> None:
        found = list(read([FILES / "mixed.jsonl"]))
        assert [each.id for each in found if isinstance(each, Article)] == ["1", "6"]
        where = str(FILES / "mixed.jsonl")
        told = [str(each) for each in found if isinstance(each, Fault)]
        assert [fault.removeprefix(where).split(";")[0] for fault in told] == [
            ":3: not JSON (Expecting ',' delimiter, column 49)",
            ":4: published 'the day after' is no date",
            ":5: an article without text",
            ":6: the text is a list",
            f":9: the id '6', which a different article has in {where}:7",
        ]

    def test_fields_of_their_own_stay_as_metadata_and_null_is_missing(self) -> None:
        first = next(read([FILES / "mixed.jsonl"]))
        assert isinstance(first, Article)
        assert (first.id, first.url, first.metadata) == ("1", None, {"desk": "harbour"})

    @pytest.mark.parametrize(
        "content",
        [
            '{"id": "a", "text": "It rained."}',
            '[{"id": "a", "text": "It rained."}]',
            '{"articles": [{"id": "a", "text": "It rained."}]}',
            '{\n "items": [\n  {"id": "a",\n   "text": "It rained."}\n ]\n}\n',
            '\n\n{"id": "a", "text": "It rained."}\n\n',
        ],
    )
    def test_one_object_an_array_and_a_named_list_are_alike(self, tmp_path: Path, content: str) -> None:
        for name in ("a.json", "a.jsonl", "a.unknown"):
            (tmp_path / name).write_text(content, "utf-8")
            if name != "a.jsonl" or not content.startswith("["):  # a line of JSON Lines is an object
                assert [article.id for article in articles(tmp_path / name)] == ["a"]

    def test_a_document_in_utf_16_is_read(self) -> None:
        document = json.dumps([{"id": "a", "text": "Erdoğan said “no”."}], indent=1, ensure_ascii=False)
        assert only(piped(document.encode("utf-16"))).text == "Erdoğan said “no”."

    def test_json_lines_under_the_name_of_json_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n', "utf-8")
        assert [article.id for article in articles(tmp_path / "a.json")] == ["1", "2"]

    def test_without_an_id_the_content_gives_one_and_the_same_each_time(self) -> None:
        one, two = (only(piped(b'{"text": "It rained."}')) for _ in range(2))
        assert one.id == two.id != only(piped(b'{"text": "It snowed."}')).id

    @pytest.mark.parametrize(
        ("record", "what"),
        [
            ('{"text": " "}', "an article without text"),
            ('{"text": null}', "an article without text"),
            ('{"text": 5}', "the text is a number"),
            ('{"text": "a", "title": []}', "the title is a list"),
            ('{"text": "a", "outlet": {}}', "the outlet is an object"),
            ('{"text": "a", "id": true}', "the id is true or false"),
            ('{"text": "a", "published": 2017}', "the published is a number"),
            ('{"text": "a", "published": "2017-02-30"}', "published '2017-02-30' is no date"),
            ('{"text": "a", "published": "03/04/2017"}', "published '03/04/2017' is no date"),
            ('{"text": "\\ud800"}', "the text has half of a surrogate pair"),
            ('{"text": "a", "id": NaN}', "NaN is no JSON value"),
            ('{"text": "' + "a" * (fields.MOST_TEXT + 1) + '"}', "a text of 1,000,001 characters"),
            ("[" * 100_000, "nested too deeply"),
            ("7", "a number, not an article"),
        ],
    )
    def test_a_wrong_record_is_a_fault_that_says_what_is_wrong(self, tmp_path: Path, record: str, what: str) -> None:
        (tmp_path / "a.jsonl").write_text('{"id": "ok", "text": "It rained."}\n' + record, "utf-8")
        good, bad = read([tmp_path / "a.jsonl"])
        assert isinstance(good, Article)
        assert f"a.jsonl:2: {what}" in str(bad) or f"a.jsonl:2: not JSON ({what}" in str(bad)

    def test_a_document_that_is_no_json_names_the_line(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('{\n"text": "a",\n}', "utf-8")
        assert "a.json:3: not JSON" in faults(tmp_path / "a.json")[0]

    def test_a_line_in_another_encoding_is_a_fault_of_its_own(self) -> None:
        found = piped(b'{"text": "caf\xe9"}\n{"text": "It rained."}\n')
        assert "standard input:1: not UTF-8 (byte 13 is 0xe9)" in str(found[0])
        assert isinstance(found[1], Article)

    def test_a_line_without_end_is_a_fault_and_the_next_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("corpus.readers.jsonl.MOST_LINE", 100)
        found = piped(b'{"text": "a"}\n{"text": "' + b"x" * 70_000 + b'"}\n{"text": "b"}\n')
        assert "standard input:2: a line over" in str(found[1])
        assert [each.text for each in found if isinstance(each, Article)] == ["a", "b"]

    @pytest.mark.parametrize(
        ("written", "iso"),
        [
            ("2017-04-21", "2017-04-21"),
            ("2017-04-21T10:00:00Z", "2017-04-21T10:00:00+00:00"),
            ("2017-04-21T10:00:00+03:00", "2017-04-21T10:00:00+03:00"),
            ("2017-04-21 10:00", "2017-04-21T10:00:00"),
            ("20170421", "2017-04-21"),
        ],
    )
    def test_dates_are_normalised_and_keep_their_zone(self, written: str, iso: str) -> None:
        record = json.dumps({"text": "It rained.", "published": written})
        assert only(piped(record.encode())).published == iso

    @given(TEXTS)
    def test_any_text_in_json_comes_out_as_it_went_in(self, text: str) -> None:
        for ascii_only in (True, False):
            record = json.dumps({"text": text}, ensure_ascii=ascii_only)
            assert only(piped(record.encode())).text == text

    @given(st.binary(max_size=300))
    def test_no_bytes_whatever_raise(self, content: bytes) -> None:
        assert piped(content)

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
    def test_no_value_in_a_field_raises(self, value: object) -> None:
        for field in fields.FIELDS:
            record = json.dumps({"text": "It rained."} | {field: value})
            assert len(piped(record.encode())) == 1


class TestPage:
    def test_text_title_outlet_date_and_address_come_from_the_page(self) -> None:
        [article] = articles(FILES / "page.html")
        assert article.title == "Terminal contract signed"
        assert article.outlet == "Portsmere Ledger"
        assert article.published == "2021-05-04T09:30:00+01:00"
        assert article.url == "https://ledger.example/terminal"
        assert "largest terminal on the coast" in article.text
        assert "Sport" not in article.text
        assert "newsletter" not in article.text

    def test_a_lead_marked_as_a_teaser_is_kept_and_a_real_teaser_is_not(self) -> None:
        [article] = articles(FILES / "page.html")
        assert "the contract for the second ferry terminal had been signed" in article.text
        assert "gulls" not in article.text

    def test_the_body_that_a_page_states_about_itself_goes_first(self) -> None:
        [article] = articles(FILES / "linked_data.html")
        assert article.text.split("\n\n") == [
            "The builder said that no contract had been signed.",
            "The ministry said it stood by its statement of Tuesday.",
        ]
        assert (article.title, article.outlet) == ("Builder & ministry at odds", "Portsmere Ledger")
        assert article.published == "2021-05-06"

    @pytest.mark.parametrize(
        ("stated", "iso"),
        [("4 May 2021", "2021-05-04"), ("May 4, 2021", "2021-05-04"), ("04/05/2021", None), ("recently", None)],
    )
    def test_a_written_date_is_read_if_it_can_mean_one_day_only(self, stated: str, iso: str | None) -> None:
        page = f'<html><head><meta name="date" content="{stated}"></head><body><article><p>{BODY}</p></article>'
        assert only(piped(page.encode())).published == iso

    def test_a_page_made_to_take_long_is_a_fault(self) -> None:
        assert "over 50,000 tags" in str(piped(b"<html>" + b"<p>a " * 300_000)[0])

    @pytest.mark.parametrize("page", ["<html><body></body></html>", "<html>" + "<div>" * 40_000])
    def test_a_page_without_an_article_is_a_fault(self, page: str) -> None:
        assert "no article is found" in str(piped(page.encode())[0])


class TestFeed:
    def test_entries_are_articles_without_markup_and_bad_ones_are_faults(self) -> None:
        first, empty, undated = read([FILES / "feed.rss"])
        assert isinstance(first, Article)
        said = "The contract for the terminal has been signed, the ministry\xa0said.\n\nWork starts in June."
        assert first.text == said
        assert (first.id, first.outlet) == ("ledger-1", "Portsmere Ledger")
        assert first.published == "2021-05-04T09:30:00+01:00"
        assert "feed.rss, entry 2: an article without text" in str(empty)
        assert "feed.rss, entry 3: published 'next week' is no date" in str(undated)

    def test_atom_is_read_too(self) -> None:
        [article] = articles(FILES / "feed.atom")
        assert (article.id, article.outlet) == ("urn:wire:1", "Harbour Wire")
        assert article.published == "2021-05-05T10:00:00+00:00"

    def test_a_feed_that_was_fetched_is_read_from_its_bytes_packed_or_not(self) -> None:
        content = (FILES / "feed.rss").read_bytes()
        for sent in (content, gzip.compress(content)):
            first, empty, _ = read([Download("https://ledger.example/rss", sent)])
            assert isinstance(first, Article)
            assert str(empty).startswith("https://ledger.example/rss, entry 2: ")

    def test_a_page_that_was_fetched_is_no_feed(self) -> None:
        (fault,) = read([Download("https://ledger.example/", b"<html><p>It rained.</p></html>")])
        assert isinstance(fault, Fault)
        assert fault.where == "https://ledger.example/"

    def test_no_entity_is_ever_expanded(self) -> None:
        assert "XML that defines entities" in faults(FILES / "bomb.xml")[0]
        hidden = (FILES / "bomb.xml").read_text("utf-8").encode("utf-16")
        assert "XML that defines entities" in str(piped(hidden)[0])

    def test_xml_that_is_no_feed_is_a_fault(self) -> None:
        assert "XML, but no feed" in str(piped(b"<?xml version='1.0'?><urlset><url/></urlset>")[0])


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 4_000), st.integers(0, 40), st.binary(max_size=6) | st.sampled_from([b"<p", b"]]>", b"&x;"])
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("name", ["page.html", "linked_data.html", "feed.rss", "feed.atom", "bomb.xml", "mixed.jsonl"])
@given(changes=CHANGES)
def test_a_damaged_file_gives_articles_or_faults_and_never_an_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[int, int, bytes]]
) -> None:
    content = (FILES / name).read_bytes()
    for at, gone, put in changes:
        at %= len(content)
        content = content[:at] + put + content[at + gone :]
    damaged = tmp_path_factory.mktemp("damaged") / name
    damaged.write_bytes(content)
    assert all(isinstance(each, Article | Fault) for each in read([damaged]))


class TestSources:
    def test_a_missing_path_is_a_fault(self) -> None:
        assert faults("nowhere/at/all.txt") == [
            "nowhere/at/all.txt: no such file or directory; expected a file or folder that can be read"
        ]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read_is_a_fault(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(BODY, "utf-8")
        (tmp_path / "a.txt").chmod(0)
        assert "permission denied" in faults(tmp_path / "a.txt")[0]

    def test_a_folder_is_read_to_its_ends_in_order_and_other_files_are_passed_over(self, tmp_path: Path) -> None:
        for name in ("b.txt", "a/2.txt", "a/1.md", "photo.png", ".hidden.txt", ".git/c.txt"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{BODY} {name}", "utf-8")
        assert [article.id for article in articles(tmp_path)] == ["b.txt", "a/1.md", "a/2.txt"]

    def test_a_folder_with_nothing_to_read_is_a_fault(self, tmp_path: Path) -> None:
        (tmp_path / "photo.png").write_bytes(b"\x89PNG")
        assert "a folder without a file to read" in faults(tmp_path)[0]

    def test_files_can_be_passed_over(self, tmp_path: Path) -> None:
        for name in ("a.txt", "b.txt"):
            (tmp_path / name).write_text(f"{BODY} {name}", "utf-8")
        kept = [
            each.id for each in read([tmp_path], skip=lambda path: path.name == "a.txt") if isinstance(each, Article)
        ]
        assert kept == ["b.txt"]
        assert list(read([tmp_path, tmp_path / "a.txt"], skip=lambda _: True)) == []

    def test_one_bad_file_in_a_folder_does_not_hide_the_next(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(b"\0")
        (tmp_path / "b.txt").write_text(BODY, "utf-8")
        bad, good = read([tmp_path])
        assert isinstance(bad, Fault)
        assert isinstance(good, Article)

    def test_the_same_article_twice_is_given_once(self) -> None:
        assert len(articles(FILES / "harbour.txt", FILES / "harbour.txt")) == 1

    def test_the_same_id_with_another_text_names_both_places(self, tmp_path: Path) -> None:
        for name, text in (("a.jsonl", "It rained."), ("b.jsonl", "It snowed.")):
            (tmp_path / name).write_text(json.dumps({"id": "x", "text": text}), "utf-8")
        [fault] = faults(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
        assert "b.jsonl:1: the id 'x'" in fault
        assert "a.jsonl:1; expected one article under one id" in fault

    def test_standard_input_that_is_not_given_is_a_fault(self) -> None:
        assert "standard input: not given" in faults("-")[0]

    def test_standard_input_is_left_open(self) -> None:
        stdin = io.BytesIO(BODY.encode())
        list(read(["-"], stdin))
        assert not stdin.closed

    @pytest.mark.parametrize("name", ["harbour.txt", "page.html", "mixed.jsonl", "feed.rss", "feed.atom"])
    def test_the_format_is_told_by_the_first_bytes_where_there_is_no_name(self, name: str) -> None:
        named = [each for each in read([FILES / name]) if isinstance(each, Article)]
        unnamed = [each for each in piped((FILES / name).read_bytes()) if isinstance(each, Article)]
        assert [each.text for each in unnamed] == [each.text for each in named]

    def test_ten_megabytes_of_articles_are_read(self, tmp_path: Path) -> None:
        lines = (json.dumps({"id": n, "text": f"It rained on day {n}. " * 400}) for n in range(1_200))
        (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
        assert (tmp_path / "a.jsonl").stat().st_size > 10_000_000
        assert len(articles(tmp_path)) == 1_200


class TestGzip:
    @pytest.mark.parametrize("name", ["harbour.txt", "page.html", "mixed.jsonl", "feed.rss"])
    def test_every_format_is_read_through_gzip(self, tmp_path: Path, name: str) -> None:
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((FILES / name).read_bytes()))
        packed = [each.text for each in read([tmp_path]) if isinstance(each, Article)]
        assert packed == [each.text for each in read([FILES / name]) if isinstance(each, Article)]
        assert packed

    def test_a_bomb_is_given_up_soon(self, tmp_path: Path) -> None:
        line = b'{"text": "a"}\n'
        (tmp_path / "a.jsonl.gz").write_bytes(
            gzip.compress(line + (b" " * 999_999 + b"\n") * (2 * streams.FREE_OUTPUT // 1_000_000))
        )
        good, bad = read([tmp_path])
        assert isinstance(good, Article)
        assert "unpacks to over 100 times its size" in str(bad)

    def test_a_broken_archive_is_a_fault_and_what_came_before_is_read(self, tmp_path: Path) -> None:
        lines = b"".join(json.dumps({"text": os.urandom(500).hex()}).encode() + b"\n" for _ in range(300))
        (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines)[:-9_000])
        found = list(read([tmp_path]))
        assert len(found) > 100
        assert "a broken gzip file" in str(found[-1])
