"""Advice on what nobody uses."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home, Site


def check_templates(context: Context, site: Site, home: Home, called: Collection[str]) -> None:
    """Warn about templates that nothing calls; ``called`` are the names of all calls, tags included."""
    if any("{{" in name for name in called):
        return
    for at, template in enumerate(home.spec.templates or ()):
        if template.name and template.name not in called:
            place = site.at("templates", at, "name")
            context.warn(Code.TEMPLATE_UNUSED, place, f"nothing calls the template '{template.name}'")


def check_inputs(context: Context, site: Site, template: Template, texts: Iterable[str]) -> None:
    """Warn about input parameters that a template with code of its own never reads."""
    if template.inputs is None or not (template.container or template.script or template.steps or template.dag):
        return
    readers = [text for text in texts if "inputs" in text]
    if any("inputs.parameters}}" in text.replace(" ", "") or "toJson(inputs" in text for text in readers):
        return
    for at, parameter in enumerate(template.inputs.parameters or ()):
        if parameter.name and not any(parameter.name in text for text in readers):
            message = f"the input '{parameter.name}' of template '{template.name or ''}' is never read"
            context.warn(Code.PARAMETER_UNUSED, site.at("inputs", "parameters", at, "name"), message)


def check_arguments(context: Context, site: Site, home: Home, texts: Iterable[str]) -> None:
    """Warn about workflow arguments that nothing reads: no tag, and no input of the entrypoint or exit handler."""
    arguments = home.spec.arguments
    readers = [text for text in texts if "workflow" in text]
    if arguments is None or any("workflow.parameters}}" in text or "parameters.json" in text for text in readers):
        return
    entered: set[str] = set()
    for template in home.spec.templates or ():
        if template.name in {home.spec.entrypoint, home.spec.on_exit} and template.inputs is not None:
            entered.update(item.name for item in template.inputs.parameters or ())
    for at, parameter in enumerate(arguments.parameters or ()):
        if parameter.name in entered or any(parameter.name in text for text in readers):
            continue
        message = f"nothing reads the argument '{parameter.name}'"
        context.warn(Code.PARAMETER_UNUSED, site.at("arguments", "parameters", at, "name"), message)
