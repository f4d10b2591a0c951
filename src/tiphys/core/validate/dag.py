"""DAG templates, task by task in the order of their dependencies (``spec/data.md`` 16)."""

from __future__ import annotations

from collections.abc import Mapping

from tiphys.core.manifest.model.template import DAGTask, Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home, Resolved, Site, Walker
from tiphys.core.validate.naming import node_name_problem
from tiphys.core.validate.offers import add_global_outputs, offer_of
from tiphys.core.validate.rules import arguments, loops, variables
from tiphys.core.validate.rules import dag as rules
from tiphys.core.validate.scope import PLACEHOLDER, Names, Offer


def check_dag(context: Context, walker: Walker, home: Home, site: Site, template: Template, names: Names) -> None:
    """Check every task; ``names`` grows by what each one offers."""
    label, dag = f"templates.{template.name or ''}", template.dag
    tasks = (dag.tasks if dag else None) or ()
    place = site.at("dag")
    if dag is None or not tasks:
        context.error(Code.DAG_ORDER, place, f"{label} must have at least one task")
        return
    order = rules.order(context, place.at("tasks"), label, tasks)
    by_name = {task.name: task for task in tasks}
    uses_depends = any(task.depends for task in tasks)
    _names(context, place, label, [tasks[at] for at in order.at], order.at, names)
    called: dict[int, Resolved | None] = {}
    for at in order.at:
        task, spot = tasks[at], place.at("tasks", at)
        rules.check_mix(context, spot, label, task, uses_depends)
        called[at] = walker.call(home, task, spot.under(f"{label}.tasks.{task.name} "), names)
        add_global_outputs(context, _template(called[at]), names)
        rules.check_results(context, spot, label, task, by_name)
    variables.check_tags(context, place.at("target"), f"{label}.targets ", dag.target, names)
    rules.check_targets(context, place, label, names.expand(dag.target or ""), by_name)
    if not order.sound:
        # What a task may read depends on the order, so there is nothing sure to say about it.
        for task in tasks:
            names.offers[f"tasks.{task.name}"] = offer_of(None, looped=False, status=True)
        return
    done = {tasks[at].name: _done(tasks[at], found) for at, found in called.items()}
    for at in order.at:
        before = order.before[tasks[at].name]
        _task(context, walker, place.at("tasks", at), label, (tasks[at], called[at], before), done, names)


def _done(task: DAGTask, found: Resolved | None) -> Offer:
    """What a task offers to those that wait for it."""
    return offer_of(_template(found), looped=bool(task.with_items or task.with_param), status=True)


def _template(found: Resolved | None) -> Template | None:
    return found.template if found else None


def _names(context: Context, site: Site, label: str, tasks: list[DAGTask], at: tuple[int, ...], names: Names) -> None:
    """Names of tasks; Argo counts them in sorted order."""
    for index, (task, position) in enumerate(zip(tasks, at, strict=True)):
        place = site.at("tasks", position, "name")
        # Other than for steps, Argo takes no name whose value only the run knows.
        shown = names.expand(task.name or "")
        problem = node_name_problem(shown.replace(PLACEHOLDER, "_"))
        if not task.name:
            context.error(Code.NAME_MISSING, place, f"{label}.tasks[{index}].name is required")
        elif problem:
            start, end = f"{label}.tasks[{index}].name: '", f"' is invalid: {problem}"
            context.error(Code.NAME_INVALID, place, f"{start}{shown}{end}", message=f"{start}{task.name}{end}")


def _task(
    context: Context,
    walker: Walker,
    site: Site,
    dag: str,
    own: tuple[DAGTask, Resolved | None, rules.Ancestors],
    done: Mapping[str, Offer],
    names: Names,
) -> None:
    """Check one task with what it may read: everything of its ancestors, less of the others."""
    task, callee, before = own
    key, label = f"tasks.{task.name}", f"{dag}.tasks.{task.name}"
    names.offers[key] = offer_of(_template(callee), looped=False, status=False)
    inside = Names(names)
    if task.hooks:
        inside.offers[key] = offer_of(_template(callee), looped=False, status=True)
    inside.ancestors = (before, done)
    if task.inline is not None and task.inline.inputs is not None:
        inside.add(f"inputs.parameters.{item.name}" for item in task.inline.inputs.parameters or ())
    loops.check_loop(context, site, label, task, inside)
    variables.check_tags(context, site, f"{label} ", task, inside)
    arguments.check_arguments(context, site.at("arguments"), f"{label}.arguments.", task.arguments, inside)
    rules.check_ancestry(context, site, label, task.arguments, before)
    if callee is not None:
        walker.supply(callee, task.arguments, site.under(f"{label} "))
