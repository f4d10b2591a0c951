"""Advice on inputs that hide an argument of the workflow: the default is used where the argument is expected."""

from __future__ import annotations

from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home
from tiphys.core.validate.survey import Call


def check_call(context: Context, home: Home, call: Call, callee: Template) -> None:
    """Warn when a call leaves an input to its default although the workflow has an argument of the same name."""
    arguments = {item.name for item in (home.spec.arguments.parameters if home.spec.arguments else None) or ()}
    if not arguments or callee.name in {home.spec.entrypoint, home.spec.on_exit}:
        return
    given = {item.name for item in (call.node.arguments.parameters if call.node.arguments else None) or ()}
    for item in (callee.inputs.parameters if callee.inputs else None) or ():
        default = item.value if item.value is not None else item.default
        if default is not None and "{{" not in default and item.name in arguments - given:
            context.warn(
                Code.PARAMETER_SHADOWED,
                call.site.at("template"),
                f"input '{item.name}' of template '{callee.name}' hides the workflow's argument '{item.name}': "
                f"this call gets the default '{default}'",
                f'pass it on: {{name: {item.name}, value: "{{{{workflow.parameters.{item.name}}}}}"}}',
            )
