"""A system that is made of records: enough of ``tiphys.entrypoints.wire.local`` for the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec

from tiphys.core.engine.explain import Explanation
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.document import Document, Loaded
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.manifest.source import Path, Span
from tiphys.core.validate.library import EMPTY, Library
from tiphys.entrypoints.files import read
from tiphys.errors import NotFoundError, TiphysError
from tiphys.ports.api import ListFilter, LogFilter, RunObserver, SubmitOptions, Trial
from tiphys.ports.runtime import LogLine

T0 = "2024-01-31T12:00:00Z"
NOW = datetime(2024, 1, 31, 13, 0, tzinfo=UTC)


def workflow(
    name: str = "demo", *, phase: str = "Succeeded", nodes: Sequence[dict[str, Any]] = (), **status: Any
) -> Workflow:
    """A workflow made of plain data; a node's id is its name unless given."""
    data = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": name, "namespace": "default", "uid": f"uid-{name}", "creationTimestamp": T0},
        "spec": {"entrypoint": "main"},
        "status": {
            "phase": phase,
            "startedAt": T0,
            "finishedAt": "2024-01-31T12:00:09Z",
            "progress": "1/1",
            "nodes": {each.get("id", each["name"]): {"id": each["name"], **each} for each in nodes},
            **status,
        },
    }
    return msgspec.convert(data, Workflow)


def node(name: str, type_: str = "Pod", phase: str = "Succeeded", **more: Any) -> dict[str, Any]:
    """The data of a node; it ran from T0 for four seconds."""
    data = {"name": name, "displayName": name, "type": type_, "phase": phase, "startedAt": T0, **more}
    return {"finishedAt": "2024-01-31T12:00:04Z", **data} if phase != "Running" else data


def status(name: str, type_: str = "Pod", phase: str = "Running", **more: Any) -> NodeStatus:
    """A node as an observer is told of it."""
    data = {"id": name, "name": name, "displayName": name, "type": type_, "phase": phase, **more}
    return msgspec.convert(data, NodeStatus)


class NoPlaces:
    """Everything stands on the first line."""

    def span(self, path: Path) -> Span:
        return Span("wf.yaml", 1, 1)

    def key_span(self, path: Path) -> Span:
        return Span("wf.yaml", 1, 1)


def document(manifest: Workflow, kind: str = "Workflow") -> Document:
    """A document as the loader makes it."""
    name = manifest.metadata.name if manifest.metadata else ""
    return Document(file="wf.yaml", index=0, kind=kind, name=name or "", manifest=manifest, data={}, places=NoPlaces())


@dataclass
class FakeSystem:
    """Api, driver and submit of one machine; ``script`` is what a drive tells the observer."""

    workflows: dict[str, Workflow] = field(default_factory=dict)
    lines: list[LogLine] = field(default_factory=list)
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    submitted: list[tuple[Document, SubmitOptions]] = field(default_factory=list)
    refuse: TiphysError | None = None
    script: Callable[[RunObserver], None] = lambda observer: None
    stops: list[str] = field(default_factory=list)
    filters: list[object] = field(default_factory=list)
    driven: list[tuple[Sequence[str], bool]] = field(default_factory=list)
    lifecycle: Any = None
    rerun: Any = None
    facts: Sequence[Fact] = ()
    explanation: Explanation | None = None
    trials: list[bool] = field(default_factory=list)
    kept_driven: list[str] = field(default_factory=list)

    @property
    def api(self) -> FakeSystem:
        return self

    @property
    def driver(self) -> FakeSystem:
        return self

    def get(self, namespace: str, name: str) -> Workflow:
        if name == "@latest" and self.workflows:
            return list(self.workflows.values())[-1]
        if name not in self.workflows:
            raise NotFoundError(f"workflow {name!r} does not exist", where=namespace)
        return self.workflows[name]

    def refer_to(self, _documents: Sequence[Document]) -> None:
        """Templates in the files."""

    def mark(self, _namespace: str) -> str:
        return ""

    def await_change(self, _mark: str, _keys: object, _seconds: float) -> None:
        """Something has changed."""

    def glance(self, namespace: str, name: str) -> Workflow:
        return self.get(namespace, name)

    def events(self, namespace: str, name: str) -> Sequence[Fact]:
        self.get(namespace, name)
        return self.facts

    def explain(self, namespace: str, name: str, node: str | None = None) -> Explanation:
        self.get(namespace, name)
        self.filters.append(node)
        return self.explanation or Explanation(name, "Failed", "it failed")

    def list(self, wanted: ListFilter) -> Sequence[Workflow]:
        self.filters.append(wanted)
        return list(self.workflows.values())

    def logs(self, namespace: str, name: str, wanted: LogFilter) -> Iterator[LogLine]:
        self.filters.append(wanted)
        self.get(namespace, name)
        return iter(self.lines)

    def delete(self, namespace: str, name: str, *, force: bool = False) -> None:
        self.get(namespace, name)
        del self.workflows[name]

    def submit(
        self,
        given: Document,
        options: SubmitOptions,
        library: Library = EMPTY,
        *,
        trial: Trial = Trial.NO,
        go_on: bool = True,
    ) -> Workflow:
        self.trials.append(trial is not Trial.NO)
        if self.refuse and self.submitted:
            raise self.refuse
        self.submitted.append((given, options))
        assert isinstance(given.manifest, Workflow)
        self.workflows[given.name] = given.manifest
        return given.manifest

    def library(self, manifests: object = (), config_maps: object = (), *, namespace: str = "") -> Library:
        return EMPTY

    def resume(self, name: str, namespace: str) -> Workflow:
        return self.get(namespace, name)

    def collect_artifacts(self) -> Sequence[str]:
        """Nothing is left of them."""
        return []

    def keep_driven(self, workflow: Workflow) -> None:
        self.kept_driven.append((workflow.metadata and workflow.metadata.name) or "")

    def drive(
        self, uids: Sequence[str], observer: RunObserver, *, logs: bool = False, until_resting: bool = False
    ) -> None:
        self.driven.append((list(uids), logs))
        self.script(observer)

    def stop(self, strategy: str) -> None:
        self.stops.append(strategy)


def wire_of(system: FakeSystem) -> SimpleNamespace:
    """Stands in for the module ``tiphys.entrypoints.wire.local``."""

    @contextmanager
    def open_local(settings: object, *, runtime: str | None = None) -> Iterator[FakeSystem]:
        yield system

    return SimpleNamespace(open_local=open_local)


def files_of(loaded: Loaded) -> SimpleNamespace:
    """Stands in for the module ``tiphys.entrypoints.files``."""
    return SimpleNamespace(load_files=lambda files, stdin, strict: loaded, read=read)


def log_line(text: str, pod: str = "demo-echo-1") -> LogLine:
    """A line of a log."""
    return LogLine(pod_name=pod, container="main", stream="stdout", time=NOW, text=text)
