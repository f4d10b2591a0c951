"""Retrying finished runs: the cases of ``spec/engine.md`` 24.2 and the matrix T50 of known harm."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.playbooks.conftest import Tell
from tiphys.core.engine.calls import NOT_REACHED
from tiphys.core.engine.memoized import memoized_rows
from tiphys.core.engine.rerun import RerunPlan
from tiphys.core.engine.run import Run
from tiphys.core.manifest.model.workflow import NodeStatus

DIAMOND = """
dag:
  tasks:
  - {name: A, template: echo}
  - {name: B, depends: A, template: echo}
  - {name: C, depends: A, template: echo}
  - {name: D, depends: B && C, template: echo}
"""


def named(*names: str) -> Callable[[NodeStatus], bool]:
    return lambda status: status.display_name in names or status.name in names


def removed(plan: RerunPlan) -> set[str]:
    return {row.status.name for row in plan.removed}


def reset(plan: RerunPlan) -> set[str]:
    return {row.status.name for row in plan.reset}


def test_a_failed_diamond(tell: Tell) -> None:
    book = tell(DIAMOND)
    book.succeed("A")
    book.succeed("C")
    book.fail("B")
    assert book.node("D").phase == "Omitted"
    plan = book.rerun()
    assert (removed(plan), reset(plan)) == ({"wf.B", "wf.D"}, {"wf"})
    assert (book.phase, book.started, book.phases().get("wf.A")) == ("Running", ["B"], "Succeeded")
    book.succeed("B")
    book.succeed("D")
    assert (book.phase, book.workflow.progress) == ("Succeeded", "4/4")


def test_restarting_one_that_succeeded(tell: Tell) -> None:
    book = tell(DIAMOND)
    book.succeed("A")
    book.succeed("B", "C")
    book.succeed("D")
    plan = book.rerun(named("B"))
    assert (removed(plan), reset(plan)) == ({"wf.B", "wf.D"}, {"wf"})
    book.succeed("B")
    book.succeed("D")
    assert book.phase == "Succeeded"


def test_the_last_step_of_two(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}\n- - {name: b, template: echo}")
    book.succeed("a")
    book.succeed("b")
    plan = book.rerun(named("b"))
    assert (removed(plan), reset(plan)) == ({"wf[1].b"}, {"wf", "wf[1]"})
    book.succeed("b")
    assert book.phase == "Succeeded"


def test_a_failure_that_was_dealt_with_stays(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: A, template: echo}
          - {name: B, depends: A, template: echo}
          - {name: C, depends: B.Failed, template: echo}
          - {name: D, depends: A, template: echo}
          - {name: E, depends: D, template: echo}
        """
    )
    book.succeed("A")
    book.fail("B")
    book.succeed("C")
    book.fail("D")
    plan = book.rerun()
    assert (removed(plan), reset(plan)) == ({"wf.D", "wf.E"}, {"wf"})
    assert book.started == ["D"]
    book.succeed("D")
    book.succeed("E")
    assert book.phases()["wf.B"] == "Failed"


def test_a_failed_node_with_a_good_exit_handler_runs_again(tell: Tell) -> None:
    """Argo takes the handler for something that went on from the node, and retries nothing."""
    book = tell("steps:\n- - name: a\n    template: echo\n    hooks: {exit: {template: echo}}")
    book.fail("a")
    book.succeed("a.onExit")
    assert book.phase == "Failed"
    plan = book.rerun()
    assert removed(plan) == {"wf[0].a", "wf[0].a.onExit"}
    book.succeed("a")
    book.succeed("a.onExit")
    assert book.phase == "Succeeded"


def test_an_exit_handler_that_failed_runs_again_alone(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}", spec="onExit: echo")
    book.succeed("a")
    book.fail("wf.onExit")
    assert book.phase == "Failed"
    plan = book.rerun()
    assert (removed(plan), reset(plan)) == ({"wf.onExit"}, set())
    assert book.started == ["wf.onExit"]
    book.succeed("wf.onExit")
    assert book.phase == "Succeeded"


def test_a_handler_of_several_pods_that_failed_goes_with_the_attempts_of_its_step(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: a, template: t, hooks: {exit: {template: tidy}}}]]",
        more="""
        - {name: t, retryStrategy: {limit: 0}, container: {image: none, command: [x]}}
        - {name: tidy, steps: [[{name: x, template: echo}]]}
        """,
    )
    book.fail("a(0)")
    book.fail("x")
    plan = book.rerun()
    handler = "wf[0].a.onExit"
    assert removed(plan) == {"wf[0].a(0)", handler, f"{handler}[0]", f"{handler}[0].x"}
    book.shut_down("Terminate")
    assert (book.phase, handler in book.rows) == ("Failed", False)


