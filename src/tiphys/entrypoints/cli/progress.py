"""Shows runs while they are driven, in the form that suits the output, and stops them on signals."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import FrameType, TracebackType
from typing import Protocol

from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.entrypoints.cli.output import times
from tiphys.entrypoints.cli.output.steady import SteadyOut
from tiphys.entrypoints.cli.output.style import Style, one_line
from tiphys.ports.api import Driver, RunObserver
from tiphys.ports.runtime import LogLine

_STOPPING = "Stopping: running steps are ended, exit handlers still run.  Ctrl-C again terminates at once."
_TERMINATING = "Terminating: everything is ended at once."


class _View(RunObserver, Protocol):
    """An observer that can be told to say something and to end."""

    def notice(self, text: str) -> None: ...

    def close(self) -> None: ...


class _Quiet:
    """Shows log lines only."""

    def __init__(self, out: SteadyOut, style: Style) -> None:
        self._out = out
        self._style = style

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        pass

    def tick(self) -> None:
        pass

    def log(self, line: LogLine) -> None:
        self._out.write(self._style.pod_line(line.pod_name, line.text) + "\n")

    def notice(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


class Progress:
    """A ``RunObserver`` that passes on to the live tree, to plain lines or to nothing, and remembers the workflows.

    As a context manager it leaves the terminal as it was.
    """

    def __init__(self, out: SteadyOut, style: Style, *, quiet: bool, live: bool) -> None:
        self._out = out
        self._style = style
        self._begun = time.monotonic()
        self._latest: dict[str, Workflow] = {}
        self._view = _view(out, style, quiet=quiet, live=live)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._view.close()

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Show changed nodes."""
        self._latest[(workflow.metadata and workflow.metadata.uid) or ""] = workflow
        self._view.changed(workflow, nodes)

    def tick(self) -> None:
        """Turn the spinner."""
        self._view.tick()

    def log(self, line: LogLine) -> None:
        """Show a line of a log."""
        self._view.log(line)

    def notice(self, text: str) -> None:
        """Say a sentence as soon as it fits; safe in a signal handler."""
        self._view.notice(text)

    def latest(self, uid: str) -> Workflow | None:
        """The workflow as last seen, without nodes."""
        return self._latest.get(uid)

    def conclude(self, workflow: Workflow, *, wide: bool, now: datetime) -> None:
        """Write how a workflow ended: the whole tree when asked for, outputs, and one line."""
        if wide:
            from tiphys.entrypoints.cli.output.describe import describe
            from tiphys.entrypoints.cli.output.tree import TreeView

            self._out.write(describe(workflow, TreeView(layout="wide", style=self._style, now=now)))
            return
        self._out.write(summary(workflow, self._style, time.monotonic() - self._begun))


def summary(workflow: Workflow, style: Style, seconds: float) -> str:
    """The outputs of a workflow, one a line, and ``✔ name Succeeded in 1.2s (4/4)`` with its message."""
    status = workflow.status
    phase = (status and status.phase) or "Unknown"
    name = (workflow.metadata and workflow.metadata.name) or ""
    parameters = (status and status.outputs and status.outputs.parameters) or ()
    lines = [f"  {each.name}: {one_line(each.value)}\n" for each in parameters if each.value is not None]
    progress = f" ({status.progress})" if status and status.progress else ""
    message = f": {one_line(status.message)}" if status and status.message else ""
    glyph = style.phase_glyph(phase) if style.utf8 else ""
    head = f"{glyph} {name}" if glyph else name
    lines.append(f"{head} {style.phase(phase)} in {times.brief(seconds)}{progress}{message}\n")
    return "".join(lines)


def _view(out: SteadyOut, style: Style, *, quiet: bool, live: bool) -> _View:
    if quiet:
        return _Quiet(out, style)
    if live and style.utf8:
        from tiphys.entrypoints.cli.output.live import LiveTree

        return LiveTree(out, style, time.monotonic, _terminal_size)
    from tiphys.entrypoints.cli.output.plain import PlainProgress

    return PlainProgress(out, style, time.monotonic)


def _terminal_size() -> tuple[int, int]:
    import shutil

    size = shutil.get_terminal_size()
    return size.columns, size.lines


@contextmanager
def stopping_on_signals(driver: Driver, say: Callable[[str], None]) -> Iterator[None]:
    """Inside, the first SIGINT or SIGTERM stops the runs properly and every later one terminates them."""
    heard = 0

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal heard
        heard += 1
        say(_STOPPING if heard == 1 else _TERMINATING)
        driver.stop("Stop" if heard == 1 else "Terminate")

    former = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
