"""Declared outputs of a template (``spec/data.md`` 17.1)."""

from __future__ import annotations

from tiphys.core.manifest.model.arguments import Parameter, ValueFrom
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.kinds import is_leaf, type_of
from tiphys.core.validate.naming import PARAMETER_RULE, check_list, parameter_name_problem
from tiphys.core.validate.places import location_problem, path_problem
from tiphys.core.validate.tags import simple_tags

_NO_SOURCE = "valueFrom type unspecified. choose one of: path, jqFilter, jsonPath, parameter, raw, expression"
_SOURCES = "multiple valueFrom types specified. choose one of: path, jqFilter, jsonPath, parameter, raw"


def check_names(context: Context, site: Site, template: Template) -> None:
    """Names of output parameters, then of output artifacts."""
    outputs, label = template.outputs, f"templates.{template.name or ''}.outputs."
    if outputs is None:
        return
    check_list(context, site.at("parameters"), f"{label}parameters ", outputs.parameters or (), node=False)
    check_list(context, site.at("artifacts"), f"{label}artifacts ", outputs.artifacts or (), node=False)


def check_outputs(context: Context, site: Site, template: Template) -> None:
    """Paths of artifacts; sources of parameters; global names of both."""
    outputs, label = template.outputs, f"templates.{template.name or ''}.outputs."
    if outputs is None:
        return
    for at, artifact in enumerate(outputs.artifacts or ()):
        _artifact(context, site.at("artifacts", at), f"{label}artifacts.{artifact.name}", artifact, is_leaf(template))
    for at, parameter in enumerate(outputs.parameters or ()):
        place, name = site.at("parameters", at), f"{label}parameters.{parameter.name}"
        _source(context, place, name, template, parameter)
        _global_name(context, place, name, parameter.global_name)


def check_archive_location(context: Context, site: Site, template: Template) -> None:
    """The archive location is complete."""
    if template.archive_location is None:
        return
    problem = location_problem(f"templates.{template.name or ''}.archiveLocation", template.archive_location)
    if problem:
        context.error(Code.ARTIFACT_LOCATION, site.at("archiveLocation"), problem)


def _artifact(context: Context, site: Site, label: str, artifact: Artifact, leaf: bool) -> None:
    if leaf:
        problem = path_problem(artifact.name, artifact.path or "")
        if problem:
            context.error(Code.ARTIFACT_PATH, site, f"error in {label}: {problem}", message=problem)
    elif artifact.path:
        context.error(Code.ARTIFACT_PATH, site.at("path"), f"{label}.path only valid in container/script templates")
    _global_name(context, site, label, artifact.global_name)


def _global_name(context: Context, site: Site, label: str, name: str | None) -> None:
    if name and next(simple_tags(name), None) is None and parameter_name_problem(name):
        context.error(Code.GLOBAL_NAME, site.at("globalName"), f"{label}.globalName: {PARAMETER_RULE}")


def _source(context: Context, site: Site, label: str, template: Template, parameter: Parameter) -> None:
    source = parameter.value_from
    if parameter.value is not None and source is not None:
        context.error(Code.OUTPUT_SOURCE, site, f"{label} has both valueFrom and value specified, choose one")
    if parameter.value is None and source is None:
        context.error(Code.OUTPUT_SOURCE, site, f"{label} does not have valueFrom or value specified")
    if source is None:
        return
    place = site.at("valueFrom")
    if not (_count(source) or source.config_map_key_ref or source.event):
        context.error(Code.OUTPUT_SOURCE, place, _NO_SOURCE)
        return
    if _count(source) > 1:
        context.error(Code.OUTPUT_SOURCE, place, _SOURCES)
        return
    problem = _unfit(label, type_of(template), source)
    if problem:
        context.error(Code.OUTPUT_SOURCE, place, problem)


def _count(source: ValueFrom) -> int:
    texts = (source.path, source.jq_filter, source.json_path, source.parameter, source.expression)
    return sum(map(bool, texts)) + (source.supplied is not None)


def _unfit(label: str, kind: str, source: ValueFrom) -> str | None:
    if kind in {"Container", "ContainerSet", "Script"} and not source.path:
        return f"{label}.path must be specified for {kind} templates"
    if kind == "Resource" and not (source.jq_filter or source.json_path):
        return f"{label} .jqFilter or jsonPath must be specified for {kind} templates"
    if kind in {"Steps", "DAG"} and not (source.parameter or source.expression):
        return f"{label}.parameter or expression must be specified for {kind} templates"
    return None
