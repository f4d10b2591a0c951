"""The tasks of a DAG: order, dependencies, targets (``spec/data.md`` 16)."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence, Set

from msgspec import Struct

from tiphys.core.manifest.model.arguments import Arguments
from tiphys.core.manifest.model.template import DAGTask
from tiphys.core.template.depends import RESULTS, Depends, invalid_results, parse_depends
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site, near

#: So many tasks of a circle are named.
_SHOWN = 10


class Ancestors(Struct, frozen=True):
    """The names of the tasks that a task waits for, directly or not, as bits by position."""

    position: Mapping[str, int]
    bits: int

    def __contains__(self, name: object) -> bool:
        at = self.position.get(name) if isinstance(name, str) else None
        return at is not None and bool(self.bits >> at & 1)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.position if name in self)


class Order(Struct, frozen=True):
    """Tasks in the order in which Argo looks at them.

    ``at`` are positions in the list of the manifest; ``before`` are the ancestors of each task.  When the
    tasks could not be put in order, ``sound`` is false and ``at`` is the order of the manifest.
    """

    at: tuple[int, ...]
    before: Mapping[str, Ancestors]
    sound: bool = True


@functools.lru_cache(maxsize=4096)
def _parsed(depends: str) -> Depends:
    return parse_depends(depends, {})


def _dependencies(task: DAGTask) -> tuple[str, ...]:
    """The task names that ``depends`` or ``dependencies`` mention, each once."""
    if task.depends:
        return _parsed(task.depends).tasks
    return tuple(dict.fromkeys(task.dependencies or ()))


def order(context: Context, site: Site, label: str, tasks: Sequence[DAGTask]) -> Order:
    """Put tasks behind their dependencies; report doubled names, unknown dependencies and cycles."""
    plain = Order(tuple(range(len(tasks))), {}, sound=False)
    position: dict[str, int] = {}
    sound = True
    for at, task in enumerate(tasks):
        if task.name in position:
            sound = False
            text = f"{label} sorting failed: duplicated nodeName {task.name}"
            context.error(Code.DAG_ORDER, site.at(at, "name"), text, message=f"two tasks are named '{task.name}'")
        position.setdefault(task.name, at)
    if not sound:
        return plain
    waits: list[list[int]] = []
    for at, task in enumerate(tasks):
        names = _dependencies(task)
        for name in names:
            if name not in position:
                sound = False
                _unknown_dependency(context, site.at(at), label, task, name, position)
        waits.append([position[name] for name in names if name in position])
    if not sound:
        return plain
    sequence = _sequence(waits)
    if len(sequence) < len(tasks):
        circle = _circle(waits, set(range(len(tasks))) - set(sequence))
        ring = [tasks[at].name or "" for at in circle]
        context.error(
            Code.DAG_ORDER,
            site.at(circle[0], "depends" if tasks[circle[0]].depends else "dependencies"),
            f"{label} sorting failed: graph with cycle",
            message=f"tasks wait for each other in a circle: {' -> '.join([*ring[:_SHOWN], ring[0]])}",
            hint=f"'{ring[0]}' waits for '{ring[1 % len(ring)]}': take one of these dependencies away",
        )
        return plain
    return Order(tuple(sequence), _ancestors(position, sequence, waits))


def _circle(waits: Sequence[Sequence[int]], stuck: Set[int]) -> list[int]:
    """Tasks that wait for each other, each for the next and the last for the first; ``stuck`` is not empty."""
    path = [min(stuck)]
    while True:
        following = next(at for at in waits[path[-1]] if at in stuck)
        if following in path:
            circle = path[path.index(following) :]
            first = circle.index(min(circle))
            return circle[first:] + circle[:first]
        path.append(following)


def _unknown_dependency(
    context: Context, site: Site, label: str, task: DAGTask, name: str, known: Mapping[str, int]
) -> None:
    hint = near(name, known)
    if name in {"and", "or", "not"}:
        hint = f"write {({'and': '&&', 'or': '||', 'not': '!'})[name]} instead of '{name}'"
    context.error(
        Code.DAG_ORDER,
        site.at("depends" if task.depends else "dependencies"),
        f"{label} sorting failed: invalid dependency {name}",
        message=f"task '{task.name}' depends on '{name}', which is not a task of this DAG",
        hint=hint,
    )


def _sequence(waits: Sequence[Sequence[int]]) -> list[int]:
    """Positions so that each comes after those it waits for; those on a cycle are left out."""
    open_count = [len(before) for before in waits]
    after: list[list[int]] = [[] for _ in waits]
    for at, before in enumerate(waits):
        for earlier in before:
            after[earlier].append(at)
    sequence = [at for at, count in enumerate(open_count) if not count]
    for at in sequence:
        for later in after[at]:
            open_count[later] -= 1
            if not open_count[later]:
                sequence.append(later)
    return sequence


def _ancestors(
    position: Mapping[str, int], sequence: Sequence[int], waits: Sequence[Sequence[int]]
) -> dict[str, Ancestors]:
    bits = [0] * len(waits)
    for at in sequence:
        for earlier in waits[at]:
            bits[at] |= bits[earlier] | 1 << earlier
    return {name: Ancestors(position, bits[at]) for name, at in position.items()}


def check_mix(context: Context, site: Site, label: str, task: DAGTask, uses_depends: bool) -> None:
    """``depends`` excludes ``dependencies`` and ``continueOn``, and names that begin with a digit."""
    if task.name[:1].isdigit() and (uses_depends or task.dependencies):
        text = f"{label}.tasks.{task.name} name cannot begin with a digit when using either 'depends' or 'dependencies'"
        context.error(Code.DEPENDS_MIX, site.at("name"), text)
    if uses_depends and task.dependencies:
        text = f"{label} cannot use both 'depends' and 'dependencies' in the same DAG template"
        context.error(Code.DEPENDS_MIX, site.at("dependencies"), text)
    if uses_depends and task.continue_on is not None:
        text = f"{label} cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'"
        context.error(Code.DEPENDS_MIX, site.at("continueOn"), text)


def check_results(context: Context, site: Site, label: str, task: DAGTask, tasks: Mapping[str, DAGTask]) -> None:
    """The results that ``depends`` asks for exist, and the task can have them."""
    if not task.depends:
        return
    for name, result in invalid_results(task.depends):
        context.error(
            Code.DEPENDS_RESULT,
            site.at("depends"),
            f"{label}.tasks.{task.name} task result '{result}' for task '{name}' is invalid",
            hint=near(result, RESULTS) or f"one of {', '.join(RESULTS)}",
        )
    depends = _parsed(task.depends)
    for name in depends.tasks:
        other = tasks.get(name)
        looped = other is None or other.with_items or other.with_param or other.with_sequence
        if name in depends.items_tasks and not looped:
            context.error(
                Code.DEPENDS_RESULT,
                site.at("depends"),
                f"{label}.tasks.{name} dependency '{name}' uses an items-based condition such as .AnySucceeded or "
                ".AllFailed but does not contain any items",
                message=f"a result of the items of '{name}' needs a task with withItems, withParam or withSequence",
            )


def check_targets(context: Context, site: Site, label: str, target: str, known: Mapping[str, DAGTask]) -> None:
    """Every target is a task; names with tags are known only at run time."""
    for name in target.split(" ") if target else ():
        if name not in known and "{{" not in name:
            context.error(
                Code.TARGET_UNKNOWN,
                site.at("target"),
                f"{label}.targets: target '{name}' is not defined",
                hint=near(name, known),
            )


def check_ancestry(context: Context, site: Site, label: str, arguments: Arguments | None, before: Ancestors) -> None:
    """A task uses outputs of tasks that it waits for."""
    if arguments is None:
        return
    uses = [
        (f"parameter '{item.name}'", item.value, ("parameters", at))
        for at, item in enumerate(arguments.parameters or ())
    ]
    uses += [
        (f"artifact '{item.name}'", item.from_, ("artifacts", at)) for at, item in enumerate(arguments.artifacts or ())
    ]
    for what, text, path in uses:
        if text is None or not text.startswith("{{tasks."):
            continue
        name = text.split(".")[1].removesuffix("}}")
        if name not in before:
            context.error(
                Code.DEPENDENCY_MISSING,
                site.at("arguments", *path),
                f"{label} missing dependency '{name}' for {what}",
                message=f"{what} uses an output of task '{name}', but the task does not depend on it",
                hint=f"add '{name}' to depends or dependencies",
            )
