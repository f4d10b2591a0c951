"""Arguments of workflows, steps and tasks; inputs that nobody supplies (``spec/data.md`` 2.4, 12.1)."""

from __future__ import annotations

from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site, near
from tiphys.core.validate.naming import check_list
from tiphys.core.validate.places import has_location_or_key
from tiphys.core.validate.scope import Names


def check_arguments(context: Context, site: Site, label: str, arguments: Arguments | None, names: Names) -> None:
    """Check names, then values; ``label`` ends with a dot and stands before each name in Argo's texts."""
    check_names(context, site, label, arguments)
    check_values(context, site, label, arguments, names)


def check_names(context: Context, site: Site, label: str, arguments: Arguments | None) -> None:
    """Names of parameters, then of artifacts."""
    if arguments is None:
        return
    check_list(context, site.at("parameters"), f"{label}parameters", arguments.parameters or (), node=False)
    check_list(context, site.at("artifacts"), f"{label}artifacts", arguments.artifacts or (), node=False)


def check_values(
    context: Context, site: Site, label: str, arguments: Arguments | None, names: Names, *, may_lack: bool = False
) -> None:
    """Values of parameters and sources of artifacts; ``may_lack`` forgives parameters without a value."""
    if arguments is None:
        return
    for at, parameter in enumerate(arguments.parameters or ()):
        if parameter.enum is not None and parameter.enum and parameter.value is None and may_lack:
            return  # Argo looks at no further argument
        _value(context, site.at("parameters", at), label + parameter.name, parameter, names, may_lack)
    for at, artifact in enumerate(arguments.artifacts or ()):
        _source(context, site.at("artifacts", at), label + artifact.name, artifact)


def _value(context: Context, site: Site, at: str, parameter: Parameter, names: Names, may_lack: bool) -> None:
    source = parameter.value_from
    if parameter.value is None and source is None and not may_lack:
        context.error(
            Code.ARGUMENT_WITHOUT_VALUE,
            site,
            f"{at}.value or {at}.valueFrom is required",
            message=f"parameter '{parameter.name}' has no value: {at}.value or {at}.valueFrom is required",
            hint=f"pass -p {parameter.name}=VALUE or write a value in the manifest" if at.startswith("spec.") else None,
        )
    if source is not None:
        allowed = source.config_map_key_ref or source.event or source.supplied is not None
        wrong = source.path or source.json_path or source.parameter or source.expression
        if not allowed or wrong:
            text = f"{at}.valueFrom only allows: default, configMapKeyRef and supplied"
            context.error(Code.ARGUMENT_SOURCE, site.at("valueFrom"), text)
    if parameter.enum is None:
        return
    if not parameter.enum:
        context.error(Code.ENUM, site.at("enum"), f"{at}.enum should contain at least one value")
    elif parameter.value is None:
        context.error(Code.ENUM, site, f"{at}.value is required")
    elif names.expand(parameter.value) not in parameter.enum:
        context.error(
            Code.ENUM,
            site.at("value"),
            f"{at}.value should be present in {at}.enum list",
            message=f"'{parameter.value}' is not one of the values that {at} may have: {', '.join(parameter.enum)}",
            hint=near(parameter.value, parameter.enum),
        )


def _source(context: Context, site: Site, at: str, artifact: Artifact) -> None:
    if not artifact.from_ and not has_location_or_key(artifact):
        context.error(Code.ARTIFACT_ARGUMENT, site, f"{at}.from, artifact location, or key is required")
    if artifact.from_ and artifact.from_expression:
        text = f"{at} shouldn't have both `from` and `fromExpression` in Artifact"
        context.error(Code.ARTIFACT_ARGUMENT, site, text)


def check_supplied(context: Context, site: Site, template: Template, arguments: Arguments | None) -> None:
    """Every input needs a value: its own, its default, or one that the caller supplies."""
    if template.inputs is None:
        return
    given = {item.name: item for item in (arguments.parameters if arguments else None) or ()}
    artifacts = {item.name for item in (arguments.artifacts if arguments else None) or ()}
    missing = [
        ("parameter", item.name)
        for item in template.inputs.parameters or ()
        if not _supplied(item, given.get(item.name))
    ]
    missing += [
        ("artifact", item.name)
        for item in template.inputs.artifacts or ()
        if not item.optional and not has_location_or_key(item) and item.name not in artifacts
    ]
    otherwise = {
        "parameter": "or give the input a default",
        "artifact": "or give the input a location or `optional: true`",
    }
    for kind, name in missing:
        known = (item for item in (given if kind == "parameter" else artifacts) if not _declares(template, kind, item))
        context.error(
            Code.NOT_SUPPLIED,
            site,
            f"templates.{template.name or ''} inputs.{kind}s.{name} was not supplied",
            message=f"template '{template.name or ''}' needs the input {kind} '{name}', which nobody supplies",
            hint=near(name, known) or f"pass an argument '{name}', {otherwise[kind]}",
        )


def _supplied(declared: Parameter, given: Parameter | None) -> bool:
    value = declared.value if declared.value is not None else declared.default
    source = declared.value_from
    if given is not None:
        value, source = given.value, None if given.value is not None else given.value_from
    return value is not None or (source is not None and source.config_map_key_ref is not None)


def _declares(template: Template, kind: str, name: str) -> bool:
    inputs = template.inputs
    declared = (inputs.parameters if kind == "parameter" else inputs.artifacts) if inputs else None
    return any(item.name == name for item in declared or ())
