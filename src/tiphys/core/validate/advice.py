"""Findings beyond Argo's, after all of Argo's."""

from __future__ import annotations

from collections.abc import Iterator

from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.validate.context import Context, Home, Site
from tiphys.core.validate.rules import (
    callees,
    durations,
    expressions,
    injection,
    reach,
    retries,
    secrets,
    shadow,
    unused,
    variables,
)
from tiphys.core.validate.survey import Call, calls, hooks, templates
from tiphys.core.validate.tags import strings


def advise(context: Context, home: Home, site: Site) -> None:
    """Warn about what Argo lets pass and that will probably not do what was meant."""
    spec = home.spec
    durations.check_spec(context, site, spec)
    retries.check_limit(context, site, spec.retry_strategy)
    secrets.check_parameters(
        context, site.at("arguments", "parameters"), (spec.arguments.parameters if spec.arguments else None) or ()
    )
    if spec.workflow_template_ref is None:
        for at, parameter in enumerate((spec.arguments.parameters if spec.arguments else None) or ()):
            variables.warn_tags(
                context, site.at("arguments", "parameters", at, "value"), parameter.value, context.globals
            )
    called = {name for name in (spec.entrypoint, spec.on_exit) if name}
    foreign = spec.workflow_template_ref is not None
    for place, name in hooks(site, spec.hooks, None):
        called.add(name)
        if not foreign:
            callees.check_hook(context, place, home, name)
    texts = list(strings(spec))
    for path, text in texts:
        expressions.check_text(context, site, path, text)
    outside = None if context.options.injection else injection.outside(home, site)
    for place, template in templates(home, site):
        _template(context, place, template)
        names = None if outside is None else outside.get(template.name or "", frozenset())
        injection.check_injection(context, place, template, names)
        reach.check_template(context, place, home, template)
        for call in calls(place, template):
            foreign = foreign or call.node.template_ref is not None
            called.update(_call(context, home, call))
    reach.check_recursion(context, site, home)
    if not foreign and context.document.kind in {"Workflow", "CronWorkflow"}:
        unused.check_templates(context, site, home, called)
        unused.check_arguments(context, site, home, [text for _, text in texts])


def _template(context: Context, site: Site, template: Template) -> None:
    durations.check_template(context, site, template)
    retries.check_limit(context, site, template.retry_strategy)
    secrets.check_secrets(context, site, template)
    callees.check_output_values(context, site, template)
    if template.inputs is not None and template.inputs.parameters:
        unused.check_inputs(context, site, template, [text for _, text in strings(template)])


def _call(context: Context, home: Home, call: Call) -> Iterator[str]:
    """Check one step or task; the names of the templates that it and its hooks call."""
    node, site = call.node, call.site
    if isinstance(node, WorkflowStep):
        callees.check_same_group(context, site, node, call.group)
    if node.when or (isinstance(node, DAGTask) and node.depends):
        from tiphys.core.validate.rules import conditions  # only needed where there is a condition

        conditions.check_when(context, site, node.when)
        if isinstance(node, DAGTask):
            conditions.check_depends(context, site, node)
    for place, name in hooks(site, node.hooks, node.on_exit):
        callees.check_hook(context, place, home, name)
        yield name
    at = home.index(node.template) if node.template and node.template_ref is None else None
    callee = node.inline or ((home.spec.templates or ())[at] if at is not None else None)
    if callee is not None:
        callees.check_unknown_arguments(context, site, node.arguments, callee)
        shadow.check_call(context, home, call, callee)
    if node.template:
        yield node.template
