"""submit, wait, watch, retry, resubmit and get --events (``spec/cli.md`` 4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.unit.entrypoints.cli.cli_fakes import NOW, FakeSystem, document, log_line, node, workflow
from tests.unit.entrypoints.cli.conftest import Run

from tiphys.core.engine.explain import Explanation, Reason
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.document import Loaded
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.entrypoints.cli.following import go_time
from tiphys.ports.api import LogFilter, PlannedNode, ResubmitOptions, RetryOptions

WAITED = f"demo Succeeded at {go_time('2024-01-31T12:00:09Z')}\n"


class FakeRerun:
    """Remembers what was asked."""

    def __init__(self, system: FakeSystem) -> None:
        self.system = system
        self.asked: list[tuple[Any, ...]] = []

    def plan_retry(self, namespace: str, name: str, options: RetryOptions) -> Sequence[PlannedNode]:
        self.asked.append(("plan", namespace, name, options))
        return [
            PlannedNode(action="keep", name="demo", display_name="demo", type="DAG", phase="Failed"),
            PlannedNode(action="rerun", name="demo.long", display_name="long", type="Pod", phase="Failed"),
        ]

    def retry(self, namespace: str, name: str, options: RetryOptions) -> Workflow:
        self.asked.append(("retry", namespace, name, options))
        return self.system.get(namespace, name)

    def resubmit(self, namespace: str, name: str, options: ResubmitOptions) -> Workflow:
        self.asked.append(("resubmit", namespace, name, options))
        return self.system.get(namespace, name)


@pytest.fixture
def rerun(system: FakeSystem) -> FakeRerun:
    system.rerun = made = FakeRerun(system)
    system.workflows.update(
        demo=workflow("demo", nodes=[node("demo")]), bad=workflow("bad", phase="Failed", nodes=[node("bad")])
    )
    return made


def test_submit_returns_and_leaves_the_driving_to_the_background(
    run: Run, system: FakeSystem, loaded: Callable[[Loaded], None]
) -> None:
    loaded(Loaded((document(workflow("demo", phase="")),), ()))
    code, out, _ = run("submit", "wf.yaml", "-o", "name", "-p", "a=b")
    assert (code, out, system.kept_driven, system.driven) == (0, "demo\n", ["demo"], [])
    assert system.submitted[0][1].parameters == {"a": "b"}


def test_submit_and_wait(run: Run, system: FakeSystem, loaded: Callable[[Loaded], None]) -> None:
    loaded(Loaded((document(workflow("demo")),), ()))
    code, out, _ = run("submit", "wf.yaml", "--wait")
    assert (code, out.endswith(WAITED)) == (0, True)
    loaded(Loaded((document(workflow("bad", phase="Failed")),), ()))
    assert run("submit", "wf.yaml", "--wait", "-o", "name") == (1, "bad\n", "")
    system.lines = [log_line("hello")]
    assert "hello" in run("submit", "wf.yaml", "--log")[1]


def test_a_trial_is_not_kept_driven(run: Run, system: FakeSystem, loaded: Callable[[Loaded], None]) -> None:
    loaded(Loaded((document(workflow("demo")),), ()))
    code, out, _ = run("submit", "wf.yaml", "--dry-run", "-o", "json")
    assert (code, json.loads(out)["metadata"]["name"]) == (0, "demo")
    assert (system.trials, system.kept_driven) == ([True], [])


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (["--dry-run"], "--dry-run should have an output option"),
        (["--server-dry-run"], "--server-dry-run should have an output option"),
        (["--dry-run", "--server-dry-run", "-o", "yaml"], "--dry-run cannot be combined with --server-dry-run"),
        (["--wait", "--dry-run", "-o", "yaml"], "--wait cannot be combined with --dry-run"),
        (["--watch", "--server-dry-run", "-o", "yaml"], "--watch cannot be combined with --server-dry-run"),
        (["--wait", "--watch"], "--wait cannot be combined with --watch"),
    ],
)
def test_what_does_not_go_together(run: Run, system: FakeSystem, flags: list[str], text: str) -> None:
    code, out, err = run("submit", "wf.yaml", *flags)
    assert (code, out, text in err) == (1, "", True)


def test_nothing_to_submit(run: Run, system: FakeSystem) -> None:
    assert "no workflow found in given files" in run("submit")[2]


def test_wait(run: Run, rerun: FakeRerun) -> None:
    assert run("wait", "demo") == (0, WAITED, "")
    code, out, _ = run("wait", "demo", "bad")
    assert (code, out) == (1, WAITED + f"bad Failed at {go_time('2024-01-31T12:00:09Z')}\n")
    assert run("wait", "nobody") == (1, "", "warning: workflow nobody is not there\n")
    assert run("wait", "nobody", "--ignore-not-found") == (0, "", "")


def test_watch_shows_the_end(run: Run, rerun: FakeRerun) -> None:
    code, out, _ = run("watch", "bad")
    assert (code, "Status:              Failed" in out) == (0, True)
    assert run("watch", "bad", "--exit-status")[0] == 1
    assert run("watch", "demo", "--exit-status")[0] == 0


def test_retry(run: Run, rerun: FakeRerun, system: FakeSystem) -> None:
    code, out, _ = run(
        "retry", "demo", "-p", "a=b", "--restart-successful", "--node-field-selector", "x=y", "-o", "name"
    )
    options = RetryOptions(restart_successful=True, selector="x=y", parameters={"a": "b"})
    assert (code, out, rerun.asked) == (0, "demo\n", [("retry", "default", "demo", options)])
    assert system.kept_driven == ["demo"]
    assert run("retry", "bad", "--wait", "-o", "name")[0] == 1
    assert "requires either node field selector or workflow" in run("retry")[2]


def test_the_plan_of_a_retry(run: Run, rerun: FakeRerun, system: FakeSystem) -> None:
    code, out, _ = run("retry", "demo", "--node", "long", "--dry-run")
    assert (code, out.splitlines()) == (
        0,
        [
            "ACTION   NODE        TYPE   PHASE",
            "keep     demo        DAG    Failed",
            "rerun    demo.long   Pod    Failed",
        ],
    )
    assert rerun.asked == [("plan", "default", "demo", RetryOptions(nodes=("long",)))]
    assert system.kept_driven == []
    found = json.loads(run("retry", "demo", "--node", "long", "--dry-run", "-o", "json")[1])
    assert (found["name"], [node["action"] for node in found["nodes"]]) == ("demo", ["keep", "rerun"])


def test_resubmit(run: Run, rerun: FakeRerun) -> None:
    assert run("resubmit", "demo", "--memoized", "--priority", "3", "-o", "name") == (0, "demo\n", "")
    assert rerun.asked == [("resubmit", "default", "demo", ResubmitOptions(memoized=True, priority=3))]
    assert run("resubmit") == (0, "", "")


def test_events(run: Run, rerun: FakeRerun, system: FakeSystem) -> None:
    assert run("get", "demo", "--events") == (0, "No events found\n", "")
    system.facts = [Fact(reason="WorkflowRunning", message="Workflow Running", time=NOW)]
    assert run("get", "demo", "--events")[1].splitlines() == [
        "LAST SEEN   TYPE     REASON            MESSAGE",
        "now         Normal   WorkflowRunning   Workflow Running",
    ]
    found = json.loads(run("get", "demo", "--events", "-o", "json")[1])
    assert [(each["kind"], each["involvedObject"]["name"]) for each in found] == [("Event", "demo")]
    assert "reason: WorkflowRunning" in run("get", "demo", "--events", "-o", "yaml")[1]


def test_only_some_nodes_of_the_tree(run: Run, system: FakeSystem) -> None:
    system.workflows["demo"] = workflow(
        "demo",
        nodes=[
            node("demo", "DAG", children=["demo.a", "demo.b"]),
            node("demo.a", boundaryID="demo"),
            node("demo.b", phase="Failed", boundaryID="demo"),
        ],
    )
    assert ["demo.a" in run("get", "demo", *flags)[1] for flags in ([], ["--status", "Failed"])] == [True, False]
    chosen = run("get", "demo", "--node-field-selector", "displayName=demo.a")[1]
    assert ("demo.a" in chosen, "demo.b" in chosen) == (True, False)
    assert "cannot use both" in run("get", "demo", "--status", "a", "--node-field-selector", "b=c")[2]
    assert "unable to parse" in run("get", "demo", "--node-field-selector", "b")[2]


def test_explain_shows_what_the_pods_of_the_first_failures_said_last(
    run: Run, rerun: FakeRerun, system: FakeSystem
) -> None:
    reasons = tuple(Reason(f"demo.{name}", "Failed", "", (), f"demo.{name}(1)") for name in "abcd")
    system.explanation = Explanation("demo", "Failed", "it failed", reasons)
    system.lines = [log_line("no space left")]
    assert run("explain", "demo")[1].splitlines()[2:5] == ["  Failed demo.a", "    │ no space left", "  Failed demo.b"]
    asked = [wanted for wanted in system.filters if isinstance(wanted, LogFilter)]
    assert [(wanted.pod_name, wanted.container, wanted.tail) for wanted in asked] == [
        (f"demo.{name}(1)", "main", 10) for name in "abc"
    ]
    system.lines = []
    assert "│" not in run("explain", "demo")[1]


def test_explain_a_workflow_or_a_node(run: Run, rerun: FakeRerun, system: FakeSystem) -> None:
    below = Reason("demo.c", "Omitted", "")
    reasons = (Reason("demo.b", "Failed", "main: Error\n(exit code 1)", (below,)),) * 25
    system.explanation = Explanation("demo", "Failed", "it failed", reasons)
    code, out, _ = run("explain", "demo")
    lines = out.splitlines()
    assert (code, lines[:4]) == (
        0,
        ["demo  Failed", "  it failed", "  Failed demo.b: main: Error (exit code 1)", "    Omitted demo.c"],
    )
    assert lines[-1] == "  … and 5 more"
    assert run("explain", "@latest", "demo.b")[0] == 0
    assert system.filters == [None, "demo.b"]
    assert run("explain", "nobody")[0] == 1
    assert "entrypoint" in run("explain", "workflow.spec")[1]
