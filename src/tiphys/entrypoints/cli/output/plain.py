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
        for node in nodes:
            phase = node.phase or ""
            if self._phases.get((uid, node.id)) != phase:
                self._phases[uid, node.id] = phase
                lines.append(self._line(node, phase))
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

    def _line(self, node: NodeStatus, phase: str) -> str:
        elapsed = f"{self._clock() - self._begun:8.1f}s"
        message = f"  {one_line(node.message)}" if node.message else ""
        word = self._style.phase(f"{phase:<9}")
        return f"{elapsed}  {word}  {one_line(node.name)}{message}\n"

    def _write(self, text: str) -> None:
        self._out.write(text)
