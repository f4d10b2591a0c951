"""Where a call stands in the workflow: the order in which whatever waits for a place gets it.

A position follows from the templates and the items alone, so a restored run, which makes its nodes and calls in
another order than the run that lived, finds the same.  It is also the order in which Argo comes to the steps.
"""

from __future__ import annotations

from tiphys.core.engine.node import Call, Node

#: Compared element by element.  What belongs to a call, its hooks and attempts, stands right behind it.
Position = tuple[int | str, ...]
#: Hooks and exit handlers of a call come before its attempts and members; the name behind it tells them apart.
_HOOK = -1


def position_of(call: Call, *last: int) -> Position:
    """The numbers of groups, of calls in them and of attempts from the entry down; ``last`` goes below the call."""
    upwards: list[int | str] = [*reversed(last)]
    above: Call | None = call
    while above is not None:
        above = _climb(above, upwards)
    return tuple(reversed(upwards))


def _climb(call: Call, upwards: list[int | str]) -> Call | None:
    """Note where a call stands in what it belongs to; answers with the call of that."""
    if call.owner is not None or (call.holder is None and call.hooked):
        upwards += (call.name, _HOOK)
        return call.owner
    upwards.append(call.order)
    holder: Node | None = call.holder
    while holder is not None and holder.kind in {"StepGroup", "TaskGroup"}:
        upwards.append(holder.order)
        holder = holder.holder
    if holder is None:
        return None
    if holder.attempt is not None:
        upwards.append(holder.attempt)
    return holder.call