def test_a_retry_node_begins_again_with_its_full_limit(tell: Tell) -> None:
    book = tell("retryStrategy: {limit: 1}\ncontainer: {image: none, command: [x]}")
    book.fail("wf(0)")
    book.fail("wf(1)")
    for _ in range(2):
        assert book.node("wf").message == "No more retries left"
        plan = book.rerun()
        assert (removed(plan), reset(plan)) == ({"wf(0)", "wf(1)"}, {"wf"})
        assert book.started == ["wf(0)"]
        book.fail("wf(0)")
        book.fail("wf(1)")
    book.rerun()
    book.succeed("wf(0)")
    assert book.phase == "Succeeded"


def test_attempts_that_a_later_one_made_good_stay(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: a
            inline: {retryStrategy: {limit: 2}, container: {image: none, command: [x]}}
        - - {name: b, template: echo}
        """
    )
    book.fail("a(0)")
    book.succeed("a(1)")
    book.fail("b")
    plan = book.rerun()
    assert removed(plan) == {"wf[1].b"}
    assert book.phases()["wf[0].a(0)"] == "Failed"


def test_nested_retries(tell: Tell) -> None:
    book = tell(
        """
        retryStrategy: {limit: 1}
        steps:
        - - {name: a, template: echo}
        - - name: b
            inline: {retryStrategy: {limit: 0}, container: {image: none, command: [x]}}
        """
    )
    for attempt in (0, 1):
        book.succeed(f"wf({attempt})[0].a")
        book.fail(f"wf({attempt})[1].b(0)")
    assert book.phase == "Failed"
    book.rerun()
    assert book.started == ["a"]
    book.succeed("wf(0)[0].a")
    book.succeed("wf(0)[1].b(0)")
    assert (book.phase, "wf(1)" in book.phases()) == ("Succeeded", False)


def test_loops_keep_what_succeeded_unless_they_expand_anew(tell: Tell) -> None:
    text = "steps:\n- - {name: a, template: echo, withItems: [x, v, z]}"
    book = tell(text)
    book.succeed("a(0:x)", "a(2:z)")
    book.fail("a(1:v)")
    assert removed(book.rerun()) == {"wf[0].a(1:v)"}
    book.fail("a(1:v)")
    plan = book.rerun(expand=True)
    assert removed(plan) == {f"wf[0].a({item})" for item in ("0:x", "1:v", "2:z")}
    assert len(book.started) == 3


def test_what_could_not_start_is_tried_again(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: s, template: producer, when: "false"}
        - - {name: a, template: echo, arguments: {parameters: [{name: m, value: "x{{steps.s.outputs.parameters.q}}"}]}}
        """,
        spec="templateDefaults: {}",
    )
    assert book.phase in {"Failed", "Error"}
    plan = book.rerun()
    assert "wf" in reset(plan)
    assert book.phase in {"Failed", "Error"}


def test_a_rejected_gate_is_asked_again(tell: Tell) -> None:
    """Argo resets nothing here, and the retried workflow fails at once."""
    book = tell("steps:\n- - {name: a, template: echo}\n- - {name: gate, inline: {suspend: {}}}")
    book.succeed("a")
    book.shut_down("Terminate")
    assert book.node("gate").phase == "Failed"
    assert removed(book.rerun()) == {"wf[1].gate"}
    assert (book.node("gate").phase, book.phase, book.workflow.shutdown) == ("Running", "Running", "")


def test_supplied_values_are_asked_for_again(tell: Tell) -> None:
    book = tell("steps:\n- - {name: g, inline: {suspend: {duration: '5'}}}\n- - {name: b, template: echo}")
    book.advance(seconds=5)
    book.succeed("b")
    book.rerun(named("g"))
    assert (book.node("g").phase, book.started) == ("Running", [])


def test_a_daemon_comes_up_again_for_whatever_needs_it(tell: Tell) -> None:
    """Daemons are down by now: Argo keeps them as Succeeded and what needs them cannot reach them."""
    book = tell("steps:\n- - {name: db, template: echo}\n- - {name: a, template: echo}\n- - {name: b, template: echo}")
    book.succeed("db")
    book.succeed("a")
    book.fail("b")
    plan = book.rerun(daemon=named("db"))
    assert (removed(plan), reset(plan)) == ({"wf[0].db", "wf[2].b"}, {"wf", "wf[0]", "wf[2]"})
    assert book.started == ["db"]
    book.succeed("db")
    assert book.started == ["b"]


