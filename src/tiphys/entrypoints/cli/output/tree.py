"""The tree of ``tiphys get``: the layout of ``argo get``, byte for byte (``spec/cli.md`` 5)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from tiphys.core.engine.naming import node_id, pod_name
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.entrypoints.cli.output import times
from tiphys.entrypoints.cli.output.style import DEFAULT, Style
from tiphys.entrypoints.cli.output.table import align

_BOUNDARIES: Final = ("DAG", "Steps")
_GROUPS: Final = ("StepGroup", "Retry")
_LEAVES: Final = ("Pod", "Skipped", "Suspend", "HTTP", "Plugin")
_COLUMNS: Final = {
    "wide": ("TEMPLATE", "PODNAME", "DURATION", "ARTIFACTS", "MESSAGE", "RESOURCESDURATION", "NODENAME"),
    "short": ("TEMPLATE", "PODNAME", "DURATION", "MESSAGE", "NODENAME"),
    "": ("TEMPLATE", "PODNAME", "DURATION", "MESSAGE"),
}
_INDEX: Final = re.compile(r"\((\d+):")
#: Of a resource, how much is one unit of ``resourcesDuration``.
_UNITS: Final = {"memory": "100Mi", "storage": "10Gi", "ephemeral-storage": "10Gi"}


class _Branches(Struct, frozen=True):
    """Box lines: of a child, of the last child, of the first child of a hidden group, of its only child."""

    child: str
    last: str
    first: str
    only: str
    pipe: str


_UTF8: Final = _Branches("├─", "└─", "┬─", "──", "│ ")
_ASCII: Final = _Branches("|-", "`-", "+-", "--", "| ")


class _Item(Struct):
    """A node that is drawn, with the nodes that hang below it."""

    node: NodeStatus
    children: list[_Item] = field(default_factory=list)


class TreeView(Struct, frozen=True, kw_only=True):
    """How a tree is drawn: ``layout`` is ``wide``, ``short`` or empty; running nodes end at ``now``.

    Nodes that ``wanted`` refuses are left out; their children take their place.
    """

    layout: str
    style: Style
    now: datetime
    wanted: Callable[[NodeStatus], bool] | None = None


def tree_text(workflow: Workflow, view: TreeView) -> str:
    """The heading and a row for each node that is shown; empty when the entry node does not exist yet."""
    name = (workflow.metadata and workflow.metadata.name) or ""
    nodes = (workflow.status and workflow.status.nodes) or {}
    if name not in nodes:
        return ""
    roots = _roots(nodes)
    columns = _COLUMNS[view.layout]
    rows: list[Sequence[str]] = [(view.style.paint("STEP", DEFAULT), *columns)]
    main = roots.get(name)
    if main is not None:
        rows += [_row(name, prefix, node, view) for prefix, node in _walk(main, view)]
    exit_root = roots.get(node_id(name, f"{name}.onExit"))
    if exit_root is not None:
        rows.append([""] * 6)
        rows += [_row(name, prefix, node, view) for prefix, node in _walk(exit_root, view)]
    return align(rows, 2)


def _roots(nodes: Mapping[str, NodeStatus]) -> dict[str, _Item]:
    """Hang every node below its group, else below its boundary; what has neither is a root."""
    shown = _BOUNDARIES + _GROUPS + _LEAVES
    items = {key: _Item(node) for key, node in nodes.items() if node.type in shown}
    group_of = {
        child: key for key, item in items.items() if item.node.type in _GROUPS for child in item.node.children or ()
    }
    roots: dict[str, _Item] = {}
    for key, item in items.items():
        parent = group_of.get(key) or item.node.boundary_id
        if not parent:
            roots[key] = item
        elif parent in items:
            items[parent].children.append(item)
    for item in items.values():
        item.children.sort(key=functools.cmp_to_key(_older))
    return roots


def _older(one: _Item, other: _Item) -> int:
    """Oldest first; of the same age loop items by index, others by name."""
    first, second = (times.parse(item.node.started_at) for item in (one, other))
    if first != second:
        return -1 if first is None or (second is not None and first < second) else 1
    names = [item.node.display_name or "" for item in (one, other)]
    indexes = [_INDEX.search(name) for name in names]
    if indexes[0] and indexes[1]:
        return int(indexes[0].group(1)) - int(indexes[1].group(1))
    return (names[0] > names[1]) - (names[0] < names[1])


def _walk(root: _Item, view: TreeView) -> Iterator[tuple[str, NodeStatus]]:
    """Each node that is drawn with the lines before it, parents first.

    A hidden node passes its place on: its first child gets the lines that it would have had itself.
    """
    branches = _UTF8 if view.style.utf8 else _ASCII
    stack: list[tuple[_Item, str, str]] = [(root, " ", " ")]
    while stack:
        item, own, below = stack.pop()
        hidden = _is_hidden(item.node) or (view.wanted is not None and not view.wanted(item.node))
        if not hidden:
            yield own, item.node
        fan = item.node.type == "StepGroup"
        last = len(item.children) - 1
        placed = []
        for i, child in enumerate(item.children):
            line, rest = (
                _branch(branches, i, last) if not hidden else _group_branch(branches, i, last) if fan else ("", "")
            )
            start = own if hidden and i == 0 else below
            placed.append((child, start + line, below + rest))
        stack.extend(reversed(placed))


def _is_hidden(node: NodeStatus) -> bool:
    if node.type == "Retry":
        return len(node.children or ()) == 1
    return node.type == "StepGroup" or (node.type == "Skipped" and node.phase == "Omitted")


def _branch(branches: _Branches, index: int, last: int) -> tuple[str, str]:
    """The line to a child and the line below it."""
    return (branches.last, "  ") if index == last else (branches.child, branches.pipe)


def _group_branch(branches: _Branches, index: int, last: int) -> tuple[str, str]:
    """The same for a child of a hidden step group, whose members fan out side by side."""
    if last == 0:
        return branches.only, "  "
    if index == 0:
        return branches.first, branches.pipe
    return _branch(branches, index, last)


def _row(workflow: str, prefix: str, node: NodeStatus, view: TreeView) -> list[str]:
    """The cells of a node; rows of the default layout have one empty cell more than the heading."""
    pod, duration, host = "", "", ""
    if node.type == "Pod":
        template = (node.template_ref.template if node.template_ref else node.template_name) or ""
        pod = pod_name(workflow, node.name, template)
        duration = times.short_duration(times.parse(node.started_at), times.parse(node.finished_at), view.now)
        host = node.host_node_name or ""
    head = [f"{prefix}{view.style.node_glyph(node)} {node.display_name or ''}", _template(node), pod, duration]
    message = node.message or ""
    if view.layout == "wide":
        return [*head, _artifacts(node), message, resources_text(node.resources_duration), host]
    return [*head, message, host if view.layout == "short" else ""]


def _template(node: NodeStatus) -> str:
    if node.template_ref is not None:
        return f"{node.template_ref.name or ''}/{node.template_ref.template or ''}"
    return node.template_name or ""


def _artifacts(node: NodeStatus) -> str:
    artifacts = (node.outputs and node.outputs.artifacts) or ()
    return ",".join(artifact.name for artifact in artifacts)


def resources_text(resources: Mapping[str, int] | None) -> str:
    """Resource durations as ``1m0s*(1 cpu),30s*(100Mi memory)``, sorted by resource."""
    parts = (f"{_go_duration(seconds)}*({_UNITS.get(name, '1')} {name})" for name, seconds in (resources or {}).items())
    return ",".join(sorted(parts, key=lambda part: part.split("*", 1)[1].split(" ", 1)[1]))


def _go_duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
