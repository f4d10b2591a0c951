"""Mutexes and semaphores (``spec/engine.md`` 22)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.core.locking.status import synchronization_status
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.strategy import MutexHolding, MutexStatus, SemaphoreHolding
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.testing.clock import VirtualClock
from tiphys.testing.playbook import START, Playbook

LEAF = "container: {image: alpine, command: [x]}"


def store() -> MemoryStore:
    return MemoryStore(VirtualClock(START))


def begin(
    name: str,
    templates: Sequence[str],
    *,
    shared: MemoryStore,
    spec: Sequence[str] = (),
    restoring: bool = False,
) -> Playbook:
    """A run whose entry template is the first one; each template is a flow map without braces."""
    lines = ["apiVersion: argoproj.io/v1alpha1", "kind: Workflow", f"metadata: {{name: {name}}}", "spec:"]
    lines += [f"  {line}" for line in ("entrypoint: main", *spec, "templates:")]
    lines += [f"  - {{{textwrap.dedent(template)}}}" for template in templates]
    loaded = load("\n".join(lines), "story.yaml")
    assert not loaded.diagnostics, [str(item) for item in loaded.diagnostics]
    workflow = loaded.documents[0].manifest
    assert isinstance(workflow, Workflow)
    return Playbook(workflow, restoring=restoring, store=shared)


def mutex(name: str) -> str:
    return f"synchronization: {{mutexes: [{{name: {name}}}]}}"


def held(book: Playbook) -> list[str]:
    """The locks that a run holds."""
    uid = book.plan.identity.uid
    return [row.lock for row in book.store.locks.rows(uid) if row.uid == uid and row.held]


def test_template_mutex_inside_one_workflow(restoring: bool) -> None:
    shared = store()
    book = begin(
        "lock",
        ["name: main, steps: [[{name: a, template: t}, {name: b, template: t}]]", f"name: t, {mutex('m')}, {LEAF}"],
        shared=shared,
        restoring=restoring,
    )
    assert book.started == ["a"]
    b = book.node("lock[0].b")
    assert (b.id, b.phase, b.message) == (
        "lock-2463366644",
        "Pending",
        "Waiting for default/Mutex/m lock. Lock status: 0/1",
    )
    assert b.synchronization_status is not None
    assert b.synchronization_status.waiting == "default/Mutex/m"
    key = "default/lock/lock-2513699501"
    status = synchronization_status("uid-lock", shared.locks.rows(book.plan.identity.uid))
    assert status is not None
    entry = (MutexHolding(mutex="default/Mutex/m", holder=key),)
    assert status.mutex == MutexStatus(holding=entry, waiting=entry)
    book.succeed("a")
    book.advance()
    assert book.started == ["b"]
    b = book.node("lock[0].b")
    assert (b.message, b.synchronization_status) == (None, None)
    book.succeed("b")
    assert book.phase == "Succeeded"
    assert shared.locks.rows(book.plan.identity.uid) == []


def test_a_workflow_waits_for_a_mutex_and_is_terminated(restoring: bool) -> None:
    shared = store()
    one = begin("one", [f"name: main, {LEAF}"], spec=[mutex("m")], shared=shared, restoring=restoring)
    two = begin("two", [f"name: main, {LEAF}"], spec=[mutex("m")], shared=shared, restoring=restoring)
    assert one.started == ["one"]
    assert (two.phase, two.message) == ("Pending", "Waiting for default/Mutex/m lock. Lock status: 0/1")
    assert two.rows == {}
    two.shut_down("Terminate")
    assert (two.phase, two.message) == ("Failed", "Stopped with strategy 'Terminate'")
    assert two.workflow.started_at == two.workflow.finished_at
    one.succeed("one")
    assert one.phase == "Succeeded"
    assert not shared.locks.used("default/Mutex/m")


def test_the_next_workflow_goes_on_when_the_first_has_ended(restoring: bool) -> None:
    shared = store()
    one = begin("one", [f"name: main, {LEAF}"], spec=[mutex("m")], shared=shared, restoring=restoring)
    two = begin("two", [f"name: main, {LEAF}"], spec=[mutex("m")], shared=shared, restoring=restoring)
    one.fail("one")
    two.advance()
    assert (two.phase, two.message, two.started) == ("Running", "", ["two"])
    two.succeed("two")
    assert two.phase == "Succeeded"


def test_none_of_two_semaphores_is_taken_when_the_second_is_full(restoring: bool) -> None:
    shared = store()
    shared.locks.set_limit("default/free", 1)
    shared.locks.set_limit("default/full", 1)
    full = "{database: {key: full}}"
    one = begin(
        "one",
        [f"name: main, {LEAF}"],
        spec=[f"synchronization: {{semaphores: [{full}]}}"],
        shared=shared,
        restoring=restoring,
    )
    both = f"synchronization: {{semaphores: [{{database: {{key: free}}}}, {full}]}}"
    two = begin("two", [f"name: main, {LEAF}"], spec=[both], shared=shared, restoring=restoring)
    assert two.message == "Waiting for default/Database/full lock. Lock status: 0/1"
    assert held(two) == []
    status = synchronization_status("uid-two", shared.locks.rows(two.plan.identity.uid))
    assert status is not None
    assert status.semaphore is not None
    assert status.semaphore.waiting == (
        SemaphoreHolding(semaphore="default/Database/free", holders=None),
        SemaphoreHolding(semaphore="default/Database/full", holders=("default/one",)),
    )
    one.succeed("one")
    two.advance()
    assert held(two) == ["sem/default/free", "sem/default/full"]
    two.succeed("two")


def test_a_retry_node_keeps_its_lock_between_attempts(restoring: bool) -> None:
    shared = store()
    retried = f"name: main, retryStrategy: {{limit: '1', backoff: {{duration: '9'}}}}, {mutex('m')}, {LEAF}"
    one = begin("one", [retried], shared=shared, restoring=restoring)
    two = begin("two", [f"name: main, {mutex('m')}, {LEAF}"], shared=shared, restoring=restoring)
    assert two.node("two").phase == "Pending"
    one.fail("one(0)")
    assert one.node("one").phase == "Running"
    two.advance()
    assert two.started == []
    one.advance(seconds=9)
    one.succeed("one(1)")
    two.advance()
    assert two.started == ["two"]


def test_steps_and_dags_hold_their_lock_for_their_whole_run(restoring: bool) -> None:
    shared = store()
    bodies = {
        "one": "steps: [[{name: a, template: t}], [{name: b, template: t}]]",
        "two": "dag: {tasks: [{name: a, template: t}]}",
    }
    one, two = (
        begin(
            name,
            [f"name: main, {mutex('m')}, {body}", f"name: t, {LEAF}"],
            shared=shared,
            restoring=restoring,
        )
        for name, body in bodies.items()
    )
    one.succeed("a")
    two.advance()
    assert (two.node("two").type, two.node("two").phase, two.started) == ("DAG", "Pending", [])
    one.succeed("b")
    two.advance()
    assert (two.node("two").phase, two.started) == ("Running", ["a"])


def test_the_higher_priority_then_the_older_goes_first(restoring: bool) -> None:
    shared = store()
    books = [
        begin(name, [f"name: main, {LEAF}"], spec=[mutex("m"), *spec], shared=shared, restoring=restoring)
        for name, spec in (("a", ()), ("b", ()), ("c", ()), ("d", ("priority: 5",)))
    ]
    order = []
    for _ in books:
        [running] = [book for book in books if book.started]
        order.append(running.name)
        running.succeed(running.name)
        for book in books:
            book.advance()
    assert order == ["a", "d", "b", "c"]


def test_a_lock_that_the_workflow_itself_holds_is_an_error_that_says_so(restoring: bool) -> None:
    book = begin("own", [f"name: main, {mutex('m')}, {LEAF}"], spec=[mutex("m")], shared=store(), restoring=restoring)
    assert book.phase == "Error"
    text = "deadlock: default/Mutex/m is held by default/own, which waits for this in turn"
    assert book.message == f"error in entry template execution: {text}"


def test_every_circle_within_a_workflow_is_ended_at_once(restoring: bool) -> None:
    lock = mutex('"{{inputs.parameters.m}}"')
    inner = f"inputs: {{parameters: [{{name: m}}]}}, {lock}, {LEAF}"
    pass_on = 'arguments: {parameters: [{name: m, value: "{{inputs.parameters.m}}"}]}'
    steps = f"steps: [[{{name: x, {pass_on}, inline: {{{inner}}}}}]]"
    outer = f"name: t, inputs: {{parameters: [{{name: m}}]}}, {lock}, {steps}"
    loop = ", ".join(
        f"{{name: s{n}, template: t, arguments: {{parameters: [{{name: m, value: m{n}}}]}}}}" for n in range(4)
    )
    book = begin("own", [f"name: main, steps: [[{loop}]]", outer], shared=store(), restoring=restoring)
    assert book.phase == "Failed"
    assert [book.node(f"own[0].s{n}").phase for n in range(4)] == ["Failed"] * 4
    assert held(book) == []


def test_two_workflows_that_wait_for_each_other_do_not_wait_for_ever(restoring: bool) -> None:
    shared = store()
    one, two = (
        begin(
            name,
            ["name: main, steps: [[{name: s, template: t}], [{name: u, template: v}]]", f"name: t, {LEAF}",
             f"name: v, {mutex(inner)}, {LEAF}"],
            spec=[mutex(outer)],
            shared=shared,
            restoring=restoring,
        )
        for name, outer, inner in (("one", "a", "b"), ("two", "b", "a"))
    )  # fmt: skip
    one.succeed("s")
    two.succeed("s")
    # The one that closes the circle is the last of it, and gives up at once.
    assert [one.phase, one.started, two.started] == ["Running", [], []]
    assert (two.phase, two.node("u").phase) == ("Failed", "Error")
    assert two.node("u").message == "deadlock: default/Mutex/a is held by default/one, which waits for this in turn"
    one.advance()
    assert one.started == ["u"]
    one.succeed("u")
    assert one.phase == "Succeeded"


def test_whoever_waits_for_me_is_not_waited_for(restoring: bool) -> None:
    """``queued`` is first in the queue of b, but waits for a, which ``owner`` holds while it wants b."""
    shared = store()
    owner = begin(
        "owner",
        ["name: main, steps: [[{name: s, template: t}], [{name: u, template: v}]]", f"name: t, {LEAF}",
         f"name: v, {mutex('b')}, {LEAF}"],
        spec=[mutex("a")],
        shared=shared,
        restoring=restoring,
    )  # fmt: skip
    both = "synchronization: {mutexes: [{name: a}, {name: b}]}"
    queued = begin("queued", [f"name: main, {LEAF}"], spec=[both, "priority: 9"], shared=shared, restoring=restoring)
    assert queued.phase == "Pending"
    owner.succeed("s")
    assert owner.started == ["u"]
    owner.succeed("u")
    queued.advance()
    assert queued.started == ["queued"]


def test_a_waiting_pod_takes_no_place_of_parallelism(restoring: bool) -> None:
    shared = store()
    first = begin("first", [f"name: main, {mutex('m')}, {LEAF}"], shared=shared, restoring=restoring)
    book = begin(
        "wf",
        [
            "name: main, steps: [[{name: a, template: t}, {name: b, template: u}]]",
            f"name: t, {mutex('m')}, {LEAF}",
            f"name: u, {LEAF}",
        ],
        spec=["parallelism: 1"],
        shared=shared,
        restoring=restoring,
    )
    assert book.started == ["b"]
    first.succeed("first")
    book.advance()
    assert held(book) == ["default/Mutex/m"]
    assert book.started == ["b"]
    assert book.node("a").message is None
    book.succeed("b")
    assert book.started == ["a"]
    book.succeed("a")
    assert book.phase == "Succeeded"


def test_limits_that_change_while_they_are_used(restoring: bool) -> None:
    shared = store()
    shared.locks.set_limit("default/k", 2)
    spec = ["synchronization: {semaphores: [{database: {key: k}}]}"]
    books = [begin(name, [f"name: main, {LEAF}"], spec=spec, shared=shared, restoring=restoring) for name in "abcd"]
    a, b, c, d = books
    assert [book.phase for book in books] == ["Running", "Running", "Pending", "Pending"]
    shared.locks.set_limit("default/k", 1)
    a.succeed("a")
    c.advance()
    assert c.message == "Waiting for default/Database/k lock. Lock status: 0/1"
    shared.locks.set_limit("default/k", 0)
    c.advance()
    assert c.message == "Failed to get semaphore limit for default/Database/k"
    shared.locks.delete_limit("default/k")
    b.succeed("b")
    c.advance()
    assert c.phase == "Pending"
    shared.locks.set_limit("default/k", 5)
    c.advance()
    d.advance()
    assert [c.phase, d.phase] == ["Running", "Running"]


def test_a_semaphore_without_a_limit_is_an_error(restoring: bool) -> None:
    lock = "synchronization: {semaphores: [{configMapKeyRef: {name: cm, key: k}}]}"
    level = begin("level", [f"name: main, {LEAF}"], spec=[lock], shared=store(), restoring=restoring)
    assert (level.phase, level.message) == (
        "Failed",
        "Failed to acquire the synchronization lock. failed to initialize semaphore default/ConfigMap/cm/k with limit",
    )
    book = begin(
        "wf",
        ["name: main, steps: [[{name: a, template: t}]]", f"name: t, {lock}, {LEAF}"],
        shared=store(),
        restoring=restoring,
    )
    assert book.node("a").phase == "Error"
    assert book.node("a").message == "failed to initialize semaphore default/ConfigMap/cm/k with limit"
    assert book.phase == "Failed"


def test_what_cannot_be_a_lock(restoring: bool) -> None:
    twice = "synchronization: {mutexes: [{name: m}, {name: m}]}"
    book = begin("wf", [f"name: main, {LEAF}"], spec=[twice], shared=store(), restoring=restoring)
    assert book.message == (
        "Failed to acquire the synchronization lock. "
        "requested configuration is invalid: duplicate synchronization item found"
    )


def test_names_of_locks_may_have_tags(restoring: bool) -> None:
    shared = store()
    book = begin(
        "wf",
        [
            "name: main, steps: [[{name: a, template: t, withItems: [x, z, x], "
            "arguments: {parameters: [{name: p, value: '{{item}}'}]}}]]",
            "name: t, inputs: {parameters: [{name: p}]}, "
            f"synchronization: {{mutexes: [{{name: 'm-{{{{inputs.parameters.p}}}}'}}]}}, {LEAF}",
        ],
        shared=shared,
        restoring=restoring,
    )
    assert book.started == ["a(0:x)", "a(1:z)"]
    assert held(book) == ["default/Mutex/m-x", "default/Mutex/m-z"]


def test_stop_ends_what_waits_and_gives_everything_back(restoring: bool) -> None:
    shared = store()
    book = begin(
        "wf",
        ["name: main, steps: [[{name: a, template: t}, {name: b, template: t}]]", f"name: t, {mutex('m')}, {LEAF}"],
        shared=shared,
        restoring=restoring,
    )
    book.shut_down("Stop")
    assert book.node("b").message == "Stopped with strategy 'Stop'"
    assert book.phase == "Failed"
    assert not shared.locks.used("default/Mutex/m")


def test_a_deadline_ends_what_waits(restoring: bool) -> None:
    shared = store()
    begin("first", [f"name: main, {mutex('m')}, {LEAF}"], shared=shared)
    book = begin(
        "wf",
        [f"name: main, {mutex('m')}, {LEAF}"],
        spec=["activeDeadlineSeconds: 10"],
        shared=shared,
        restoring=restoring,
    )
    book.advance(seconds=10)
    assert (book.phase, book.node("wf").message) == ("Failed", "Step exceeded its deadline")


def test_a_timeout_ends_what_waits(restoring: bool) -> None:
    shared = store()
    begin("first", [f"name: main, {mutex('m')}, {LEAF}"], shared=shared)
    book = begin("wf", [f"name: main, {mutex('m')}, timeout: 10s, {LEAF}"], shared=shared, restoring=restoring)
    book.advance(seconds=9)
    assert book.phase == "Running"
    book.advance(seconds=1)
    assert (book.node("wf").phase, book.node("wf").message) == ("Failed", "timeout")
    assert (book.phase, book.message) == ("Error", "error in entry template execution: timeout")


def test_requests_of_a_run_that_nobody_drives_hold_nobody_up(restoring: bool) -> None:
    shared = store()
    one, two, three = (
        begin(name, [f"name: main, {LEAF}"], spec=[mutex("m")], shared=shared, restoring=restoring)
        for name in ("one", "two", "three")
    )
    shared.release(two.plan.identity.uid)
    one.succeed("one")
    three.advance()
    assert three.started == ["three"]
    shared.claim(two.plan.identity.uid)
    two.crash()
    two.advance()
    assert two.phase == "Pending"
    three.succeed("three")
    two.advance()
    assert two.started == ["two"]


def test_a_lock_of_a_run_that_nobody_drives_stays_taken(restoring: bool) -> None:
    shared = store()
    one, two = (
        begin(name, [f"name: main, {LEAF}"], spec=[mutex("m")], shared=shared, restoring=restoring)
        for name in ("one", "two")
    )
    shared.release(one.plan.identity.uid)
    two.advance(seconds=5)
    assert two.phase == "Pending"
    shared.claim(one.plan.identity.uid)
    one.crash()
    one.succeed("one")
    two.advance()
    assert two.started == ["two"]
