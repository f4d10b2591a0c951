"""A run is expected to take as long as the last one of its kind that succeeded."""

from __future__ import annotations

import msgspec
import pytest
from tests.unit.app.test_driver import TWO, Machine

from tiphys.core.manifest.model.workflow import Workflow
from tiphys.testing.fake_runtime import Outcome

LABEL = "metadata: {name: NAME, labels: {workflows.argoproj.io/KIND: mine}}"


def run(machine: Machine, name: str, kind: str = "workflow-template", seconds: float = 5) -> Workflow:
    machine.runtime.on("*", Outcome(seconds=seconds))
    return machine.run(TWO.replace("metadata: {name: two}", LABEL.replace("NAME", name).replace("KIND", kind)))


def estimates(workflow: Workflow) -> tuple[int | None, dict[str, int | None]]:
    status = workflow.status
    assert status is not None
    nodes = {node.display_name or "": node.estimated_duration for node in (status.nodes or {}).values()}
    return status.estimated_duration, nodes


@pytest.mark.parametrize("kind", ["workflow-template", "cluster-workflow-template", "cron-workflow"])
def test_the_newest_success_of_the_same_kind_counts(kind: str) -> None:
    machine = Machine()
    first = run(machine, "first", kind, seconds=5)
    run(machine, "second", kind, seconds=7)
    third = run(machine, "third", kind, seconds=9)
    assert estimates(first) == (None, dict.fromkeys(estimates(first)[1]))
    total, nodes = estimates(third)
    assert total == 14 and (nodes["a"], nodes["b"], nodes["third"]) == (7, 7, 14)


def test_other_kinds_and_failures_do_not_count() -> None:
    machine = Machine()
    run(machine, "first")
    assert estimates(run(machine, "other", "cron-workflow"))[0] is None
    machine.runtime.on("*", Outcome(exit_code=1, seconds=30))
    machine.run(TWO.replace("metadata: {name: two}", LABEL.replace("NAME", "bad").replace("KIND", "workflow-template")))
    assert estimates(run(machine, "next"))[0] == 10


def test_without_a_label_nothing_is_expected() -> None:
    machine = Machine()
    machine.run(TWO)
    again = machine.run(TWO.replace("two", "again"))
    assert msgspec.to_builtins(again).get("status", {}).get("estimatedDuration") is None
