"""Nodes that wait too long to begin (``spec/engine.md`` 9 #10, 16.2)."""

from __future__ import annotations

from tests.playbooks.conftest import Tell

SLOW = """
- name: slow
  pendingTimeout: 10s
  container: {image: i, command: [x]}
- name: again
  pendingTimeout: 10s
  retryStrategy: {limit: 1}
  container: {image: i, command: [x]}
- name: asked
  timeout: 5s
  http: {url: "http://host"}
"""


def test_a_pod_that_stays_pending_is_killed_and_its_group_says_timeout(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: slow}]]", more=SLOW)
    pod = book.find("a")
    book.report("a", "Pending")
    book.advance(seconds=9)
    assert book.phases()["wf[0].a"] == "Pending"
    book.advance(seconds=1)
    assert book.killed == [pod]
    assert [(node.phase, node.message) for node in book.nodes().values()] == [("Failed", "timeout")] * 3
    assert (book.phase, book.message) == ("Failed", "timeout")


def test_a_pod_that_runs_in_time_may_take_its_time(tell: Tell) -> None:
    book = tell("dag: {tasks: [{name: a, template: slow}]}", more=SLOW)
    book.begin("a")
    book.advance(seconds=60)
    book.succeed("a")
    assert (book.phase, book.killed) == ("Succeeded", [])


def test_a_task_that_waits_too_long_fails_its_dag(tell: Tell) -> None:
    book = tell("dag: {tasks: [{name: a, template: slow}]}", more=SLOW)
    book.advance(seconds=10)
    assert (book.node("a").phase, book.node("a").message, book.phase) == ("Failed", "timeout", "Failed")


def test_each_attempt_may_wait_anew(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: again}]]", more=SLOW)
    book.advance(seconds=10)
    book.advance(seconds=9)
    assert (book.node("a(0)").message, book.node("a(1)").phase) == ("timeout", "Pending")
    book.succeed("a(1)")
    assert book.phase == "Succeeded"


def test_a_request_is_pending_until_it_is_answered(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: asked}]]", more=SLOW)
    book.advance(seconds=5)
    assert (book.node("a").message, book.message) == ("timeout", "timeout")
