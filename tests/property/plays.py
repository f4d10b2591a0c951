"""A random workflow is played twice, and both times must agree."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from msgspec.structs import replace
from tests.property.dice import Dice, once_in, pick
from tests.property.random_workflows import SEMAPHORE
from tests.property.worlds import FATES, World, ask, containers, is_daemon, meet, report

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.core.engine.commands import StartPod
from tiphys.core.engine.events import Event, PodChanged, ShutdownRequested
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.ids import NodeId
from tiphys.testing.clock import VirtualClock
from tiphys.testing.playbook import START, Playbook

#: So many rounds end every workflow that can be drawn.
ROUNDS = 3000


def opened(workflow: Workflow, *, restoring: bool = False) -> Playbook:
    """A run with a store of its own."""
    store = MemoryStore(VirtualClock(START))
    store.locks.set_limit(f"default/{SEMAPHORE}", 2)
    return Playbook(workflow, restoring=restoring, store=store, hurried=True)


def check_end(book: Playbook) -> None:
    """What must hold of every run that is over: nothing runs, nothing is locked, nothing was started twice."""
    assert book.step.finished, book.phases()
    assert book.running == {}
    assert "cannot make progress" not in book.message, book.message
    started = [command.node_id for command in book.commands if isinstance(command, StartPod)]
    assert len(started) == len(set(started)), "a pod was asked for twice"
    assert not list(book.store.locks.rows(book.plan.identity.uid)), "a lock outlived the run"


def shown(book: Playbook) -> dict[str, tuple[object, ...]]:
    """Everything that clients see of the nodes and that does not follow from the moment."""
    return {
        name: (
            node.type, node.phase, node.message, node.children, node.outbound_nodes, node.boundary_id, node.progress,
            node.inputs, node.outputs, node.node_flag, node.daemoned, node.memoization_status,
        )
        for name, node in book.nodes().items()
    }  # fmt: skip


def same(one: Mapping[str, tuple[object, ...]], other: Mapping[str, tuple[object, ...]]) -> None:
    """Fail with the nodes that differ."""
    differs = {
        name: [pair for pair in zip(one.get(name, ()), other.get(name, ()), strict=False) if pair[0] != pair[1]]
        for name in {**one, **other}
        if one.get(name) != other.get(name)
    }
    assert not differs, differs


# -- one run that lives, one that is restored before every step -----------------------------------------------------


def agree_when_restored(dice: Dice, workflow: Workflow) -> None:
    """Play a run and one that is restored before every step with the same random events."""
    books = (opened(workflow), opened(workflow, restoring=True))
    waits = any(word in str(workflow.spec) for word in ("Mutex", "Semaphore", "Memoize"))
    for _ in range(1 + once_in(dice, 4)):
        if waits:
            _come_to_rest(books)
        for round_ in range(ROUNDS):
            one, other = books
            assert one.phase == other.phase
            assert sorted(one.started) == sorted(other.started)
            if one.step.finished:
                break
            _happen(dice, books, calm=round_ > 60)
            if waits:
                _come_to_rest(books)
        for book in books:
            check_end(book)
        same(shown(one), shown(other))
        whole = [replace(book.workflow, finished_at=None if waits else book.workflow.finished_at) for book in books]
        assert whole[0] == whole[1]
        if one.phase == "Succeeded":
            return
        for book in books:
            _retry(book)


def _come_to_rest(books: tuple[Playbook, Playbook]) -> None:
    """Let both hear of locks and entries that were given back: a restored run asks sooner than one that lives.

    No time passes, or who hears of a lock in which second would decide who ends before a deadline.
    """
    for _ in range(ROUNDS):
        before = [dict(book.rows) for book in books]
        _both(books, lambda book: book.advance())
        if before == [book.rows for book in books]:
            return


def _retry(book: Playbook) -> None:
    """Somebody retries a run that failed."""
    daemons = {command.node_name for command in book.commands if isinstance(command, StartPod) and is_daemon(command)}
    book.store.claim(book.plan.identity.uid)
    book.rerun(daemon=lambda status: status.name in daemons)


def _happen(dice: Dice, books: tuple[Playbook, Playbook], *, calm: bool) -> None:
    """The same thing happens to both runs; ``calm`` lets everything go to its end."""
    one = books[0]
    what = pick(dice, ["pod", "time"] if calm else ["pod", "pod", "pod", "time", "batch", "stale", "ask"])
    waiting = sorted(one.rows[command.node_name].status.name or "" for command in one.running.values())
    if calm and (one.workflow.suspended or _only_awaited(one)):
        what = "go on"
    if what == "pod" and waiting:
        fate, pod = pick(dice, FATES if not calm else FATES[:1]), pick(dice, waiting)
        _both(books, lambda book: meet(book, fate, pod))
    elif what == "batch" and waiting:
        fates = {node: pick(dice, FATES) for node in one.running if once_in(dice, 2)}
        _both(books, lambda book: _batch(book, fates))
    elif what == "stale" and one.rows:
        node = NodeId(pick(dice, [row.status.id or "" for row in one.rows.values()]))
        phase = "Running" if node in one.running else pick(dice, ["Succeeded", "Running", "Failed"])
        _both(books, lambda book: book.advance(PodChanged(node_id=node, phase=phase)))
    elif what == "ask":
        request = ask(dice)
        refusals = [book.run.refusal(request) for book in books]
        assert refusals[0] == refusals[1]
        if refusals[0] is None and not (isinstance(request, ShutdownRequested) and not once_in(dice, 3)):
            _both(books, lambda book: book.advance(request))
    elif what == "go on":
        _both(books, lambda book: book.suspend(on=False))
    else:
        seconds = pick(dice, [3, 3, 1, 9])
        _both(books, lambda book: book.advance(seconds=seconds))


def _only_awaited(book: Playbook) -> bool:
    """True when nothing goes on before somebody resumes a step."""
    return book.step.wake_at is None and not _open(book)


def _both(books: tuple[Playbook, Playbook], what: Callable[[Playbook], object]) -> None:
    for book in books:
        what(book)


def _batch(book: Playbook, fates: dict[NodeId, str]) -> None:
    events = [report(book, book.running[node], fate) for node, fate in fates.items()]
    for event in events:
        if event.phase in {"Succeeded", "Failed"}:
            del book.running[event.node_id]
    book.advance(*events)


# -- one run in order, one in any order -----------------------------------------------------------------------------


def agree_in_any_order(workflow: Workflow, seed: int) -> None:
    """Play a run in order, and one with reports doubled, late, shuffled and about strangers and with restarts."""
    world = World(seed)
    one, other = _in_order(workflow, world), _wildly(workflow, world, random.Random(seed))
    for book in (one, other):
        check_end(book)
    same(graph(one), graph(other))
    assert (one.phase, one.message) == (other.phase, other.message)
    assert _started(one) == _started(other)


def _started(book: Playbook) -> set[str]:
    return {command.node_id for command in book.commands if isinstance(command, StartPod)}


def _open(book: Playbook) -> list[StartPod]:
    """Pods of which something is still to be told: all but daemons that are up."""
    return [
        command
        for command in book.running.values()
        if not (is_daemon(command) and book.rows[command.node_name].status.daemoned)
    ]


def _in_order(workflow: Workflow, world: World) -> Playbook:
    """One pod after the other, one run without any restart."""
    book = opened(workflow)
    for _ in range(ROUNDS):
        if book.step.finished:
            break
        waiting = _open(book)
        if waiting:
            if containers(waiting[0]):
                book.advance(PodChanged(node_id=waiting[0].node_id, phase="Running"))
            _tell(book, world, [waiting[0]])
        else:
            book.advance(seconds=3)
    return book


def _tell(book: Playbook, world: World, commands: list[StartPod]) -> list[Event]:
    events: list[Event] = []
    for command in commands:
        if not is_daemon(command):
            del book.running[command.node_id]
        events.append(world.end(book, command))
    book.advance(*events)
    return events


def _wildly(workflow: Workflow, world: World, chance: random.Random) -> Playbook:
    """Any pods at any time, with much noise, restarts between steps."""
    book = opened(workflow)
    heard: list[Event] = []
    for _ in range(ROUNDS):
        if book.step.finished:
            break
        book.restoring = chance.random() < 0.5
        waiting = _open(book)
        events: list[Event] = []
        for command in chance.sample(waiting, chance.randint(0, len(waiting))):
            if chance.random() < 0.3:
                phase = chance.choice(["Running", "Pending"]) if containers(command) else "Pending"
                events.append(PodChanged(node_id=command.node_id, phase=phase))
                continue
            if not is_daemon(command):
                del book.running[command.node_id]
            events.append(world.end(book, command))
        heard += [event for event in events if isinstance(event, PodChanged) and event.phase != "Pending"]
        events += [*chance.sample(heard, min(len(heard), 2)), PodChanged(node_id=NodeId("wf-0"), phase="Running")]
        chance.shuffle(events)
        book.advance(*events, seconds=chance.choice([0, 0, 1, 5]))
    return book


def graph(book: Playbook) -> dict[str, tuple[object, ...]]:
    """What must not depend on the order of events.

    What follows a Retry node hangs below its last child, attempt or hook, as with Argo: that is the one made last.
    """
    return {
        name: (
            node.type, node.phase, node.message, () if _numbered(node) else sorted(node.children or ()),
            node.boundary_id, node.progress, node.outputs, node.inputs,
        )
        for name, node in book.nodes().items()
    }  # fmt: skip


def _numbered(node: NodeStatus) -> bool:
    flag = node.node_flag
    return flag is not None and bool(flag.retried or flag.hooked)
