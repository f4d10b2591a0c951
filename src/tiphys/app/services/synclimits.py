"""Limits of semaphores, kept in config maps (``spec/api.md`` 18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import Catalogue
from tiphys.errors import AlreadyExistsError, NotFoundError, UsageError
from tiphys.ports.identity import Principal
from tiphys.ports.objects import MERGE, ObjectRef, Objects
from tiphys.ports.synclimits import SyncLimit


class Limits(Protocol):
    """Limits of database semaphores; keys are ``<namespace>/<key>``."""

    def limit(self, key: str) -> int | None:
        """The limit, or None."""

    def limits(self) -> Mapping[str, int]:
        """All limits by key."""

    def set_limit(self, key: str, size: int) -> None:
        """Set the limit."""

    def delete_limit(self, key: str) -> bool:
        """Forget the limit; False when there is none."""


class ConfigMapLimits:
    """Limits in config maps, on behalf of somebody who may change those."""

    def __init__(self, objects: Objects, principal: Principal) -> None:
        self._objects = objects
        self._principal = principal

    def create(self, wanted: SyncLimit) -> SyncLimit:
        """Keep a new limit; the config map is made when there is none."""
        _check(wanted)
        try:
            data = self._data(wanted)
        except NotFoundError:
            manifest: JsonObject = {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": wanted.map_name, "namespace": wanted.namespace},
                "data": {wanted.key: str(wanted.limit)},
            }
            self._objects.create(self._principal, manifest, wanted.namespace)
            return wanted
        if wanted.key in data:
            raise AlreadyExistsError("sync limit cannot be created as it already exists")
        return self._put(wanted)

    def get(self, wanted: SyncLimit) -> SyncLimit:
        """The limit of a key."""
        text = self._data(wanted).get(wanted.key)
        where = f"key {wanted.key} not found in configmap {wanted.namespace}/{wanted.map_name}"
        if text is None:
            raise NotFoundError(where)
        try:
            limit = int(str(text))
        except ValueError:
            place = f"{wanted.namespace}/{wanted.map_name}"
            raise UsageError(f"invalid limit format for key {wanted.key} in configmap {place}") from None
        return SyncLimit(namespace=wanted.namespace, map_name=wanted.map_name, key=wanted.key, limit=limit)

    def update(self, wanted: SyncLimit) -> SyncLimit:
        """Change the limit of a key that is there."""
        _check(wanted)
        if wanted.key not in self._data(wanted):
            place = f"{wanted.namespace}/{wanted.map_name}"
            raise NotFoundError(f"key {wanted.key} not found in configmap {place} - please create it first")
        return self._put(wanted)

    def delete(self, wanted: SyncLimit) -> None:
        """Forget a limit; one that is not there is no error."""
        if wanted.key in self._data(wanted):
            self._patch(wanted, None)

    def _put(self, wanted: SyncLimit) -> SyncLimit:
        self._patch(wanted, str(wanted.limit))
        return wanted

    def _patch(self, wanted: SyncLimit, value: str | None) -> None:
        self._objects.patch(self._principal, _ref(wanted), {"data": {wanted.key: value}}, MERGE)

    def _data(self, wanted: SyncLimit) -> JsonObject:
        data = self._objects.get(self._principal, _ref(wanted)).get("data")
        return data if isinstance(data, dict) else {}


class DatabaseLimits:
    """Limits in the store.  Whoever calls has asked for the right."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def create(self, wanted: SyncLimit) -> SyncLimit:
        """Keep a new limit."""
        _check(wanted)
        if self._limits.limit(_key(wanted)) is not None:
            raise AlreadyExistsError(f'Database sync limit already exists in namespace "{wanted.namespace}".')
        self._limits.set_limit(_key(wanted), wanted.limit)
        return wanted

    def get(self, wanted: SyncLimit) -> SyncLimit:
        """The limit of a key."""
        limit = self._limits.limit(_key(wanted))
        if limit is None:
            raise _missing(wanted)
        return SyncLimit(namespace=wanted.namespace, map_name="", key=wanted.key, limit=limit)

    def update(self, wanted: SyncLimit) -> SyncLimit:
        """Change the limit of a key that is there."""
        _check(wanted)
        if self._limits.limit(_key(wanted)) is None:
            raise _missing(wanted)
        self._limits.set_limit(_key(wanted), wanted.limit)
        return wanted

    def delete(self, wanted: SyncLimit) -> None:
        """Forget a limit."""
        if not self._limits.delete_limit(_key(wanted)):
            raise _missing(wanted)

    def of_namespace(self, namespace: str) -> Sequence[SyncLimit]:
        """The limits of a namespace, by key."""
        inside = f"{namespace}/"
        return [
            SyncLimit(namespace=namespace, map_name="", key=key.removeprefix(inside), limit=size)
            for key, size in sorted(self._limits.limits().items())
            if key.startswith(inside)
        ]


class BothLimits:
    """Limits of both kinds: ``ports.synclimits``."""

    def __init__(self, maps: ConfigMapLimits, database: DatabaseLimits) -> None:
        self._maps = maps
        self._database = database

    def create(self, wanted: SyncLimit) -> SyncLimit:
        """Keep a new limit."""
        return self._of(wanted).create(wanted)

    def get(self, wanted: SyncLimit) -> SyncLimit:
        """The limit of a key."""
        return self._of(wanted).get(wanted)

    def update(self, wanted: SyncLimit) -> SyncLimit:
        """Change the limit of a key that is there."""
        return self._of(wanted).update(wanted)

    def delete(self, wanted: SyncLimit) -> None:
        """Forget a limit."""
        self._of(wanted).delete(wanted)

    def of_database(self, namespace: str) -> Sequence[SyncLimit]:
        """The limits of a namespace in the database, by key."""
        return self._database.of_namespace(namespace)

    def _of(self, wanted: SyncLimit) -> ConfigMapLimits | DatabaseLimits:
        return self._maps if wanted.map_name else self._database


def _missing(wanted: SyncLimit) -> NotFoundError:
    return NotFoundError(f'Database sync limit not found in namespace "{wanted.namespace}".')


def _key(wanted: SyncLimit) -> str:
    return f"{wanted.namespace}/{wanted.key}"


def _check(wanted: SyncLimit) -> None:
    if wanted.limit <= 0:
        raise UsageError("limit must be greater than zero")


def _ref(wanted: SyncLimit) -> ObjectRef:
    return ObjectRef(Catalogue().of("v1", "ConfigMap"), wanted.namespace, wanted.map_name)
