"""What a person can do, whoever answers: this process, or later a server over HTTP."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.objects.selectors import Requirement
from tiphys.ports.runtime import LogLine

if TYPE_CHECKING:
    from tiphys.core.engine.explain import Explanation


class Trial(enum.Enum):
    """Whether a submission is one: ``CLIENT`` shows the manifest as it is sent, ``SERVER`` as it would be kept."""

    NO = "no"
    CLIENT = "client"
    SERVER = "server"


class SubmitOptions(Struct, frozen=True, kw_only=True):
    """What a call changes in a manifest before it starts (``spec/data.md`` 19.3).

    ``parameters`` replace arguments by name and come first in the list; ``parameter_file`` entries are added for
    names that ``parameters`` does not have.  ``pause_on_failure``: a failed pod waits until somebody resumes it.
    """

    name: str | None = None
    generate_name: str | None = None
    entrypoint: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    parameter_file: Mapping[str, str] = field(default_factory=dict)
    service_account: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    priority: int | None = None
    namespace: str | None = None
    pause_on_failure: bool = False


class ListFilter(Struct, frozen=True, kw_only=True):
    """Which workflows to list.

    ``fields`` is a field selector (``spec/api.md`` 10.3).  ``since`` and ``before`` are about the times of creation
    and end; what has not ended has no end before.  ``nodes`` asks for the nodes too.  ``page`` is how many are asked
    for at a time, where that matters.
    """

    namespace: str | None = None
    phases: Sequence[str] = ()
    labels: Sequence[Requirement] = ()
    fields: str = ""
    prefix: str | None = None
    completed: bool | None = None
    since: datetime | None = None
    before: datetime | None = None
    limit: int | None = None
    nodes: bool = False
    page: int | None = None


class LogFilter(Struct, frozen=True, kw_only=True):
    """Which log lines: of one pod or all, of one container; ``follow`` waits for more until the end.

    ``tail`` is the number of last lines of each pod, ``grep`` an RE2 pattern, ``labels`` are those of pods.
    ``previous`` asks for containers before a restart.
    """

    pod_name: str | None = None
    container: str | None = None
    follow: bool = False
    since: datetime | None = None
    tail: int | None = None
    grep: str = ""
    labels: Sequence[Requirement] = ()
    previous: bool = False


class NodeValues(Struct, frozen=True, kw_only=True):
    """What ``set_nodes`` gives to the Suspend nodes that the selector matches; an empty phase lets them wait on."""

    selector: str
    phase: str = ""
    message: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


class LifecycleApi(Protocol):
    """What changes a run that is not over.  Names may be ``@latest``; every method returns the workflow's name.

    The request is done when a method returns: by the process that drives the run, or else at once.  Selectors are
    those of ``spec/engine.md`` 18.4.  Every method raises ``NotFoundError`` for a name that does not exist, and
    ``UsageError`` with Argo's text for what the run refuses.
    """

    def stop(self, namespace: str, name: str, *, selector: str = "", message: str = "") -> str:
        """Shut a workflow down with its exit handlers, or fail the Suspend nodes that the selector matches."""

    def terminate(self, namespace: str, name: str) -> str:
        """Shut a workflow down without its exit handlers."""

    def suspend(self, namespace: str, name: str) -> str:
        """Start nothing new until the workflow is resumed."""

    def resume(self, namespace: str, name: str, *, selector: str = "", message: str = "") -> str:
        """Let a workflow go on, with all its Suspend nodes or those that the selector matches."""

    def set_nodes(self, namespace: str, name: str, values: NodeValues) -> str:
        """Give Suspend nodes outputs, a message or a phase."""


class RetryOptions(Struct, frozen=True, kw_only=True):
    """Which nodes of a finished workflow run again (``spec/engine.md`` 24.2).

    ``nodes`` are ours: names, display names or ids; exactly these and what followed them run again, whatever failed
    elsewhere.  ``parameters`` replace arguments by name.
    """

    restart_successful: bool = False
    selector: str = ""
    nodes: Sequence[str] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


class PlannedNode(Struct, frozen=True, kw_only=True):
    """What a retry does with one node: ``keep`` it, ``reset`` and decide it again, ``rerun`` or ``remove`` it.

    A removed node never ran (it was skipped, omitted or holds others); whether it comes again is decided anew.
    ``new`` are steps and tasks that have had no node so far and may run now; their type and phase are empty.
    """

    action: str
    name: str
    display_name: str
    type: str
    phase: str


class ResubmitOptions(Struct, frozen=True, kw_only=True):
    """How a workflow is submitted again: ``memoized`` keeps the outputs of what succeeded."""

    memoized: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    priority: int | None = None


class RerunApi(Protocol):
    """What makes finished workflows run again.  Names may be ``@latest``.

    Every method raises ``NotFoundError`` for a name that does not exist, ``UsageError`` with Argo's text for what
    cannot be done, and changes nothing then.
    """

    def plan_retry(self, namespace: str, name: str, options: RetryOptions) -> Sequence[PlannedNode]:
        """What ``retry`` would do, node by node."""

    def retry(self, namespace: str, name: str, options: RetryOptions) -> Workflow:
        """Reset a finished workflow so that it goes on when it is driven; pods of removed nodes are deleted."""

    def resubmit(self, namespace: str, name: str, options: ResubmitOptions) -> Workflow:
        """Make a new workflow of an old one; it runs when it is driven."""


class Api(Protocol):
    """Reading and removing workflows.  Names may be ``@latest``.

    Every method raises ``NotFoundError`` for a name that does not exist.
    """

    def get(self, namespace: str, name: str) -> Workflow:
        """The workflow with ``status.nodes`` as Argo's API shows it."""

    def glance(self, namespace: str, name: str) -> Workflow:
        """The workflow without its nodes: cheap however many there are."""

    def events(self, namespace: str, name: str) -> Sequence[Fact]:
        """The newest events of a workflow and its nodes, oldest first."""

    def memoized(self, namespace: str, name: str) -> Mapping[str, str]:
        """Of memoized nodes, by id: whether they found their outputs in the cache and why."""

    def explain(self, namespace: str, name: str, node: str | None = None) -> Explanation:
        """Why a workflow, or a node of it by display name, full name or id, is as it is.

        Raises:
            NotFoundError: no node is called so.
            UsageError: several are.
        """

    def list(self, wanted: ListFilter) -> Sequence[Workflow]:
        """Workflows in no order, without their nodes unless they are wanted.

        Raises:
            UsageError: the field selector is none.
        """

    def logs(self, namespace: str, name: str, wanted: LogFilter) -> Iterator[LogLine]:
        """Log lines of the run's pods in the order of their times; the run may be one that only the archive has.

        Raises:
            UsageError: the pattern is none.
        """

    def delete(self, namespace: str, name: str, *, force: bool = False) -> None:
        """Remove a workflow, its nodes, logs and files; running pods are killed first.

        With finalizers it is marked and goes when the last one is removed; ``force`` removes them.
        """


class RunObserver(Protocol):
    """Is told what happens while runs are driven; called from the loop's thread and must return quickly."""

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """A step was committed: ``workflow`` without nodes (its status is current), and the nodes that changed."""

    def tick(self) -> None:
        """Called about ten times a second while the loop waits, for spinners and durations."""

    def log(self, line: LogLine) -> None:
        """A line of a container's log, only when logs were asked for."""


class Driver(Protocol):
    """Drives runs to their end in this process."""

    def drive(
        self, uids: Sequence[str], observer: RunObserver, *, logs: bool = False, until_resting: bool = False
    ) -> None:
        """Block until every run is finished.  A run that another process drives is a ``ConflictError``.

        ``until_resting`` also ends when only a person can move what is not finished (suspended workflows and nodes).
        """

    def stop(self, strategy: str) -> None:
        """Ask all driven runs to shut down with ``Stop`` or ``Terminate``; safe in a signal handler."""
