"""Advice on calls: unknown arguments, hooks that name nothing, steps that run at the same time."""

from __future__ import annotations

import re

from tiphys.core.manifest.model.arguments import Arguments
from tiphys.core.manifest.model.template import Template, WorkflowStep
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home, Site, near
from tiphys.core.validate.tags import tagged_strings

_STEP = r"\{\{\s*=?[^}]*?\bsteps\.([-\w]+)\."


def check_unknown_arguments(context: Context, site: Site, arguments: Arguments | None, callee: Template) -> None:
    """Warn about arguments that the called template does not declare: they are ignored."""
    inputs, name = callee.inputs, callee.name or ""
    parameters = [item.name for item in (inputs.parameters if inputs else None) or ()]
    artifacts = [item.name for item in (inputs.artifacts if inputs else None) or ()]
    given = arguments or Arguments()
    passed = [item.name for item in given.parameters or ()], [item.name for item in given.artifacts or ()]
    for kind, names, known in (("parameter", passed[0], parameters), ("artifact", passed[1], artifacts)):
        for at, item in enumerate(names):
            if item and item not in known:
                context.warn(
                    Code.ARGUMENT_UNKNOWN,
                    site.at("arguments", f"{kind}s", at, "name"),
                    f"template '{name}' has no input {kind} '{item}': the argument is ignored",
                    near(item, known),
                )


def check_hook(context: Context, site: Site, home: Home, name: str) -> None:
    """Warn when a hook names a template that does not exist."""
    if "{{" not in name and home.index(name) is None:
        message = f"the hook names the template '{name}', which does not exist"
        context.warn(Code.HOOK_TEMPLATE, site, message, near(name, home.names()))


def check_same_group(context: Context, site: Site, step: WorkflowStep, group: tuple[WorkflowStep, ...]) -> None:
    """Warn when a step reads a step that starts together with it: the value never comes."""
    together = {other.name for other in group if other is not step}
    if len(group) < 2:
        return
    for path, text in tagged_strings(step, skip=frozenset(("inline",))):
        for name in re.findall(_STEP, text):
            if name in together:
                context.warn(
                    Code.SAME_GROUP,
                    site.at(*path),
                    f"step '{name}' runs at the same time, so its outputs are not there yet",
                    "put the step into a later group: begin it with '- -'",
                )


def check_output_values(context: Context, site: Site, template: Template) -> None:
    """Warn about plain values of outputs of steps and DAGs: they fail when the workflow runs."""
    if template.outputs is None or (template.steps is None and template.dag is None):
        return
    for at, parameter in enumerate(template.outputs.parameters or ()):
        if parameter.value is not None and parameter.value_from is None:
            context.warn(
                Code.OUTPUT_VALUE,
                site.at("outputs", "parameters", at, "value"),
                f"output '{parameter.name}' has a plain value: output parameters must have a valueFrom specified",
                "use valueFrom.expression or valueFrom.parameter",
            )
