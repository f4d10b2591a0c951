"""The world of Argo's controller tests: objects, one pass of the controller, pods that a test sets to phases.

A pass is a new controller that takes the run up from the store, hears of the pods, and is stopped as soon as nothing
more follows; so every case is also a test of restarts.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from msgspec import Struct

from tests.conformance.argo import foreign
from tests.conformance.argo.pods import ManualRuntime
from tests.conformance.argo.reader import as_unit_tests_read
from tiphys.adapters.metrics.registry import MetricRegistry
from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.driver import LocalDriver
from tiphys.app.services import submission
from tiphys.app.services.objects import key_of, new_object, node_row
from tiphys.app.services.query import LocalApi
from tiphys.app.services.submit import complete, identify, in_namespace
from tiphys.app.services.telemetry import Telemetry
from tiphys.core.manifest.diagnostics import Diagnostic, ManifestError, Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.configmap import ConfigMap
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.validate.library import Library
from tiphys.entrypoints.settings import Settings
from tiphys.entrypoints.wire.assembly import run_rules
from tiphys.entrypoints.wire.local import Local
from tiphys.errors import ConflictError, UsageError
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.api import SubmitOptions
from tiphys.ports.identity import OWNER
from tiphys.ports.runtime import LogLine, PodKey
from tiphys.ports.store import NodeRow, RunCommit
from tiphys.testing.clock import VirtualClock
from tiphys.testing.cluster import plain_objects

#: The moment of the tests: Argo's are run with the real clock, long after the times in their files.
NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


_OVER = frozenset({"Succeeded", "Failed", "Error"})


class Snapshot(Struct):
    """A workflow at some moment: its JSON, and the rows behind its nodes if we wrote them."""

    data: dict[str, Any]
    rows: list[NodeRow] | None = None
    uid: str | None = None
    at: datetime = NOW

    def copy(self) -> Snapshot:
        """Another one that is changed by itself."""
        return Snapshot(copy.deepcopy(self.data), list(self.rows) if self.rows is not None else None, self.uid, self.at)

    @property
    def name(self) -> str:
        """The workflow's name."""
        return str(self.data.get("metadata", {}).get("name") or "")


#: So many turns without news and without a step end a pass.
_IDLE_TURNS = 2


class _PassOverError(Exception):
    """Nothing more follows from what is known."""


class _Pass(Struct):
    runtime: ManualRuntime
    idle: int = 0

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """The run went on."""
        self.idle = 0

    def tick(self) -> None:
        """End the pass once nothing follows any more, from pods, locks or caches."""
        self.idle = self.idle + 1 if self.runtime.quiet else 0
        if self.idle > _IDLE_TURNS:
            raise _PassOverError

    def log(self, line: LogLine) -> None:
        """Nothing is shown."""


