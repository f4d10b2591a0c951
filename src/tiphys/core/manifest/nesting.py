"""The hint for steps with the wrong nesting: the line as it should be written."""

from __future__ import annotations

import re

from tiphys.core.manifest.problems import Problem
from tiphys.core.manifest.spots import ListSpot, MapSpot, Spot, Tree

_MAX_SHOWN = 100


def hint(problem: Problem, tree: Tree) -> str | None:
    """How to nest the step at which a list of steps is wrong: ``- - name: a``."""
    depth = _steps_depth(problem)
    if problem.found == "array":
        return "remove one dash: steps are a list of lists, no deeper"
    if problem.found != "object":
        return "steps are a list of lists of steps: - - name: a" if depth == 0 else None
    line = _own_line(problem, tree)
    if depth == 0:
        return f"begin the first step with two dashes: - - {line}" if line else "begin each step with two dashes"
    if _is_flow(tree, problem):
        return "put each step, or steps that run in parallel, in brackets: steps: [[{...}], [{...}]]"
    return f"write it with two dashes: - - {line}" if line else "write it with two dashes: - - name: ..."


def _steps_depth(problem: Problem) -> int:
    """How far below ``steps`` the value is: 0 for the value of ``steps`` itself."""
    depth = 0
    for part in reversed(problem.path):
        if not isinstance(part, int):
            break
        depth += 1
    return depth


def _own_line(problem: Problem, tree: Tree) -> str | None:
    """The first line of a mapping, without dashes and comment."""
    span = tree.span(problem.path)
    line = tree.lines.line(span.line)[span.column - 1 :]
    line = re.sub(r"\s+#.*$", "", line).strip()
    if not line or (line[0] in "&!*{[" and not line.endswith("}")):
        return None
    return line if len(line) <= _MAX_SHOWN and line.isprintable() else None


def _is_flow(tree: Tree, problem: Problem) -> bool:
    """Whether the list around the value is written in brackets."""
    spot: Spot = tree.root
    for part in problem.path[:-1]:
        if isinstance(spot, MapSpot) and isinstance(part, str) and part in spot.entries:
            spot = spot.entries[part][1]
        elif isinstance(spot, ListSpot) and isinstance(part, int):
            spot = spot.items[part]
    start = spot if isinstance(spot, int) else spot.start
    return tree.lines.text[start : start + 1] == "["
