"""Daemon containers (``spec/engine.md`` 20.4, 31.3 i, 32 case 27)."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell

DAEMONS = """
- name: db
  daemon: true
  container: {image: i, command: [db]}
- name: stubborn
  daemon: true
  retryStrategy: {limit: 2}
  container: {image: i, command: [db]}
"""
STEPS = """
steps:
- - {name: db, template: db}
- - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.db.ip}}"}]}}
"""


def test_a_daemon_lets_the_next_step_start_once_it_is_ready_and_ends_with_its_steps(tell: Tell) -> None:
    book = tell(STEPS, more=DAEMONS, name="dmn")
    book.begin("db")
    assert book.started == ["db"]
    book.ready("db")
    node = book.node("db")
    assert (node.id, node.phase, node.daemoned, node.pod_ip) == ("dmn-848241586", "Running", True, "10.0.0.7")
    assert node.task_result_synced is None
    assert book.phases()["dmn[0]"] == "Succeeded"
    assert book.main("use")["command"] == ["echo", "10.0.0.7"]
    pod = book.find("db")
    book.succeed("use")
    node = book.node("db")
    assert (node.phase, node.daemoned, node.pod_ip) == ("Succeeded", None, None)
    assert book.killed == [pod] and (book.phase, book.workflow.progress) == ("Succeeded", "2/2")


def test_dependents_of_a_daemon_task_start_once_it_is_ready(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: db, template: db}
          - {name: use, template: echo, depends: db.Daemoned}
        """,
        more=DAEMONS,
    )
    book.ready("db")
    book.succeed("use")
    assert book.phases() == {"wf": "Succeeded", "wf.db": "Succeeded", "wf.use": "Succeeded"}


def test_a_daemon_that_ends_by_itself_has_failed(tell: Tell) -> None:
    book = tell(STEPS, more=DAEMONS)
    book.succeed("db")
    assert (book.phases()["wf[0].db"], book.phase) == ("Failed", "Failed")


def test_a_daemon_that_ends_later_fails_without_harm_to_the_steps_behind_it(tell: Tell) -> None:
    book = tell(STEPS, more=DAEMONS)
    book.ready("db")
    book.fail("db")
    book.succeed("use")
    assert (book.phases()["wf[0].db"], book.phase, book.killed) == ("Failed", "Succeeded", [])


def test_a_daemon_with_retries_is_started_again(tell: Tell) -> None:
    book = tell(STEPS.replace("template: db", "template: stubborn"), more=DAEMONS)
    book.fail("db(0)")
    book.ready("db(1)")
    assert (book.node("db").daemoned, book.started) == (True, ["db(1)", "use"])
    assert book.main("use")["command"] == ["echo", "10.0.0.7"]
    book.fail("db(1)")
    assert book.node("db").daemoned is None
    book.ready("db(2)", ip="10.0.0.8")
    book.succeed("use")
    nodes = book.nodes()
    assert [nodes[name].phase for name in ("wf[0].db", "wf[0].db(1)", "wf[0].db(2)")] == [
        "Succeeded", "Failed", "Succeeded",
    ]  # fmt: skip
    assert book.phase == "Succeeded"


def test_a_daemon_as_the_entry_ends_the_workflow_when_it_is_up(tell: Tell) -> None:
    book = tell("daemon: true\ncontainer: {image: i, command: [db]}")
    book.ready("wf")
    assert (book.phases(), book.phase, len(book.killed)) == ({"wf": "Succeeded"}, "Succeeded", 1)


@pytest.mark.parametrize("template", ["db", "stubborn"])
@pytest.mark.parametrize("strategy", ["Stop", "Terminate"])
def test_a_daemon_that_is_up_ends_with_its_template_when_a_workflow_is_stopped(
    tell: Tell, strategy: str, template: str
) -> None:
    book = tell(STEPS.replace("template: db", f"template: {template}"), more=DAEMONS)
    book.ready("wf[0].db" if template == "db" else "db(0)")
    book.shut_down(strategy)
    assert (book.node("db").phase, book.node("db").message, len(book.killed)) == ("Succeeded", None, 2)
    assert book.node("use").message == f"workflow shutdown with strategy:  {strategy}"
    assert (book.phase, book.message) == ("Failed", f"Stopped with strategy '{strategy}'")


def test_a_daemon_that_is_not_up_is_killed_when_a_workflow_is_stopped(tell: Tell) -> None:
    book = tell(STEPS, more=DAEMONS)
    book.begin("db")
    book.shut_down("Stop")
    assert book.node("db").message == "workflow shutdown with strategy:  Stop"


def test_exit_handlers_of_a_stopped_template_find_its_daemon_up(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: db, template: db}
        - - {name: a, template: echo, hooks: {exit: {template: echo}}}
        """,
        more=DAEMONS,
    )
    book.ready("db")
    book.shut_down("Stop")
    assert (book.started, book.node("db").daemoned) == (["db", "a.onExit"], True)
    book.succeed("a.onExit")
    assert (book.node("db").phase, book.phase, book.running) == ("Succeeded", "Failed", {})


def test_the_deadline_of_a_workflow_ends_a_daemon_with_its_template(tell: Tell) -> None:
    book = tell(STEPS, spec="activeDeadlineSeconds: 10", more=DAEMONS)
    book.ready("db")
    book.advance(seconds=10)
    assert (book.node("use").message, book.phase) == ("Step exceeded its deadline", "Failed")
    assert (book.node("db").phase, book.running) == ("Succeeded", {})


def test_a_daemon_does_not_keep_fail_fast_from_ending_its_template(tell: Tell) -> None:
    book = tell(
        """
        failFast: true
        parallelism: 2
        steps:
        - - {name: db, template: db}
        - - {name: a, template: echo}
          - {name: b, template: echo}
        """,
        more=DAEMONS,
    )
    book.ready("db")
    book.fail("a")
    assert (book.phase, book.phases()["wf[0].db"]) == ("Failed", "Succeeded")
