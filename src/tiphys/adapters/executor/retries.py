"""Trying again what may go better the next time (``spec/data.md`` 6)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct

from tiphys.errors import ArtifactError, SilentStorageError

T = TypeVar("T")


class Backoff(Struct, frozen=True, kw_only=True):
    """How often, and how long between: Argo's ``EXECUTOR_RETRY_BACKOFF_…``; seconds.

    A storage that has been silent ``silences`` times is given up, or a dead one would hold a pod for minutes.
    """

    steps: int = 5
    duration: float = 1.0
    factor: float = 1.6
    jitter: float = 0.5
    silences: int = 2

    @staticmethod
    def of(options: Mapping[str, str]) -> Backoff:
        """The back-off that the options ``retrySteps``, ``retryDuration``, … of a job ask for."""
        usual = Backoff()
        return Backoff(
            steps=int(options.get("retrySteps", usual.steps)),
            duration=float(options.get("retryDuration", usual.duration)),
            factor=float(options.get("retryFactor", usual.factor)),
            jitter=float(options.get("retryJitter", usual.jitter)),
        )


def retried(
    action: Callable[[], T],
    backoff: Backoff,
    *,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> T:
    """What ``action`` gives; transient errors of it are waited out.

    Raises:
        ArtifactError: a lasting one, or the last of the transient ones.
    """
    pause, silences = backoff.duration, 0
    for _ in range(backoff.steps - 1):
        try:
            return action()
        except ArtifactError as error:
            silences += isinstance(error, SilentStorageError)
            if not error.transient or silences >= backoff.silences:
                raise
        sleep(pause * (1 + backoff.jitter * chance()))
        pause *= backoff.factor
    return action()
