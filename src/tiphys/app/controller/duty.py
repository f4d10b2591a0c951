"""What a controller does beside driving runs: schedules, times to live, artifacts, pods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from tiphys.ports.store import StoredObject


class Duty(ABC):
    """Something that is due now and then.  What it raises is logged and it is called again later."""

    #: Argo's name of the queue whose work this is, see ``telemetry``; empty where it has none.
    queue = ""

    @abstractmethod
    def perform(self, now: datetime) -> datetime | None:
        """Do what is due and say when to call again; None means whenever anything in the store changes."""

    def woken_by(self, workflow: StoredObject) -> bool:
        """Whether a workflow that was made or has changed makes it due at once."""
        return False
