"""Log lines of all pods of a workflow in the order of their times (``spec/api.md`` 12)."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from tiphys.app.services.logsources import LogSource
from tiphys.app.services.objects import node_changes
from tiphys.app.services.podlabels import pod_labels, pod_name_of
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.regex import compile_pattern
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.core.objects.selectors import Requirement, matches
from tiphys.errors import UsageError
from tiphys.ports.runtime import LogLine

#: A line that is longer is cut into pieces, in characters.
LONGEST = 1 << 20


class LogOptions(Struct, frozen=True, kw_only=True):
    """Which lines; ``tail`` and ``limit_bytes`` are per pod, as in Kubernetes.  ``grep`` is RE2.

    ``pod`` is the name of a pod, or the id, name or display name of its node; ``labels`` is what the pods' must be
    like.  ``previous`` asks for containers before a restart.
    """

    pod: str = ""
    container: str = "main"
    tail: int | None = None
    since: datetime | None = None
    limit_bytes: int | None = None
    grep: str = ""
    labels: Sequence[Requirement] = ()
    previous: bool = False


class LogReader:
    """Reads what is new, again and again; ``over`` tells that nothing more will come."""

    def __init__(self, source: LogSource, options: LogOptions) -> None:
        self._source = source
        self._options = options
        self._offsets: dict[str, int] = {}
        self._sent: dict[str, int] = {}
        self._takes = _filter(options.grep)
        self.over = False

    def read(self) -> Iterator[LogLine]:
        """The lines since the last reading, merged by time."""
        self.over = self._source.over()
        if self._options.previous:  # no container is ever restarted
            return
        yield from heapq.merge(*self._pods(), key=lambda line: line.time)

    def _pods(self) -> list[Iterable[LogLine]]:
        found: list[Iterable[LogLine]] = []
        workflow = self._source.workflow
        name = (workflow.metadata.name if workflow.metadata else None) or ""
        for change in node_changes(self._source.nodes()):
            status = change.status
            if status.type != "Pod":
                continue
            pod = pod_name_of(name, status)
            if self._options.pod and self._options.pod not in {pod, status.id, status.name, status.display_name}:
                continue
            if self._options.labels and not matches(self._options.labels, pod_labels(workflow, status)):
                continue
            found.append(self._pod(status, pod))
        return found

    def _pod(self, status: NodeStatus, pod: str) -> Iterable[LogLine]:
        node, tail = status.id or "", self._options.tail
        lines: Iterable[LogLine] = self._wanted(status, pod)
        first = self._sent.setdefault(node, -1) == -1
        self._sent[node] = max(0, self._sent[node])
        if first and tail is not None and tail >= 0:
            lines = deque(lines, maxlen=tail)
        return (line for line in lines if self._takes(line.text))

    def _wanted(self, status: NodeStatus, pod: str) -> Iterator[LogLine]:
        options, limit, node = self._options, self._options.limit_bytes, status.id or ""
        begin = self._offsets.get(node, 0)
        for offset, line in self._source.lines(status, pod, options.container, begin):
            self._offsets[node] = offset
            if options.since is not None and line.time < options.since:
                continue
            self._sent[node] += len(line.text.encode()) + 1
            if limit is not None and self._sent[node] > limit:
                return
            yield line


def since_of(now: datetime, seconds: int | None, moment: datetime | None) -> datetime | None:
    """The moment from which lines are wanted."""
    return moment if seconds is None else now - timedelta(seconds=seconds)


def stamp(moment: datetime) -> str:
    """The time in front of a line, as Kubernetes writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}000Z"


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
