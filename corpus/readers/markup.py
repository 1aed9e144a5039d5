"""Markup to plain text: what a feed's summary or a page's JSON-LD body holds."""

import re

from lxml import etree, html  # type: ignore[import-untyped]  # ships no types

BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "header"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th"}
    | {"tr", "ul"}
)
SILENT = frozenset(("script", "style", "template", "noscript", "iframe", "svg"))
BLANK = re.compile(r"[ \t\r\n\f]+")  # not \s: a non-breaking space is a character of the text
TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>|&(?:[A-Za-z]{2,8}|#\d{1,7});")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def plain(markup: str) -> str:
    r"""The text of a piece of HTML, paragraphs apart by a blank line; of plain text, itself.

    >>> plain("<p>The deal is <b>signed</b>.</p><script>x()</script><p>Work starts&nbsp;in May.</p>")
    'The deal is signed.\n\nWork starts\xa0in May.'
    >>> plain("5 < 6\n\nand so on")
    '5 < 6\n\nand so on'
    """
    if not TAG.search(markup):
        return markup.strip()
    paragraphs: list[list[str]] = [[]]
    walk = etree.iterwalk(tree(f"<div>{markup}</div>"), events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in ("start", "end") and element.tag in BLOCKS:
            paragraphs.append([])
        if event == "start":
            if element.tag in SILENT:
                walk.skip_subtree()
            else:
                paragraphs[-1].append("\n" if element.tag == "br" else BLANK.sub(" ", element.text or ""))
        else:
            paragraphs[-1].append(BLANK.sub(" ", element.tail or ""))
    written = ("".join(parts).strip(" \n") for parts in paragraphs)
    return "\n\n".join(paragraph for paragraph in written if paragraph)


def tree(markup: str) -> etree._Element:
    """The parsed markup, however broken it is. No network, no entities but HTML's own."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    return html.document_fromstring(CONTROL.sub("", markup).encode("utf-8", "replace"), parser=parser)
