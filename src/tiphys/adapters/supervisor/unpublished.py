"""Which pods changed since they were last told of, and when each is told of next."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

#: A pod that ends within so many seconds is told of once, at its end: being told of is most of what it costs.
QUIET_SECONDS = 0.02


class Changing(Protocol):
    """What changes until it has ended."""

    ended: bool


Item = TypeVar("Item", bound=Changing)
Key = tuple[str, str]


class Unpublished(Generic[Item]):
    """The changed ones by key, in the order of their change; moments are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self._changed: dict[Key, Item] = {}
        self._quiet: dict[Key, float] = {}

    def __bool__(self) -> bool:
        return bool(self._changed)

    def began(self, key: Key, now: float) -> None:
        """It begins: for a moment only its end is worth being told."""
        self._quiet[key] = now + QUIET_SECONDS

    def mark(self, key: Key, item: Item) -> None:
        """It changed."""
        self._changed[key] = item

    def due(self, now: float) -> list[tuple[Key, Item]]:
        """Those to be told of now; they count as told."""
        changed, self._changed = self._changed, {}
        found = []
        for key, item in changed.items():
            if item.ended or self._quiet.get(key, now) <= now:
                self._quiet.pop(key, None)
                found.append((key, item))
            else:
                self._changed[key] = item
        return found

    def next(self) -> float | None:
        """When the next of those that changed is due; None: none did, or it is due now."""
        return min((self._quiet[key] for key in self._changed if key in self._quiet), default=None)
