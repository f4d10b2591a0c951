"""A store that lives and dies with the process: for tests, dry runs and the engine's benchmarks."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from threading import Condition, RLock

from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.adapters.stores.cursor import Position, microseconds, start_of
from tiphys.adapters.stores.history import KEPT_DELETIONS, absent, check_remembered, conflict, merged
from tiphys.adapters.stores.memory_locks import MemoryCache, MemoryLocks, Owner
from tiphys.core.objects.selectors import matches
from tiphys.errors import ConflictError, NotFoundError, StoreError
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.store import (
    ARGO_GROUP,
    KEPT_EVENTS,
    Change,
    Changes,
    CommandRow,
    ListOptions,
    NodeRow,
    ObjectKey,
    Page,
    RequestRow,
    RunCommit,
    StoredObject,
    names_of,
)


class _Record(Struct):
    """An object with what belongs to it.  ``pending`` holds the keys of ``commands`` not yet performed."""

    item: StoredObject
    position: Position
    nodes: dict[NodeName, NodeRow] = field(default_factory=dict)
    commands: dict[str, CommandRow] = field(default_factory=dict)
    pending: dict[str, None] = field(default_factory=dict)
    events: list[bytes] = field(default_factory=list)


class MemoryStore:
    """Implements ``ports.store.Store`` in memory.  Safe to use from several threads; nothing survives ``close``.

    A claim is known to this instance only, as are the objects.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = RLock()
        self._written = Condition(self._lock)
        self._version = 0
        self._open = True
        self._by_key: dict[ObjectKey, _Record] = {}
        self._made: set[str] = set()
        self._by_uid: dict[WorkflowUid, _Record] = {}
        self._order: list[tuple[Position, ObjectKey]] = []
        self._deletions: list[StoredObject] = []
        self._forgotten = 0
        self._requests: dict[int, RequestRow] = {}
        self._answers: dict[int, str] = {}
        self._asked = 0
        self._claimed: set[WorkflowUid] = set()
        self._locks = MemoryLocks(self._lock, self._owner, self._claimed.__contains__)
        self._cache = MemoryCache(self._lock, self._claimed.__contains__, self._locks.changed)

    def create(self, item: StoredObject, *, once: str = "") -> StoredObject:
        """Keep a new object."""
        with self._lock:
            self._check_open()
            if item.key in self._by_key or item.uid in self._by_uid:
                raise ConflictError(
                    f"{item.key.kind} {item.key.name!r} already exists", where=item.key.namespace or None
                )
            if once in self._made:
                raise ConflictError(f"something was made for {once!r} before", where=item.key.name)
            if once:
                self._made.add(once)
            version = self._next_version()
            kept = replace(item, resource_version=version, labels=dict(item.labels), owners=tuple(item.owners))
            record = _Record(kept, Position(microseconds(item.created_at), version))
            self._by_key[item.key] = self._by_uid[item.uid] = record
            insort(self._order, (record.position, item.key), key=lambda entry: entry[0])
            return kept

    def forget_made(self, first: str, end: str) -> None:
        """Forget names of ``once``."""
        with self._lock:
            self._made = {name for name in self._made if not first <= name < end}

    def get(self, key: ObjectKey) -> StoredObject | None:
        """The object, or None."""
        with self._lock:
            self._check_open()
            record = self._by_key.get(key)
            return record.item if record else None

    def find(self, uid: WorkflowUid) -> StoredObject | None:
        """The object of a uid, or None."""
        with self._lock:
            self._check_open()
            record = self._by_uid.get(uid)
            return record.item if record else None

    def list(self, options: ListOptions) -> Page:
        """One page of objects, newest first."""
        start = start_of(options)
        with self._lock:
            self._check_open()
            end = len(self._order)
            if start is not None:
                end = bisect_left(self._order, start, key=lambda entry: entry[0])
            found: list[_Record] = []
            skip = options.skip
            for index in range(end - 1, -1, -1):
                record = self._by_key[self._order[index][1]]
                if not _wanted(record.item, options):
                    continue
                if skip > 0:
                    skip -= 1
                    continue
                if len(found) == options.limit:
                    return _page(found, more=True)
                found.append(record)
            return _page(found, more=False)

    def count(self, options: ListOptions) -> int:
        """How many objects there are behind ``after`` on all pages together."""
        return len(self._behind(options))

    def label_keys(self, options: ListOptions) -> Sequence[str]:
        """The keys of all labels of the objects behind ``after``."""
        return sorted({key for item in self._behind(options) for key in item.labels})

    def label_values(self, options: ListOptions, key: str) -> Sequence[str]:
        """The values that a label has on them."""
        return sorted({item.labels[key] for item in self._behind(options) if key in item.labels})

    def _behind(self, options: ListOptions) -> Sequence[StoredObject]:
        start = start_of(options)
        with self._lock:
            self._check_open()
            behind = (row.item for row in self._by_key.values() if start is None or row.position < start)
            return [item for item in behind if _wanted(item, options)]

    def update(self, item: StoredObject) -> StoredObject:
        """Replace what may change of an object."""
        with self._lock:
            self._check_open()
            record = self._by_key.get(item.key)
            if record is None:
                raise absent(item.key)
            if record.item.uid != item.uid or item.resource_version not in (0, record.item.resource_version):
                raise conflict(item.key)
            record.item = replace(
                record.item,
                resource_version=self._next_version(),
                labels=dict(item.labels),
                phase=item.phase,
                data=item.data,
                owners=tuple(item.owners),
                times=item.times,
            )
            return record.item

    def delete(self, key: ObjectKey, *, expected: int = 0, last: bytes | None = None) -> bool:
        """Remove an object with its nodes and commands; the deletion is remembered for ``changes``."""
        with self._lock:
            self._check_open()
            record = self._by_key.get(key)
            if record is None:
                return False
            if expected not in (0, record.item.resource_version):
                raise conflict(key)
            data = record.item.data if last is None else last
            self._deletions.append(replace(record.item, resource_version=self._next_version(), data=data))
            if len(self._deletions) > KEPT_DELETIONS:
                self._forgotten = self._deletions.pop(0).resource_version
            del self._by_key[key]
            del self._by_uid[record.item.uid]
            for first, end in names_of(record.item.uid):
                self.forget_made(first, end)
            for number in [n for n, row in self._requests.items() if row.uid == record.item.uid]:
                del self._requests[number]
                self._answers.pop(number, None)
            self._locks.forget(_owner(record))
            self._cache.commit(record.item.uid, (), ended=True)
            del self._order[bisect_left(self._order, record.position, key=lambda entry: entry[0])]
            return True

    def owned_by(self, uid: WorkflowUid) -> Sequence[StoredObject]:
        """The objects that have the uid among their owners, oldest first."""
        with self._lock:
            self._check_open()
            records = [record for record in self._by_uid.values() if uid in record.item.owners]
            return [record.item for record in sorted(records, key=lambda record: record.position)]

    def kinds(self) -> Sequence[tuple[str, str]]:
        """Group and kind of all objects."""
        with self._lock:
            self._check_open()
            return sorted({(key.group, key.kind) for key in self._by_key})

    def namespaces(self) -> Sequence[str]:
        """The namespaces that have objects."""
        with self._lock:
            self._check_open()
            return sorted({key.namespace for key in self._by_key if key.namespace})

    def phases(self, kind: str, group: str = ARGO_GROUP) -> Mapping[str, int]:
        """How many objects of a kind are in each phase."""
        with self._lock:
            self._check_open()
            items = [record.item for key, record in self._by_key.items() if (key.kind, key.group) == (kind, group)]
        return Counter(item.phase for item in items)

    def version(self) -> int:
        """The resource version of the last change of anything."""
        self._check_open()
        return self._version

    def changes(self, since: int, *, kind: str | None = None, group: str = ARGO_GROUP, limit: int = 500) -> Changes:
        """What changed after a resource version, oldest first."""
        with self._lock:
            self._check_open()
            check_remembered(since, self._forgotten)

            def wanted(item: StoredObject) -> bool:
                return item.resource_version > since and (
                    kind is None or (item.key.kind, item.key.group) == (kind, group)
                )

            present = [
                Change("ADDED" if record.position.id > since else "MODIFIED", record.item)
                for record in self._by_key.values()
                if wanted(record.item)
            ]
            gone = [Change("DELETED", item) for item in self._deletions if wanted(item)]
            return merged(present, gone, self._version, limit)

    def wait(self, since: int, timeout: float) -> bool:
        """Wait until anything is newer."""
        with self._lock:
            return self._written.wait_for(lambda: self.version() > since, timeout)

    def commit(self, commit: RunCommit) -> int:
        """Apply one step of a run."""
        with self._lock:
            self._check_open()
            record = self._by_uid.get(commit.uid)
            if record is None:
                raise NotFoundError("the workflow was deleted", where=commit.uid)
            if commit.expected not in (0, record.item.resource_version):
                raise conflict(ObjectKey("Workflow", "", record.item.key.name))
            item = replace(record.item, resource_version=self._next_version())
            if commit.data is not None:
                item = replace(item, data=commit.data)
            if commit.data is not None or commit.progress:
                item = replace(item, progress=commit.progress)
            if commit.phase is not None:
                item = replace(item, phase=commit.phase)
            if commit.labels is not None:
                item = replace(item, labels=dict(commit.labels))
            if commit.times is not None:
                item = replace(item, times=commit.times)
            record.item = item
            for name in commit.removed:
                record.nodes.pop(name, None)
            if commit.forget_commands:
                record.commands.clear()
                record.pending.clear()
            self._answers.update((answer.number, answer.text) for answer in commit.answers)
            record.events = [*record.events, *commit.events][-KEPT_EVENTS:]
            record.nodes.update((row.name, row) for row in commit.nodes)
            for command in commit.commands:
                if command.key not in record.commands:
                    record.commands[command.key] = command
                    record.pending[command.key] = None
            for key in commit.performed:
                record.pending.pop(key, None)
            self._locks.commit(_owner(record), commit.lock_requests, commit.unlocks, ended=commit.ended)
            self._cache.commit(commit.uid, commit.cached, ended=commit.ended)
            return item.resource_version

    def nodes(self, uid: WorkflowUid) -> Iterator[NodeRow]:
        """All nodes of a run by sequence, as they are at the call."""
        with self._lock:
            self._check_open()
            record = self._by_uid.get(uid)
            rows = list(record.nodes.values()) if record else []
        return iter(sorted(rows, key=lambda row: row.sequence))

    def commands(self, uid: WorkflowUid) -> Sequence[CommandRow]:
        """Commands not yet performed, oldest first."""
        with self._lock:
            self._check_open()
            record = self._by_uid.get(uid)
            return [record.commands[key] for key in record.pending] if record else []

    def ask(self, uid: WorkflowUid, body: bytes) -> int:
        """Keep a request to a run."""
        with self._lock:
            self._check_open()
            if uid not in self._by_uid:
                raise NotFoundError("the workflow was deleted", where=uid)
            self._asked += 1
            self._requests[self._asked] = RequestRow(uid=uid, number=self._asked, body=body)
            return self._asked

    def requests(self) -> Sequence[RequestRow]:
        """All requests without an answer, oldest first."""
        with self._lock:
            self._check_open()
            return [row for number, row in self._requests.items() if number not in self._answers]

    def take_answer(self, number: int) -> str | None:
        """The answer to a request, once."""
        with self._lock:
            self._check_open()
            if number not in self._requests:
                raise NotFoundError("the request has been answered, or its workflow was deleted")
            answer = self._answers.pop(number, None)
            if answer is not None:
                del self._requests[number]
            return answer

    def events(self, uid: WorkflowUid) -> Sequence[bytes]:
        """The newest events of a run, oldest first."""
        with self._lock:
            self._check_open()
            record = self._by_uid.get(uid)
            return list(record.events) if record else []

    def claim(self, uid: WorkflowUid) -> bool:
        """Become the one controller of a run; no other process can see this store."""
        self._check_open()
        if uid in self._claimed:
            return False
        self._claimed.add(uid)
        return True

    def release(self, uid: WorkflowUid) -> None:
        """Give a claim back: the run's requests for locks count no more."""
        self._claimed.discard(uid)
        self._locks.changed()

    @property
    def locks(self) -> MemoryLocks:
        """The locks of all runs."""
        return self._locks

    @property
    def cache(self) -> MemoryCache:
        """Memoized outputs."""
        return self._cache

    def _owner(self, uid: WorkflowUid) -> Owner | None:
        record = self._by_uid.get(uid)
        return _owner(record) if record is not None else None

    def close(self) -> None:
        """Refuse further calls; may be repeated."""
        with self._lock:
            self._open = False
            self._written.notify_all()

    def _next_version(self) -> int:
        self._version += 1
        self._written.notify_all()
        return self._version

    def _check_open(self) -> None:
        if not self._open:
            raise StoreError("the store is closed")


