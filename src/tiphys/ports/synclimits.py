"""Limits of semaphores that people set (``spec/api.md`` 18)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class SyncLimit(Struct, frozen=True, kw_only=True):
    """One limit: of a key of a config map, or (``map_name`` empty) of the database."""

    namespace: str
    map_name: str
    key: str
    limit: int = 0


class SyncLimits(Protocol):
    """The limits of both kinds.

    Every method raises ``NotFoundError`` for what is not there, ``AlreadyExistsError`` for what is there already and
    ``UsageError`` for a limit that is none, all with Argo's text.
    """

    def create(self, wanted: SyncLimit) -> SyncLimit:
        """Keep a new limit."""

    def get(self, wanted: SyncLimit) -> SyncLimit:
        """The limit of a key."""

    def update(self, wanted: SyncLimit) -> SyncLimit:
        """Change the limit of a key that is there."""

    def delete(self, wanted: SyncLimit) -> None:
        """Forget a limit."""

    def of_database(self, namespace: str) -> Sequence[SyncLimit]:
        """The limits of a namespace in the database, by key."""
