"""Memoization (``spec/engine.md`` 21)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.playbooks.test_locks import LEAF, begin, mutex, store
from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.cacheentries import collect
from tiphys.app.services.cluster.caches import ConfigMapRules
from tiphys.core.engine.explain import memoized
from tiphys.core.manifest.model.strategy import MemoizationStatus
from tiphys.ids import WorkflowUid
from tiphys.ports.cache import CacheKey
from tiphys.ports.store import ObjectKey, StoredObject
from tiphys.testing.playbook import START, Playbook

MEMO = "memoize: {key: k, cache: {configMap: {name: c}}}"
OUTPUTS = "outputs: {parameters: [{name: o, valueFrom: {path: /o}}]}"


def memo(name: str, *, shared: MemoryStore, restoring: bool, more: str = "", memoize: str = MEMO) -> Playbook:
    """A run of one step ``m`` that is memoized and reports an output."""
    return begin(
        name,
        ["name: main, steps: [[{name: m, template: t}]]", f"name: t, {memoize}, {OUTPUTS}, {more}{LEAF}"],
        shared=shared,
        restoring=restoring,
    )


def status(*, hit: bool) -> MemoizationStatus:
    return MemoizationStatus(hit=hit, key="k", cache_name="c")


def test_the_second_run_takes_the_outputs_of_the_first(restoring: bool) -> None:
    shared = store()
    first = memo("first", shared=shared, restoring=restoring)
    assert first.node("m").memoization_status == status(hit=False)
    first.succeed("m", parameters={"o": "42"})
    assert first.phase == "Succeeded"
    second = memo("memo", shared=shared, restoring=restoring)
    node = second.node("memo[0].m")
    assert (second.phase, second.commands) == ("Succeeded", [])
    assert (node.id, node.type, node.phase, node.progress) == ("memo-1105650842", "Pod", "Succeeded", "1/1")
    assert node.memoization_status == status(hit=True)
    assert node.started_at == node.finished_at
    assert node.outputs is not None
    assert [(p.name, p.value) for p in node.outputs.parameters or ()] == [("o", "42")]
    [entry] = shared.cache.entries("default", "c").values()
    assert entry.node_id == first.node("m").id


def test_a_failed_node_is_never_kept(restoring: bool) -> None:
    shared = store()
    memo("first", shared=shared, restoring=restoring).fail("m")
    assert shared.cache.entries("default", "c") == {}
    second = memo("second", shared=shared, restoring=restoring)
    assert second.started == ["m"]


def test_equal_keys_wait_for_the_first(restoring: bool) -> None:
    shared = store()
    book = begin(
        "wf",
        ["name: main, steps: [[{name: a, template: t}, {name: b, template: t}, {name: c, template: t}]]",
         f"name: t, {MEMO}, {OUTPUTS}, {LEAF}"],
        shared=shared,
        restoring=restoring,
    )  # fmt: skip
    assert book.started == ["a"]
    assert book.node("b").message == "Waiting for another node that computes the same cache entry"
    book.fail("a")
    book.advance()
    assert len(book.started) == 1
    book.succeed(*book.started, parameters={"o": "1"})
    book.advance()
    assert book.started == []
    assert sorted(node.phase or "" for node in book.nodes().values() if node.type == "Pod") == [
        "Failed",
        "Succeeded",
        "Succeeded",
    ]


def test_equal_keys_of_two_runs_wait_unless_nobody_drives_the_first(restoring: bool) -> None:
    shared = store()
    first = memo("first", shared=shared, restoring=restoring)
    second = memo("second", shared=shared, restoring=restoring)
    assert second.started == []
    shared.release(first.plan.identity.uid)
    second.advance()
    assert second.started == ["m"]


def test_who_holds_a_lock_waits_for_nobody_that_computes(restoring: bool) -> None:
    shared = store()
    begin("first", [f"name: main, {MEMO}, {LEAF}"], shared=shared, restoring=restoring)
    second = begin("second", [f"name: main, {MEMO}, {LEAF}"], spec=[mutex("m")], shared=shared, restoring=restoring)
    assert second.started == ["second"]


def test_a_node_looks_again_after_it_got_its_lock(restoring: bool) -> None:
    shared = store()
    book = begin(
        "wf",
        ["name: main, steps: [[{name: a, template: t}, {name: b, template: t}]]",
         f"name: t, {MEMO}, {mutex('m')}, {OUTPUTS}, {LEAF}"],
        shared=shared,
        restoring=restoring,
    )  # fmt: skip
    assert (book.started, book.node("b").message) == (["a"], "Waiting for default/Mutex/m lock. Lock status: 0/1")
    book.succeed("a", parameters={"o": "1"})
    book.advance()
    assert (book.phase, book.node("b").memoization_status) == ("Succeeded", status(hit=True))
    assert not shared.locks.used("default/Mutex/m")


@pytest.mark.parametrize("kind", ["steps: [[{name: x, template: t}]]", "dag: {tasks: [{name: x, template: t}]}"])
def test_steps_and_dags_are_memoized_as_a_whole(restoring: bool, kind: str) -> None:
    shared = store()
    reference = "steps" if kind.startswith("steps") else "tasks"
    outputs = (
        "outputs: {parameters: [{name: o, valueFrom: {parameter: "
        f"'{{{{{reference}.x.outputs.parameters.o}}}}'}}}}]}}"
    )
    templates = [f"name: main, {MEMO}, {outputs}, {kind}", f"name: t, {OUTPUTS}, {LEAF}"]
    first = begin("first", templates, shared=shared, restoring=restoring)
    assert first.node("first").phase == "Running"
    first.succeed("x", parameters={"o": "7"})
    second = begin("second", templates, shared=shared, restoring=restoring)
    node = second.node("second")
    assert (second.phase, len(second.nodes()), node.phase) == ("Succeeded", 1, "Succeeded")
    assert node.outputs is not None
    assert [p.value for p in node.outputs.parameters or ()] == ["7"]
    assert (node.children, node.outbound_nodes) == (None, None)


def test_a_retried_node_keeps_what_its_last_attempt_made(restoring: bool) -> None:
    shared = store()
    retry = "retryStrategy: {limit: '2'}, "
    first = memo("first", shared=shared, restoring=restoring, more=retry)
    assert first.node("m").type == "Retry"
    first.fail("m(0)")
    assert first.node("m(1)").memoization_status == status(hit=False)
    first.succeed("m(1)", parameters={"o": "1"})
    [entry] = shared.cache.entries("default", "c").values()
    assert entry.node_id == first.node("m(1)").id
    second = memo("second", shared=shared, restoring=restoring, more=retry)
    assert (second.node("m").type, second.node("m").phase, second.commands) == ("Retry", "Succeeded", [])


def test_a_node_without_outputs_is_memoized_too(restoring: bool) -> None:
    shared = store()
    begin("first", [f"name: main, {MEMO}, {LEAF}"], shared=shared, restoring=restoring).succeed("first")
    second = begin("second", [f"name: main, {MEMO}, {LEAF}"], shared=shared, restoring=restoring)
    assert (second.phase, second.commands) == ("Succeeded", [])


def test_an_entry_that_is_too_old_is_no_hit(restoring: bool) -> None:
    shared = store()
    aged = "memoize: {key: k, maxAge: 10s, cache: {configMap: {name: c}}}"
    memo("first", shared=shared, restoring=restoring).succeed("m", parameters={"o": "1"})
    young = memo("young", shared=shared, restoring=restoring, memoize=aged)
    assert young.phase == "Succeeded"
    [entry] = shared.cache.entries("default", "c").items()
    shared.cache.forget("default", "c")
    old = entry[1].created_at.replace(year=2020)
    shared.cache.keep(CacheKey("default", "c", "k"), type(entry[1])(
        node_id="x", outputs=entry[1].outputs, created_at=old, hit_at=old))  # fmt: skip
    late = memo("late", shared=shared, restoring=restoring, memoize=aged)
    assert (late.started, late.node("m").memoization_status) == (["m"], status(hit=False))
    assert shared.cache.entries("default", "c")["k"].hit_at == START


@pytest.mark.parametrize(
    ("memoize", "message"),
    [
        ("memoize: {key: 'a b', cache: {configMap: {name: c}}}", "invalid cache key: a b"),
        ("memoize: {key: '{{nowhere}}', cache: {configMap: {name: c}}}", "invalid cache key: {{nowhere}}"),
        (
            "memoize: {key: k, maxAge: 10x, cache: {configMap: {name: c}}}",
            'invalid maxAge: time: unknown unit "x" in duration "10x"',
        ),
    ],
)
def test_what_cannot_be_memoized_is_an_error(restoring: bool, memoize: str, message: str) -> None:
    book = memo("wf", shared=store(), restoring=restoring, memoize=memoize)
    assert (book.node("m").phase, book.node("m").message) == ("Error", message)


def config_map(shared: MemoryStore, labels: dict[str, str], value: str = "") -> None:
    data = b'{"data": {"k": %s}}' % (value or '""').encode()
    shared.create(
        StoredObject(
            key=ObjectKey("ConfigMap", "default", "c", group=""),
            uid=WorkflowUid("cm"),
            resource_version=0,
            created_at=START,
            labels=labels,
            phase="",
            data=data,
        )
    )


LABEL = "workflows.argoproj.io/configmap-type"
ENTRY = (
    r'"{\"nodeID\":\"n\",\"outputs\":{\"parameters\":[{\"name\":\"o\",\"value\":\"9\"}]},'
    r'\"creationTimestamp\":\"2026-01-01T11:00:00Z\",\"lastHitTimestamp\":\"2026-01-01T11:00:00Z\"}"'
)


def test_entries_of_a_config_map_in_argos_format_are_hits(restoring: bool) -> None:
    shared = store()
    config_map(shared, {LABEL: "Cache"}, ENTRY)
    book = memo("wf", shared=shared, restoring=restoring)
    node = book.node("m")
    assert (book.phase, node.memoization_status) == ("Succeeded", status(hit=True))
    assert node.outputs is not None
    assert [p.value for p in node.outputs.parameters or ()] == ["9"]


@pytest.mark.parametrize(
    ("labels", "value", "message"),
    [
        ({}, "", f"memoization configmap doesn't have {LABEL} label, refusing to use it"),
        ({LABEL: "Parameter"}, "", f"memoization configmap doesn't have label {LABEL} = Cache, refusing to use it"),
        ({LABEL: "Cache"}, '"{"', "malformed cache entry: could not unmarshal JSON; unable to parse: "),
    ],
)
def test_config_maps_that_are_no_cache(restoring: bool, labels: dict[str, str], value: str, message: str) -> None:
    shared = store()
    config_map(shared, labels, value)
    book = memo("wf", shared=shared, restoring=restoring)
    assert book.node("m").phase == "Error"
    assert (book.node("m").message or "").startswith(message)


def test_a_node_that_waits_for_an_entry_takes_no_place(restoring: bool) -> None:
    shared = store()
    first = memo("first", shared=shared, restoring=restoring)
    book = begin(
        "wf",
        ["name: main, steps: [[{name: m, template: t}, {name: o, template: u}]]", f"name: t, {MEMO}, {LEAF}",
         f"name: u, {LEAF}"],
        spec=["parallelism: 1"],
        shared=shared,
        restoring=restoring,
    )  # fmt: skip
    assert book.started == ["o"]
    first.succeed("m", parameters={"o": "1"})
    book.advance()
    assert book.node("m").phase == "Succeeded"
    book.succeed("o")
    assert book.phase == "Succeeded"


def test_the_config_map_is_made_with_the_first_entry_and_forgetting_it_forgets_them(restoring: bool) -> None:
    shared, key = store(), ObjectKey("ConfigMap", "default", "c", group="")
    memo("first", shared=shared, restoring=restoring).succeed("m", parameters={"o": "1"})
    stored = shared.get(key)
    assert stored is not None
    assert stored.labels == {LABEL: "Cache"}
    whole = ConfigMapRules(shared).whole(stored)
    assert isinstance(whole["data"], dict)
    assert json.loads(str(whole["data"]["k"]))["outputs"]["parameters"][0]["value"] == "1"
    shared.delete(key)
    second = memo("second", shared=shared, restoring=restoring)
    assert second.started == ["m"]
    assert shared.cache.entries("default", "c") == {}


def test_collecting_removes_entries_and_empty_config_maps() -> None:
    shared = store()
    memo("first", shared=shared, restoring=False).succeed("m", parameters={"o": "1"})
    assert collect(shared, START) == 0
    assert collect(shared, START + timedelta(seconds=1)) == 1
    assert shared.get(ObjectKey("ConfigMap", "default", "c", group="")) is None


def test_why_there_was_a_hit_or_a_miss(restoring: bool) -> None:
    shared = store()
    first = memo("first", shared=shared, restoring=restoring)
    first.succeed("m", parameters={"o": "1"})
    second = memo("second", shared=shared, restoring=restoring)
    where = "for the key 'k' in the cache 'c': "
    assert memoized(first.rows["first[0].m"]) == f"miss {where}there was no entry"
    made = f"the node {first.node('m').id} made the outputs at 2026-01-01T12:00:00Z"
    assert memoized(second.rows["second[0].m"]) == f"hit {where}{made}"


@pytest.mark.parametrize("body", ["steps: [[{name: x, template: u}]]", "dag: {tasks: [{name: x, template: u}]}"])
def test_what_follows_a_memoized_group_hangs_below_it(body: str, restoring: bool) -> None:
    shared = store()
    steps = "name: main, steps: [[{name: m, template: t}], [{name: next, template: u}]]"
    templates = [steps, f"name: t, {MEMO}, {body}", f"name: u, {LEAF}"]
    first = begin("first", templates, shared=shared, restoring=restoring)
    first.succeed("x")
    second = begin("second", templates, shared=shared, restoring=restoring)
    assert second.started == ["next"]
    node = second.node("m")
    assert (node.children, node.outbound_nodes) == ((second.node("second[1]").id,), None)
