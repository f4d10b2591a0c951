"""How many may hold a lock at once: mutexes 1, semaphores what a ConfigMap or the database says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import msgspec
from msgspec import Struct

from tiphys.core.locking.names import LockRef
from tiphys.ports.store import ObjectKey, Store

#: More than any machine runs.
UNLIMITED = 2**31 - 1
#: Label of a namespace that limits its workflows (``spec/engine.md`` 23.1).
NAMESPACE_LIMIT = "workflows.argoproj.io/parallelism-limit"


class CapacityError(Exception):
    """A semaphore has no limit; the text is Argo's."""


class WorkflowLimits(Struct, frozen=True, kw_only=True):
    """How many workflows run at once; None is without limit.

    ``single_flight`` lets only one node at a time compute an entry of a cache.
    """

    parallelism: int | None = None
    namespace_parallelism: int | None = None
    single_flight: bool = True


class Capacities:
    """The present limits of locks.

    Args:
        store: Where ConfigMaps are kept.
        config_maps: Those that came with the workflow, by name; they count where the store has none.
        limits: The settings of the controller, read each time.
    """

    def __init__(
        self,
        store: Store,
        config_maps: Mapping[str, Mapping[str, str]],
        limits: Callable[[], WorkflowLimits] = WorkflowLimits,
    ) -> None:
        self._store = store
        self._config_maps = config_maps
        self._limits = limits

    def now(self, ref: LockRef) -> int:
        """The limit; 0 when there is none any more."""
        try:
            return self.first(ref)
        except CapacityError:
            return 0

    def first(self, ref: LockRef) -> int:
        """The limit of a lock that nobody may have used yet.

        Raises:
            CapacityError: there is none, or it is 0.
        """
        if ref.source == "mutex":
            return 1
        if ref.source == "places":
            return self._places(ref.namespace)
        size = self._store.locks.limit(f"{ref.namespace}/{ref.key}") if ref.source == "database" else self._map(ref)
        if not size or size < 0:
            raise CapacityError(f"failed to initialize semaphore {ref.shown} with limit")
        return size

    def _map(self, ref: LockRef) -> int | None:
        data = config_map(self._store, ref.namespace, ref.name)
        if data is None:
            data = self._config_maps.get(ref.name)
        if data is None:
            return None
        text = data.get(ref.key)
        if text is None:
            raise CapacityError(f"Sync configuration key '{ref.key}' not found in ConfigMap")
        try:
            return int(text)
        except ValueError:
            return None

    def _places(self, namespace: str) -> int:
        limits = self._limits()
        if not namespace:
            return limits.parallelism or UNLIMITED
        own = namespace_limit(self._store, namespace)
        return (limits.namespace_parallelism if own is None else own) or UNLIMITED


def is_throttled(store: Store, limits: WorkflowLimits, namespace: str) -> bool:
    """Whether workflows of a namespace need a place at all."""
    return bool(limits.parallelism or limits.namespace_parallelism or namespace_limit(store, namespace))


def namespace_limit(store: Store, namespace: str) -> int | None:
    """What the label of a namespace says; 0 is without limit, None when it says nothing."""
    found = store.get(ObjectKey("Namespace", "", namespace, group=""))
    text = found.labels.get(NAMESPACE_LIMIT, "") if found is not None else ""
    return int(text) if text.isascii() and text.isdigit() else None


def config_map(store: Store, namespace: str, name: str) -> Mapping[str, str] | None:
    """The data of a ConfigMap that the store has."""
    found = store.get(ObjectKey("ConfigMap", namespace, name, group=""))
    if found is None:
        return None
    content = msgspec.json.decode(found.data)
    data = content.get("data") if isinstance(content, dict) else None
    return cast("dict[str, str]", data) if isinstance(data, dict) else {}
