"""Types of templates, as Argo's texts name them, and what each of them has."""

from __future__ import annotations

from tiphys.core.manifest.model.template import Template

#: JSON field of a type and its name in messages, in Argo's order.
TYPES: tuple[tuple[str, str, str], ...] = (
    ("container", "container", "Container"),
    ("container_set", "containerSet", "ContainerSet"),
    ("steps", "steps", "Steps"),
    ("script", "script", "Script"),
    ("resource", "resource", "Resource"),
    ("dag", "dag", "DAG"),
    ("data", "data", "Data"),
    ("suspend", "suspend", "Suspend"),
    ("http", "http", "HTTP"),
    ("plugin", "plugin", "Plugin"),
)

_PODS = frozenset(("Container", "ContainerSet", "Script", "Resource", "Data"))
_WITH_RESULT = frozenset(("Container", "Script", "Data", "HTTP", "Plugin"))


def types_of(template: Template) -> tuple[str, ...]:
    """All types that a template has; one, when it is right."""
    return tuple(name for attribute, _, name in TYPES if getattr(template, attribute) is not None)


def type_of(template: Template) -> str:
    """The type of a template, ``Unknown`` when it has none."""
    return next(iter(types_of(template)), "Unknown")


def is_leaf(template: Template) -> bool:
    """True for every type but steps and dag."""
    return type_of(template) not in {"Steps", "DAG"}


def makes_pod(template: Template) -> bool:
    """True when running the template makes a pod."""
    return type_of(template) in _PODS


def has_main(template: Template) -> bool:
    """True for a container set with a container named ``main``."""
    nodes = template.container_set.containers if template.container_set else None
    return any(node.name == "main" for node in nodes or ())


def has_result(template: Template) -> bool:
    """True when the template offers ``outputs.result`` and ``exitCode``."""
    kind = type_of(template)
    return kind in _WITH_RESULT or (kind == "ContainerSet" and has_main(template))
