"""One runtime in front of several: each node goes to the one that its template is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.runtime import LogLine, PodKey, PodReport, PodRequest, PodRuntime, Refusal


class Leaf:
    """A runtime that is made when a node needs it, or when another process has left something in its directory."""

    def __init__(self, make: Callable[[], PodRuntime], directory: Path) -> None:
        self._make = make
        self._directory = directory
        self.made: PodRuntime | None = None

    def get(self) -> PodRuntime:
        """The runtime, made if need be."""
        if self.made is None:
            self.made = self._make()
        return self.made

    def get_if_used(self) -> PodRuntime | None:
        """The runtime where it can have anything to look after."""
        return self.get() if self.made is not None or self._directory.is_dir() else None


class RoutedRuntime:
    """Implements ``ports.runtime.PodRuntime``.

    ``leaves`` are runtimes of templates without containers by the template's field (``http``, ``resource``); all
    else goes to ``pods``.  Those that work in threads call ``wake`` of this runtime when they have come further.
    """

    def __init__(self, pods: PodRuntime, leaves: Mapping[str, Leaf]) -> None:
        self._pods = pods
        self._leaves = leaves

    @property
    def _made(self) -> list[PodRuntime]:
        """Each runtime of ``leaves`` that was made, once."""
        return [leaf.made for leaf in dict.fromkeys(self._leaves.values()) if leaf.made is not None]

    @property
    def _others(self) -> list[PodRuntime]:
        """Each runtime of ``leaves`` that may know of nodes, once; they may be added after this one was made."""
        used = [leaf.get_if_used() for leaf in dict.fromkeys(self._leaves.values())]
        return [runtime for runtime in used if runtime is not None]

    @property
    def name(self) -> str:
        """The name of the runtime that runs containers."""
        return self._pods.name

    def warnings(self) -> Sequence[str]:
        """What a person must know of any of them."""
        return [text for runtime in (self._pods, *self._made) for text in runtime.warnings()]

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
        found = [report for runtime in self._made for report in runtime.poll(0)]
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
        for runtime in (*self._made, self._pods):
            runtime.close()

    def _of(self, template: JsonObject) -> PodRuntime:
        for field, leaf in self._leaves.items():
            if template.get(field) is not None:
                return leaf.get()
        return self._pods
