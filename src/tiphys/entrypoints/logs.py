"""What the program says of itself: one line for each event on stderr, as text or as JSON (``spec/cli.md`` 1)."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

from tiphys.errors import UnavailableError, UsageError

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
_NAMES = {number: name for name, number in LEVELS.items()}
#: The attribute of a record that holds its other fields: ``log.info("…", extra=fields(status=200))``.
_FIELDS = "tiphys_fields"
_PLAIN = frozenset("-_./:@+,%~[]{}()*")


class _Lines(logging.Formatter):
    """One line for a record, whatever is in it."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line: time, level, message, component, then the fields of the record."""
        found: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": _NAMES.get(record.levelno, record.levelname.lower()),
            "msg": record.getMessage(),
            "component": record.name,
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            error = record.exc_info[1]
            # A database that is away is nobody's fault in here: each round says so, and a traceback says no more.
            away = isinstance(error, UnavailableError)
            found["error"] = str(error) if away else self.formatException(record.exc_info)
        if self._as_json:
            return json.dumps(found, ensure_ascii=False, default=str)
        return " ".join(f"{name}={_quoted(str(value))}" for name, value in found.items())


def fields(**values: object) -> dict[str, object]:
    """The fields of a record, for its ``extra``."""
    return {_FIELDS: values}


def set_up(level: str, form: str, stream: TextIO) -> None:
    """Have everything that is logged from ``level`` on written to a stream.

    Raises:
        UsageError: the level or the form is unknown.
    """
    number = LEVELS.get({"warning": "warn"}.get(level.lower(), level.lower()))
    if number is None:
        raise UsageError(f"unknown log level {level!r}", f"there is: {', '.join(LEVELS)}", "--loglevel")
    if form not in ("text", "json"):
        raise UsageError(f"unknown log format {form!r}", "there is: text, json", "--log-format")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Lines(as_json=form == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # libraries speak up when something is wrong
    logging.getLogger("tiphys").setLevel(number)


def _quoted(text: str) -> str:
    """A value that can be read back: quoted where it is not one plain word."""
    plain = text and all(letter.isalnum() or letter in _PLAIN for letter in text)
    # Terminals obey control characters beyond ASCII too.
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())
