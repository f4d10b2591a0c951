"""Random workflows that share locks and cache entries, with crashes, stale reports and shutdowns at any step.

No lock has more holders than it allows, none outlives its holder, nobody holds a lock twice or without having been
given it, nothing stalls, and nothing is left in the end.
"""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.property.random_workflows import LEAF, Body, bodies
from tests.property.worlds import meet

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.capacities import WorkflowLimits
from tiphys.core.engine.events import PodChanged
from tiphys.core.engine.phases import FULFILLED
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.ids import NodeId
from tiphys.testing.clock import VirtualClock
from tiphys.testing.playbook import START, Playbook

SEMAPHORE, LIMIT = "s", 2
#: Every lock of these workflows, and how many may hold it.
CAPACITY = {"default/Mutex/a": 1, "default/Mutex/b": 1, f"sem/default/{SEMAPHORE}": LIMIT}
LOCKS = st.sampled_from(
    [
        {"mutexes": [{"name": "a"}]},
        {"mutexes": [{"name": "b"}]},
        {"mutexes": [{"name": "b"}, {"name": "a"}]},
        {"semaphores": [{"database": {"key": SEMAPHORE}}]},
        {"semaphores": [{"database": {"key": SEMAPHORE}}], "mutexes": [{"name": "a"}]},
    ]
)
MEMO = st.sampled_from([{"key": key, "cache": {"configMap": {"name": "c"}}} for key in ("k", "l")])


def lock(draw: st.DrawFn, body: Body) -> Body:
    """The body, and all bodies inside it, some of them with locks or memoized."""
    body = dict(body)
    if "steps" in body:
        body["steps"] = [[{**step, "inline": lock(draw, step["inline"])} for step in group] for group in body["steps"]]
    if "dag" in body:
        tasks = [{**task, "inline": lock(draw, task["inline"])} for task in body["dag"]["tasks"]]
        body["dag"] = {**body["dag"], "tasks": tasks}
    choice = draw(st.integers(0, 5))
    if choice in {0, 1}:
        body["synchronization"] = draw(LOCKS)
    if choice in {1, 2}:
        body["memoize"] = draw(MEMO)
    return body


@st.composite
def workflows(draw: st.DrawFn, name: str) -> Workflow:
    body = lock(draw, draw(bodies()))
    spec: Body = {"entrypoint": "main", "templates": [{"name": "main", **body}, {"name": "leaf", **LEAF}]}
    if draw(st.integers(0, 2)) == 0:
        spec["synchronization"] = draw(LOCKS)
    if draw(st.integers(0, 2)) == 0:
        spec["onExit"] = "leaf"
    limit = draw(st.sampled_from([None, None, 1, 2]))
    if limit is not None:
        spec["parallelism"] = limit
    spec["priority"] = draw(st.integers(0, 1))
    return msgspec.convert({"metadata": {"name": name}, "spec": spec}, Workflow)


def check(shared: MemoryStore, books: list[Playbook]) -> None:
    """What must hold of locks after every step of any run."""
    holders: dict[str, list[str]] = {}
    for book in books:
        uid = book.plan.identity.uid
        own = [row for row in shared.locks.rows(uid) if row.uid == uid]
        assert not (own and book.step.finished), "a run that ended holds or wants locks"
        living = {row.status.id for row in book.rows.values() if row.status.phase not in FULFILLED}
        known = {row.status.id for row in book.rows.values()}
        for row in own:
            node = row.key.split("/")[2:]
            assert not node or node[0] in living or node[0] not in known, f"{row.key} has ended"
            if row.held:
                holders.setdefault(row.lock, []).append(row.key)
        held = {row.key.split("/")[-1] for row in own if row.held}
        for node_row in book.rows.values():
            if node_row.internal.locked and node_row.status.phase not in FULFILLED:
                assert node_row.status.id in held, f"{node_row.status.name} runs without its lock"
    for name, keys in holders.items():
        assert len(keys) == len(set(keys))
        assert len(keys) <= CAPACITY.get(name, 2), (name, keys)


def act(data: st.DataObject, book: Playbook, stopped: set[str]) -> None:
    """One thing happens to a run."""
    what = data.draw(
        st.sampled_from(["succeed", "succeed", "fail", "lose", "begin", "time", "time", "crash", "stale", "stop"]),
        label=f"what {book.name} meets",
    )
    names = sorted(book.rows[command.node_name].status.name or "" for command in book.running.values())
    if what == "crash":
        book.crash()
        book.advance()
    elif what == "stop" and book.name not in stopped and data.draw(st.integers(0, 5)) == 0:
        stopped.add(book.name)
        book.shut_down(data.draw(st.sampled_from(["Stop", "Terminate"])))
    elif what == "stale" and book.rows:
        node = data.draw(st.sampled_from(sorted(row.status.id or "" for row in book.rows.values())))
        phase = "Succeeded" if node not in book.running else "Running"
        book.advance(PodChanged(node_id=NodeId(node), phase=phase))
    elif names and what in {"succeed", "fail", "lose", "begin"}:
        meet(book, what, data.draw(st.sampled_from(names), label="pod"))
    else:
        book.advance(seconds=3)


def finish(shared: MemoryStore, books: list[Playbook]) -> None:
    """Let everything that runs succeed until all runs are over."""
    for _ in range(300):
        if all(book.step.finished for book in books):
            return
        for book in books:
            book.advance(seconds=3)
            for command in list(book.running.values()):
                if command.node_id in book.running:
                    book.succeed(book.rows[command.node_name].status.name or "")
                check(shared, books)
    raise AssertionError([(book.name, book.phase, book.message, book.phases()) for book in books])


@settings(
    max_examples=100,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_locks_are_never_lost_nor_held_twice(data: st.DataObject) -> None:
    shared = MemoryStore(VirtualClock(START))
    shared.locks.set_limit(f"default/{SEMAPHORE}", LIMIT)
    limits = data.draw(st.sampled_from([None, None, WorkflowLimits(parallelism=1), WorkflowLimits(parallelism=2)]))
    books: list[Playbook] = []
    for name in ("one", "two", "three")[: data.draw(st.integers(1, 3))]:
        workflow = data.draw(workflows(name), label=name)
        note(msgspec.json.encode(workflow.spec).decode())
        books.append(Playbook(workflow, store=shared, limits=limits, restoring=data.draw(st.booleans())))
        check(shared, books)
    stopped: set[str] = set()
    for _ in range(data.draw(st.integers(0, 40))):
        act(data, data.draw(st.sampled_from(books), label="run"), stopped)
        check(shared, books)
    finish(shared, books)
    assert all(book.running == {} for book in books)
    assert not any(shared.locks.used(name) for name in (*CAPACITY, "//workflows", "//workflows/default"))
    assert not any("cannot make progress" in book.message for book in books)
