"""What can go wrong before a claim exists, each carrying its evidence.

CorpusError
UnreadableInput   a path or stream that gives no article at all
MissingParser     no English spaCy model is installed
"""

from dataclasses import dataclass


class CorpusError(Exception):
    """The root of this package's errors."""


class UnreadableInput(CorpusError):
    """Nothing could be read there: what, where, and what was expected.

    >>> str(UnreadableInput("news.pdf", "a binary file", "text, Markdown, HTML, JSON, JSON Lines, RSS or Atom"))
    'news.pdf: a binary file; expected text, Markdown, HTML, JSON, JSON Lines, RSS or Atom'
    """

    def __init__(self, where: str, what: str, expected: str) -> None:
        super().__init__(f"{where}: {what}; expected {expected}")
        self.where, self.what, self.expected = where, what, expected


class MissingParser(CorpusError):
    """No English spaCy model can be loaded; the message says how to install one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of the input that could not be read, as a value: the rest is read, and the exit status tells.

    >>> str(Fault("news.jsonl:3", "not JSON (Expecting value)", "one JSON object a line"))
    'news.jsonl:3: not JSON (Expecting value); expected one JSON object a line'
    """

    where: str
    what: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; expected {self.expected}"
