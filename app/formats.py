"""The names of the formats, apart from `app.settings` so that the command's help need not load pydantic."""

from enum import StrEnum


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"


class LogFormat(StrEnum):
    """How the service writes its log."""

    JSON = "json"
    CONSOLE = "console"
