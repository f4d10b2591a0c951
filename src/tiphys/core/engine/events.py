"""What happened in the world since the last step."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from tiphys.core.manifest.model.arguments import Outputs
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId


class Container(Struct, frozen=True, kw_only=True):
    """The state of one container: ``state`` is waiting, running or terminated; ``role`` init, main, aux or sidecar."""

    name: str
    role: str = "main"
    state: str = "terminated"
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    ready: bool = False


class PodChanged(Struct, frozen=True, kw_only=True):
    """The present state of a node's pod.

    Doubled, stale and unknown reports are harmless: a fulfilled node ignores them.  ``output_error`` is why the
    outputs could not be collected.  ``artifacts`` are saved output artifacts as the node shows them.
    """

    node_id: NodeId
    phase: str
    message: str = ""
    containers: tuple[Container, ...] = ()
    result: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    output_error: str | None = None
    pod_ip: str | None = None
    host: str | None = None
    lost: bool = False
    artifacts: tuple[JsonObject, ...] = ()
    progress: str | None = None


class ShutdownRequested(Struct, frozen=True, tag=True):
    """Somebody asked the run to end: ``Stop`` lets exit handlers run, ``Terminate`` does not."""

    strategy: str


class SuspendChanged(Struct, frozen=True, tag=True):
    """``spec.suspend`` was set or cleared; clearing it also resumes every active Suspend node, with ``message``."""

    suspended: bool
    message: str = ""


class NodesResumed(Struct, frozen=True, tag=True):
    """The active Suspend nodes that the selector matches are resumed; ``spec.suspend`` stays."""

    selector: str
    message: str = ""


class NodesStopped(Struct, frozen=True, tag=True):
    """The active Suspend nodes that the selector matches fail; the workflow itself is not shut down."""

    selector: str
    message: str = ""


class NodesSet(Struct, frozen=True, kw_only=True, tag=True):
    """Phase, message and supplied outputs of the active Suspend nodes that the selector matches.

    An empty ``phase`` leaves the nodes waiting.
    """

    selector: str
    phase: str = ""
    message: str = ""
    parameters: tuple[tuple[str, str], ...] = ()


#: What a person asks of a run.
Request = ShutdownRequested | SuspendChanged | NodesResumed | NodesStopped | NodesSet


class Refused(Struct, frozen=True, kw_only=True):
    """The workflow must not go on: its spec was changed where that is forbidden, or it lacks what it needs.

    It ends in Error at once.  ``begun`` tells that it would run by now but for that.
    """

    message: str
    begun: bool = False


class LocksAnswered(Struct, frozen=True, kw_only=True):
    """What became of a ``LockAsk``: ``held``, or the first lock that it waits for with its free slots.

    ``error`` is why the locks can never be had, or, when it is ``passing``, why they cannot be had now.
    """

    holder: str
    held: bool = False
    lock: str = ""
    free: int = 0
    capacity: int = 0
    error: str = ""
    passing: bool = False


class CacheAnswered(Struct, frozen=True, kw_only=True):
    """What a ``CacheLookup`` found: outputs, or nothing; ``busy`` when another node is computing them.

    ``error`` is why the cache cannot be used, ``reason`` says where outputs come from or why there are none.
    """

    node_id: NodeId
    reason: str = ""
    found: bool = False
    outputs: Outputs | None = None
    busy: bool = False
    error: str = ""


Event = PodChanged | Request | LocksAnswered | CacheAnswered | Refused
