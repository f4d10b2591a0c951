"""The live tree of ``tiphys run`` on a terminal: drawn in place, never higher than the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.entrypoints.cli.output.board import Board, Row
from tiphys.entrypoints.cli.output.steady import SteadyOut
from tiphys.entrypoints.cli.output.style import CYAN, FAINT, Style, cells, clip, one_line
from tiphys.entrypoints.cli.output.times import brief
from tiphys.ports.runtime import LogLine

_SPINNER: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_HIDE_CURSOR: Final = "\x1b[?25l"
_SHOW_CURSOR: Final = "\x1b[?25h"
_CLEAR_LINE: Final = "\x1b[K"
_CLEAR_BELOW: Final = "\x1b[J"
#: Above this many children a group shows what runs, what failed, and counts.
_WIDE: Final = 12
_WIDE_FINAL: Final = 40
_SHOWN_ACTIVE: Final = 6
_SHOWN_BAD: Final = 4
#: Drawing may take this part of the time at most.
_DRAW_SHARE: Final = 0.1
_FRAME: Final = 0.1


class _Line(Struct, frozen=True):
    """A drawn row; ``head`` is its place in the tree and its name, with NUL where the glyph stands."""

    head: str
    duration: str = ""
    message: str = ""
    phase: str = ""
    spin: str = ""


class LiveTree:
    """Draws the runs as trees with a spinner, phases, durations and messages; a ``RunObserver``.

    ``size`` gives columns and rows of the terminal; ``clock`` gives seconds from any fixed moment.
    """

    def __init__(
        self, out: SteadyOut, style: Style, clock: Callable[[], float], size: Callable[[], tuple[int, int]]
    ) -> None:
        self._out = out
        self._style = style
        self._clock = clock
        self._size = size
        self._begun = clock()
        self._boards: dict[str, Board] = {}
        self._workflows: dict[str, Workflow] = {}
        self._notices: list[str] = []
        self._drawn = 0
        self._frame = 0
        self._next = 0.0

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Take in the changes; they are drawn when a frame is due."""
        uid = (workflow.metadata and workflow.metadata.uid) or ""
        self._workflows[uid] = workflow
        board = self._boards.setdefault(uid, Board())
        now = self._clock()
        for node in nodes:
            board.update(node, now)
        self._draw_if_due()

    def tick(self) -> None:
        """Turn the spinner, at most ten times a second and with a tenth of the time at most."""
        self._draw_if_due()

    def log(self, line: LogLine) -> None:
        """Write a line of a log above the tree."""
        self._erase()
        self._out.write(self._style.pod_line(line.pod_name, line.text) + "\n")
        self._draw_if_due()

    def notice(self, text: str) -> None:
        """Show a sentence below the tree from now on; safe in a signal handler."""
        self._notices.append(text)

    def close(self) -> None:
        """Take the live tree away, draw the final one without a limit of height, and show the cursor again."""
        self._erase()
        lines = [
            line for board in self._boards.values() for line in _tree(board, _Look(self._clock(), "", _WIDE_FINAL))
        ]
        width = max(self._size()[0], 20)
        self._out.write("".join(f"{text}\n" for text in _layout(lines, width, self._style)))
        self._out.write("".join(f"{text}\n" for text in self._notices) + _SHOW_CURSOR)

    def _draw_if_due(self) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._draw(now)
        spent = self._clock() - now
        self._next = now + max(_FRAME, spent / _DRAW_SHARE)

    def _draw(self, now: float) -> None:
        columns, rows = self._size()
        self._frame += 1
        look = _Look(now, _SPINNER[self._frame % len(_SPINNER)], _WIDE)
        said = [*self._waiting(), *self._notices]
        room = max(1, rows - 2 - len(said))
        texts = _layout(_fit(list(self._boards.values()), look, room), max(columns, 20) - 1, self._style)
        texts += [clip(one_line(text), max(columns, 20) - 1) for text in said]
        texts.append(self._footer(now, max(columns, 20) - 1))
        up = f"\x1b[{self._drawn}F" if self._drawn else _HIDE_CURSOR
        body = "".join(f"{text}{_CLEAR_LINE}\n" for text in texts)
        self._out.write(up + body + _CLEAR_BELOW)
        self._drawn = len(texts)

    def _waiting(self) -> list[str]:
        """What workflows say that have not begun because they wait."""
        found = [(workflow.metadata, workflow.status) for workflow in self._workflows.values()]
        return [
            f"{(meta and meta.name) or ''}: {status.message}"
            for meta, status in found
            if status is not None and status.phase == "Pending" and status.message
        ]

    def _footer(self, now: float, width: int) -> str:
        totals: dict[str, int] = {}
        for board in self._boards.values():
            for phase, count in board.counts.items():
                totals[phase] = totals.get(phase, 0) + count
        parts = [f"{count} {phase.lower()}" for phase, count in totals.items() if count and phase]
        text = f"{brief(now - self._begun)}  {', '.join(parts) or 'starting'}  (Ctrl-C stops the workflow)"
        return self._style.paint(clip(text, width), FAINT)

    def _erase(self) -> None:
        if self._drawn:
            self._out.write(f"\x1b[{self._drawn}F{_CLEAR_BELOW}")
            self._drawn = 0
            self._next = 0.0