class World:
    """A store, a runtime and a clock, as one controller of a test sees them.

    ``recently_started`` is for how many seconds a running node may be without its pod.
    """

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.store = MemoryStore(self.clock)
        self.runtime = ManualRuntime(self.clock)
        self.objects: list[dict[str, Any]] = []
        #: What a test says of the controller's configuration and environment.
        self.settings = Settings(home=Path("/nonexistent"))
        self.metrics = MetricRegistry(self.clock)
        self.recently_started = 10.0
        #: The workflows of the store as the last pass over each left them.
        self._left: dict[str, dict[str, Any]] = {}

    # -- one pass ------------------------------------------------------------------------------------------------

    def operate(self, before: Snapshot) -> Snapshot:
        """One pass over a workflow; answers with the workflow after it.

        Raises:
            UnsupportedError: it needs a feature that is not there yet.
        """
        library = self._library()
        status = before.data.get("status") or {}
        if status.get("phase") in _OVER and not status.get("nodes"):
            return before.copy()
        try:
            uid = self._place(before, library)
        except (ManifestError, UsageError) as error:
            return self._refused(before, error)
        self._tell_lost(before, uid)
        driver = LocalDriver(self.store, self.runtime, self.clock, library=library)
        driver.telemetry = Telemetry(self.metrics)
        driver.rules = msgspec.structs.replace(run_rules(self.settings, self.store), library=library)
        with contextlib.suppress(_PassOverError):
            driver.drive([uid], _Pass(self.runtime))
        after = self._read(uid)
        self.clock.advance(0.01)
        self._left[str(uid)] = copy.deepcopy(after.data)
        self._stay_over(before, after)
        return after

    @staticmethod
    def _stay_over(before: Snapshot, after: Snapshot) -> None:
        """A phase that is final stays so, also where a test has the pass run on."""
        status: dict[str, Any] = before.data.get("status") or {}
        shown = after.data["status"]
        if status.get("phase") in _OVER and shown.get("phase") not in _OVER:
            shown.update({key: status[key] for key in ("phase", "message", "finishedAt") if key in status})

    def _read(self, uid: WorkflowUid) -> Snapshot:
        stored = self.store.find(uid)
        if stored is None:
            raise ConflictError("the workflow is gone")
        shown = LocalApi(self.store, self.runtime).get(stored.key.namespace, stored.key.name)
        return Snapshot(json.loads(msgspec.json.encode(shown)), list(self.store.nodes(uid)), str(uid), self.clock.now())

    def _place(self, snapshot: Snapshot, library: Library) -> WorkflowUid:
        """Have the store hold exactly this workflow."""
        if snapshot.uid is not None and self._left.get(snapshot.uid) == snapshot.data:
            return WorkflowUid(snapshot.uid)  # with its locks
        data = copy.deepcopy(snapshot.data)
        status = data.get("status") or {}
        nodes = status.pop("nodes", None) or {}
        if status.get("phase") in _OVER:
            # Argo's pass takes up whatever it is given; a controller leaves ended workflows alone.
            status["phase"] = "Running"
            status.pop("finishedAt", None)
        document = _document(data, strict=not nodes)
        local = self._local()
        meta = data.get("metadata", {})
        namespace = meta.get("namespace") or "default"
        self.store.delete(key_of(namespace, meta.get("name") or ""))
        if status.get("phase"):
            stored = self._keep(document, namespace, snapshot.uid)
        else:
            with patch.object(submission, "admit", _anything):
                made = local.submit(document, SubmitOptions(namespace=namespace), library)
            stored = WorkflowUid((made.metadata.uid if made.metadata else None) or "")
        rows = snapshot.rows
        kept = {id_: node for id_, node in nodes.items() if not self._asked_again(node)}
        if rows is None:
            rows = [node_row(change) for change in foreign.rows(kept, snapshot.name)]
        names = {node.get("name", id_) for id_, node in kept.items()}
        rows = [row for row in rows if row.name in names]
        self.store.commit(RunCommit(uid=stored, nodes=rows))
        return stored

    def _asked_again(self, node: Mapping[str, Any]) -> bool:
        """Whether a node waits for a pod that does not exist: the controller makes it again."""
        return (
            node.get("type") == "Pod"
            and node.get("phase") == "Pending"
            and NodeId(node.get("id", "")) not in self.runtime.pods
        )

    def complete(self, workflow: Workflow) -> Workflow:
        """A workflow with what it refers to."""
        meta = workflow.metadata
        namespace = (meta.namespace if meta is not None else None) or "default"
        return complete(in_namespace(workflow, namespace), self._library(), None)

    def _keep(self, document: Document, namespace: str, uid: str | None) -> WorkflowUid:
        """Keep a workflow that has begun already, without checking it again."""
        assert isinstance(document.manifest, Workflow)
        workflow = identify(self.complete(document.manifest), self.clock, namespace)
        meta = workflow.metadata
        if uid is not None and meta is not None:
            workflow = msgspec.structs.replace(workflow, metadata=msgspec.structs.replace(meta, uid=uid))
        return self.store.create(new_object(workflow, self.clock.now())).uid

    def _tell_lost(self, before: Snapshot, uid: WorkflowUid) -> None:
        """Report the pods of running nodes that do not exist, as a runtime does for what it has lost."""
        for node in ((before.data.get("status") or {}).get("nodes") or {}).values():
            started = foreign.moment(node.get("startedAt"))
            if (
                node.get("type") != "Pod"
                or node.get("phase") != "Running"
                or NodeId(node.get("id", "")) in self.runtime.pods
            ):
                continue
            if started is not None and self.clock.now() - started > timedelta(seconds=self.recently_started):
                self.runtime.forget(PodKey(uid, NodeId(node.get("id", ""))))

    def _refused(self, before: Snapshot, error: ManifestError | UsageError) -> Snapshot:
        """What Argo's controller shows of a workflow that we do not let in."""
        after = before.copy()
        if isinstance(error, UsageError):
            shown = {"phase": "Error", "message": error.message}
        else:
            found: list[Diagnostic] = [item for item in error.diagnostics if item.severity is Severity.ERROR]
            text = (found[0].argo or found[0].message) if found else str(error)
            shown = {"phase": "Failed", "message": f"invalid spec: {text}"}
        after.data["status"] = {**(after.data.get("status") or {}), **shown}
        return after

    def _local(self) -> Local:
        api = LocalApi(self.store, self.runtime)
        driver = LocalDriver(self.store, self.runtime, self.clock)
        objects = plain_objects(self.store, self.clock)
        return Local(api, driver, (), self.store, self.runtime, self.clock, self.settings, lambda: objects)

    def configure(self, **keys: Any) -> None:
        """Change the controller's configuration."""
        controller = msgspec.structs.replace(self.settings.controller, **keys)
        self.settings = msgspec.structs.replace(self.settings, controller=controller)

    def _library(self) -> Library:
        texts = [json.dumps(item) for item in self.objects]
        loaded = [load(text, "object.json", strict=False) for text in texts]
        manifests = [document.manifest for item in loaded for document in item.documents]
        maps: list[ConfigMap] = [found for item in loaded for found in item.config_maps]
        return Library(manifests, maps)

    def put(self, found: Mapping[str, Any]) -> None:
        """Have the store hold what steps and runs look up there: ConfigMaps, and workflows that are over."""
        meta, status = found.get("metadata") or {}, found.get("status") or {}
        if found.get("kind") == "ConfigMap":
            known = {"apiVersion": "v1", **found}
            with contextlib.suppress(ConflictError):
                plain_objects(self.store, self.clock).create(OWNER, known, meta.get("namespace") or "default")
        elif found.get("kind") == "Workflow" and status.get("phase") in _OVER:
            bare = {**found, "status": {key: value for key, value in status.items() if key != "nodes"}}
            uid = self._keep(_document(bare, strict=False), meta.get("namespace") or "default", meta.get("uid"))
            rows = [node_row(change) for change in foreign.rows(status.get("nodes") or {}, meta.get("name") or "")]
            self.store.commit(RunCommit(uid=uid, nodes=rows))

    # -- what tests do to pods -------------------------------------------------------------------------------------

    def set_pods(self, phase: str, change: Callable[[Any], None]) -> None:
        """Give every pod that has another phase this one."""
        for pod in self.runtime.pods.values():
            if pod.phase != phase:
                pod.phase = phase
                pod.message = "Pod failed" if phase == "Failed" else ""
                change(pod)


def _anything(workflow: Workflow) -> Workflow:
    """What the API server of Go's unit tests refuses: nothing, not even names that no cluster takes."""
    return workflow


def _document(data: Mapping[str, Any], *, strict: bool) -> Document:
    """The workflow of JSON data.

    Raises:
        ManifestError: it cannot be read.
    """
    known = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", **data}
    loaded = load(as_unit_tests_read(json.dumps(known)), "workflow.json", strict=strict)
    if not loaded.documents:
        raise ManifestError(loaded.diagnostics)
    return loaded.documents[0]