def test_what_is_not_reached_again_behind_a_daemon_that_fails_now_is_over(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - [{name: db, template: echo}]
        - [{name: use, inline: {steps: [[{name: a, template: echo}]]}}]
        """
    )
    book.succeed("db")
    book.fail("a")
    book.rerun(daemon=named("db"))
    book.fail("db")
    assert (book.phase, book.started) == ("Failed", [])
    assert (book.node("use").phase, book.node("use").message) == ("Failed", NOT_REACHED)


def test_exactly_one_node(tell: Tell) -> None:
    book = tell("dag:\n  tasks:\n  - {name: x, template: echo}\n  - {name: z, template: echo}")
    book.fail("x", "z")
    plan = book.rerun(named("x"), failed=False)
    assert (removed(plan), reset(plan)) == ({"wf.x"}, {"wf"})
    book.succeed("x")
    assert (book.phase, book.phases()["wf.z"]) == ("Failed", "Failed")


def test_composite_failures_of_their_own_are_decided_again(tell: Tell) -> None:
    book = tell(
        "steps:\n- - {name: a, template: echo}\noutputs: {parameters: [{name: o, valueFrom: "
        '{expression: "steps.a.outputs.parameters.nope"}}]}'
    )
    book.succeed("a")
    assert book.phase in {"Failed", "Error"}
    plan = book.rerun()
    assert (removed(plan), reset(plan)) == (set(), {"wf"})
    assert book.phase in {"Failed", "Error"}


@pytest.mark.parametrize("twice", [False, True])
def test_a_memoized_resubmission_takes_over_what_succeeded(tell: Tell, twice: bool) -> None:
    book = tell(DIAMOND, spec="onExit: echo")
    book.succeed("A", result="r")
    book.succeed("C")
    book.fail("B")
    book.succeed("wf.onExit")
    old, name = book.rows, "wf"
    for number in range(1 + twice):
        new = f"new{number}"
        rows = memoized_rows(list(old.values()), name, new, book.now)
        old, name = {row.status.name: row for row in rows}, new
    fresh = tell(DIAMOND, spec="onExit: echo", name=name)
    fresh.rows = dict(old)
    fresh.running, fresh.commands = {}, []
    fresh.workflow = book.workflow.__class__(
        phase="", message="", started_at=None, finished_at=None, progress="0/0", shutdown="", suspended=False,
        parameters=(),
    )  # fmt: skip
    fresh.run = Run.restore(fresh.plan, fresh.workflow, list(old.values()), fresh.now)
    fresh.advance()
    assert fresh.started == ["B"]
    kept = fresh.node(f"{name}.A")
    assert (kept.type, kept.phase) == ("Skipped", "Skipped")
    assert kept.outputs == book.node("A").outputs
    if not twice:
        assert kept.message == f"original pod: {book.node('A').id}"
    fresh.succeed("B")
    fresh.succeed("D")
    fresh.succeed(f"{name}.onExit")
    assert fresh.phase == "Succeeded"


def test_what_a_boundary_that_failed_fast_kept_from_running_is_decided_again(tell: Tell) -> None:
    """Such a boundary has no outbound nodes: what depends on it hangs below nothing."""
    book = tell(
        """
        dag:
          tasks:
          - {name: x, inline: {failFast: true, dag: {tasks: [{name: p, template: echo}]}}}
          - {name: after, depends: x, template: echo}
          - {name: anyway, depends: x.Succeeded || x.Failed, template: echo}
        """
    )
    book.fail("p")
    book.fail("anyway")
    assert book.node("after").phase == "Omitted"
    plan = book.rerun()
    assert removed(plan) == {"wf.x.p", "wf.after", "wf.anyway"}
    book.succeed("p")
    book.succeed("after", "anyway")
    assert book.phase == "Succeeded"


def test_a_failed_hook_runs_again_alone(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: echo, hooks: {h: {expression: "true", template: echo}}}
        - - {name: b, template: echo}
        - - {name: c, template: echo}
        """
    )
    book.succeed("a")
    book.fail("wf[0].a.hooks.h")
    book.succeed("b")
    book.fail("c")
    plan = book.rerun()
    assert removed(plan) == {"wf[0].a.hooks.h", "wf[2].c"}
    assert sorted(book.started) == ["a.hooks.h"]
    book.succeed("a.hooks.h")
    book.succeed("c")
    assert book.phase == "Succeeded"


def test_all_of_the_exit_handler_of_a_daemon_goes_with_it(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: db, template: db, hooks: {exit: {template: handler}}}
          - {name: after, template: echo, depends: db.Failed}
          - {name: bad, template: echo}
        """,
        more="""
        - {name: db, daemon: true, container: {image: a}}
        - {name: handler, steps: [[{name: say, template: echo, hooks: {exit: {template: last}}}]]}
        - {name: last, dag: {tasks: [{name: x, template: echo}]}}
        """,
    )
    book.fail("db")
    book.succeed("say")
    book.succeed("x")
    book.succeed("after")
    book.fail("bad")
    plan = book.rerun(daemon=named("db"))
    assert {row.status.name for row in plan.kept} == {"wf.after"}
    assert sorted(book.started) == ["bad", "db"]


def test_a_step_within_an_attempt_that_stays_runs_again_in_that_attempt(tell: Tell) -> None:
    book = tell("retryStrategy: {limit: 1}\nsteps:\n- - {name: a, template: echo}\n- - {name: b, template: echo}")
    book.succeed("wf(0)[0].a")
    book.succeed("wf(0)[1].b")
    plan = book.rerun(named("b"))
    assert (removed(plan), reset(plan)) == ({"wf(0)[1].b"}, {"wf", "wf(0)", "wf(0)[1]"})
    assert book.started == ["b"]
    book.succeed("b")
    assert (book.phase, "wf(1)" in book.phases()) == ("Succeeded", False)
