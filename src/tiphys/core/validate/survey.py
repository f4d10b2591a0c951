"""Everything that a spec contains, without following calls: what the advice looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tiphys.core.manifest.model.strategy import LifecycleHook
from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.validate.context import Home, Site


class Call(NamedTuple):
    """A step or task and its place; ``group`` are the steps that start together with it."""

    site: Site
    node: WorkflowStep | DAGTask
    group: tuple[WorkflowStep, ...] = ()


def templates(home: Home, site: Site) -> Iterator[tuple[Site, Template]]:
    """The templates of an object, inline ones after those that contain them."""
    stack = [(site.at("templates", at), template) for at, template in enumerate(home.spec.templates or ())]
    stack.reverse()
    while stack:
        place, template = stack.pop()
        yield place, template
        inline = [
            (call.site.at("inline"), call.node.inline)
            for call in calls(place, template)
            if call.node.inline is not None
        ]
        stack.extend(reversed(inline))


def calls(site: Site, template: Template) -> Iterator[Call]:
    """The steps or tasks of one template."""
    for group, steps in enumerate(template.steps or ()):
        for at, step in enumerate(steps):
            yield Call(site.at("steps", group, at), step, steps)
    for at, task in enumerate((template.dag.tasks if template.dag else None) or ()):
        yield Call(site.at("dag", "tasks", at), task)


def hooks(site: Site, named: Mapping[str, LifecycleHook] | None, on_exit: str | None) -> Iterator[tuple[Site, str]]:
    """The templates that hooks name, with the places of the names."""
    for name, hook in (named or {}).items():
        if hook.template:
            yield site.at("hooks", name, "template"), hook.template
    if on_exit:
        yield site.at("onExit"), on_exit
