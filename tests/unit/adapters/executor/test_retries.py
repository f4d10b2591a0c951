"""Transient errors are tried again with growing pauses."""

from __future__ import annotations

import pytest

from tiphys.adapters.executor.retries import Backoff, retried
from tiphys.errors import ArtifactError, SilentStorageError


def test_pauses_grow_until_the_last_try() -> None:
    pauses: list[float] = []
    tries = 0

    def fail() -> None:
        nonlocal tries
        tries += 1
        raise ArtifactError(f"try {tries}", transient=True)

    with pytest.raises(ArtifactError, match="try 5"):
        retried(fail, Backoff(), sleep=pauses.append, chance=lambda: 0.0)
    assert [round(pause, 3) for pause in pauses] == [1.0, 1.6, 2.56, 4.096]


def test_a_lasting_error_is_not_tried_again() -> None:
    def fail() -> None:
        raise ArtifactError("no")

    with pytest.raises(ArtifactError, match="no"):
        retried(fail, Backoff(), sleep=lambda _: pytest.fail("it slept"))


def test_options_change_the_back_off() -> None:
    assert Backoff.of({"retrySteps": "2", "retryDuration": "0.5"}) == Backoff(steps=2, duration=0.5)


def test_a_storage_that_was_silent_twice_is_given_up() -> None:
    pauses: list[float] = []
    errors = [SilentStorageError("first"), ArtifactError("in between", transient=True), SilentStorageError("second")]

    def fail() -> None:
        raise errors.pop(0)

    with pytest.raises(SilentStorageError, match="second"):
        retried(fail, Backoff(), sleep=pauses.append, chance=lambda: 0.0)
    assert len(pauses) == 2 and not errors
