"""DAG nodes and the TaskGroups of looping tasks (``spec/engine.md`` 14)."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tiphys.core.engine import calls, composite, refusals
from tiphys.core.engine.assess import dag_phase
from tiphys.core.engine.context import Context
from tiphys.core.engine.expand import bind_leniently, prepare
from tiphys.core.engine.failfast import failed_fast, refuses, starts_none_after_failure
from tiphys.core.engine.loops import LoopError
from tiphys.core.engine.node import Call, Node
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, OMITTED, RUNNING, SUCCEEDED
from tiphys.core.engine.siblings import AggregateError, Siblings, Values, aggregate_values, node_values
from tiphys.core.engine.tasks import TaskState, reachable, task_result
from tiphys.core.plan.model import CallPlan, DagPlan
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.ids import NodeName


class Met(Struct, frozen=True):
    """What the tasks of one ``depends`` that are all over mean for those that wait for it."""

    wanted: bool
    parents: tuple[tuple[bool, NodeName], ...]
    #: Why nothing can be decided: ``depends`` cannot be evaluated, or what a task left cannot be read.
    broken: str = ""


class DagState(Struct):
    """The tasks that can run, and how many of them are not over."""

    plan: DagPlan
    targets: tuple[str, ...]
    tasks: dict[str, TaskState]
    scope: Scope
    open: int
    producers: dict[str, Values] = field(default_factory=dict)
    #: By the identity of ``CallPlan.depends``: tasks of one layer share it.
    met: dict[int, Met] = field(default_factory=dict)
    #: Tasks that are ready and start only if nothing else that is left to decide fails.
    put_off: list[str] = field(default_factory=list)


class _Ancestors(Mapping[str, Values]):
    """What a task may read: the values of the tasks that it depends on, near or far."""

    __slots__ = ("_names", "_state", "_task")

    def __init__(self, state: DagState, task: str) -> None:
        self._state = state
        self._task = task
        self._names: dict[str, None] | None = None

    def _ancestors(self) -> dict[str, None]:
        if self._names is None:
            names: dict[str, None] = {}
            queue = [self._task]
            while queue:
                depends = self._state.plan.by_name[queue.pop()].depends
                for name in depends.tasks if depends is not None else ():
                    if name not in names and name in self._state.plan.by_name:
                        names[name] = None
                        queue.append(name)
            self._names = names
        return self._names

    def __getitem__(self, name: str) -> Values:
        depends = self._state.plan.by_name[self._task].depends
        if not (depends is not None and name in depends.tasks) and name not in self._ancestors():
            raise KeyError(name)
        return self._state.producers[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._ancestors() if name in self._state.producers)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def decide_dag(ctx: Context, node: Node) -> None:
    """Start the roots, or what the tasks that are over have made possible."""
    if not node.begun:
        node.begun = True
        calls.begins(ctx, node)
        _begin(ctx, node)
        return
    state = node.state
    if not isinstance(state, DagState) or node.phase in FULFILLED:
        node.inbox.clear()
        return
    ready: list[str] = []
    for call in node.take_inbox():
        plan = call.call_plan
        if call.settled and plan is not None:
            task = state.tasks[plan.name]
            task.node = task.node or call.node
            _settle(ctx, node, state, plan.name, ready)
    _consider(ctx, node, state, ready)
    _maybe_end(ctx, node, state)


def _begin(ctx: Context, node: Node) -> None:
    template = node.template
    plan = template.dag if template is not None else None
    if plan is None or node.scope is None:
        composite.finish(ctx, node, ERROR, refusals.refuse(node, "template has no dag"))
        return
    targets = plan.leaves
    if plan.target is not None:
        text = plan.target.render(node.scope, Mode.LENIENT)
        targets = tuple(name for name in text.split(" ") if name)
    unknown = [name for name in targets if name not in plan.by_name]
    if unknown:
        composite.finish(ctx, node, ERROR, refusals.refuse(node, f"target '{unknown[0]}' is not defined"))
        return
    order = reachable(plan, targets)
    tasks = {name: TaskState(plan.by_name[name]) for name in order}
    for order_, task in enumerate(tasks.values()):
        task.order = order_
        depends = task.plan.depends
        task.waiting = sum(1 for name in depends.tasks if name in tasks) if depends is not None else 0
    state = DagState(plan, targets, tasks, node.scope, len(tasks))
    node.state = state
    _consider(ctx, node, state, [name for name in order if not tasks[name].waiting])
    _maybe_end(ctx, node, state)


def _settle(ctx: Context, node: Node, state: DagState, name: str, ready: list[str]) -> None:
    """A task is over: let those that only waited for it be considered."""
    task = state.tasks.get(name)
    if task is None or task.settled or task.node is None:
        return
    task.settled = True
    state.open -= 1
    try:
        if task.calls and task.node.kind == "TaskGroup":
            state.producers[name] = aggregate_values(task.calls, task.node, steps=False)
        else:
            state.producers[name] = node_values(task.node, steps=False)
    except AggregateError as error:
        task.broken = str(error)
    for call in task.calls:
        if call.failure and call.node is not None:
            ctx.set_message(call.node, call.failure)
            task.broken = call.failure
    for dependent in state.plan.dependents.get(name, ()):
        other = state.tasks.get(dependent)
        if other is not None:
            other.waiting -= 1
            if other.waiting == 0:
                ready.append(dependent)


def _consider(ctx: Context, node: Node, state: DagState, ready: list[str]) -> None:
    """Decide about tasks whose dependencies are over; one that never runs makes others ready at once."""
    position = 0
    while position < len(ready):
        name = ready[position]
        position += 1
        if node.phase in FULFILLED:
            return
        if starts_none_after_failure(node) and f"{node.name}.{name}" not in ctx.known:
            _put_off(ctx, node, state, name)
            continue
        _consider_task(ctx, node, state, name, ready)


def _consider_task(ctx: Context, node: Node, state: DagState, name: str, ready: list[str]) -> None:
    task = state.tasks[name]
    _start_task(ctx, node, state, task)
    if task.node is not None and _over(task):
        _settle(ctx, node, state, name, ready)


def _put_off(ctx: Context, node: Node, state: DagState, name: str) -> None:
    """Have a task of a DAG with ``failFast`` decided once nothing else is left to decide.

    Whether another one fails in this very step must not depend on which of the two is decided first.
    """
    if not state.put_off:
        heapq.heappush(ctx.put_off, (-node.depth, node.sequence, node))
    state.put_off.append(name)


def decide_put_off(ctx: Context) -> None:
    """Start what was put off in one DAG, unless a task of it failed.

    The innermost DAG comes first, since an outer one may fail with it.
    """
    node = heapq.heappop(ctx.put_off)[2]
    state = node.state
    if not isinstance(state, DagState) or node.phase in FULFILLED:
        return
    names, state.put_off = state.put_off, []
    ready: list[str] = []
    for name in names:
        if not refuses(ctx, node):
            _consider_task(ctx, node, state, name, ready)
    _consider(ctx, node, state, ready)
    _maybe_end(ctx, node, state)


def _over(task: TaskState) -> bool:
    if task.node is not None and task.node.kind == "TaskGroup":
        return task.node.phase in FULFILLED and task.settled_group
    return bool(task.calls) and task.calls[0].settled


def _start_task(ctx: Context, node: Node, state: DagState, task: TaskState) -> None:
    plan = task.plan
    name = NodeName(f"{node.name}.{plan.name}")
    single = Call(name, plan, boundary=node, holder=node)
    met = _met(node, state, plan)
    task.parents = met.parents
    single.short_name, single.parents, single.depth = plan.name, task.parents, node.depth + 1
    single.base = node.template.key if node.template is not None else None
    try:
        # Once decided it stays so, although a daemon that the task depends on may end later.
        known = ctx.known.get(name)
        if not (known.phase != OMITTED if known is not None else met.wanted or met.broken):
            bind_leniently(ctx, single, state.scope)
            _verdict(ctx, task, single, OMITTED, "omitted: depends condition not met")
            return
        if met.broken:
            raise TemplateError(met.broken)
        scope = Scope(Siblings("tasks", _Ancestors(state, plan.name)), state.scope)
        found = prepare(ctx, plan, scope, boundary=node, holder=node, base=node.name)
    except (TemplateError, LoopError) as error:
        bind_leniently(ctx, single, state.scope)
        _verdict(ctx, task, single, ERROR, str(error))
        return
    if plan.loop is None or (len(found) == 1 and found[0].name == name):
        _start_single(ctx, task, found[0])
    else:
        _start_group(ctx, node, task, name, found)


def _met(node: Node, state: DagState, plan: CallPlan) -> Met:
    """What the end of the tasks that a task depends on means for it, worked out once for all that share them."""
    depends = plan.depends
    if depends is None:
        return Met(wanted=True, parents=((False, node.name),))
    found = state.met.get(id(depends))
    if found is None:
        tasks = {name: state.tasks[name] for name in depends.tasks if name in state.tasks}
        parents = tuple((True, task.node.name) for task in tasks.values() if task.node is not None)
        wanted, broken = False, ""
        try:
            wanted = depends.evaluate({name: task_result(task) for name, task in tasks.items()})
            broken = next((task.broken for task in tasks.values() if task.broken), "") if wanted else ""
        except TemplateError as error:
            broken = str(error)
        found = state.met[id(depends)] = Met(wanted, parents or ((False, node.name),), broken)
    return found


def _verdict(ctx: Context, task: TaskState, call: Call, phase: str, message: str) -> None:
    # In its turn, so that nodes are made in the order of their tasks.
    task.calls = [call]
    call.verdict = (phase, message)
    calls.start(ctx, call)
    task.node = call.node


def _start_single(ctx: Context, task: TaskState, call: Call) -> None:
    call.parents = task.parents
    call.order = task.order
    task.calls = [call]
    calls.start(ctx, call)
    task.node = call.node


def _start_group(ctx: Context, node: Node, task: TaskState, name: NodeName, found: list[Call]) -> None:
    group = ctx.known.pop(name, None)
    if group is None:
        group = ctx.new_node(name, "TaskGroup", RUNNING, node)
        group.plain_flag = True
        group.template_name = found[0].template
        group.template_ref = found[0].ref
        group.template_scope = node.template.key.base if node.template is not None else ""
        group.parents = task.parents
        group.call_step = task.plan.name
    group.holder, group.order = node, task.order
    group.template = node.template
    group.begun = True
    task.node, task.calls = group, found
    group.state = task
    task.open = len(found)
    done = group.phase in FULFILLED
    for order, call in enumerate(found):
        call.holder, call.order, call.parents = group, order, ((False, group.name),)
        if done:
            _recall(ctx, call)
        else:
            calls.start(ctx, call)
    if done:
        task.settled_group = True


def _recall(ctx: Context, call: Call) -> None:
    call.settled = True
    node = ctx.known.pop(call.name, None) or ctx.nodes.get(call.name)
    if node is not None:
        calls.recall(ctx, call, node)


def decide_task_group(ctx: Context, group: Node) -> None:
    """Count the expanded tasks that settled; end the group with the last of them."""
    task = group.state
    if not isinstance(task, TaskState):
        group.inbox.clear()
        return
    task.open -= sum(call.settled for call in group.take_inbox())
    dag = group.holder
    if dag is None or group.phase in FULFILLED:
        return
    if task.open == 0:
        ctx.set_phase(group, _group_phase(task))
        task.settled_group = True
        whole = Call(group.name, task.plan, boundary=dag, holder=dag)
        whole.node, whole.settled = group, True
        dag.inbox.append(whole)
    ctx.enqueue(dag)


def _group_phase(task: TaskState) -> str:
    """The phase of the last expanded task that failed, else Succeeded."""
    failed = [call.node.phase for call in task.calls if call.node is not None and call.node.unsuccessful]
    return failed[-1] if failed else SUCCEEDED


def _maybe_end(ctx: Context, node: Node, state: DagState) -> None:
    if node.phase in FULFILLED:
        return
    if failed_fast(ctx, node):
        message = "template has failed or errored children and failFast enabled"
        for task in state.tasks.values():
            if task.node is not None and task.node.phase not in FULFILLED:
                # What was dropped before it had a node is no more over than what still waits for its place.
                over = all(call.settled and call.node is not None for call in task.calls)
                ctx.set_phase(task.node, *((_group_phase(task), None) if over else (FAILED, message)))
        composite.finish(ctx, node, FAILED, message)
        return
    if state.open:
        return
    if ctx.workflow.shutdown and not node.on_exit:
        phase = FAILED
    elif any(call.failure for task in state.tasks.values() for call in task.calls):
        phase = ERROR
    else:
        phase = dag_phase(state.plan, state.targets, state.tasks)
    node.targets = tuple(task.node.name for name in state.targets if (task := state.tasks[name]).node is not None)
    if phase == SUCCEEDED:
        _succeed(ctx, node, state)
    else:
        composite.finish(ctx, node, phase, "")


def _succeed(ctx: Context, node: Node, state: DagState) -> None:
    broken = next((task.broken for task in state.tasks.values() if task.broken), "")
    composite.succeed(ctx, node, Scope(Siblings("tasks", state.producers), state.scope), broken)
