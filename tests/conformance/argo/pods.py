"""A runtime whose pods do what a test says, as the fake cluster of Argo's unit tests does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.runtime import (
    ContainerStatus,
    PodKey,
    PodOutputs,
    PodReport,
    PodRequest,
)
from tiphys.testing.clock import VirtualClock
from tiphys.testing.fake_runtime import FakeRuntime


class Pod(Struct):
    """A pod that was asked for; ``phase`` is empty until a test sets it."""

    request: PodRequest
    asked: datetime
    phase: str = ""
    message: str = ""
    exit_code: int | None = None
    outputs: PodOutputs = PodOutputs()

    def report(self, key: PodKey, now: datetime) -> PodReport:
        """The pod as a runtime reports it."""
        over = self.phase in {"Succeeded", "Failed"}
        containers: tuple[ContainerStatus, ...] = ()
        if self.exit_code is not None:
            reason = "Error" if self.exit_code else "Completed"
            containers = (
                ContainerStatus(
                    name="main",
                    exit_code=self.exit_code,
                    reason=reason,
                    started_at=now - timedelta(seconds=1),
                    finished_at=now,
                ),
            )
        return PodReport(
            key=key,
            phase=self.phase or "Pending",
            message=self.message,
            containers=containers,
            outputs=self.outputs if over else None,
        )

    def template(self) -> dict[str, Any]:
        """The template as Argo's pods carry it: with a location where they save something."""
        request = self.request
        saves = request.log_artifact is not None or bool(request.output_artifacts)
        return {**request.template, **({"archiveLocation": request.log_artifact or {}} if saves else {})}

    def data(self) -> dict[str, Any]:
        """The pod as the cluster shows it: the auxiliary container before the user's, the deadline in seconds."""
        manifest: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self.request.manifest))
        spec = dict(manifest.get("spec") or {})
        spec["containers"] = [{"name": "wait"}, *(spec.get("containers") or [])]
        if self.request.deadline is not None:
            spec["activeDeadlineSeconds"] = int((self.request.deadline - self.asked).total_seconds())
        return {**manifest, "spec": spec, "status": {"phase": self.phase, "message": self.message}}


class ManualRuntime(FakeRuntime):
    """Pods are known by their node, whichever run asks for them, and never end by themselves."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.pods: dict[NodeId, Pod] = {}
        self._news: dict[PodKey, PodReport] = {}
        #: True once a poll has found nothing to tell.
        self.quiet = False

    def start(self, request: PodRequest) -> None:
        """Keep a pod of which nothing is known yet."""
        node = request.key.node_id
        if node not in self.pods:
            self.pods[node] = Pod(request, self.clock.now())
        elif self.pods[node].phase:
            self._tell(request.key)

    def forget(self, key: PodKey) -> None:
        """Say that nothing is left of a pod."""
        self._news[key] = PodReport(key=key, phase="Failed", lost=True)

    def attach(self, uid: WorkflowUid) -> None:
        """Report every pod of the run whose phase a test has set."""
        for node, pod in self.pods.items():
            if pod.phase:
                self._tell(PodKey(uid, node))

    def _tell(self, key: PodKey) -> None:
        self._news[key] = self.pods[key.node_id].report(key, self.clock.now())

    def poll(self, timeout: float | None) -> Sequence[PodReport]:
        """What a test has changed since the last call."""
        news, self._news = list(self._news.values()), {}
        self.quiet = not news
        return news

    def kill(self, key: PodKey, grace_seconds: float | None) -> None:
        """Leave the pod as it is, as the cluster of the unit tests does."""
