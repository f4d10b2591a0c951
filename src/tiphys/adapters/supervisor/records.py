"""What the controller and the supervisor say to each other, one JSON document a line.

Some lie on disk: the record of a pod and the journal of its states.  Times are seconds since the epoch.
"""

from __future__ import annotations

from typing import Any

import msgspec


class FileRecord(msgspec.Struct, frozen=True):
    """A file to write before the start, at ``path`` on the host."""

    path: str
    data: bytes
    mode: int


class CapRecord(msgspec.Struct, frozen=True):
    """How many bytes may lie in the volume ``name``, which is the directory ``path`` of the host."""

    name: str
    path: str
    limit: int


class DataRecord(msgspec.Struct, frozen=True):
    """A file that a container sees at ``target`` and that must never lie on a disk: a secret."""

    target: str
    data: bytes
    mode: int


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe or a hook does: run ``command`` inside, ask ``url``, connect to ``address``, or sleep.

    ``address`` is (host, port); an empty host is the pod's own.  ``url`` has no host in it, only a path.
    """

    command: tuple[str, ...] = ()
    address: tuple[str, int] | None = None
    url: str | None = None
    tls: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    sleep: float | None = None


class ProbeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A probe with Kubernetes' numbers; seconds and counts."""

    action: Action
    delay: float = 0.0
    period: float = 10.0
    timeout: float = 1.0
    successes: int = 1
    failures: int = 3


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a container may use: bytes of memory, cores."""

    memory: int | None = None
    cpu: float | None = None


class ProcessLaunch(msgspec.Struct, frozen=True, kw_only=True, tag="process"):
    """A container as a process of this machine.

    ``argv[0]`` is the sandbox program for a sandboxed container and the user's program otherwise.  ``program`` is
    the user's as it stands in messages.  ``genuine`` are bound paths that must not have become links since they were
    made: an earlier container could point them anywhere.  ``data`` are files whose bytes the sandbox reads from the
    descriptors from ``DATA_FD`` on, in order.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: str
    program: str
    sandboxed: bool
    genuine: tuple[str, ...] = ()
    data: tuple[DataRecord, ...] = ()
    limits: Limits | None = None


class EngineLaunch(msgspec.Struct, frozen=True, kw_only=True, tag="engine"):
    """A container of a container engine: ``config`` is the body of its create request.

    ``pull`` is Always, IfNotPresent or Never; ``credentials`` are (registry, user, password).  ``staged`` is a
    directory of this machine whose content is copied over the container's root before it starts; ``collected`` are
    the paths that are copied out to ``root`` when it ended.  ``pod`` is (uid, node id), ``slots`` a directory
    of locks that bounds how many are made at once.  A container that
    ``shares_network`` takes that of a running container of the pod and waits for one, unless it is ``late``: then the
    others may be gone already.  One that fails stays, ended, for whoever looks into it if it is ``kept``.
    """

    address: str
    name: str
    pod: tuple[str, str]
    image: str
    program: str
    config: dict[str, Any]
    pull: str = "IfNotPresent"
    credentials: tuple[tuple[str, str, str], ...] = ()
    staged: str = ""
    root: str = ""
    collected: tuple[str, ...] = ()
    slots: str = ""
    shares_network: bool = False
    late: bool = False
    kept: bool = False


class ContainerPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One container, ready to be spawned.

    ``needs`` names main containers that must end well first.  ``refused`` is (reason, message) of a container that
    must not be created.  A container that fails is run up to ``attempts`` times, ``pause`` seconds apart.
    ``ports`` are those of this machine that it is to listen on.  A sidecar that is ``early`` has its place among the
    init containers: those after it wait until it has started, and none waits for its end.
    """

    name: str
    role: str
    launch: ProcessLaunch | EngineLaunch
    needs: tuple[str, ...] = ()
    attempts: int = 1
    pause: float = 0.0
    tty: bool = False
    refused: tuple[str, str] | None = None
    readiness: ProbeRecord | None = None
    liveness: ProbeRecord | None = None
    startup: ProbeRecord | None = None
    post_start: Action | None = None
    pre_stop: Action | None = None
    ports: tuple[int, ...] = ()
    early: bool = False


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


class PodRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a later controller must know of a pod; kept on disk, so nothing secret may stand here.

    ``names`` are (name, role) of the containers.  ``root`` and ``mounts`` are what main sees: outputs are read there.
    ``saves``: the executor keeps artifacts or logs.  ``address`` is the pod's; empty until
    a container engine has given one, whose own address is ``engine``.  ``launcher`` is
    the module whose ``make_launcher`` says how its containers come to life.  ``request`` is what the controller asked
    for, without what was looked up: so the pod can be run again.
    """

    uid: str
    node_id: str
    pod_name: str
    names: tuple[tuple[str, str], ...] = ()
    root: str = ""
    mounts: tuple[MountRecord, ...] = ()
    outputs: tuple[OutputRecord, ...] = ()
    capture: bool = False
    saves: bool = False
    address: str = ""
    engine: str = ""
    launcher: str = ""
    request: msgspec.Raw = msgspec.Raw(b"null")


class PodPlan(PodRecord, frozen=True, kw_only=True):
    """Everything that the supervisor must know to run a pod.

    ``refusal`` is why the pod cannot run at all; it is reported as Failed.  ``roots`` are made first, each with the
    ``skeleton`` (relative path, mode) and the ``links`` (relative path, target) in it; then ``directories``,
    ``extra_links`` (path, target) and ``files``; ``shared`` are directories for every user, of the group
    ``volume_group`` if there is one; ``passing`` go with the pod's end.  ``deadline`` is a moment, ``lifetime`` counts
    from the start; both in seconds.  ``load`` and ``save`` are jobs of the executor, encoded, with credentials: never
    on a disk.
    ``progress`` is the file that main writes its progress to; ``caps`` end the pod when they are passed.
    """

    roots: tuple[str, ...] = ()
    skeleton: tuple[tuple[str, int], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    directories: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    volume_group: int | None = None
    passing: tuple[str, ...] = ()
    extra_links: tuple[tuple[str, str], ...] = ()
    files: tuple[FileRecord, ...] = ()
    containers: tuple[ContainerPlan, ...] = ()
    grace: float = 30.0
    deadline: float | None = None
    lifetime: float | None = None
    deadline_message: str = ""
    refusal: str | None = None
    load: bytes | None = None
    save: bytes | None = None
    progress: str = ""
    caps: tuple[CapRecord, ...] = ()

    def record(self) -> PodRecord:
        """The part that is kept."""
        return PodRecord(**{name: getattr(self, name) for name in PodRecord.__struct_fields__})


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
    ready: bool = False


class PodState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of a pod as it is journalled and reported; the latest one counts."""

    uid: str
    node_id: str
    phase: str
    message: str = ""
    reason: str = ""
    containers: tuple[ContainerState, ...] = ()
    lost: bool = False
    progress: str = ""
    address: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing of the pod runs or will run any more."""
        return self.phase in {"Succeeded", "Failed", "Error"}


class Start(msgspec.Struct, frozen=True, tag="start", tag_field="op"):
    """Run a pod, unless its key was ever started."""

    plan: PodPlan


class Kill(msgspec.Struct, frozen=True, tag="kill", tag_field="op"):
    """End a pod: SIGTERM, then SIGKILL after ``grace`` seconds, without it after the pod's own."""

    uid: str
    node_id: str
    grace: float | None


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


class Locate(msgspec.Struct, frozen=True, tag="locate", tag_field="op"):
    """Answer ``Located`` with the first process of a container."""

    uid: str
    node_id: str
    container: str
    ticket: int


class Located(msgspec.Struct, frozen=True, tag="located", tag_field="op"):
    """The answer to ``Locate``: 0 when the container does not run, or not as a process of this machine."""

    ticket: int
    pid: int


class Report(msgspec.Struct, frozen=True, tag="report", tag_field="op"):
    """The state of a pod; ``known`` if it was started before it was asked for."""

    state: PodState
    known: bool = False


Request = Start | Kill | Attach | Forget | Locate
Reply = Report | Forgotten | Located