class _Look(Struct, frozen=True):
    """How a tree is drawn: the spinner's picture, the children shown of one group, and whether ended parts fold."""

    now: float
    spin: str
    wide: int
    fold: bool = False


def _fit(boards: Sequence[Board], look: _Look, room: int) -> list[_Line]:
    """The lines that fit on the screen: ended branches fold first, then the top of the tree is left out."""
    lines = _take(boards, look, room + 1)
    if len(lines) > room:
        folded = _Look(look.now, look.spin, max(3, min(look.wide, room // 3)), fold=True)
        lines = _take(boards, folded, 20 * room)
    if len(lines) > room:
        hidden = len(lines) - room + 1
        lines = [_Line(f"… {hidden} more lines above"), *lines[hidden:]]
    return lines


def _take(boards: Sequence[Board], look: _Look, limit: int) -> list[_Line]:
    taken: list[_Line] = []
    for board in boards:
        for line in _tree(board, look):
            taken.append(line)
            if len(taken) >= limit:
                return taken
    return taken


def _tree(board: Board, look: _Look) -> Iterator[_Line]:
    """A board line by line; the cost is that of the lines taken."""
    for root in list(board.roots()):
        yield from _branch(root, "", "", look)


def _branch(row: Row, own: str, below: str, look: _Look) -> Iterator[_Line]:
    yield _line(row, own, look)
    if look.fold and row.finished:
        return
    parts = list(_parts(row, look))
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        line, rest = ("└ ", "  ") if last else ("├ ", "│ ")
        if isinstance(part, str):
            yield _Line(f"{below}{line}{part}")
        else:
            yield from _branch(part, below + line, below + rest, look)


def _parts(row: Row, look: _Look) -> Iterator[Row | str]:
    """What hangs below a row: step groups are seen through, a first attempt is shown by its Retry node."""
    if row.node.type == "Retry" and len(row.children) < 2:
        return
    for part in _few(row, look):
        if isinstance(part, Row) and part.node.type == "StepGroup":
            yield from _parts(part, look)
        else:
            yield part


def _few(row: Row, look: _Look) -> Iterator[Row | str]:
    """All children, or of a wide group those that a person wants to see, and counts for the others."""
    if len(row.children) <= look.wide:
        yield from list(row.children.values())
        return
    shown = dict.fromkeys([*_first(row.bad, _SHOWN_BAD), *_first(row.active, _SHOWN_ACTIVE)])
    yield from (row.children[key] for key in shown)
    left = row.counts.copy()
    left.subtract(row.children[key].phase for key in shown)
    yield "… " + ", ".join(f"{count:,} {phase}" for phase, count in left.items() if count > 0)


def _first(rows: dict[str, Row], limit: int) -> list[str]:
    return [key for key, _ in zip(rows, range(limit), strict=False)]


def _line(row: Row, own: str, look: _Look) -> _Line:
    node = row.node
    return _Line(
        f"{own}\0 {one_line(node.display_name or node.name)}",
        duration=brief(row.seconds(look.now)) if row.phase not in ("Pending", "Skipped", "Omitted", "") else "",
        message=one_line(node.message or ""),
        phase="Suspend" if _held(node) else row.phase,
        spin=look.spin if row.phase == "Running" and not row.children and not _held(node) else "",
    )


def _held(node: NodeStatus) -> bool:
    return node.type == "Suspend" and node.phase == "Running"


def _layout(lines: Sequence[_Line], width: int, style: Style) -> list[str]:
    """Columns for name, duration and message, cut to the width; colours are put on last."""
    widest = max((cells(line.head) for line in lines), default=0)
    name_width = min(widest, max(10, width * 3 // 5))
    texts = []
    for line in lines:
        head = clip(line.head, name_width)
        pad = " " * (name_width - cells(head))
        rest = clip(f"  {line.duration:>6}  {line.message}".rstrip(), width - name_width)
        texts.append(_coloured(head, line, style) + (pad + rest if rest else ""))
    return texts


def _coloured(head: str, line: _Line, style: Style) -> str:
    if not line.phase:
        return style.paint(head, FAINT)
    glyph = style.paint(line.spin, CYAN) if line.spin else style.phase_glyph(line.phase)
    return head.replace("\0", glyph or " ", 1)
