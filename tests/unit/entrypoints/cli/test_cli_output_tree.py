"""The tree of ``get``, byte for byte: rows, branches, what is hidden, order."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.entrypoints.cli.cli_fakes import NOW, T0, node, workflow

from tiphys.core.engine.naming import node_id
from tiphys.entrypoints.cli.output.describe import describe
from tiphys.entrypoints.cli.output.style import Style
from tiphys.entrypoints.cli.output.tree import TreeView, resources_text, tree_text

W = "demo-x7k2p"


def view(layout: str = "", *, utf8: bool = True, colour: bool = False) -> TreeView:
    return TreeView(layout=layout, style=Style(colour=colour, utf8=utf8), now=NOW)


def member(name: str, boundary: str = W, **more: Any) -> dict[str, Any]:
    """A node with the id that Argo gives it."""
    shown = name.rsplit(".", 1)[-1] if "." in name else name.removeprefix(boundary)
    values: dict[str, Any] = {"id": node_id(W, name), "displayName": shown, "boundaryID": boundary, **more}
    return node(name, **values)


def steps() -> list[dict[str, Any]]:
    prepare, check = f"{W}[0].prepare", f"{W}[1].check(1:b)"
    return [
        node(W, "Steps", "Failed", templateName="main"),
        member(f"{W}[0]", type_="StepGroup", displayName="[0]", children=[node_id(W, prepare)]),
        member(prepare, templateName="echo"),
        member(f"{W}[1]", type_="StepGroup", phase="Failed", displayName="[1]", children=[node_id(W, check)]),
        member(
            check,
            phase="Failed",
            templateName="test",
            displayName="check(1:b)",
            startedAt="2024-01-31T12:00:05Z",
            finishedAt="2024-01-31T12:00:07Z",
            message="main: Error (exit code 1)",
        ),
    ]


def test_steps_with_hidden_groups() -> None:
    rows = tree_text(workflow(W, nodes=steps()), view()).split("\n")
    pods = [
        f"{W}-echo-{node_id(W, f'{W}[0].prepare').rsplit('-', 1)[1]}",
        f"{W}-test-{node_id(W, f'{W}[1].check(1:b)').rsplit('-', 1)[1]}",
    ]
    width = max(map(len, pods)) + 2
    assert rows == [
        f"STEP               TEMPLATE  {'PODNAME':<{width}}DURATION  MESSAGE",
        f" ✖ demo-x7k2p      main      {'':<{width}}          {'':27}",
        f" ├───✔ prepare     echo      {pods[0]:<{width}}4s        {'':27}",
        f" └───✖ check(1:b)  test      {pods[1]:<{width}}2s        main: Error (exit code 1)  ",
        "",
    ]


def test_a_group_of_several_fans_out() -> None:
    names = [f"{W}[0].{letter}" for letter in "abc"]
    nodes = [
        node(W, "Steps"),
        member(f"{W}[0]", type_="StepGroup", children=[node_id(W, name) for name in names]),
        *(member(name) for name in names),
    ]
    rows = tree_text(workflow(W, nodes=nodes), view()).split("\n")
    assert [row[:8].rstrip() for row in rows[2:5]] == [" └─┬─✔ a", "   ├─✔ b", "   └─✔ c"]
    plain = tree_text(workflow(W, nodes=nodes), view(utf8=False)).split("\n")
    assert [row.split("  ")[0] for row in plain[2:3]] == [" `-+-Succeeded a"]


def test_dag_omitted_retry_and_exit_handler() -> None:
    flaky = f"{W}.flaky"
    nodes = [
        node(W, "DAG", templateName="main"),
        member(flaky, type_="Retry", children=[node_id(W, f"{flaky}(0)")], displayName="flaky"),
        member(f"{flaky}(0)", displayName="flaky(0)"),
        member(f"{W}.late", type_="Skipped", phase="Omitted", displayName="late"),
        member(
            f"{W}.never", type_="Skipped", phase="Skipped", displayName="never", message="when '1 == 2' evaluated false"
        ),
        member(f"{W}.wait", type_="Suspend", phase="Running", displayName="wait"),
        member(f"{W}.many", type_="TaskGroup", displayName="many"),
        node(f"{W}.onExit", id=node_id(W, f"{W}.onExit")),
    ]
    text = tree_text(workflow(W, nodes=nodes), view())
    names = [row.split("  ")[0].rstrip() for row in text.split("\n")]
    assert names == ["STEP", f" ✔ {W}", " ├─✔ flaky(0)", " ├─○ never", " └─ǁ wait", "", f" ✔ {W}.onExit", ""]
    blank = text.split("\n")[5]
    assert set(blank) == {" "} and len(blank) == len(text.split("\n")[1])


def test_a_retry_with_two_attempts_is_shown() -> None:
    nodes = [
        node(W, "Retry", "Failed", message="No more retries left", children=[f"{W}-0", f"{W}-1"]),
        node(f"{W}(0)", "Pod", "Failed", id=f"{W}-0"),
        node(f"{W}(1)", "Pod", "Failed", id=f"{W}-1"),
    ]
    names = [row.split("  ")[0] for row in tree_text(workflow(W, nodes=nodes), view()).split("\n")]
    assert names[1:4] == [f" ✖ {W}", f" ├─✖ {W}(0)", f" └─✖ {W}(1)"]


@pytest.mark.parametrize("count", [3, 13])
def test_loop_items_of_one_second_stand_by_index(count: int) -> None:
    names = [f"{W}[0].s({i}:x)" for i in range(count)]
    group = member(f"{W}[0]", type_="StepGroup", children=[node_id(W, name) for name in reversed(names)])
    nodes = [*(member(name, displayName=name[len(W) + 4 :]) for name in reversed(names)), node(W, "Steps"), group]
    rows = tree_text(workflow(W, nodes=nodes), view()).split("\n")[2:-1]
    assert [row.split("✔ ")[1].split("  ")[0] for row in rows] == [f"s({i}:x)" for i in range(count)]


def test_earlier_nodes_come_first_whatever_their_names() -> None:
    early, late = "2024-01-31T11:59:59Z", T0
    nodes = [node(W, "DAG"), member(f"{W}.a", startedAt=late), member(f"{W}.b", startedAt=early)]
    rows = tree_text(workflow(W, nodes=nodes), view()).split("\n")
    assert [row.split("  ")[0] for row in rows[2:4]] == [" ├─✔ b", " └─✔ a"]


def test_wide_and_short_layouts() -> None:
    pod = node(W, hostNodeName="host-1", resourcesDuration={"memory": 5, "cpu": 61}, templateName="main")
    pod["outputs"] = {"artifacts": [{"name": "x"}, {"name": "y"}]}
    wide = tree_text(workflow(W, nodes=[pod]), view("wide")).split("\n")
    assert wide[0].split() == [
        "STEP",
        "TEMPLATE",
        "PODNAME",
        "DURATION",
        "ARTIFACTS",
        "MESSAGE",
        "RESOURCESDURATION",
        "NODENAME",
    ]
    assert wide[1] == f" ✔ {W}  main      {W}  4s        x,y                 1m1s*(1 cpu),5s*(100Mi memory)  host-1"
    short = describe(workflow(W, nodes=[pod]), view("short")).split("\n")
    assert short[0].split()[-1] == "NODENAME" and short[1].endswith("  host-1") and short[2:] == [""]


def test_no_tree_without_the_entry_node() -> None:
    assert tree_text(workflow(W, nodes=[]), view()) == ""


def test_colours_do_not_move_columns() -> None:
    import re

    coloured = tree_text(workflow(W, nodes=steps()), view(colour=True))
    assert "\x1b[31m✖\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == tree_text(workflow(W, nodes=steps()), view())


def test_ten_thousand_nodes_are_drawn_once_each() -> None:
    names = [f"{W}[0].s({i}:{i})" for i in range(10_000)]
    group = member(f"{W}[0]", type_="StepGroup", children=[node_id(W, name) for name in names])
    nodes = [node(W, "Steps"), group, *(member(name, displayName=name[len(W) + 4 :]) for name in names)]
    assert tree_text(workflow(W, nodes=nodes), view()).count("\n") == 10_002


def test_resources_are_sorted_and_have_units() -> None:
    assert resources_text({"memory": 30, "cpu": 60, "ephemeral-storage": 3600}) == (
        "1m0s*(1 cpu),1h0m0s*(10Gi ephemeral-storage),30s*(100Mi memory)"
    )


def test_the_block_above_the_tree() -> None:
    made = workflow(
        W,
        phase="Failed",
        message="child failed",
        nodes=[node(W)],
        conditions=[{"type": "SpecWarning", "message": "look"}, {"type": "Completed", "status": "True"}],
        outputs={"parameters": [{"name": "out", "value": "7"}, {"name": "none"}]},
    )
    text = describe(made, view())
    head = text.split("\n\n")[0].split("\n")
    assert [line for line in head if "ago" not in line] == [
        f"Name:                {W}",
        "Namespace:           default",
        "ServiceAccount:      unset (will run with the default ServiceAccount)",
        "Status:              Failed",
        "Message:             child failed",
        "Conditions:          ",
        "⚠ SpecWarning        look",
        " Completed           True",
        "Duration:            9 seconds",
        "Progress:            1/1",
        "Output Parameters:   ",
        "  out:               7",
    ]
    assert [line.split(":")[0] for line in head if "ago" in line] == ["Created", "Started", "Finished"]
    assert head[8].endswith("(1 hour ago)")
