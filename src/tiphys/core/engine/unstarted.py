"""Which template a node carries out, and steps and tasks that have no node yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tiphys.core.engine.step import NodeChange
from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.plan.executed import executed_spec, stored_templates
from tiphys.core.template.depends import parse_depends


class Unstarted(Struct, frozen=True):
    """A step or task of the Steps or DAG node ``boundary``; ``needs`` are the tasks of its ``depends``."""

    boundary: str
    depends: str = ""
    needs: tuple[str, ...] = ()


class Templates:
    """The templates of a run by its nodes; of templates with the same name elsewhere, the first that was pinned."""

    def __init__(self, workflow: Workflow, rows: Sequence[NodeChange]) -> None:
        self._named = {template.name or "": template for template in executed_spec(workflow).templates or ()}
        self._stored = stored_templates(workflow)
        self._by_id = {row.status.id: row for row in rows}

    def of(self, row: NodeChange) -> Template | None:
        """The template of a node; None when it cannot be told."""
        status = row.status
        ref = status.template_ref
        if ref is not None:
            return self._pinned(f"{ref.name}/{ref.template}")
        if status.template_name:
            return self._named.get(status.template_name) or self._pinned(status.template_name)
        boundary = self._by_id.get(status.boundary_id or "")
        outer = self.of(boundary) if boundary is not None else None
        found = next((call for call in _calls(outer) if call.name == row.internal.step), None)
        return found.inline if found is not None else None

    def _pinned(self, name: str) -> Template | None:
        return next((found for key, found in self._stored.items() if key.endswith(f"/{name}")), None)

    def never_started(self, row: NodeChange) -> Iterator[str]:
        """Full names of the steps or tasks of a Steps or DAG node that have no node, in the order of the template."""
        template, boundary = self.of(row), row.status.name
        if template is None:
            return
        names = [
            f"{boundary}[{index}].{step.name}" for index, group in enumerate(template.steps or ()) for step in group
        ]
        names += [f"{boundary}.{task.name}" for task in (template.dag.tasks or () if template.dag is not None else ())]
        there = {each.status.name for each in self._by_id.values()}
        expanded = {name.rpartition("(")[0] for name in there if name.endswith(")")}
        yield from (name for name in names if name not in there and name not in expanded)

    def unstarted(self, wanted: str) -> Unstarted | None:
        """The step or task of a name in the template of a Steps or DAG node; unfinished nodes come first."""
        rows = [row for row in self._by_id.values() if row.status.type in {"Steps", "DAG"}]
        for row in sorted(rows, key=lambda row: row.status.finished_at is not None):
            boundary = row.status.name
            for call in _calls(self.of(row)):
                if call.name == wanted.removeprefix(f"{boundary}."):
                    return _task(boundary, call) if isinstance(call, DAGTask) else Unstarted(boundary)
        return None


def _calls(template: Template | None) -> Iterator[WorkflowStep | DAGTask]:
    if template is None:
        return
    for group in template.steps or ():
        yield from group
    if template.dag is not None:
        yield from template.dag.tasks or ()


def _task(boundary: str, task: DAGTask) -> Unstarted:
    if not task.depends:
        needs = tuple(task.dependencies or ())
        return Unstarted(boundary, " && ".join(needs), needs)
    return Unstarted(boundary, task.depends, parse_depends(task.depends, {}).tasks)
