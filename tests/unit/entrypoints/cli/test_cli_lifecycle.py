"""Commands that change runs: what they call and what they print (``spec/cli.md`` 4)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.entrypoints.cli.cli_fakes import FakeSystem, workflow
from tests.unit.entrypoints.cli.conftest import Run

from tiphys.entrypoints.cli.parameters import unquoted
from tiphys.errors import UsageError
from tiphys.ports.api import NodeValues


class FakeLifecycle:
    """Remembers what was asked; ``refuse`` names a workflow that refuses."""

    def __init__(self, system: FakeSystem, refuse: str = "") -> None:
        self.system = system
        self.refuse = refuse
        self.asked: list[tuple[Any, ...]] = []

    def __getattr__(self, action: str) -> Any:
        def ask(namespace: str, name: str, *values: object, **options: object) -> str:
            if name == self.refuse:
                raise UsageError("no")
            self.asked.append((action, namespace, name, *values, *(value for value in options.values() if value)))
            found = self.system.get(namespace, name).metadata
            return (found and found.name) or ""

        return ask


@pytest.fixture
def lifecycle(system: FakeSystem) -> FakeLifecycle:
    made = FakeLifecycle(system, refuse="bad")
    system.lifecycle = made
    system.workflows.update({name: workflow(name) for name in ("one", "two")})
    return made


@pytest.mark.parametrize(
    ("verb", "done"),
    [("suspend", "suspended"), ("resume", "resumed"), ("stop", "stopped"), ("terminate", "terminated")],
)
def test_one_after_another_until_the_first_failure(run: Run, lifecycle: FakeLifecycle, verb: str, done: str) -> None:
    code, out, err = run(verb, "one", "@latest", "bad", "two", "-n", "ns")
    # Argo's commands that end a workflow say what it is called, the others what they were told.
    second = "two" if verb in ("stop", "terminate") else "@latest"
    assert out == f"workflow one {done}\nworkflow {second} {done}\n"
    assert err == f"error: failed to {verb} bad: no [T010]\n"
    assert code == 1
    assert [entry[:3] for entry in lifecycle.asked] == [(verb, "ns", "one"), (verb, "ns", "@latest")]


def test_whoever_is_changed_is_driven_on(run: Run, lifecycle: FakeLifecycle, system: FakeSystem) -> None:
    run("resume", "one", "--node-field-selector", "a=b", "-m", "why")
    run("suspend", "two")
    assert lifecycle.asked == [("resume", "default", "one", "a=b", "why"), ("suspend", "default", "two")]
    assert system.kept_driven == ["one"]


@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("resume", "requires either node field selector or workflow"),
        ("stop", "requires either selector or workflow"),
        ("terminate", "requires either selector or workflow"),
    ],
)
def test_somebody_must_be_named(run: Run, lifecycle: FakeLifecycle, verb: str, text: str) -> None:
    code, out, err = run(verb)
    assert (code, out, text in err) == (1, "", True)


def test_suspending_nobody_is_nothing(run: Run, lifecycle: FakeLifecycle) -> None:
    assert run("suspend") == (0, "", "")


def test_a_dry_run_only_says_it(run: Run, lifecycle: FakeLifecycle) -> None:
    assert run("stop", "one", "--dry-run") == (0, "workflow one stopped (dry-run)\n", "")
    assert run("terminate", "-l", "a=b", "ignored", "--dry-run")[1] == (
        "workflow one terminated (dry-run)\nworkflow two terminated (dry-run)\n"
    )
    assert lifecycle.asked == []


def test_node_set(run: Run, lifecycle: FakeLifecycle) -> None:
    code, out, _ = run(
        "node", "set", "one", "--node-field-selector", "displayName=a", "-p", 'x="1\\n2"', "-p", "y=z", "-m", "hi"
    )
    assert (code, out) == (0, "workflow values set\n")
    values = NodeValues(selector="displayName=a", message="hi", parameters={"x": "1\n2", "y": "z"})
    assert lifecycle.asked == [("set_nodes", "default", "one", values)]


def test_the_only_action_on_nodes_is_set(run: Run, lifecycle: FakeLifecycle) -> None:
    code, _, err = run("node", "get", "one")
    assert (code, "unknown action 'get'" in err) == (1, True)


@pytest.mark.parametrize(
    ("value", "text"), [('"a"', "a"), ('"a', '"a'), ('"', '"'), ('"a"b"', '"a"b"'), ("a", "a"), (r'"\u00e4"', "ä")]
)
def test_quoted_values(value: str, text: str) -> None:
    assert unquoted(value) == text
