"""Changing what somebody else may change at the same moment."""

from __future__ import annotations

import pytest

from tiphys.app.services.contention import ATTEMPTS, despite_others
from tiphys.errors import AlreadyExistsError, ConflictError


class _Busy:
    """Somebody else is quicker some times."""

    def __init__(self, times: int, error: type[ConflictError] = ConflictError) -> None:
        self.times = times
        self.calls = 0
        self._error = error

    def change(self) -> int:
        self.calls += 1
        if self.calls <= self.times:
            raise self._error(f"the change {self.calls} is lost")
        return self.calls


@pytest.mark.parametrize("times", [0, 1, ATTEMPTS - 1])
def test_it_is_done_again_until_nobody_was_quicker(times: int) -> None:
    assert despite_others(_Busy(times).change) == times + 1


def test_the_last_conflict_is_the_callers() -> None:
    busy = _Busy(ATTEMPTS)
    with pytest.raises(ConflictError, match=f"the change {ATTEMPTS} is lost"):
        despite_others(busy.change)
    assert busy.calls == ATTEMPTS


def test_a_conflict_of_another_class_is_raised_at_once() -> None:
    busy = _Busy(1)
    with pytest.raises(ConflictError):
        despite_others(busy.change, AlreadyExistsError)
    assert busy.calls == 1
    assert despite_others(_Busy(1, AlreadyExistsError).change, AlreadyExistsError) == 2
