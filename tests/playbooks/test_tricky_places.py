"""Places, locks and the moment of a restart: who waits for whom, and what a restored run must not decide by itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.playbooks.conftest import Tell
from tests.playbooks.test_locks import begin, held, mutex, store
from tests.playbooks.test_rerun import named
from tiphys.core.engine.invariants import violations
from tiphys.core.manifest.model.strategy import MemoizationStatus
from tiphys.testing.playbook import Playbook

LEAF = "container: {image: alpine, command: [x]}"
LOCKED_AGAIN = f"{{name: t, {mutex('m')}, retryStrategy: {{limit: 2}}, {LEAF}}}"
#: A step that takes a place of ``main`` and can only end once it has had the mutex.
NEEDS_IT = f"{{name: needs, steps: [[{{name: x, inline: {{{mutex('m')}, {LEAF}}}}}]]}}"


def test_a_retried_pod_with_a_lock_keeps_its_place_among_the_children(tell: Tell) -> None:
    book = tell(
        """
        parallelism: 2
        steps:
        - [{name: first, template: holds}, {name: a, template: t}, {name: b, template: needs}, {name: c, template: needs}]
        """,
        more=f"""
        - {LOCKED_AGAIN}
        - {NEEDS_IT}
        - {{name: holds, {mutex("m")}, {LEAF}}}
        """,
    )
    assert book.started == ["first"]
    book.succeed("first")
    book.advance()
    # `b` and `c`, which wait for the lock, must not have both places while `a` has it.
    assert book.started == ["a(0)"]
    book.fail("a(0)")
    assert book.started == ["a(1)"]
    book.succeed("a(1)")
    book.advance()
    book.succeed("x")
    book.advance()
    book.succeed("x")
    assert book.phase == "Succeeded"
    assert held(book) == []


def test_a_retried_pod_whose_outputs_others_wait_for_keeps_its_place(tell: Tell) -> None:
    memo = "memoize: {key: k, cache: {configMap: {name: c}}}"
    book = tell(
        """
        parallelism: 1
        steps: [[{name: a, template: t}, {name: b, template: needs}]]
        """,
        more=f"""
        - {{name: t, {memo}, retryStrategy: {{limit: 2, backoff: {{duration: "2"}}}}, {LEAF}}}
        - {{name: needs, steps: [[{{name: x, inline: {{{memo}, {LEAF}}}}}]]}}
        """,
    )
    book.fail("a(0)")
    assert "wf[0].b" not in book.phases()
    book.advance(seconds=2)
    assert book.started == ["a(1)"]
    book.succeed("a(1)")
    assert book.phase == "Succeeded"
    memo_status = book.node("x").memoization_status
    assert memo_status is not None
    assert memo_status.hit


def test_who_waits_for_a_lock_when_the_deadline_passes_during_a_restart_never_begins(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: a, template: t}, {name: b, template: t}]]",
        spec="activeDeadlineSeconds: 10",
        more=f"- {{name: t, {mutex('m')}, steps: [[{{name: x, template: echo}}]]}}",
    )
    book.advance(seconds=11)
    assert book.node("b").message == "Step exceeded its deadline"
    assert "wf[0].b[0]" not in book.phases()


def behind_its_backoff(tell: Tell, backoff: str, *, spec: str = "") -> Playbook:
    """The second attempt of `a` waits for the one place of the run, which `b` has, and no longer for its backoff."""
    book = tell(
        "steps: [[{name: a, template: t}, {name: b, template: echo}]]",
        spec=f"parallelism: 1\n{spec}",
        more=f"- {{name: t, retryStrategy: {{limit: 3, backoff: {{{backoff}}}}}, {LEAF}}}",
    )
    book.fail("a(0)")
    assert book.started == ["b"]
    book.advance(seconds=2)
    return book


def test_an_attempt_that_waits_for_its_place_is_not_judged_again_after_a_restart(tell: Tell) -> None:
    book = behind_its_backoff(tell, 'duration: "1", maxDuration: "30"')
    book.advance(seconds=60)
    book.succeed("b")
    assert book.started == ["a(1)"]


def test_what_waits_for_a_place_is_given_up_with_the_deadline(tell: Tell) -> None:
    book = behind_its_backoff(tell, 'duration: "1"', spec="activeDeadlineSeconds: 10")
    book.advance(seconds=9)
    assert book.node("a").message == "retry exceeded workflow deadline 2026-01-01 12:00:10 +0000 UTC"
    assert book.phase == "Failed"


def test_a_retried_workflow_takes_the_locks_of_its_templates_again(restoring: bool) -> None:
    shared = store()
    templates = [
        "name: main, steps: [[{name: a, template: t}]]",
        f"name: t, {mutex('m')}, steps: [[{{name: x, template: leaf}}]]",
        f"name: leaf, {LEAF}",
    ]
    book = begin("one", templates, shared=shared, restoring=restoring)
    book.fail("x")
    assert (book.phase, held(book)) == ("Failed", [])
    other = begin("two", templates, shared=shared, restoring=restoring)
    book.rerun()
    assert book.started == []
    assert book.node("a").message == "Waiting for default/Mutex/m lock. Lock status: 0/1"
    other.succeed("x")
    book.advance()
    assert (book.started, held(book)) == (["x"], ["default/Mutex/m"])
    book.succeed("x")
    assert (book.phase, held(book)) == ("Succeeded", [])


def test_attempts_of_a_retried_workflow_have_the_lock_again(restoring: bool) -> None:
    shared = store()
    retried = f"name: t, {mutex('m')}, retryStrategy: {{limit: 1}}, {LEAF}"
    templates = ["name: main, parallelism: 1, steps: [[{name: a, template: t}]]", retried]
    book = begin("one", templates, shared=shared, restoring=restoring)
    book.fail("a(0)")
    book.fail("a(1)")
    other = begin("two", templates, shared=shared, restoring=restoring)
    book.rerun()
    assert book.started == []
    other.succeed("a(0)")
    book.advance()
    assert (book.started, held(book)) == (["a(0)"], ["default/Mutex/m"])
    book.succeed("a(0)")
    assert (book.phase, held(book)) == ("Succeeded", [])


def retried_behind_another(book: Playbook, templates: Sequence[str]) -> Playbook:
    """The daemon of a finished run is made anew once another run, which is returned, gives their mutex back."""
    other = begin("two", templates, shared=book.store, spec=[mutex("m")])
    book.rerun(daemon=named("db"))
    assert "one.db" not in book.phases()
    assert book.node("one").children == (book.node("use").id,)
    return other


def test_what_followed_a_daemon_hangs_below_its_template_until_the_daemon_is_made_anew() -> None:
    templates = [
        """name: main, dag: {tasks: [{name: db, template: db}, {name: use, template: leaf, depends: db},
            {name: bad, template: leaf, depends: use}]}""",
        f"name: db, daemon: true, {LEAF}",
        f"name: leaf, {LEAF}",
    ]
    book = begin("one", templates, shared=store(), spec=[mutex("m")])
    book.ready("db")
    book.succeed("use")
    book.fail("bad")
    other = retried_behind_another(book, templates)
    assert violations(list(book.rows.values()), book.workflow) == []
    other.shut_down("Terminate")
    book.advance()
    assert book.started == ["db"]
    assert book.node("one").children == (book.node("db").id,)


def test_a_daemon_that_came_up_while_a_restored_run_was_suspended_is_settled_for_good(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: d, template: d, hooks: {exit: {template: echo}}}, {name: a, template: echo}]]",
        more=f"- {{name: d, daemon: true, {LEAF}}}",
    )
    book.suspend(on=True)
    book.ready("d")
    book.fail("d")
    book.suspend(on=False)
    assert book.started == ["a"]


def test_a_hook_of_the_workflow_keeps_its_turn_when_a_suspended_run_is_restored(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: a, template: echo}, {name: b, template: echo}]]",
        spec="""
        parallelism: 1
        hooks: {seen: {template: echo, expression: 'workflow.status == "Running"'}}
        """,
    )
    book.suspend(on=True)
    book.succeed("a")
    book.suspend(on=False)
    assert book.started == ["wf.hooks.seen"]


def test_attempts_that_end_while_a_restored_run_is_suspended_stay_attempts_of_their_node(tell: Tell) -> None:
    book = tell(
        """
        retryStrategy: {limit: 1}
        container: {image: a}
        """
    )
    book.suspend(on=True)
    book.fail("wf(0)")
    assert book.rows["wf(0)"].internal.holder == "wf"
    book.suspend(on=False)
    assert book.started == ["wf(1)"]


def test_an_exit_handler_of_a_step_ends_when_a_suspended_run_is_restored_and_terminated(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: a
            template: echo
            hooks: {exit: {template: handler}}
        """,
        more="- {name: handler, steps: [[{name: b, template: echo}], [{name: c, template: echo}]]}",
    )
    book.succeed("a")
    book.suspend(on=True)
    book.succeed("b")
    book.shut_down("Terminate")
    assert book.node("wf[0].a.onExit").phase == "Failed"
    assert book.phase == "Succeeded"


