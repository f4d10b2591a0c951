"""Lines of the log: what fails is told whole, but for a database that is away."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from tiphys.entrypoints.logs import set_up
from tiphys.errors import StoreError, UnavailableError


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes, until the handlers of the tests are back."""
    root, own = logging.getLogger(), logging.getLogger("tiphys")
    handlers, levels = root.handlers[:], (root.level, own.level)
    stream = io.StringIO()
    set_up("info", "json", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def told(error: Exception, stream: io.StringIO) -> str:
    try:
        raise error
    except StoreError:
        logging.getLogger("tiphys.test").error("a round failed", exc_info=sys.exc_info())
    [line] = stream.getvalue().splitlines()
    return str(json.loads(line)["error"])


def test_a_database_that_is_away_is_no_traceback(stream: io.StringIO) -> None:
    text = told(UnavailableError("postgresql://db: the database does not answer"), stream)
    assert text == "postgresql://db: the database does not answer [T051]"


def test_what_else_fails_is_told_whole(stream: io.StringIO) -> None:
    text = told(StoreError("the row cannot be read"), stream)
    assert text.startswith("Traceback") and "the row cannot be read" in text
