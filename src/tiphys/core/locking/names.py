"""What a manifest's ``synchronization`` asks for, as locks with names (``spec/engine.md`` 22.1, 22.2)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tiphys.core.manifest.model.strategy import Mutex, SemaphoreRef, Synchronization

#: Locks of Tiphys itself: places of workflows under ``parallelism``.  Only holders that a process drives count.
INTERNAL = "//"
#: Who holds a lock for the whole workflow; every other holder is the id of a node.
WORKFLOW = ""
#: Who holds the place of a workflow under the ``parallelism`` of controller and namespace.
PLACE = "*"


class LockError(Exception):
    """What is asked for cannot be a lock; the text is Argo's."""


class LockRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """One lock that somebody wants.

    ``id`` names it in the store: the name that is shown, except that locks with limits in the database have Argo's
    keys for its database, because a mutex and a semaphore of one name show the same.  ``source`` says where its
    capacity stands: ``mutex``, ``configmap`` (``name`` and ``key`` in ``namespace``), ``database`` (``key``) or
    ``places``.
    """

    id: str
    source: str
    namespace: str = ""
    name: str = ""
    key: str = ""

    @property
    def shown(self) -> str:
        """The name that people see."""
        return shown(self.id)


def shown(lock: str) -> str:
    """The name that people see of a lock (``spec/engine.md`` 22.2).

    >>> shown("sem/default/k"), shown("default/Mutex/m")
    ('default/Database/k', 'default/Mutex/m')
    """
    kind, _, rest = lock.partition("/")
    namespace, _, key = rest.partition("/")
    return f"{namespace}/Database/{key}" if kind in {"sem", "mtx"} and "/" not in key else lock


def is_mutex(lock: str) -> bool:
    """True for mutexes, False for semaphores."""
    return lock.startswith("mtx/") or lock.split("/")[1:2] == ["Mutex"]


def locks_of(wanted: Synchronization, namespace: str) -> tuple[LockRef, ...]:
    """The locks of a ``synchronization``: semaphores in order, then mutexes.

    Raises:
        LockError: one names no lock, or two are the same.
    """
    try:
        found = tuple(_semaphores(wanted.semaphores or (), namespace)) + tuple(
            _mutex(mutex, namespace) for mutex in wanted.mutexes or ()
        )
    except LockError as error:
        raise LockError(f"requested configuration is invalid: {error}") from None
    if len({ref.id for ref in found}) != len(found):
        raise LockError("requested configuration is invalid: duplicate synchronization item found")
    return found


def _semaphores(refs: tuple[SemaphoreRef, ...], namespace: str) -> Iterator[LockRef]:
    for ref in refs:
        space = ref.namespace or namespace
        config_map, database = ref.config_map_key_ref, ref.database
        if config_map is not None and database is not None:
            raise LockError("invalid semaphore with both ConfigMapKeyRef and Database")
        if config_map is not None:
            name = config_map.name or ""
            yield LockRef(f"{space}/ConfigMap/{name}/{config_map.key}", "configmap", space, name, config_map.key)
        elif database is not None:
            yield LockRef(f"sem/{space}/{database.key}", "database", space, key=database.key)
        else:
            raise LockError("cannot get LockName for a Semaphore without a ConfigMapRef or Database")


def _mutex(mutex: Mutex, namespace: str) -> LockRef:
    space, name = mutex.namespace or namespace, mutex.name or ""
    return LockRef(f"mtx/{space}/{name}" if mutex.database else f"{space}/Mutex/{name}", "mutex", space, name)


def places(namespace: str) -> tuple[LockRef, ...]:
    """The places of a workflow under the limits of the controller and of its namespace."""
    return (
        LockRef(f"{INTERNAL}workflows", "places"),
        LockRef(f"{INTERNAL}workflows/{namespace}", "places", namespace),
    )


def holder_key(namespace: str, workflow: str, holder: str) -> str:
    """A holder as people see it: the workflow, or one of its nodes."""
    return f"{namespace}/{workflow}/{holder}" if holder not in {WORKFLOW, PLACE} else f"{namespace}/{workflow}"
