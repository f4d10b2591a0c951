"""Tables with elastic columns, and the table of ``tiphys list`` (``spec/cli.md`` 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.entrypoints.cli.output import times
from tiphys.entrypoints.cli.output.style import visible

_LONG_VALUE = 50
_CROWD = 100


def align(rows: Sequence[Sequence[str]], gap: int) -> str:
    r"""Lay rows out in columns.

    All cells of a row but its last are closed: they are padded to the widest closed cell of the same column in the
    run of neighbouring rows that have it closed, plus ``gap`` blanks.  Every row ends with a line break.

    >>> align([["A", "B"], ["long", ""]], 2)
    'A     B\nlong  \n'
    """
    lines = [""] * len(rows)
    for column in range(max((len(row) for row in rows), default=0)):
        for block in _blocks(rows, column):
            width = max(visible(rows[i][column]) for i in block) + gap
            for i in block:
                lines[i] += rows[i][column] + " " * (width - visible(rows[i][column]))
    return "".join(f"{line}{row[-1] if row else ''}\n" for line, row in zip(lines, rows, strict=True))


def _blocks(rows: Sequence[Sequence[str]], column: int) -> Iterator[list[int]]:
    """Runs of neighbouring rows whose cell of this column is closed."""
    block: list[int] = []
    for i, row in enumerate(rows):
        if column < len(row) - 1:
            block.append(i)
        elif block:
            yield block
            block = []
    if block:
        yield block


def workflow_status(workflow: Workflow) -> str:
    """The STATUS of a workflow: its phase, or what a person should know about it."""
    status = workflow.status
    phase = (status.phase if status else None) or ""
    if phase == "Running" and _is_suspended(workflow):
        return "Running (Suspended)"
    if phase == "Failed" and workflow.spec and workflow.spec.shutdown:
        return "Failed (Terminated)"
    if phase in ("", "Pending"):
        created = workflow.metadata and workflow.metadata.creation_timestamp
        return "Pending" if created else "Unknown"
    return phase


def _is_suspended(workflow: Workflow) -> bool:
    if workflow.spec and workflow.spec.suspend:
        return True
    nodes = (workflow.status and workflow.status.nodes) or {}
    return any(node.type == "Suspend" and node.phase == "Running" for node in nodes.values())


def workflow_table(
    workflows: Sequence[Workflow],
    now: datetime,
    *,
    wide: bool,
    namespaces: bool,
    headers: bool = True,
    uids: bool = False,
) -> str:
    """The table of ``list``, with the note of Argo about crowded lists behind it; ``uids`` adds their column."""
    rows = [[*_heading(wide=wide, namespaces=namespaces), *(["UID"] if uids else [])]] if headers else []
    for workflow in sort_workflows(workflows):
        uid = [(workflow.metadata and workflow.metadata.uid) or ""] if uids else []
        rows.append([*_row(workflow, now, wide=wide, namespaces=namespaces), *uid])
    return align(rows, 3) + _crowd_note(workflows)


def sort_workflows(workflows: Sequence[Workflow]) -> list[Workflow]:
    """Unfinished ones first, newest created first; then by the time of their end, newest first."""

    def key(workflow: Workflow) -> tuple[bool, float]:
        ended = times.parse(workflow.status.finished_at if workflow.status else None)
        created = times.parse(workflow.metadata.creation_timestamp if workflow.metadata else None)
        moment = ended or created
        return ended is not None, -moment.timestamp() if moment else 0.0

    return sorted(workflows, key=key)


def _heading(*, wide: bool, namespaces: bool) -> list[str]:
    cells = ["NAMESPACE"] if namespaces else []
    cells += ["NAME", "STATUS", "AGE", "DURATION", "PRIORITY", "MESSAGE"]
    return cells + (["P/R/C", "PARAMETERS"] if wide else [])


def _row(workflow: Workflow, now: datetime, *, wide: bool, namespaces: bool) -> list[str]:
    metadata, status, spec = workflow.metadata, workflow.status, workflow.spec
    cells = [(metadata and metadata.namespace) or ""] if namespaces else []
    created = times.parse(metadata.creation_timestamp if metadata else None)
    started = times.parse(status.started_at if status else None)
    finished = times.parse(status.finished_at if status else None)
    cells += [
        (metadata and metadata.name) or "",
        workflow_status(workflow),
        times.short_duration(created, now, now),
        times.short_duration(started, finished, now),
        str((spec and spec.priority) or 0),
        (status and status.message) or "",
    ]
    if wide:
        parameters = (spec and spec.arguments and spec.arguments.parameters) or ()
        cells += ["/".join(str(count) for count in _pod_counts(workflow)), parameters_text(parameters)]
    return cells


def _pod_counts(workflow: Workflow) -> tuple[int, int, int]:
    """How many Pod nodes are pending, running and completed."""
    nodes = (workflow.status and workflow.status.nodes) or {}
    phases = [node.phase for node in nodes.values() if node.type == "Pod"]
    completed = sum(phase in ("Succeeded", "Failed", "Error") for phase in phases)
    running = phases.count("Running")
    return len(phases) - running - completed, running, completed


def parameters_text(parameters: Sequence[Parameter]) -> str:
    """Parameters as ``n=v,n=v``; long values lose their middle."""
    return ",".join(f"{each.name}={_shorten(each.value)}" for each in parameters if each.value is not None)


def _shorten(value: str) -> str:
    data = value.encode()
    if len(data) <= _LONG_VALUE:
        return value
    return f"{data[:32].decode(errors='replace')}...{data[-15:].decode(errors='replace')}"


def _crowd_note(workflows: Sequence[Workflow]) -> str:
    completed = sum(bool(workflow.status and workflow.status.finished_at) for workflow in workflows)
    incomplete = len(workflows) - completed
    if max(completed, incomplete) <= _CROWD:
        return ""
    return (
        f"\nYou have at least {incomplete} incomplete and {completed} completed workflows. "
        "Reducing the total number of workflows will reduce your costs.\n"
        "Learn more at https://argo-workflows.readthedocs.io/en/latest/cost-optimisation/\n"
    )
