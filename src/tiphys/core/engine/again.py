"""The pod of one node that is over, once more and with other inputs; nothing of the run changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from tiphys.core.engine import naming
from tiphys.core.engine.commands import StartPod
from tiphys.core.engine.phases import PENDING, RUNNING
from tiphys.core.engine.run import Run
from tiphys.core.engine.step import NodeChange, WorkflowChange
from tiphys.core.manifest.model.arguments import Inputs, Parameter
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.model import Plan


def pod_again(
    plan: Plan,
    state: WorkflowChange,
    rows: Sequence[NodeChange],
    name: str,
    parameters: Mapping[str, str],
    now: datetime,
) -> StartPod:
    """The command that would start the pod of a node if its inputs had other values.

    The run is taken up as it was when the node began: with its ancestors under way and nothing that was made later.

    Args:
        plan: What the workflow is compiled to.
        state: The workflow as it is kept.
        rows: All its nodes.
        name: The node, which must be a Pod.
        parameters: Values of its input parameters; the others stay as they are.
        now: The present moment.

    Raises:
        ValueError: the node has no such input, or the pod cannot be made.
        TemplateError: a tag of the template cannot be resolved with the new values.
    """
    by_name = {row.status.name: row for row in rows}
    chain = _chain(by_name, name)
    target = _with_inputs(by_name[name], parameters)
    last = target.internal.sequence
    owners = {owner for above in chain if (owner := naming.owner(above))}
    kept = [
        _unsettled(row) if row.status.name in owners else row
        for row in rows
        if row.internal.sequence < last and row.status.name not in chain
    ]
    opened = [_opened(by_name[above], RUNNING) for above in chain if above != name]
    under_way = replace(
        state, phase=RUNNING, message="", started_at=now, finished_at=None, shutdown="", suspended=False
    )
    run = Run.restore(plan, under_way, [*kept, *opened, _begun(_opened(target, PENDING), now)], now)
    run.advance([], now)
    return run.pod_of(name)


def _chain(rows: Mapping[str, NodeChange], name: str) -> list[str]:
    """A node and those that are under way while it runs, innermost first: what a hook belongs to may be over."""
    found: list[str] = []
    above: str | None = name
    while above is not None and above in rows:
        found.append(above)
        holder, owner = rows[above].internal.holder, naming.owner(above)
        above = rows[owner].internal.holder if holder is None and owner in rows else holder
    return found


def _with_inputs(row: NodeChange, parameters: Mapping[str, str]) -> NodeChange:
    inputs = row.status.inputs or Inputs()
    known = [parameter.name for parameter in inputs.parameters or ()]
    for name in parameters:
        if name not in known:
            there_are = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"{row.status.name} has no input parameter {name!r}: {there_are}")
    changed = tuple(_changed(parameter, parameters) for parameter in inputs.parameters or ())
    return replace(row, status=replace(row.status, inputs=replace(inputs, parameters=changed or None)))


def _changed(parameter: Parameter, parameters: Mapping[str, str]) -> Parameter:
    value = parameters.get(parameter.name)
    return parameter if value is None else replace(parameter, value=value)


def _unsettled(row: NodeChange) -> NodeChange:
    """A node whose hooks are not over."""
    return replace(row, internal=replace(row.internal, settled=False))


def _opened(row: NodeChange, phase: str) -> NodeChange:
    """A node before its end."""
    status = replace(row.status, phase=phase, message=None, finished_at=None, outputs=None)
    internal = replace(row.internal, finished=None, settled=False, refused=False, failure="", paused=None)
    return replace(row, status=status, internal=internal)


def _begun(row: NodeChange, now: datetime) -> NodeChange:
    """A node that begins only now: its time limits count from here."""
    status = replace(row.status, started_at=rfc3339(now))
    return replace(row, status=status, internal=replace(row.internal, started=now))
