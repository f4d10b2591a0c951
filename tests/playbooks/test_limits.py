"""Limits on workflows that run at once, and on pods beside exit handlers (``spec/engine.md`` 23)."""

from __future__ import annotations

import textwrap

from tests.playbooks.conftest import Tell
from tests.playbooks.test_locks import LEAF, mutex, store
from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.capacities import NAMESPACE_LIMIT, WorkflowLimits
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ObjectKey, StoredObject
from tiphys.testing.playbook import START, Playbook

POSTPONED = "Workflow processing has been postponed because too many workflows are already running"


def begin(
    name: str, shared: MemoryStore, limits: WorkflowLimits, *, restoring: bool, spec: str = "priority: 0"
) -> Playbook:
    text = f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: {{name: {name}}}
        spec:
          entrypoint: main
          {spec}
          templates: [{{name: main, {LEAF}}}]
        """
    [document] = load(textwrap.dedent(text), "story.yaml").documents
    assert isinstance(document.manifest, Workflow)
    return Playbook(document.manifest, store=shared, limits=limits, restoring=restoring)


def test_a_workflow_too_many_is_postponed(restoring: bool) -> None:
    shared, limits = store(), WorkflowLimits(parallelism=1)
    one, two, three = (begin(name, shared, limits, restoring=restoring) for name in ("one", "two", "three"))
    assert [(book.phase, book.message) for book in (two, three)] == [("Pending", POSTPONED)] * 2
    three.shut_down("Terminate")
    assert (three.phase, three.message) == ("Failed", "Stopped with strategy 'Terminate'")
    one.succeed("one")
    two.advance()
    assert (two.phase, two.message, two.started) == ("Running", "", ["two"])


def test_priority_then_age_decides_who_is_next(restoring: bool) -> None:
    shared, limits = store(), WorkflowLimits(namespace_parallelism=1)
    one = begin("one", shared, limits, restoring=restoring)
    two = begin("two", shared, limits, restoring=restoring)
    urgent = begin("urgent", shared, limits, restoring=restoring, spec="priority: 3")
    one.succeed("one")
    two.advance()
    urgent.advance()
    assert [two.phase, urgent.phase] == ["Pending", "Running"]


def test_a_workflow_that_waits_for_a_lock_keeps_its_place(restoring: bool) -> None:
    shared, limits = store(), WorkflowLimits(parallelism=2)
    one = begin("one", shared, limits, restoring=restoring, spec=mutex("m"))
    two = begin("two", shared, limits, restoring=restoring, spec=mutex("m"))
    three = begin("three", shared, limits, restoring=restoring)
    assert two.message == "Waiting for default/Mutex/m lock. Lock status: 0/1"
    assert three.message == POSTPONED
    one.succeed("one")
    two.advance()
    three.advance()
    assert [two.phase, three.phase] == ["Running", "Running"]


def test_a_workflow_that_nobody_drives_leaves_its_place_and_goes_on_later(restoring: bool) -> None:
    shared, limits = store(), WorkflowLimits(parallelism=1)
    one = begin("one", shared, limits, restoring=restoring)
    two = begin("two", shared, limits, restoring=restoring)
    shared.release(one.plan.identity.uid)
    two.advance(seconds=1)
    assert two.phase == "Running"
    shared.claim(one.plan.identity.uid)
    one.crash()
    one.advance()
    one.succeed("one")
    assert one.phase == "Succeeded"


def test_the_label_of_the_namespace_comes_first(restoring: bool) -> None:
    shared, limits = store(), WorkflowLimits(namespace_parallelism=1)
    shared.create(
        StoredObject(
            key=ObjectKey("Namespace", "", "default", group=""),
            uid=WorkflowUid("ns"),
            resource_version=0,
            created_at=START,
            labels={NAMESPACE_LIMIT: "2"},
            phase="",
            data=b"{}",
        )
    )
    books = [begin(name, shared, limits, restoring=restoring) for name in ("one", "two", "three")]
    assert [book.phase for book in books] == ["Running", "Running", "Pending"]


def test_exit_handlers_wait_for_no_place(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: echo, hooks: {exit: {template: twice}}}
          - {name: b, template: echo}
        """,
        spec="parallelism: 1",
        more="- {name: twice, steps: [[{name: x, template: echo, withItems: [1, 2]}]]}",
    )
    assert book.started == ["a"]
    book.succeed("a")
    assert book.started == ["x(0:1)", "x(1:2)"]
    book.succeed("x(0:1)")
    assert book.started == ["x(1:2)"]
    book.succeed("x(1:2)")
    assert book.started == ["b"]
