"""What this version cannot run yet: refused with a reason before anything starts, never ignored."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.manifest.source import Path
from tiphys.core.plan.executed import executed_spec, stored_templates
from tiphys.errors import UnsupportedError

_LATER = "not supported in this version"


class Missing(Struct, frozen=True):
    """A field that this version cannot honour."""

    path: Path
    what: str


def refuse_unsupported(workflow: Workflow) -> None:
    """Refuse a workflow that needs what is not there yet.

    Raises:
        UnsupportedError: names every field.
    """
    found = list(unsupported(workflow))
    if found:
        from tiphys.core.manifest.source import dotted

        lines = "; ".join(f"{dotted(item.path)}: {item.what} {_LATER}" for item in found)
        name = workflow.metadata.name if workflow.metadata is not None else None
        raise UnsupportedError(lines, "nothing was started", name)


def unsupported(workflow: Workflow) -> Iterator[Missing]:
    """Every field of a workflow, and of the templates that are pinned in it, that this version cannot honour."""
    spec = executed_spec(workflow)
    simple = (("synchronization", spec.synchronization, "mutexes and semaphores are"),)
    for name, value, what in simple:
        if value:
            yield Missing(("spec", name), what)
    for index, template in enumerate(spec.templates or ()):
        yield from _template(template, ("spec", "templates", index))
    for key, template in stored_templates(workflow).items():
        yield from _template(template, (key,))


def _template(template: Template, path: Path) -> Iterator[Missing]:
    simple = (
        ("synchronization", template.synchronization, "mutexes and semaphores are"),
        ("memoize", template.memoize, "memoization is"),
    )
    for name, value, what in simple:
        if value is not None:
            yield Missing((*path, name), what)
    for group_index, group in enumerate(template.steps or ()):
        for index, step in enumerate(group):
            yield from _call(step, (*path, "steps", group_index, index))
    for index, task in enumerate((template.dag.tasks or ()) if template.dag is not None else ()):
        yield from _call(task, (*path, "dag", "tasks", index))


def _call(call: WorkflowStep | DAGTask, path: Path) -> Iterator[Missing]:
    if call.inline is not None:
        yield from _template(call.inline, (*path, "inline"))