def test_who_gets_a_lock_while_a_run_is_suspended_begins_when_it_goes_on(restoring: bool) -> None:
    shared = store()
    templates = [
        "name: main, steps: [[{name: a, template: t}, {name: b, template: t}]]",
        f"name: t, {mutex('m')}, http: {{url: x}}",
    ]
    book = begin("wf", templates, shared=shared, restoring=restoring)
    book.suspend(on=True)
    book.succeed("a")
    book.advance()
    assert held(book) == ["default/Mutex/m"]
    assert book.started == []
    # Restored just now: the row of `b` has to tell that it has the lock and has not begun.
    book.crash()
    book.suspend(on=False)
    assert book.started == ["b"]
    book.succeed("b")
    assert (book.phase, held(book)) == ("Succeeded", [])


def test_an_entry_is_found_while_a_run_is_suspended(restoring: bool) -> None:
    shared = store()
    templates = [
        "name: main, steps: [[{name: a, template: t}, {name: b, template: t}]]",
        f"name: t, memoize: {{key: k, cache: {{configMap: {{name: c}}}}}}, {LEAF}",
    ]
    book = begin("wf", templates, shared=shared, restoring=restoring)
    book.suspend(on=True)
    book.succeed("a")
    book.advance()
    assert book.node("b").phase == "Succeeded"
    book.crash()
    book.suspend(on=False)
    assert book.phase == "Succeeded"


