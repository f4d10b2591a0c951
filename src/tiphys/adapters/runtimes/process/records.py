"""What the controller and the supervisor say to each other, one JSON document a line.

The same records lie on disk: the plan of a pod and the journal of its states.  Times are seconds since the epoch.
"""

from __future__ import annotations

import msgspec


class FileRecord(msgspec.Struct, frozen=True):
    """A file to write before the start, at ``path`` on the host."""

    path: str
    text: str
    mode: int


class ContainerPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One container, ready to be spawned.

    ``argv[0]`` is the sandbox program for a sandboxed container and the user's program otherwise.  ``program`` is
    the user's as it stands in messages.  ``needs`` names main containers that must end well first.  ``genuine`` are
    bound paths that must not have become links since they were made: an earlier container could point them anywhere.
    """

    name: str
    role: str
    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: str
    program: str
    sandboxed: bool
    needs: tuple[str, ...] = ()
    genuine: tuple[str, ...] = ()


class MountRecord(msgspec.Struct, frozen=True):
    """A host directory or file that the main container sees at ``target``."""

    source: str
    target: str
    read_only: bool = False


class OutputRecord(msgspec.Struct, frozen=True):
    """An output parameter that is a file of the main container."""

    name: str
    path: str
    default: str | None = None


class PodPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the supervisor must know to run a pod, and that a later controller must know to read it.

    ``refusal`` is why the pod cannot run at all; it is reported as Failed.  ``roots`` are made first, each with the
    ``skeleton`` (relative path, mode) and the ``links`` (relative path, target) in it; then ``directories`` and
    ``files``.  ``root`` and ``mounts`` are what main sees: outputs are read there.  ``deadline`` is a moment,
    ``lifetime`` counts from the start; both in seconds.
    """

    uid: str
    node_id: str
    pod_name: str
    roots: tuple[str, ...] = ()
    skeleton: tuple[tuple[str, int], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    directories: tuple[str, ...] = ()
    files: tuple[FileRecord, ...] = ()
    containers: tuple[ContainerPlan, ...] = ()
    root: str = ""
    mounts: tuple[MountRecord, ...] = ()
    outputs: tuple[OutputRecord, ...] = ()
    capture: bool = False
    grace: float = 30.0
    deadline: float | None = None
    lifetime: float | None = None
    deadline_message: str = ""
    refusal: str | None = None


class ContainerState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one container; ``state`` is waiting, running or terminated."""

    name: str
    role: str = "main"
    state: str = "waiting"
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    started_at: float | None = None
    finished_at: float | None = None


class PodState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of a pod as it is journalled and reported; the latest one counts."""

    uid: str
    node_id: str
    phase: str
    message: str = ""
    reason: str = ""
    containers: tuple[ContainerState, ...] = ()
    lost: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing of the pod runs or will run any more."""
        return self.phase in {"Succeeded", "Failed"}


class Start(msgspec.Struct, frozen=True, tag="start", tag_field="op"):
    """Run a pod, unless its key was ever started."""

    plan: PodPlan


class Kill(msgspec.Struct, frozen=True, tag="kill", tag_field="op"):
    """End a pod: SIGTERM, then SIGKILL after ``grace`` seconds."""

    uid: str
    node_id: str
    grace: float


class Attach(msgspec.Struct, frozen=True, tag="attach", tag_field="op"):
    """Report every pod of a run, now and whenever it changes."""

    uid: str


class Forget(msgspec.Struct, frozen=True, tag="forget", tag_field="op"):
    """Kill a pod (or all of a run) at once and answer ``Forgotten`` when nothing of it runs."""

    uid: str
    node_id: str | None
    ticket: int


class Forgotten(msgspec.Struct, frozen=True, tag="forgotten", tag_field="op"):
    """The answer to ``Forget``: the directories may be removed."""

    ticket: int


class Report(msgspec.Struct, frozen=True, tag="report", tag_field="op"):
    """The state of a pod; ``known`` if it was started before it was asked for."""

    state: PodState
    known: bool = False


Request = Start | Kill | Attach | Forget
Reply = Report | Forgotten
