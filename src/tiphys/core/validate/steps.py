"""Steps templates, step by step (``spec/data.md`` 15)."""

from __future__ import annotations

from tiphys.core.manifest.model.template import Template, WorkflowStep
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home, Site, Walker
from tiphys.core.validate.naming import node_name_problem
from tiphys.core.validate.offers import add_global_outputs, offer_of
from tiphys.core.validate.rules import arguments, loops, spec, variables
from tiphys.core.validate.scope import Names, Offer


def check_steps(context: Context, walker: Walker, home: Home, site: Site, template: Template, names: Names) -> None:
    """Check every step; ``names`` grows by what each one offers."""
    label = f"templates.{template.name or ''}.steps"
    seen: set[str] = set()
    for group, steps in enumerate(template.steps or ()):
        for at, step in enumerate(steps):
            place = site.at("steps", group, at)
            if not _name(context, place, f"{label}[{group}]", step, seen, names):
                continue
            check_step(context, walker, home, place, label, f"{label}[{group}].{step.name}", step, names)


def _name(context: Context, site: Site, label: str, step: WorkflowStep, seen: set[str], names: Names) -> bool:
    """The name of a step: given, unique in the template, well formed; False when there is none."""
    place = site.at("name")
    if not step.name:
        context.error(Code.NAME_MISSING, site, f"{label}.name is required")
        return False
    if step.name in seen:
        context.error(Code.NAME_TAKEN, place, f"{label}.name '{step.name}' is not unique")
    seen.add(step.name)
    problem = node_name_problem(names.expand(step.name))
    if problem:
        context.error(Code.NAME_INVALID, place, f"{label}.name '{step.name}' is invalid: {problem}")
    return True


def check_step(
    context: Context,
    walker: Walker,
    home: Home,
    site: Site,
    owner: str,
    label: str,
    step: WorkflowStep,
    names: Names,
) -> None:
    """Check one step; ``owner`` and ``label`` are what Argo's texts call its template's steps and itself."""
    # Later steps name this one with the same tags, which are replaced there as well.
    key = f"steps.{names.expand(step.name or '')}"
    names.offers[key] = Offer(frozenset(("status",)))
    inside = Names(names)
    loops.check_loop(context, site, label, step, inside)
    arguments.check_arguments(context, site.at("arguments"), f"{label}.arguments.", step.arguments, names)
    call = site.under(f"{label} ")
    callee = walker.call(home, step, call, names)
    spec.check_hooks(context, site, f"{label}.", step.hooks)
    if step.inline is not None and step.inline.inputs is not None:
        inside.add(f"inputs.parameters.{item.name}" for item in step.inline.inputs.parameters or ())
    called = callee.template if callee else None
    offer = offer_of(called, looped=bool(step.with_items or step.with_param), status=True)
    if step.on_exit or "exit" in (step.hooks or ()):
        inside.offers[key] = offer  # the exit hook runs when the step is done
    variables.check_tags(context, site, f"{owner} ", step, inside)
    if callee is not None:
        walker.supply(callee, step.arguments, call)
    names.offers[key] = offer
    add_global_outputs(context, called, names)
