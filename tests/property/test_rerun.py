"""A retried run ends as a fresh run would in which what ran again had the new fates and everything else the old ones."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st
from tests.property.random_workflows import workflows
from tests.property.worlds import meet

from tiphys.core.manifest.model.workflow import Workflow
from tiphys.testing.playbook import Playbook

Fates = dict[str, str]


def calm(value: Any) -> Any:
    """Without what makes an outcome depend on the order in which pods end, or on what the first try went through."""
    if isinstance(value, dict):
        return {k: calm(v) for k, v in value.items() if k not in {"failFast", "activeDeadlineSeconds", "hooks"}}
    return [calm(item) for item in value] if isinstance(value, (list, tuple)) else value


def play(book: Playbook, fates: Fates, default: st.SearchStrategy[str] | None, data: st.DataObject | None) -> None:
    """Let every pod meet its fate; one that has none draws it, or succeeds."""
    for _ in range(400):
        if book.step.finished:
            return
        if not book.running:
            book.advance(seconds=5)
            continue
        name = min(str(command.node_name) for command in book.running.values())
        if name not in fates:
            fates[name] = data.draw(default, label=name) if data is not None and default is not None else "succeed"
        meet(book, fates[name], name)
    raise AssertionError(f"the run does not end: {book.phases()}")


def outcome(book: Playbook) -> dict[str, tuple[str, str]]:
    return {name: (node.type, node.phase or "") for name, node in book.nodes().items()}


@settings(
    max_examples=150,
    phases=set(Phase) - {Phase.explain},
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(workflow=workflows(plain=True), data=st.data())
def test_a_retried_run_ends_as_a_fresh_one(workflow: Workflow, data: st.DataObject) -> None:
    workflow = msgspec.convert(calm(msgspec.to_builtins(workflow)), Workflow)
    note(msgspec.json.encode(workflow.spec).decode())
    book = Playbook(workflow)
    fates: Fates = {}
    play(book, fates, st.sampled_from(["succeed", "succeed", "fail", "lose"]), data)
    pods = sorted(name for name, node in book.nodes().items() if node.type == "Pod")
    chosen = data.draw(st.none() | st.sampled_from(pods), label="chosen") if pods else None
    assume(book.phase != "Succeeded" or chosen is not None)
    for round_ in range(2):
        before = dict(book.rows)
        plan = book.rerun((lambda status: status.name == chosen) if chosen else None)
        for row in plan.kept:
            assert before[row.status.name] == row
        again = {row.status.name for row in plan.removed}
        assert again.isdisjoint(row.status.name for row in plan.kept)
        fates = {name: fate for name, fate in fates.items() if name not in again}
        play(book, fates, st.sampled_from(["succeed", "fail"]) if round_ == 0 else None, data if round_ == 0 else None)
        for row in plan.kept:
            assert book.rows[row.status.name] == row
        fresh = Playbook(workflow)
        play(fresh, dict(fates), None, None)
        assert outcome(book) == outcome(fresh)
        assert book.phase == fresh.phase
