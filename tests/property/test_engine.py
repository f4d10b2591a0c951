"""Random workflows with random fates: incremental and restored runs agree, every run ends, nothing impossible happens."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tiphys.core.manifest.model.workflow import Workflow
from tiphys.testing.playbook import Playbook

Body = dict[str, Any]
LEAF: Body = {"container": {"image": "none", "command": ["true"]}}
RETRIES = st.sampled_from(
    [
        None,
        {"limit": "1"},
        {"limit": "2", "backoff": {"duration": "3", "factor": "2"}},
        {"limit": "1", "retryPolicy": "Always"},
    ]
)
WHENS = st.sampled_from([None, None, "1 == 1", "1 == 2"])
LOOPS: st.SearchStrategy[Body] = st.sampled_from(
    [{}, {}, {"withItems": [1, 2]}, {"withSequence": {"count": "3"}}, {"withParam": "[]"}]
)


def leaves() -> st.SearchStrategy[Body]:
    pod = RETRIES.map(lambda retry: LEAF if retry is None else {**LEAF, "retryStrategy": retry})
    return pod | st.just({"suspend": {"duration": "5"}})


@st.composite
def calls(draw: st.DrawFn, bodies: st.SearchStrategy[Body], name: str) -> Body:
    loop: Body = draw(LOOPS)
    call: Body = {"name": name, "inline": draw(bodies), **loop}
    when = draw(WHENS)
    if when is not None:
        call["when"] = when
    return call


@st.composite
def steps(draw: st.DrawFn, bodies: st.SearchStrategy[Body]) -> Body:
    groups = []
    for index in range(draw(st.integers(1, 3))):
        group = []
        for number in range(draw(st.integers(1, 3))):
            call = draw(calls(bodies, f"s{index}{number}"))
            if draw(st.booleans()):
                call["continueOn"] = {"failed": True, "error": draw(st.booleans())}
            if draw(st.integers(0, 5)) == 0:
                call["hooks"] = {"exit": {"template": "leaf"}}
            group.append(call)
        groups.append(group)
    return _limited(draw, {"steps": groups})


@st.composite
def dags(draw: st.DrawFn, bodies: st.SearchStrategy[Body]) -> Body:
    names = [f"t{number}" for number in range(draw(st.integers(1, 5)))]
    tasks = []
    for number, name in enumerate(names):
        task = draw(calls(bodies, name))
        earlier = draw(st.lists(st.sampled_from(names[:number]), max_size=2, unique=True)) if number else []
        results = st.sampled_from(["", ".Succeeded", ".Failed", ".Omitted", ".Skipped"])
        if earlier:
            joint = draw(st.sampled_from([" && ", " || "]))
            task["depends"] = joint.join(f"{dep}{draw(results)}" for dep in earlier)
        tasks.append(task)
    return _limited(draw, {"dag": {"tasks": tasks, "failFast": draw(st.booleans())}})


def _limited(draw: st.DrawFn, body: Body) -> Body:
    limit = draw(st.sampled_from([None, None, 1, 2]))
    if limit is not None:
        body["parallelism"] = limit
    if draw(st.integers(0, 7)) == 0:
        body["failFast"] = True
    retry = draw(st.sampled_from([None, None, None, {"limit": "1"}]))
    return body if retry is None else {**body, "retryStrategy": retry}


BODIES = st.recursive(leaves(), lambda inner: steps(inner) | dags(inner), max_leaves=6)


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    spec: Body = {"entrypoint": "main", "templates": [{"name": "main", **draw(BODIES)}, {"name": "leaf", **LEAF}]}
    if draw(st.booleans()):
        spec["onExit"] = "leaf"
    limit = draw(st.sampled_from([None, None, 1, 3]))
    if limit is not None:
        spec["parallelism"] = limit
    if draw(st.integers(0, 5)) == 0:
        spec["activeDeadlineSeconds"] = 20
    return msgspec.convert({"metadata": {"name": "wf"}, "spec": spec}, Workflow)


def shown(book: Playbook) -> dict[str, tuple[object, ...]]:
    return {
        name: (node.type, node.phase, node.message, node.children, node.outbound_nodes, node.boundary_id, node.progress)
        for name, node in book.nodes().items()
    }


def meet(book: Playbook, fate: str, pod: str) -> None:
    if fate == "succeed":
        book.succeed(pod)
    elif fate == "fail":
        book.fail(pod)
    elif fate == "lose":
        book.lose(pod)
    else:
        book.begin(pod)


@settings(
    max_examples=100,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(workflow=workflows(), data=st.data())
def test_incremental_and_restored_runs_agree_and_end(workflow: Workflow, data: st.DataObject) -> None:
    note(msgspec.json.encode(workflow.spec).decode())
    books = [Playbook(workflow), Playbook(workflow, restoring=True)]
    stopped = False
    for _ in range(400):
        one, other = books
        assert sorted(one.started) == sorted(other.started)
        assert one.phase == other.phase
        if one.step.finished:
            break
        fate = data.draw(st.sampled_from(["succeed", "succeed", "fail", "lose", "wait", "stop"]), label="fate")
        if fate == "stop" and not stopped and data.draw(st.integers(0, 9)) == 0:
            stopped = True
            strategy = data.draw(st.sampled_from(["Stop", "Terminate"]))
            for book in books:
                book.shut_down(strategy)
        elif fate != "wait" and one.started:
            names = sorted(one.rows[command.node_name].status.name or "" for command in one.running.values())
            name = data.draw(st.sampled_from(names), label="pod")
            for book in books:
                meet(book, fate, name)
        else:
            for book in books:
                book.advance(seconds=3)
    assert one.step.finished, one.phases()
    assert one.running == other.running == {}
    assert shown(one) == shown(other)
    assert one.workflow == other.workflow
    assert "cannot make progress" not in one.message
