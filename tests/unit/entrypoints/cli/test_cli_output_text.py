"""Tables, times, style, findings, objects."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.entrypoints.cli.cli_fakes import NOW, node, workflow

from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.manifest.source import Span
from tiphys.entrypoints.cli.output import findings, objects, table, times
from tiphys.entrypoints.cli.output.style import Style, cells, clip, one_line, style_for, visible

PLAIN = Style()


def test_columns_are_as_wide_as_their_closed_cells() -> None:
    rows = [["NAME", "LAST"], ["a", "x", ""], ["long-name", "yy", ""]]
    assert table.align(rows, 2) == "NAME       LAST\na          x   \nlong-name  yy  \n"


def test_an_open_cell_ends_the_column() -> None:
    assert table.align([["aaaa", "1"], ["bb"], ["c", "2"]], 1) == "aaaa 1\nbb\nc 2\n"


def test_escape_codes_take_no_room() -> None:
    coloured = "\x1b[31mab\x1b[0m"
    assert visible(coloured) == 2
    assert table.align([[coloured, "x"], ["abc", "y"]], 1) == f"{coloured}  x\nabc y\n"


@pytest.mark.parametrize(
    ("phase", "change", "expected"),
    [
        ("Running", {}, "Running"),
        ("Running", {"suspend": True}, "Running (Suspended)"),
        ("Failed", {"shutdown": "Stop"}, "Failed (Terminated)"),
        ("", {}, "Pending"),
        ("Error", {}, "Error"),
    ],
)
def test_status_of_a_workflow(phase: str, change: dict[str, Any], expected: str) -> None:
    made = workflow(phase=phase)
    assert made.spec is not None
    assert (
        table.workflow_status(msgspec.structs.replace(made, spec=msgspec.structs.replace(made.spec, **change)))
        == expected
    )


def test_an_active_suspend_node_and_an_unborn_workflow() -> None:
    assert (
        table.workflow_status(workflow(phase="Running", nodes=[node("s", "Suspend", "Running")]))
        == "Running (Suspended)"
    )
    assert table.workflow_status(Workflow()) == "Unknown"


def test_the_table_of_list() -> None:
    running = workflow("b", phase="Running", finishedAt=None)
    text = table.workflow_table([workflow("a", message="m"), running], NOW, wide=False, namespaces=False)
    assert text == (
        "NAME   STATUS      AGE   DURATION   PRIORITY   MESSAGE\n"
        "b      Running     1h    1h         0          \n"
        "a      Succeeded   1h    9s         0          m\n"
    )


def test_the_wide_table_counts_pods_and_shows_parameters() -> None:
    nodes = [node("p", "Pod", "Pending"), node("r", "Pod", "Running"), node("d"), node("s", "Steps", "Running")]
    made = workflow(nodes=nodes)
    made = msgspec.structs.replace(
        made, spec=msgspec.convert({"arguments": {"parameters": [{"name": "x", "value": "1"}]}}, type(made.spec))
    )
    lines = table.workflow_table([made], NOW, wide=True, namespaces=True).split("\n")
    assert lines[0].split() == [
        "NAMESPACE",
        *["NAME", "STATUS", "AGE", "DURATION", "PRIORITY", "MESSAGE", "P/R/C", "PARAMETERS"],
    ]
    assert lines[1].split()[-2:] == ["1/1/1", "x=1"]


def test_long_parameters_lose_their_middle() -> None:
    value = "0123456789" * 6
    assert (
        table.parameters_text([Parameter(name="a", value=value), Parameter(name="b")])
        == f"a={value[:32]}...{value[-15:]}"
    )
    assert table.parameters_text([Parameter(name="a", value="x" * 50)]) == "a=" + "x" * 50


def test_a_crowd_is_pointed_out() -> None:
    text = table.workflow_table([workflow(str(i)) for i in range(101)], NOW, wide=False, namespaces=False)
    assert "\n\nYou have at least 0 incomplete and 101 completed workflows. " in text
    assert text.endswith("cost-optimisation/\n")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute 0 seconds"),
        (3599, "59 minutes 59 seconds"),
        (3600, "1 hour 0 minutes"),
        (86400, "1 day 0 hours"),
        (864000, "1 week 0 hours"),
        (90000, "1 day 1 hours"),
    ],
)
def test_long_durations(seconds: int, expected: str) -> None:
    assert times.span_text(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, "0s"), (59, "59s"), (60, "1m"), (3600, "1h"), (86400 * 40, "40d")]
)
def test_short_durations(seconds: int, expected: str) -> None:
    assert times.short_duration(NOW, NOW + timedelta(seconds=seconds), NOW) == expected
    assert times.short_duration(NOW - timedelta(seconds=seconds), None, NOW) == expected


def test_short_duration_of_what_never_began() -> None:
    assert times.short_duration(None, None, NOW) == "0s"


@pytest.mark.parametrize(
    ("ago", "expected"),
    [(0, "now"), (1, "1 second ago"), (61, "1 minute ago"), (7200, "2 hours ago"), (-90, "1 minute from now")],
)
def test_timestamps(ago: int, expected: str) -> None:
    moment = NOW - timedelta(seconds=ago)
    assert times.timestamp(moment, NOW, UTC) == f"{moment:%a %b %d %H:%M:%S} +0000 ({expected})"


@given(st.integers(min_value=0, max_value=10**9))
def test_any_distance_can_be_told(seconds: int) -> None:
    text = times.distance(
        datetime(2050, 1, 1, tzinfo=UTC) - timedelta(seconds=seconds), datetime(2050, 1, 1, tzinfo=UTC)
    )
    assert text == "now" if seconds == 0 else text.endswith(" ago")


@given(st.text(max_size=40), st.integers(min_value=1, max_value=30))
def test_a_clipped_text_fits(text: str, width: int) -> None:
    flat = one_line(text)
    short = clip(flat, width)
    assert cells(short) <= width
    assert short == flat or short.endswith("…")
    assert not any(ord(character) < 32 for character in flat.replace("\t", ""))


def test_messages_cannot_move_the_cursor() -> None:
    assert one_line("a\nb\x1b[2J") == "a b\\x1b[2J"


def test_pods_have_colours_only_where_colours_are() -> None:
    assert PLAIN.pod_line("pod", "hi") == "pod: hi"
    assert Style(colour=True).pod_line("a", "hi") == "\x1b[33ma: hi\x1b[0m"


def test_a_pipe_has_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    assert not style_for(sys.stdout).colour


def finding(**more: Any) -> Diagnostic:
    values = {"code": "T203", "message": "no such template", "span": Span("wf.yaml", 2, 5), **more}
    return Diagnostic(**values)


def test_a_finding_shows_its_line() -> None:
    text = findings.pretty([finding(hint="try b", argo="x undefined")], lambda file: "one\n  two: 2\n", PLAIN)
    assert text == (
        "wf.yaml:2:5: no such template [T203]\n    2 │   two: 2\n      │     ^\n  hint: try b\n  argo: x undefined\n"
    )


def test_a_finding_without_source_or_place() -> None:
    same = finding(argo="no such template", severity=Severity.WARNING)
    assert findings.pretty([same], lambda file: None, PLAIN) == "wf.yaml:2:5: warning: no such template [T203]\n"
    nowhere = finding(span=None, owner='in "a" (Workflow)')
    assert findings.pretty([nowhere], lambda file: "x", PLAIN) == 'no such template [T203] in "a" (Workflow)\n'


def test_simple_findings_are_argos() -> None:
    given_ = [
        finding(severity=Severity.WARNING),
        finding(argo="boom", owner='in "a" (Workflow)'),
        finding(argo="later"),
    ]
    assert findings.simple(given_, "f.yaml") == 'f.yaml: in "a" (Workflow): boom\n'
    assert findings.simple(given_[:1], "f.yaml") == ""


def test_objects_as_json_and_yaml() -> None:
    made = workflow("a<b")
    text = objects.print_workflow(made, "json")
    assert list(json.loads(text)) == ["apiVersion", "kind", "metadata", "spec", "status"]
    assert '    "kind": "Workflow",' in text and "\\u003c" in text and json.loads(text)["metadata"]["name"] == "a<b"
    assert objects.print_workflow(made, "yaml").startswith("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n")
    assert objects.print_workflow(made, "name") == "a<b\n"
    assert objects.print_workflows([], "json") == "[]\n"
    assert [each["kind"] for each in json.loads(objects.print_workflows([made, made], "json"))] == ["Workflow"] * 2
