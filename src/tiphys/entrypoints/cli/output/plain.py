"""Progress for pipes and files: one line for each change of a node's phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.entrypoints.cli.output.steady import SteadyOut
from tiphys.entrypoints.cli.output.style import Style, one_line
from tiphys.ports.runtime import LogLine


class PlainProgress:
    """Writes ``<elapsed>s  <phase>  <node name>  <message>``; a ``RunObserver``.

    ``clock`` gives seconds from any fixed moment; elapsed time counts from the construction.
    """

    def __init__(self, out: SteadyOut, style: Style, clock: Callable[[], float]) -> None:
        self._out = out
        self._style = style
        self._clock = clock
        self._begun = clock()
        self._phases: dict[tuple[str, str], str] = {}
        self._notices: list[str] = []

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Write a line for every node whose phase is another than before."""
        uid = (workflow.metadata and workflow.metadata.uid) or ""
        lines = []
        waiting = self._waiting(workflow, uid)
        if waiting:
            lines.append(waiting)
        for node in nodes:
            phase = node.phase or ""
            before = self._phases.get((uid, node.id), "")
            # What waits for a lock says once more for which.
            waits = phase == "Pending" and node.synchronization_status is not None
            state = f"{phase} {node.message or ''}" if waits else phase
            if before != state and (waits or before.partition(" ")[0] != phase):
                lines.append(self._line(node.name, phase, node.message))
            self._phases[uid, node.id] = state
        self._write("".join(lines))

    def tick(self) -> None:
        """Write what a signal handler had to say."""
        while self._notices:
            self._write(f"{self._notices.pop(0)}\n")

    def log(self, line: LogLine) -> None:
        """Write a line of a log behind the name of its pod."""
        self._write(self._style.pod_line(line.pod_name, line.text) + "\n")

    def notice(self, text: str) -> None:
        """Keep a sentence until the next tick; safe in a signal handler."""
        self._notices.append(text)

    def close(self) -> None:
        """Write what is left to say."""
        self.tick()

    def _waiting(self, workflow: Workflow, uid: str) -> str:
        """The line of a workflow that has not begun because it waits."""
        status = workflow.status
        message = (status and status.message) or ""
        if status is None or status.phase != "Pending" or self._phases.get((uid, "")) == message:
            return ""
        self._phases[uid, ""] = message
        return self._line((workflow.metadata and workflow.metadata.name) or "", "Pending", message)

    def _line(self, name: str, phase: str, message: str | None) -> str:
        elapsed = f"{self._clock() - self._begun:8.1f}s"
        text = f"  {one_line(message)}" if message else ""
        word = self._style.phase(f"{phase:<9}")
        return f"{elapsed}  {word}  {one_line(name)}{text}\n"

    def _write(self, text: str) -> None:
        self._out.write(text)
