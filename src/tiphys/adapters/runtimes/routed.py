"""One runtime in front of several: each node goes to the one that its template is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.runtime import LogLine, PodKey, PodReport, PodRequest, PodRuntime, Refusal


class RoutedRuntime:
    """Implements ``ports.runtime.PodRuntime``.

    ``leaves`` are runtimes of templates without containers by the template's field (``http``, ``resource``); all
    else goes to ``pods``.  Those that work in threads call ``wake`` of this runtime when they have come further.
    """

    def __init__(self, pods: PodRuntime, leaves: Mapping[str, PodRuntime]) -> None:
        self._pods = pods
        self._leaves = leaves

    @property
    def _others(self) -> list[PodRuntime]:
        """Each runtime of ``leaves`` once; they may be added after this one was made, since they need it."""
        return list({id(runtime): runtime for runtime in self._leaves.values()}.values())

    @property
    def name(self) -> str:
        """The name of the runtime that runs containers."""
        return self._pods.name

    def warnings(self) -> Sequence[str]:
        """What a person must know of any of them."""
        return [text for runtime in (self._pods, *self._others) for text in runtime.warnings()]

    def check(self, manifest: JsonObject) -> Sequence[Refusal]:
        """What of a pod cannot be honoured."""
        return self._pods.check(manifest)

    def start(self, request: PodRequest) -> None:
        """Start a node where it belongs."""
        self._of(request.template).start(request)

    def kill(self, key: PodKey, grace_seconds: float | None) -> None:
        """End a node, whoever has it."""
        for runtime in (*self._others, self._pods):
            runtime.kill(key, grace_seconds)

    def attach(self, uid: WorkflowUid) -> None:
        """Take over all nodes of a run."""
        for runtime in (*self._others, self._pods):
            runtime.attach(uid)

    def poll(self, timeout: float | None) -> Sequence[PodReport]:
        """Wait for reports of any of them; only the last one is waited for, the others wake it."""
        found = [report for runtime in self._others for report in runtime.poll(0)]
        return [*found, *self._pods.poll(0 if found else timeout)]

    def wake(self) -> None:
        """Make a waiting poll return."""
        self._pods.wake()

    def logs(
        self, uid: WorkflowUid, node_id: NodeId, container: str, *, offset: int = 0
    ) -> Iterator[tuple[int, LogLine]]:
        """The lines of a node, whoever has it."""
        for runtime in (*self._others, self._pods):
            yield from runtime.logs(uid, node_id, container, offset=offset)

    def remove(self, uid: WorkflowUid, node_id: NodeId | None = None) -> None:
        """Remove what is left of a node or a run."""
        for runtime in (*self._others, self._pods):
            runtime.remove(uid, node_id)

    def close(self) -> None:
        """Let go of everything."""
        for runtime in (*self._others, self._pods):
            runtime.close()

    def _of(self, template: JsonObject) -> PodRuntime:
        for field, runtime in self._leaves.items():
            if template.get(field) is not None:
                return runtime
        return self._pods
