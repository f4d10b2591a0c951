"""Where objects and runs are kept.

An object is (group, kind, namespace, name) with a uid and a resource version, as in Kubernetes; any kind may be kept.
The store knows no kind and gives no meaning to ``data``: what deleting and owning mean is decided above it.  A node
of a run is a row of its own.  One commit holds everything that one step of the engine decided: node rows, the
workflow's status and the commands to perform; a crash before it loses the whole step, a crash after it loses
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, field

from tiphys.core.objects.selectors import Requirement
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.cache import Cache, CacheSave
from tiphys.ports.locks import LockRequest, LockTable

#: The group of the kinds that Tiphys is about.
ARGO_GROUP = "argoproj.io"


class ObjectKey(Struct, frozen=True):
    """Names one object.  ``namespace`` is empty for cluster-scoped kinds, ``group`` for Kubernetes' core kinds.

    Two versions of one group (``v1``, ``v1beta1``) are the same object.
    """

    kind: str
    namespace: str
    name: str
    group: str = ARGO_GROUP


#: What starts, or ends, does so no earlier than so long before it was made: clocks of several machines differ.
EARLY = timedelta(minutes=1)


class Times(Struct, frozen=True):
    """When a run began and when it was over, as lists look for it; None while it has not."""

    started: datetime | None = None
    finished: datetime | None = None


class StoredObject(Struct, frozen=True, kw_only=True):
    """An object as kept: ``data`` is its JSON without ``status.nodes``.

    ``owners`` are the uids of its owner references, by which ``owned_by`` finds it.  ``progress`` is that of a run
    whose nodes went on since ``data`` was written; empty where ``data`` says it.  Only commits change it.
    """

    key: ObjectKey
    uid: WorkflowUid
    resource_version: int
    created_at: datetime
    labels: Mapping[str, str]
    phase: str
    data: bytes
    owners: Sequence[WorkflowUid] = ()
    times: Times = Times()
    progress: str = ""


class NodeRow(Struct, frozen=True, kw_only=True):
    """One node of a run: ``status`` is the JSON of its ``NodeStatus``, ``internal`` what only the engine needs."""

    name: NodeName
    sequence: int
    status: bytes
    internal: bytes


class CommandRow(Struct, frozen=True, kw_only=True):
    """A command to perform: ``key`` makes it idempotent within its run, ``body`` is its JSON."""

    key: str
    body: bytes


class RequestRow(Struct, frozen=True, kw_only=True):
    """What somebody asks of a run and nobody has answered yet; numbers grow in the order of asking."""

    uid: WorkflowUid
    number: int
    body: bytes


class Answer(Struct, frozen=True):
    """The answer to a request: why it was refused, empty when it was done."""

    number: int
    text: str = ""


#: So many events of one run are kept; older ones go.
KEPT_EVENTS = 1000


class RunCommit(Struct, frozen=True, kw_only=True):
    """All that one step changes, in one transaction.

    ``data``, ``phase``, ``labels`` and ``times`` replace those of the workflow object (None = unchanged).
    ``progress`` is that of the run where ``data`` does not say it.
    ``performed`` are keys of earlier commands that need not be performed again.  ``answers`` are those to requests that
    this step took, ``events`` the JSON of what is to be told of it.
    ``removed`` are nodes that are no more; ``forget_commands`` makes the keys of all earlier commands free again.  Both
    happen before anything else of the commit.  ``expected`` is the resource version that the object must still have;
    0 is any.
    ``unlocks`` are holders that give back all they hold or want, ``lock_requests`` what is taken if it is free and
    waited for otherwise; asking again changes only the limits as they are seen.  ``ended`` gives back all locks of the
    run.
    """

    uid: WorkflowUid
    nodes: Sequence[NodeRow] = ()
    commands: Sequence[CommandRow] = ()
    performed: Sequence[str] = ()
    data: bytes | None = None
    phase: str | None = None
    labels: Mapping[str, str] | None = None
    times: Times | None = None
    progress: str = ""
    answers: Sequence[Answer] = ()
    events: Sequence[bytes] = ()
    removed: Sequence[NodeName] = ()
    forget_commands: bool = False
    expected: int = 0
    lock_requests: Sequence[LockRequest] = ()
    unlocks: Sequence[str] = ()
    cached: Sequence[CacheSave] = ()
    ended: bool = False


class NameMatch(Struct, frozen=True):
    """How a name is compared with a text; ``how`` is a key of ``NAME_MATCHES``."""

    how: str
    text: str

    def takes(self, name: str) -> bool:
        """Whether a name fits."""
        return NAME_MATCHES[self.how](name, self.text)


#: The ways of comparing names, as Argo calls them.
NAME_MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "Exact": lambda name, text: name == text,
    "Contains": lambda name, text: text in name,
    "Prefix": lambda name, text: name.startswith(text),
    "NotEquals": lambda name, text: name != text,
}


class ListOptions(Struct, frozen=True, kw_only=True):
    """What to list.

    ``labels`` must all be equal, ``selector`` and all of ``names`` must hold; names are compared with the value of the
    label ``name_label`` where one is given.  What has not started, or ended, is in no range of such times.  ``after``
    is the cursor of an earlier page, and ``skip`` how many objects behind it are left out first.
    """

    kind: str
    group: str = ARGO_GROUP
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    selector: Sequence[Requirement] = ()
    phases: Sequence[str] = ()
    names: Sequence[NameMatch] = ()
    name_label: str = ""
    not_namespace: str = ""
    created_after: datetime | None = None
    started_after: datetime | None = None
    started_before: datetime | None = None
    finished_before: datetime | None = None
    limit: int = 500
    after: str | None = None
    skip: int = 0


class Page(Struct, frozen=True):
    """One page, newest first, the cursor of the next (None at the end), and one cursor behind each object."""

    items: Sequence[StoredObject]
    next: str | None
    cursors: Sequence[str] = ()


class Change(Struct, frozen=True):
    """What became of an object: ``type`` is ADDED, MODIFIED or DELETED.

    ``item`` is its present state, or its last one with the resource version of the deletion.
    """

    type: str
    item: StoredObject


class Changes(Struct, frozen=True):
    """Changes, oldest first, and the resource version to ask on from."""

    items: Sequence[Change]
    version: int


#: What objects are made for only once.
FIRING, BACKFILL = "cron", "backfill"


def made_for(purpose: str, uid: str, what: str = "") -> str:
    """A name for ``once`` of ``Store.create``; it is forgotten with the object of the uid."""
    return f"{purpose}/{uid}/{what}"


def names_of(uid: str) -> Sequence[tuple[str, str]]:
    """Where the names of an object that something was made for begin and end, see ``Store.forget_made``."""
    # The character behind the slash.
    return [(made_for(purpose, uid), f"{purpose}/{uid}0") for purpose in (FIRING, BACKFILL)]


class Store(Protocol):
    """Keeps objects and runs.  Safe to use from several processes on one data directory."""

    def create(self, item: StoredObject, *, once: str = "") -> StoredObject:
        """Keep a new object; its resource version is given by the store.

        ``once`` names what the object is made for, the firing of a schedule for example (``made_for``): of all
        creations with one name only the first succeeds, even if its object is gone by then.

        Raises:
            ConflictError: an object of that key exists, or something was made for ``once`` before.
        """

    def forget_made(self, first: str, end: str) -> None:
        """Forget that something was made for the names from ``first`` up to, but without, ``end``."""

    def get(self, key: ObjectKey) -> StoredObject | None:
        """The object, or None."""

    def find(self, uid: WorkflowUid) -> StoredObject | None:
        """The object of a uid, or None."""

    def list(self, options: ListOptions) -> Page:
        """One page of objects, newest first; never loads nodes; cost independent of the total but for ``skip``."""

    def count(self, options: ListOptions) -> int:
        """How many objects there are behind ``after`` on all pages together; ``limit`` and ``skip`` say nothing."""

    def label_keys(self, options: ListOptions) -> Sequence[str]:
        """The keys of all labels that the objects behind ``after`` have, sorted; one query, objects are not read."""

    def label_values(self, options: ListOptions, key: str) -> Sequence[str]:
        """The values that a label has on them, sorted."""

    def update(self, item: StoredObject) -> StoredObject:
        """Replace labels, phase, data, owners and times of the object that has the key and uid of ``item``.

        The object must still have the resource version of ``item``, which is the one that the caller has read; 0
        replaces whatever is there.

        Raises:
            NotFoundError: there is no such object.
            ConflictError: somebody changed it first, or it was deleted and made anew.
        """

    def delete(self, key: ObjectKey, *, expected: int = 0, last: bytes | None = None) -> bool:
        """Remove an object with its nodes, commands, requests and events; False when there is none.

        ``last`` is what ``changes`` shows instead of its last data.

        Raises:
            ConflictError: ``expected`` is not 0 and not its resource version.
        """

    def owned_by(self, uid: WorkflowUid) -> Sequence[StoredObject]:
        """The objects of any kind that have the uid among their owners, oldest first."""

    def kinds(self) -> Sequence[tuple[str, str]]:
        """Group and kind of all objects, each once, sorted."""

    def namespaces(self) -> Sequence[str]:
        """The namespaces that have objects, each once, sorted; cost independent of the number of objects."""

    def phases(self, kind: str, group: str = ARGO_GROUP) -> Mapping[str, int]:
        """How many objects of a kind are in each phase, over all namespaces."""

    def version(self) -> int:
        """The resource version of the last change of anything, whichever process made it."""

    def changes(self, since: int, *, kind: str | None = None, group: str = ARGO_GROUP, limit: int = 500) -> Changes:
        """What changed after the resource version ``since``, of one kind or (None) of all, oldest first.

        An object that changed several times comes once, with its present state; one that came and went in between
        comes as DELETED.  ADDED are objects that were made after ``since``: when ``limit`` cuts the answer, the rest
        of the objects that are new may come as MODIFIED.  Ask on with ``Changes.version``.

        Raises:
            ExpiredError: deletions after ``since`` are forgotten: list again.  The newest thousand are kept.
        """

    def wait(self, since: int, timeout: float) -> bool:
        """Wait until anything is newer than ``since``, in any process; False when ``timeout`` seconds pass first."""

    def commit(self, commit: RunCommit) -> int:
        """Apply one step of a run in one transaction and return the new resource version.

        Rows written do not depend on the size of the run.

        Raises:
            NotFoundError: the workflow was deleted; nothing is written.
            ConflictError: somebody changed the object since ``expected``; nothing is written.
            StoreError: the disk is full or the file is damaged; nothing is written.
        """

    def nodes(self, uid: WorkflowUid) -> Iterator[NodeRow]:
        """All nodes of a run by sequence."""

    def commands(self, uid: WorkflowUid) -> Sequence[CommandRow]:
        """Commands not yet performed, oldest first."""

    def ask(self, uid: WorkflowUid, body: bytes) -> int:
        """Keep a request to a run, for whoever drives it, and return its number.

        Raises:
            NotFoundError: there is no such workflow.
        """

    def requests(self) -> Sequence[RequestRow]:
        """All requests to any run that have no answer yet, oldest first; costs next to nothing while there are none."""

    def take_answer(self, number: int) -> str | None:
        """The answer to a request, None while there is none; an answer is given once.

        Raises:
            NotFoundError: the answer was taken already, or the workflow was deleted.
        """

    def events(self, uid: WorkflowUid) -> Sequence[bytes]:
        """The newest ``KEPT_EVENTS`` events of a run, oldest first."""

    @property
    def locks(self) -> LockTable:
        """The locks of all runs."""

    @property
    def cache(self) -> Cache:
        """Memoized outputs."""

    def claim(self, uid: WorkflowUid) -> bool:
        """Become the one controller of a run; False when another part of this process, or another living one, is.

        The claim ends with ``release`` or with the process, however it dies.
        """

    def release(self, uid: WorkflowUid) -> None:
        """Give a claim back; unknown claims are ignored."""

    def close(self) -> None:
        """Close the files; claims end."""
