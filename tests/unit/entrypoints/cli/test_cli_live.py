"""The board behind the live view, the live tree on a made-up terminal, and plain lines."""

from __future__ import annotations

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.unit.entrypoints.cli.cli_fakes import log_line, status, workflow

from tiphys.core.manifest.model.strategy import NodeSynchronizationStatus
from tiphys.core.manifest.model.workflow import WorkflowStatus
from tiphys.entrypoints.cli.output.board import Board
from tiphys.entrypoints.cli.output.live import LiveTree
from tiphys.entrypoints.cli.output.plain import PlainProgress
from tiphys.entrypoints.cli.output.steady import SteadyOut
from tiphys.entrypoints.cli.output.style import Style

WF = workflow("w", phase="Running")


class Clock:
    """Seconds that stand still until they are moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Screen:
    """A terminal that knows the escape codes of the live tree."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.size = (columns, rows)
        self.lines: list[str] = [""]
        self.row = 0

    def write(self, text: str) -> None:
        for part in re.split(r"(\x1b\[[0-9;?]*[A-Za-z]|\n)", text):
            if part == "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            elif up := re.fullmatch(r"\x1b\[(\d+)F", part):
                self.row -= int(up.group(1))
                assert self.row >= 0, "the cursor left the screen"
                self.rewrite = True
            elif part == "\x1b[J":
                del self.lines[self.row :]
                self.lines.append("")
            elif part.startswith("\x1b"):
                continue
            elif part:
                assert len(part) <= self.size[0]
                self.lines[self.row] = part

    def flush(self) -> None: ...

    def shown(self) -> list[str]:
        return self.lines[:-1]


def live(screen: Screen, clock: Clock) -> LiveTree:
    return LiveTree(SteadyOut(screen), Style(), clock, lambda: screen.size)  # type: ignore[arg-type]


def test_nodes_hang_below_groups_and_boundaries_in_any_order() -> None:
    board = Board()
    board.update(status("w[0].a", boundaryID="w"), 0)
    board.update(status("w[0]", "StepGroup", boundaryID="w", children=["w[0].a"]), 0)
    board.update(status("w", "Steps"), 0)
    assert [row.node.id for row in board.roots()] == ["w"]
    group = board.rows["w"].children["w[0]"]
    assert list(group.children) == ["w[0].a"] and list(board.rows["w"].children) == ["w[0]"]
    assert group.counts == {"Running": 1} and board.counts == {"Running": 1}


def test_update_answers_with_the_former_phase_and_times_the_node() -> None:
    board = Board()
    assert board.update(status("w", phase="Running"), 10.0) is None
    assert board.update(status("w", phase="Running", message="m"), 11.0) == "Running"
    assert board.update(status("w", phase="Failed"), 12.5) == "Running"
    assert board.rows["w"].seconds(99.0) == 2.5
    assert board.rows["w"].node.phase == "Failed"


def test_a_node_that_was_already_over_is_timed_by_its_own_times() -> None:
    board = Board()
    board.update(
        status("w", phase="Succeeded", startedAt="2024-01-31T12:00:00Z", finishedAt="2024-01-31T12:00:07Z"), 50.0
    )
    assert board.rows["w"].seconds(99.0) == 7.0


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["Pending", "Running", "Succeeded", "Failed"])), max_size=60)
)
def test_counts_are_those_of_the_children(changes: list[tuple[int, str]]) -> None:
    board = Board()
    board.update(status("w", "DAG"), 0)
    for number, phase in changes:
        board.update(status(f"w.{number}", phase=phase, boundaryID="w"), 0)
    top = board.rows["w"]
    phases = [row.phase for row in top.children.values()]
    assert +top.counts == {phase: phases.count(phase) for phase in set(phases)}
    assert set(top.active) == {key for key, row in top.children.items() if row.phase == "Running"}
    assert set(top.bad) == {key for key, row in top.children.items() if row.phase == "Failed"}


def test_the_tree_is_drawn_in_place() -> None:
    screen, clock = Screen(), Clock()
    tree = live(screen, clock)
    tree.changed(WF, [status("w", "Steps"), status("w[0]", "StepGroup", boundaryID="w", children=["w[0].a"])])
    clock.now += 1
    tree.changed(WF, [status("w[0].a", displayName="a", boundaryID="w")])
    first = screen.shown()
    assert first[0].startswith("● w") and "1.0s" in first[0]
    assert first[1].startswith("└ ") and " a" in first[1]
    assert "1 running" in first[2] and "Ctrl-C" in first[2] and len(first) == 3
    clock.now += 1.5
    tree.changed(WF, [status("w[0].a", displayName="a", boundaryID="w", phase="Failed", message="main: Error\n(1)")])
    assert screen.shown()[1].split() == ["└", "✖", "a", "1.5s", "main:", "Error", "(1)"]
    assert len(screen.shown()) == 3


def test_frames_are_limited_and_the_spinner_turns() -> None:
    screen, clock = Screen(), Clock()
    tree = live(screen, clock)
    tree.changed(WF, [status("w")])
    before = screen.shown()[0]
    tree.tick()
    assert screen.shown()[0] == before
    clock.now += 0.2
    tree.tick()
    assert screen.shown()[0] != before


