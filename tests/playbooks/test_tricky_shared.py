"""Cases 10, 27, 36, 56 to 58 and 60 of ``spec/engine.md`` 32: container sets, daemons, locks, schedules, retries."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.playbooks.conftest import Tell
from tests.playbooks.test_locks import begin, held, mutex, store
from tiphys.core.engine.cron import LAST_SCHEDULE, fire, firings, missed
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec, CronWorkflowStatus
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.validate.check import check_document
from tiphys.ids import NodeId

LEAF = "container: {image: alpine, command: [x]}"


def test_case_10_a_container_set_counts_its_containers_and_itself(tell: Tell) -> None:
    book = tell("containerSet: {containers: [{name: a, image: x}, {name: main, image: x, dependencies: [a]}]}")
    done = tuple(Container(name=name, exit_code=0, finished_at=book.now) for name in ("a", "main"))
    book.tell("wf", PodChanged(node_id=NodeId(""), phase="Succeeded", containers=done))
    assert (book.phase, book.workflow.progress) == ("Succeeded", "3/3")


def test_case_27_a_daemon_gives_its_address_and_ends_with_its_steps(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: db, template: db}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.db.ip}}"}]}}
        """,
        more=f"- {{name: db, daemon: true, {LEAF}}}",
    )
    book.begin("db")
    assert (book.node("wf[0]").phase, book.started) == ("Running", ["db"])
    book.ready("db", ip="10.0.0.9")
    assert (book.node("wf[0]").phase, book.started) == ("Succeeded", ["db", "use"])
    assert (book.node("db").phase, book.node("db").daemoned) == ("Running", True)
    assert book.main("use")["command"] == ["echo", "10.0.0.9"]
    daemon = book.find("db")
    book.succeed("use")
    assert (book.phase, book.killed) == ("Succeeded", [daemon])
    assert (book.node("db").phase, book.node("db").daemoned) == ("Succeeded", None)


def test_case_36_both_ways_to_depend_in_one_template() -> None:
    loaded = load(
        """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    dag:
      tasks:
      - {name: a, template: leaf}
      - {name: b, template: leaf, depends: a}
      - {name: c, template: leaf, dependencies: [a]}
  - {name: leaf, container: {image: alpine}}
""",
        "story.yaml",
    )
    report = check_document(loaded.documents[0])
    text = "templates.main cannot use both 'depends' and 'dependencies' in the same DAG template"
    assert any(text in item.message for item in report.diagnostics)


def test_case_56_the_second_of_two_workflows_waits_and_can_be_terminated(restoring: bool) -> None:
    shared = store()
    leaf = [f"name: main, {LEAF}"]
    first = begin("one", leaf, spec=[mutex("m")], shared=shared, restoring=restoring)
    second = begin("two", leaf, spec=[mutex("m")], shared=shared, restoring=restoring)
    assert (second.phase, second.message) == ("Pending", "Waiting for default/Mutex/m lock. Lock status: 0/1")
    second.shut_down("Terminate")
    assert (second.phase, second.message) == ("Failed", "Stopped with strategy 'Terminate'")
    assert (first.phase, held(first), held(second)) == ("Running", ["default/Mutex/m"], [])


def test_case_57_of_two_semaphores_neither_is_taken_while_one_is_full(restoring: bool) -> None:
    shared = store()
    for name in ("free", "full"):
        shared.locks.set_limit(f"default/{name}", 1)
    keys = "semaphores: [{database: {key: free}}, {database: {key: full}}]"
    leaf = [f"name: main, {LEAF}"]
    only = "synchronization: {semaphores: [{database: {key: full}}]}"
    first = begin("one", leaf, spec=[only], shared=shared, restoring=restoring)
    second = begin("two", leaf, spec=[f"synchronization: {{{keys}}}"], shared=shared, restoring=restoring)
    assert (second.phase, held(second)) == ("Pending", [])
    assert held(first) == ["sem/default/full"]
    first.succeed("one")
    second.advance(seconds=1)
    assert (second.phase, held(second)) == ("Running", ["sem/default/free", "sem/default/full"])


@pytest.mark.parametrize(("deadline", "name"), [(300, "c-1767262200"), (60, None), (None, None)])
def test_case_58_one_missed_firing_is_made_up(deadline: int | None, name: str | None) -> None:
    """The controller was down from 10:03 to 10:12; the last firing was that of 10:00."""
    spec = CronWorkflowSpec(
        schedules=("*/5 * * * *",),
        workflow_spec=WorkflowSpec(entrypoint="main"),
        starting_deadline_seconds=deadline,
    )
    meta = ObjectMeta(
        name="c", uid="u", creation_timestamp="2026-01-01T00:00:00Z", annotations={LAST_SCHEDULE: "*/5 * * * *"}
    )
    cron = CronWorkflow(metadata=meta, spec=spec, status=CronWorkflowStatus(last_scheduled_time="2026-01-01T10:00:00Z"))
    now = datetime(2026, 1, 1, 10, 12, tzinfo=UTC)
    slot = missed(cron, firings(cron, UTC, ZoneInfo), now)
    made = fire(cron, slot, now).create if slot is not None else None
    assert (made.metadata.name if made is not None and made.metadata is not None else None) == name


def test_case_60_retrying_a_diamond_runs_only_what_failed_and_followed(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: A, template: echo}
          - {name: B, template: again, dependencies: [A]}
          - {name: C, template: echo, dependencies: [A]}
          - {name: D, template: echo, dependencies: [B, C]}
        """,
        more=f"- {{name: again, retryStrategy: {{limit: 1}}, {LEAF}}}",
    )
    book.succeed("A")
    book.succeed("C")
    book.fail("B(0)")
    book.fail("B(1)")
    assert (book.phase, book.node("D").phase) == ("Failed", "Omitted")
    kept = {name: book.rows[name] for name in ("wf.A", "wf.C")}
    plan = book.rerun()
    assert {row.status.name for row in plan.removed} >= {"wf.B(0)", "wf.B(1)", "wf.D"}
    assert (book.phase, book.node("wf").phase, book.started) == ("Running", "Running", ["B(0)"])
    assert {name: book.rows[name] for name in kept} == kept
    book.succeed("B(0)")
    book.succeed("D")
    assert book.phase == "Succeeded"
