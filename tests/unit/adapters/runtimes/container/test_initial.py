"""What an init process says, and what only looks like it."""

from __future__ import annotations

import pytest

from tiphys.adapters.runtimes.container.initial import FirstWords

TINI = b"[FATAL tini (8)] exec /no/such failed: No such file or directory\n"
CATATONIT = b"ERROR (catatonit:6): failed to exec pid1: Permission denied\n"


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [(TINI, 127, "No such file or directory"), (CATATONIT, 1, "Permission denied"), (TINI, 0, ""), (b"oops\n", 1, "")],
)
def test_the_word_is_an_error_when_nothing_follows(said: bytes, code: int, why: str) -> None:
    first = FirstWords()
    shown = list(first.screen([(None, said)]))
    assert first.why(code) == why
    assert why or b"".join(err or b"" for _, err in shown) + first.release() == said


def test_a_program_that_goes_on_keeps_its_words_in_order() -> None:
    first = FirstWords()
    shown = list(first.screen([(None, TINI), (b"out\n", None), (None, CATATONIT)]))
    assert shown == [(None, TINI), (b"out\n", None), (None, CATATONIT)]
    assert (first.why(1), first.release()) == ("", b"")


def test_the_word_may_come_in_pieces() -> None:
    for cut in range(1, len(TINI)):
        first = FirstWords()
        assert list(first.screen([(None, TINI[:cut]), (None, None), (None, TINI[cut:])])) == []
        assert first.why(127) == "No such file or directory"


def test_pieces_of_something_else_are_passed_on_together() -> None:
    first = FirstWords()
    shown = list(first.screen([(None, b"ERR"), (None, b"ATA\n"), (None, TINI)]))
    assert shown == [(None, b"ERR"), (None, b"ATA\n"), (None, TINI)]