def test_logs_and_notices() -> None:
    screen, clock = Screen(), Clock()
    tree = live(screen, clock)
    tree.changed(WF, [status("w")])
    tree.log(log_line("hello", "w"))
    tree.notice("Stopping")
    clock.now += 1
    tree.tick()
    shown = screen.shown()
    assert shown[0] == "w: hello" and "Stopping" in shown[2] and len(shown) == 4
    tree.changed(WF, [status("w", phase="Failed")])
    tree.close()
    assert screen.shown() == ["w: hello", "✖ w    1.0s", "Stopping"]


def test_a_huge_loop_shows_what_matters_and_fits_the_screen() -> None:
    screen, clock = Screen(rows=20), Clock()
    tree = live(screen, clock)
    names = [f"w[0].s({i}:{i})" for i in range(10_000)]
    tree.changed(WF, [status("w", "Steps"), status("w[0]", "StepGroup", boundaryID="w", children=names)])
    phases = ["Succeeded"] * 9_900 + ["Running"] * 40 + ["Pending"] * 58 + ["Failed"] * 2
    nodes = [status(name, boundaryID="w", phase=phase) for name, phase in zip(names, phases, strict=True)]
    clock.now += 1
    tree.changed(WF, nodes)
    shown = screen.shown()
    assert len(shown) < 20
    assert sum("✖" in line for line in shown) == 2
    assert any("… 9,900 Succeeded, 34 Running, 58 Pending" in line for line in shown)
    tree.close()
    assert len(screen.shown()) < 60


def test_a_deep_tree_folds_and_then_loses_its_top() -> None:
    screen, clock = Screen(rows=10), Clock()
    tree = live(screen, clock)
    nodes = [status("w", "Steps")]
    for i in range(30):
        phase = "Succeeded" if i < 29 else "Running"
        nodes.append(status(f"w[{i}]", "StepGroup", phase, boundaryID="w", children=[f"w[{i}].a"]))
        nodes.append(status(f"w[{i}].a", "Pod", phase, boundaryID="w", displayName=f"a{i}"))
    tree.changed(WF, nodes)
    assert len(screen.shown()) <= 9
    assert any("a29" in line for line in screen.shown())


def test_the_first_attempt_is_shown_by_its_retry_node() -> None:
    screen, clock = Screen(), Clock()
    tree = live(screen, clock)
    tree.changed(WF, [status("w", "Retry", children=["w(0)"]), status("w(0)")])
    assert len(screen.shown()) == 2
    clock.now += 1
    tree.changed(WF, [status("w", "Retry", children=["w(0)", "w(1)"]), status("w(0)", phase="Failed"), status("w(1)")])
    assert [line.split()[2] for line in screen.shown()[1:3]] == ["w(0)", "w(1)"]


def test_plain_lines_one_for_each_change_of_phase() -> None:
    out, clock = io.StringIO(), Clock()
    plain = PlainProgress(SteadyOut(out), Style(), clock)
    plain.changed(WF, [status("w"), status("w[0]", "StepGroup", "Pending")])
    clock.now += 1.26
    plain.changed(WF, [status("w", message="other"), status("w[0]", "StepGroup", "Failed", message="child failed")])
    plain.log(log_line("hi"))
    plain.notice("Stopping")
    plain.tick()
    plain.close()
    assert out.getvalue().split("\n") == [
        "     0.0s  Running    w",
        "     0.0s  Pending    w[0]",
        "     1.3s  Failed     w[0]  child failed",
        "demo-echo-1: hi",
        "Stopping",
        "",
    ]


def test_plain_lines_say_what_is_waited_for() -> None:
    out, clock = io.StringIO(), Clock()
    plain = PlainProgress(SteadyOut(out), Style(), clock)
    waiting = replace(WF, status=WorkflowStatus(phase="Pending", message="Waiting for ns/Mutex/m lock."))
    plain.changed(waiting, [])
    plain.changed(waiting, [])
    plain.changed(WF, [status("w", phase="Pending")])
    held_up = replace(
        status("w", phase="Pending", message="Waiting."),
        synchronization_status=NodeSynchronizationStatus(waiting="ns/Mutex/n"),
    )
    plain.changed(WF, [held_up])
    plain.changed(WF, [status("w", phase="Pending")])
    plain.changed(WF, [status("w")])
    assert [" ".join(line.split()[1:]) for line in out.getvalue().splitlines()] == [
        "Pending w Waiting for ns/Mutex/m lock.",
        "Pending w",
        "Pending w Waiting.",
        "Running w",
    ]


def test_a_workflow_that_waits_says_so_below_the_tree() -> None:
    screen, clock = Screen(), Clock()
    tree = live(screen, clock)
    tree.changed(replace(WF, status=WorkflowStatus(phase="Pending", message="Waiting for ns/Mutex/m lock.")), [])
    assert screen.shown()[0] == "w: Waiting for ns/Mutex/m lock."
    clock.now += 1
    tree.changed(WF, [status("w")])
    assert not any("Mutex" in line for line in screen.shown())


def test_a_reader_that_left_does_not_end_the_run() -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    out = SteadyOut(Closed())
    out.write("a")
    assert out.broken
    out.write("b")
