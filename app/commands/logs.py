"""The log of the service on standard error: one event a line, as JSON or for a person; no words of articles, no keys.

What is logged goes through the standard library; structlog lays it out, whoever logs.
"""

import logging
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.formats import LogFormat
from app.store.errors import StoreError
from nli.errors import ModelError

OURS = (StoreError, ModelError, OSError)
"""Errors whose messages quote no article. Any other message may, and is left out of the log."""

LEVELS = {"": logging.WARNING, "app": logging.INFO, "uvicorn": logging.INFO}


def configure(form: LogFormat | None, stream: TextIO = sys.stderr) -> None:
    """Sends the log of the whole process to `stream`; unless `form` says how, a terminal gets lines for a person."""
    if form is None:
        form = LogFormat.CONSOLE if stream.isatty() else LogFormat.JSON
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(form, colours=stream.isatty()))
    logging.getLogger().handlers = [handler]
    for name, level in LEVELS.items():
        logging.getLogger(name).setLevel(level)


def formatter(form: LogFormat, *, colours: bool) -> logging.Formatter:
    """What makes a line of a record."""
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _discreet,
    ]
    layout: Processor = (
        structlog.processors.JSONRenderer()
        if form is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=colours, timestamp_key="time")
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=common, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, layout]
    )


def _discreet(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and the places it went through, not its message, unless that quotes nothing."""
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_lines(error))
    return event


def _lines(error: BaseException) -> list[str]:
    message = f": {error}" if isinstance(error, OURS) else ""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{type(error).__name__}{message}", *(f"  {each.filename}:{each.lineno} {each.name}" for each in frames)]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines if cause is None else [*lines, "from", *_lines(cause)]
