"""What holds for templates of every type (``spec/data.md`` 13)."""

from __future__ import annotations

from tiphys.core.manifest.model.pod import ResourceRequirements
from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.kinds import TYPES, is_leaf, makes_pod, type_of, types_of
from tiphys.core.validate.scope import Names

_POLICIES = ("", "Always", "OnFailure", "OnError", "OnTransientError")
_CHOICE = (
    "multiple template types specified. choose one of: container, containerSet, steps, script, resource, dag, "
    "suspend, template, template ref"
)


def check_type(context: Context, site: Site, template: Template) -> bool:
    """A template has exactly one type and a known retry policy; False when it has no type at all."""
    name, types = template.name or "", types_of(template)
    if not types:
        choices = ", ".join(field for _, field, _ in TYPES)
        context.error(
            Code.TEMPLATE_TYPE,
            site,
            f"template '{name}' type is unknown",
            message=f"template '{name}' does not say what to run",
            hint=f"give it one of: {choices}",
        )
        return False
    policy = template.retry_strategy.retry_policy if template.retry_strategy else None
    if policy and policy not in _POLICIES:
        place = site.at("retryStrategy", "retryPolicy")
        context.error(
            Code.VALUE_INVALID,
            place,
            f"{policy} is not a valid RetryPolicy",
            hint=f"one of {', '.join(_POLICIES[1:])}",
        )
    if len(types) > 1:
        context.error(Code.TEMPLATE_TYPE, site, f"templates.{name} {_CHOICE}")
    return True


def check_pod_resources(context: Context, site: Site, label: str, resources: ResourceRequirements | None) -> None:
    """Resources of a whole pod: cpu, memory and huge pages only; ``label`` is the path in Argo's text."""
    if resources is None:
        return
    place = site.at("podResources")
    if resources.claims:
        context.error(Code.POD_RESOURCES, place, f"{label}.claims is not supported for pod-level resources")
    for field, amounts in (("requests", resources.requests), ("limits", resources.limits)):
        for name in sorted(amounts or ()):
            if name not in {"cpu", "memory"} and not name.startswith("hugepages-"):
                context.error(
                    Code.POD_RESOURCES,
                    place.at(field, name),
                    f'{label}: "{name}" is not a valid pod-level resource, only cpu, memory and hugepages-* '
                    "are supported",
                )


def check_pod_fields(context: Context, site: Site, template: Template) -> None:
    """``podResources`` needs a template that makes a pod."""
    name, kind = template.name or "", type_of(template)
    if template.pod_resources is None:
        return
    if not makes_pod(template):
        text = f"templates.{name}.podResources is not supported for {kind} templates"
        context.error(Code.FIELD_MISPLACED, site.at("podResources"), text)
        return
    check_pod_resources(context, site, f"templates.{name}.podResources", template.pod_resources)


def check_init_containers(context: Context, site: Site, template: Template) -> None:
    """Init containers have names."""
    for at, container in enumerate(template.init_containers or ()):
        if not container.name:
            context.error(
                Code.CONTAINER_NAME, site.at("initContainers", at), "initContainers must all have container name"
            )


def check_times(context: Context, site: Site, template: Template, names: Names) -> None:
    """Resource claims and time limits stand where they can work."""
    name, kind = template.name or "", type_of(template)
    if template.resource_claims and not makes_pod(template):
        context.error(
            Code.FIELD_MISPLACED,
            site.at("resourceClaims"),
            f"templates.{name}.resourceClaims is not supported for {kind} templates, which do not create a pod",
        )
    composite = not is_leaf(template)
    if template.timeout:
        place = site.at("timeout")
        if composite:
            context.error(Code.FIELD_MISPLACED, place, f"{kind} template doesn't support timeout field")
        elif _whole_number(names.expand(template.timeout)):
            text = f"{name} has invalid duration format in timeout"
            context.error(Code.VALUE_INVALID, place, text, hint=f"write a unit: {template.timeout}s")
    if template.pending_timeout and composite:
        place = site.at("pendingTimeout")
        context.error(Code.FIELD_MISPLACED, place, f"{kind} template doesn't support pendingTimeout field")
    if template.active_deadline_seconds is not None and composite:
        context.error(
            Code.FIELD_MISPLACED,
            site.at("activeDeadlineSeconds"),
            f"templates.{name}.activeDeadlineSeconds is only valid for leaf templates",
        )


def _whole_number(text: str) -> bool:
    return text.lstrip("+-").isdecimal() and text.isascii()
