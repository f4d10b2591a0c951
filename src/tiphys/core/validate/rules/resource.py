"""Resource templates (``spec/data.md`` 14, L13 to L17)."""

from __future__ import annotations

from tiphys.core.manifest.model.template import ResourceTemplate, Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.scope import Names
from tiphys.core.validate.yamlcheck import is_yaml

_ACTIONS = ("get", "create", "apply", "delete", "replace", "patch")


def check_resource(context: Context, site: Site, template: Template, names: Names) -> None:
    """The action, and what it is done with."""
    resource = template.resource
    if resource is None:
        return
    label, place = f"templates.{template.name or ''}.resource", site.at("resource")
    action = names.expand(resource.action)
    if action not in _ACTIONS:
        text = f"{label}.action must be one of: {', '.join(_ACTIONS)}"
        context.error(Code.RESOURCE_TEMPLATE, place.at("action"), text)
        return
    if action in {"get", "delete"}:
        return
    if not resource.manifest and resource.manifest_from is None:
        text = f"either {label}.manifest or {label}.manifestFrom must be specified"
        context.error(Code.RESOURCE_TEMPLATE, place, text)
    if resource.manifest and resource.manifest_from is not None:
        text = "shouldn't have both `manifest` and `manifestFrom` specified in `Manifest` for resource template"
        context.error(Code.RESOURCE_TEMPLATE, place, text)
    _manifest(context, place, label, template, resource)


def _manifest(context: Context, site: Site, label: str, template: Template, resource: ResourceTemplate) -> None:
    source = resource.manifest_from
    if source is not None and source.artifact is not None:
        declared = (template.inputs.artifacts if template.inputs else None) or ()
        if source.artifact.name not in {artifact.name for artifact in declared}:
            context.error(
                Code.RESOURCE_TEMPLATE,
                site.at("manifestFrom", "artifact", "name"),
                f"artifact {source.artifact.name} in `manifestFrom` refer to a non-exist artifact",
            )
    if resource.manifest and not is_yaml(resource.manifest):
        context.error(Code.RESOURCE_TEMPLATE, site.at("manifest"), f"{label}.manifest must be a valid yaml")