def test_who_got_a_place_back_and_a_lock_while_a_run_is_suspended_takes_one_place(restoring: bool) -> None:
    shared = store()
    templates = [
        "name: main, steps: [[{name: a, template: t}, {name: b, template: t}, {name: c, template: leaf}]]",
        f"name: t, {mutex('m')}, {LEAF}",
        f"name: leaf, {LEAF}",
    ]
    book = begin("wf", templates, shared=shared, spec=["parallelism: 2"], restoring=restoring)
    assert book.started == ["a", "c"]
    book.suspend(on=True)
    book.succeed("a")
    book.advance()
    book.suspend(on=False)
    assert book.started == ["c", "b"]
    book.succeed("c", "b")
    assert book.phase == "Succeeded"


def test_the_next_in_the_workflow_computes_an_entry_once_a_node_has_failed(restoring: bool) -> None:
    memo = "memoize: {key: k, cache: {configMap: {name: c}}}"
    broken = "container: {image: a, volumeMounts: [{name: none, mountPath: /x}]}"
    book = begin(
        "wf",
        ["name: main, dag: {target: c b, tasks: [{name: a, template: bad}, {name: c, template: t, depends: a.Errored}, "
         "{name: b, template: t}]}",
         f"name: bad, {memo}, {broken}",
         f"name: t, {memo}, {LEAF}"],
        shared=store(),
        restoring=restoring,
    )  # fmt: skip
    # `a` fails at once: `c`, which stands before `b`, asks before anybody tells `b`, which has waited.
    assert book.started == ["c"]
    book.succeed("c")
    book.advance()
    assert book.node("b").memoization_status == MemoizationStatus(hit=True, key="k", cache_name="c")
    assert book.phase == "Succeeded"


@pytest.mark.parametrize(
    ("wanted", "body"),
    [(mutex("m"), "dag: {"), ("memoize: {key: k, cache: {configMap: {name: c}}}", "dag: {failFast: true, ")],
    ids=["lock", "entry of a cache"],
)
def test_who_gets_what_only_one_can_have_does_not_follow_from_what_ended_first_while_a_run_was_suspended(
    restoring: bool, wanted: str, body: str
) -> None:
    book = begin(
        "wf",
        ["name: main, dag: {tasks: [{name: a, template: d}, {name: b, template: d}]}",
         f"name: d, {body}tasks: [{{name: p, template: u}}, {{name: q, template: t, depends: p}}]}}",
         f"name: u, {LEAF}",
         f"name: t, {wanted}, {LEAF}"],
        shared=store(),
        restoring=restoring,
    )  # fmt: skip
    book.suspend(on=True)
    book.succeed("wf.b.p")
    book.succeed("wf.a.p")
    book.suspend(on=False)
    assert [command.node_name for command in book.running.values()] == ["wf.a.q"]


