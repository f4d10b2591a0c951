"""When a finished workflow is deleted (``spec/engine.md`` 27.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tiphys.core.manifest.model.strategy import TTLStrategy


def expiry(strategy: TTLStrategy | None, phase: str, finished_at: datetime | None) -> datetime | None:
    """The moment from which a workflow may be deleted; None means never.

    ``Error`` counts as a failure.  Argo queues the deletion one second after the time to live.
    """
    if strategy is None or finished_at is None:
        return None
    if phase == "Succeeded" and strategy.seconds_after_success is not None:
        seconds = strategy.seconds_after_success
    elif phase in {"Failed", "Error"} and strategy.seconds_after_failure is not None:
        seconds = strategy.seconds_after_failure
    elif phase in {"Succeeded", "Failed", "Error"} and strategy.seconds_after_completion is not None:
        seconds = strategy.seconds_after_completion
    else:
        return None
    return finished_at + timedelta(seconds=seconds + 1)
