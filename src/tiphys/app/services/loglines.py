"""Log lines of all pods of a workflow in the order of their times (``spec/api.md`` 12)."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from tiphys.app.services.objects import COMPLETED, node_changes
from tiphys.app.services.query import pod_name_of
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.regex import compile_pattern
from tiphys.errors import UsageError
from tiphys.ids import NodeId
from tiphys.ports.runtime import LogLine, PodRuntime
from tiphys.ports.store import Store, StoredObject

#: A line that is longer is cut into pieces, in characters.
LONGEST = 1 << 20


class LogOptions(Struct, frozen=True, kw_only=True):
    """Which lines; ``tail`` and ``limit_bytes`` are per pod, as in Kubernetes.  ``grep`` is RE2."""

    pod: str = ""
    container: str = "main"
    tail: int | None = None
    since: datetime | None = None
    limit_bytes: int | None = None
    grep: str = ""


class LogReader:
    """Reads what is new, again and again; ``over`` tells that nothing more will come."""

    def __init__(self, store: Store, runtime: PodRuntime, stored: StoredObject, options: LogOptions) -> None:
        self._store = store
        self._runtime = runtime
        self._run = stored
        self._options = options
        self._offsets: dict[str, int] = {}
        self._sent: dict[str, int] = {}
        self._takes = _filter(options.grep)
        self.over = False

    def read(self) -> Iterator[LogLine]:
        """The lines since the last reading, merged by time."""
        current = self._store.get(self._run.key)
        self.over = current is None or current.uid != self._run.uid or current.phase in COMPLETED
        yield from heapq.merge(*self._pods(), key=lambda line: line.time)

    def _pods(self) -> list[Iterable[LogLine]]:
        found: list[Iterable[LogLine]] = []
        for change in node_changes(list(self._store.nodes(self._run.uid))):
            status = change.status
            if status.type != "Pod":
                continue
            pod = pod_name_of(self._run.key.name, status)
            if self._options.pod and self._options.pod not in {pod, status.id}:
                continue
            found.append(self._pod(status.id or ""))
        return found

    def _pod(self, node: str) -> Iterable[LogLine]:
        lines = self._wanted(node)
        first = self._sent.setdefault(node, -1) == -1
        self._sent[node] = max(0, self._sent[node])
        if not first or self._options.tail is None:
            return lines
        return deque(lines, maxlen=max(0, self._options.tail))

    def _wanted(self, node: str) -> Iterator[LogLine]:
        options, limit = self._options, self._options.limit_bytes
        begin = self._offsets.get(node, 0)
        for offset, line in self._runtime.logs(self._run.uid, NodeId(node), options.container, offset=begin):
            self._offsets[node] = offset
            if options.since is not None and line.time < options.since:
                continue
            if not self._takes(line.text):
                continue
            self._sent[node] += len(line.text.encode()) + 1
            if limit is not None and self._sent[node] > limit:
                return
            yield line


def since_of(now: datetime, seconds: int | None, moment: datetime | None) -> datetime | None:
    """The moment from which lines are wanted."""
    return moment if seconds is None else now - timedelta(seconds=seconds)


def pieces(text: str) -> Iterator[str]:
    """A text in pieces of bounded length; an empty one is one piece."""
    for start in range(0, max(1, len(text)), LONGEST):
        yield text[start : start + LONGEST]


def _filter(grep: str) -> Callable[[str], bool]:
    if not grep:
        return lambda _text: True
    try:
        pattern = compile_pattern(grep)
    except Fault as error:
        raise UsageError(f'failed to compile "{grep}": {error}') from None
    return lambda text: pattern.search(text) is not None
