"""Declared inputs of a template (``spec/data.md`` 13, T4 to T8)."""

from __future__ import annotations

from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.kinds import is_leaf
from tiphys.core.validate.naming import check_list
from tiphys.core.validate.places import location_problem, path_problem


def check_inputs(context: Context, site: Site, template: Template) -> None:
    """Names of inputs; paths and locations of input artifacts."""
    if template.inputs is None:
        return
    label = f"templates.{template.name or ''}.inputs."
    place = site.at("inputs")
    check_list(context, place.at("parameters"), f"{label}parameters", template.inputs.parameters or (), node=False)
    artifacts = template.inputs.artifacts or ()
    check_list(context, place.at("artifacts"), f"{label}artifacts", artifacts, node=False)
    for at, artifact in enumerate(artifacts):
        _artifact(context, place.at("artifacts", at), f"{label}artifacts.{artifact.name}", artifact, is_leaf(template))


def _artifact(context: Context, site: Site, label: str, artifact: Artifact, leaf: bool) -> None:
    if leaf:
        problem = path_problem(artifact.name, artifact.path or "")
        if problem:
            context.error(Code.ARTIFACT_PATH, site, f"error in {label}: {problem}", message=problem)
    elif artifact.path:
        context.error(Code.ARTIFACT_PATH, site.at("path"), f"{label}.path only valid in container/script templates")
    if artifact.from_:
        context.error(Code.ARTIFACT_LOCATION, site.at("from"), f"{label}.from not valid in inputs")
    problem = location_problem(label, artifact)
    if problem:
        context.error(Code.ARTIFACT_LOCATION, site, problem)
