"""Why a workflow or node is as it is."""

from __future__ import annotations

import pytest

from tests.playbooks import story
from tests.playbooks.conftest import Tell
from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.objects import with_change
from tiphys.core.engine.events import SuspendChanged
from tiphys.core.engine.explain import Explanation, Reason, UnknownNodeError, explain
from tiphys.core.locking.status import holders_by_name
from tiphys.testing.clock import VirtualClock
from tiphys.testing.playbook import START, Playbook


def why(book: Playbook, node: str | None = None) -> Explanation:
    holders = holders_by_name(book.store.locks.rows(book.plan.identity.uid))
    return explain(with_change(book.manifest, book.workflow), list(book.rows.values()), node, holders=holders)


def said(reasons: tuple[Reason, ...]) -> list[tuple[str, str, str]]:
    return [(reason.node, reason.phase, reason.text) for reason in reasons]


def test_the_beginning_of_a_failure_comes_first(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - name: outer
            inline: {steps: [[{name: deep, template: echo}], [{name: never, template: echo}]]}
          - {name: after, depends: outer, template: echo}
          - {name: other, template: echo}
        """
    )
    book.succeed("other")
    book.fail("deep", exit_code=3)
    found = why(book)
    assert (found.phase, found.text) == ("Failed", "it failed")
    assert said(found.reasons) == [("wf.outer[0].deep", "Failed", "main: Error (exit code 3)")]
    after = why(book, "after")
    assert (after.phase, after.text) == ("Omitted", "omitted: depends condition not met")
    assert said(after.reasons) == [("wf.outer", "Failed", f"child '{book.node('deep').id}' failed")]
    outer = why(book, "wf.outer")
    assert said(outer.reasons)[0] == ("wf.outer[0].deep", "Failed", "main: Error (exit code 3)")
    never = why(book, "never")
    assert (never.phase, never.text) == ("not started", "it never started: wf.outer is over (Failed)")


def test_attempts(tell: Tell) -> None:
    book = tell('retryStrategy: {limit: 1, backoff: {duration: "10"}}\ncontainer: {image: none, command: [x]}')
    book.fail("wf(0)")
    found = why(book, "wf")
    assert (found.phase, found.text) == ("Running", "Backoff for 10 seconds")
    assert said(found.reasons) == [("wf(0)", "Failed", "main: Error (exit code 1)")]
    assert said(why(book).reasons) == [("wf", "Running", "Backoff for 10 seconds")]
    book.advance(seconds=10)
    book.fail("wf(1)", exit_code=2)
    assert said(why(book).reasons) == [("wf", "Failed", "main: Error (exit code 2); No more retries left (2 attempts)")]
    assert [reason.log for reason in why(book).reasons] == ["wf(1)"]


@pytest.mark.parametrize(("code", "more"), [(137, ", as after SIGKILL"), (143, ", as after SIGTERM"), (3, "")])
def test_the_signal_that_ended_a_container_is_named(tell: Tell, code: int, more: str) -> None:
    book = tell("steps: [[{name: a, template: echo}]]")
    book.fail("a", exit_code=code)
    assert book.node("a").message == f"main: Error (exit code {code})"
    assert said(why(book).reasons) == [("wf[0].a", "Failed", f"main: Error (exit code {code}){more}")]
    assert why(book, "a").text == f"main: Error (exit code {code}){more}"


def test_gates() -> None:
    book = story.play(
        """
        kind: Workflow
        metadata: {name: wf}
        spec:
          entrypoint: main
          templates:
          - name: main
            steps: [[{name: ask, template: gate}, {name: soon, template: nap}]]
          - name: gate
            suspend: {}
            outputs: {parameters: [{name: who, valueFrom: {supplied: {}}}]}
          - {name: nap, suspend: {duration: "20"}}
        """,
        leaves=False,
    )
    assert said(why(book).reasons) == [
        (
            "wf[0].ask",
            "Running",
            "waits until somebody resumes it: `tiphys resume wf`; it needs a value for who: `tiphys node set`",
        ),
        ("wf[0].soon", "Running", "goes on by itself 20s after 2026-01-01T12:00:00Z"),
    ]
    book.advance(SuspendChanged(True))
    assert why(book).text == "it is suspended: nothing new starts until `tiphys resume wf`"


def test_locks_name_who_holds_them() -> None:
    shared = MemoryStore(VirtualClock(START))
    lock, waits = "synchronization: {mutexes: [{name: m}]}", "Waiting for default/Mutex/m lock. Lock status: 0/1"
    of_node = f"{{name: leaf, {lock}, container: {{image: a}}}}"
    one, two, three = (
        Playbook(
            story.workflow(f"spec: {{entrypoint: {entry}, {spec} templates: [{leaf}, {main}]}}"),
            name=name,
            store=shared,
        )
        for name, entry, spec, leaf, main in (
            ("one", "leaf", "", of_node, "{name: main, steps: []}"),
            ("two", "leaf", f"{lock},", "{name: leaf, container: {image: a}}", "{name: main, steps: []}"),
            ("three", "main", "", of_node, "{name: main, steps: [[{name: s, template: leaf}]]}"),
        )
    )
    assert one.started == ["one"]
    assert (why(two).phase, why(two).text) == ("Pending", f"{waits}; held by default/one/one")
    assert said(why(three).reasons) == [("three[0].s", "Pending", f"{waits}; held by default/one/one")]
    one.succeed("one")
    two.advance()
    assert why(two).text == "0 pods run"


def test_limits(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo, withItems: [p, q, r]}", spec="parallelism: 2")
    assert why(book).text == "0 pods run"
    book.begin("a(0:p)", "a(1:q)")
    assert why(book).text == "2 pods run, and spec.parallelism allows 2: others wait for a place"
    assert said(why(book).reasons) == [("wf[0].a(0:p)", "Running", "runs"), ("wf[0].a(1:q)", "Running", "runs")]
    narrow = tell("parallelism: 1\nsteps:\n- - {name: a, template: echo, withItems: [p, q]}")
    assert said(why(narrow).reasons) == [
        ("wf", "Running", "its parallelism allows 1 at once: others wait for a place"),
        ("wf[0].a(0:p)", "Pending", "its pod has not started yet"),
    ]


def test_what_has_not_started(tell: Tell) -> None:
    book = tell("dag:\n  tasks:\n  - {name: a, template: echo}\n  - {name: b, depends: a.Failed || c, template: echo}\n"
                "  - {name: c, depends: a, template: echo}")  # fmt: skip
    found = why(book, "b")
    assert (found.phase, found.text) == ("not started", "it has not started: depends on a.Failed || c")
    assert said(found.reasons) == [("wf.a", "Pending", ""), ("c", "not started", "")]


def test_a_task_that_has_not_started_names_its_dependencies(tell: Tell) -> None:
    book = tell("dag:\n  tasks:\n  - {name: a, template: echo}\n  - {name: b, template: echo}\n"
                "  - {name: c, dependencies: [a, b], template: echo}")  # fmt: skip
    book.succeed("a")
    found = why(book, "c")
    assert (found.phase, found.text) == ("not started", "it has not started: depends on a && b")
    assert said(found.reasons) == [("wf.a", "Succeeded", ""), ("wf.b", "Pending", "")]


def test_skipped_nodes_and_forgiven_failures(tell: Tell) -> None:
    book = tell(
        'steps:\n- - {name: s, template: echo, when: "1 == 2"}\n  - {name: f, template: echo, continueOn: {failed: true}}'
    )
    book.fail("f")
    found = why(book)
    assert (found.phase, found.text) == ("Succeeded", "all that had to run has run")
    assert said(found.reasons) == [
        ("wf[0].s", "Skipped", "when '1 == 2' evaluated false"),
        ("wf[0].f", "Failed", "main: Error (exit code 1); the workflow went on"),
    ]
    assert why(book, "s").text == "when '1 == 2' evaluated false"


def test_the_exit_handler_may_be_to_blame(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}", spec="onExit: echo")
    book.succeed("a")
    book.fail("wf.onExit")
    assert said(why(book).reasons) == [("wf.onExit", "Failed", "main: Error (exit code 1)")]


def test_nodes_that_are_not_there_or_many(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}\n- - {name: a, template: echo}")
    book.succeed("a")
    with pytest.raises(UnknownNodeError) as nobody:
        why(book, "nobody")
    with pytest.raises(UnknownNodeError) as many:
        why(book, "a")
    assert (nobody.value.many, many.value.many) == ((), ("wf[0].a", "wf[1].a"))
    assert why(book, book.rows["wf[0].a"].status.id).text == "it succeeded"