def _owner(record: _Record) -> Owner:
    key = record.item.key
    return Owner(record.position.id, record.position.created, record.item.uid, key.namespace, key.name)


def _wanted(item: StoredObject, options: ListOptions) -> bool:
    return (
        (item.key.kind, item.key.group) == (options.kind, options.group)
        and (options.namespace is None or item.key.namespace == options.namespace)
        and (not options.phases or item.phase in options.phases)
        and all(item.labels.get(key) == value for key, value in options.labels.items())
        and matches(options.selector, item.labels)
        and (not options.names or _named(item, options))
        and (not options.not_namespace or item.key.namespace != options.not_namespace)
        and _between(item.created_at, options.created_after, None)
        and _between(item.times.started, options.started_after, options.started_before)
        and _between(item.times.finished, None, options.finished_before)
    )


def _named(item: StoredObject, options: ListOptions) -> bool:
    name = item.labels.get(options.name_label) if options.name_label else item.key.name
    return name is not None and all(match.takes(name) for match in options.names)


def _between(moment: datetime | None, after: datetime | None, before: datetime | None) -> bool:
    if moment is None:
        return after is None and before is None
    return (after is None or moment > after) and (before is None or moment < before)


def _page(found: list[_Record], *, more: bool) -> Page:
    cursors = [record.position.cursor() for record in found]
    return Page([record.item for record in found], cursors[-1] if more else None, cursors)