def test_a_fast_failure_of_a_suspended_run_tells_the_same_after_a_restart(tell: Tell) -> None:
    book = tell(
        """
        failFast: true
        parallelism: 1
        dag: {tasks: [{name: t, template: echo, withItems: [1, 2]}]}
        """
    )
    book.suspend(on=True)
    book.fail("t(0:1)")
    book.shut_down("Stop")
    text = "template has failed or errored children and failFast enabled"
    assert (book.node("wf.t").phase, book.node("wf.t").message) == ("Failed", text)
    assert "wf.t(1:2)" not in book.phases()


def test_a_step_that_followed_a_daemon_may_be_decided_again_before_the_daemon_is_made_anew() -> None:
    templates = [
        """name: main, dag: {tasks: [{name: db, template: db}, {name: use, template: use, depends: db.Failed}]}""",
        f"name: db, daemon: true, {LEAF}",
        "name: use, steps: [[{name: a, template: leaf}], [{name: b, template: leaf, "
        "arguments: {parameters: [{name: x, value: '{{steps.a.outputs.parameters.none}}'}]}}]]",
        f"name: leaf, {LEAF}",
    ]
    book = begin("one", templates, shared=store(), spec=[mutex("m")])
    book.fail("db")
    book.succeed("a")
    assert book.phase == "Failed"
    other = retried_behind_another(book, templates)
    other.shut_down("Terminate")
    book.advance()
    assert book.started == ["db"]


def test_places_go_to_whoever_stands_first_in_the_workflow(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: a, template: both, hooks: {up: {template: leaf, expression: tasks.a.status == "Running"}}}
          - {name: b, template: leaf, withItems: [1, 2]}
          - {name: c, template: leaf}
        """,
        spec="parallelism: 1",
        more=f"""
        - {{name: both, steps: [[{{name: p, template: leaf}}, {{name: q, template: leaf}}]]}}
        - {{name: leaf, {LEAF}}}
        """,
    )
    order = []
    while book.started:
        order += book.started
        book.succeed(*book.started)
    # The hook of `a` before what `a` is made of, that before what stands behind `a`.
    assert order == ["a.hooks.up", "p", "q", "b(0:1)", "b(1:2)", "c"]


def test_what_a_retry_reset_has_no_place_before_it_begins_again(tell: Tell) -> None:
    book = tell(
        """
        parallelism: 2
        dag:
          tasks:
          - {name: a, template: leaf, hooks: {up: {template: leaf, expression: tasks.a.status == "Running"}}}
          - {name: b, depends: a, template: one, withItems: [1, 2]}
          - {name: c, depends: a, template: again}
        """,
        more=f"""
        - {{name: one, steps: [[{{name: x, template: leaf}}]]}}
        - {{name: again, retryStrategy: {{limit: 1}}, {mutex("m")}, steps: [[{{name: q, template: leaf}}]]}}
        - {{name: leaf, {LEAF}}}
        """,
    )
    book.begin("a")
    book.fail("a.hooks.up")
    book.succeed("a")
    book.fail(*book.started)
    book.fail(*book.started)
    book.fail(*book.started)
    assert (book.phase, book.started) == ("Failed", [])
    plan = book.rerun()
    assert {"wf.b(0:1)", "wf.b(1:2)", "wf.c"} <= {row.status.name for row in plan.reset}
    # `b`, which waits for the hook of `a`, must not hold the places that the hook needs.
    assert book.started == ["a.hooks.up"]
    book.succeed("a.hooks.up")
    assert len(book.started) == 2
    while book.started:
        book.succeed(*book.started)
    assert book.phase == "Succeeded"
    assert held(book) == []


def test_a_further_attempt_that_waits_is_not_made_after_a_shutdown_of_a_restored_run(tell: Tell) -> None:
    book = tell(
        """
        steps: [[{name: a, template: again}, {name: b, template: leaf}]]
        """,
        spec="parallelism: 1",
        more=f"""
        - {{name: leaf, {LEAF}}}
        - {{name: again, retryStrategy: {{limit: 2, backoff: {{duration: "2"}}}}, {LEAF}}}
        """,
    )
    book.fail("a(0)")
    book.advance(seconds=3)
    assert book.started == ["b"]  # and `a` waits for its place
    book.suspend(on=True)
    book.shut_down("Terminate")
    assert "wf[0].a(1)" not in book.phases()
    assert (book.node("a").phase, book.node("a").message) == ("Failed", "Stopped with strategy 'Terminate'")
    assert book.phase == "Failed"
