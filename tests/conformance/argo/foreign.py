"""A ``status.nodes`` that Argo wrote becomes the rows of a run that we go on with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from tiphys.core.engine.step import Internal, NodeChange
from tiphys.core.manifest.model.workflow import NodeStatus

_GROUP = re.compile(r"\[\d+\]\Z")
_STEP = re.compile(r"^(?:\[\d+\])?\.?")
_NUMBERED = re.compile(r"^(?P<of>.*)\((?P<number>\d+)\)\Z", re.DOTALL)
_LOOPED = re.compile(r"^(?P<of>.*?)\(\d+:.*\)\Z", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rows(nodes: Mapping[str, Mapping[str, Any]], root: str) -> list[NodeChange]:
    """The rows of the nodes of the workflow called ``root``, in the order in which they hang below each other."""
    return _Reader({id_: {"id": id_, "name": id_, **node} for id_, node in nodes.items()}).rows(root)


class _Reader:
    def __init__(self, nodes: Mapping[str, Mapping[str, Any]]) -> None:
        self.nodes = nodes
        self.by_name = {node["name"]: node for node in nodes.values()}
        self.parents: dict[str, list[str]] = {}
        for node in nodes.values():
            for child in node.get("children") or ():
                self.parents.setdefault(child, []).append(node["name"])

    def rows(self, root: str) -> list[NodeChange]:
        order = {node["id"]: number for number, node in enumerate(self._in_order(root))}
        return [
            NodeChange(msgspec.convert(dict(node), NodeStatus, strict=False), self._internal(node, order))
            for node in sorted(self.nodes.values(), key=lambda node: order[node["id"]])
        ]

    def _in_order(self, root: str) -> Iterator[Mapping[str, Any]]:
        seen: set[str] = set()
        first = [root] if root in self.nodes else []
        queue = [*first, *(id_ for id_ in self.nodes if id_ not in self.parents and id_ != root), *self.nodes]
        while queue:
            id_ = queue.pop(0)
            if id_ in seen or id_ not in self.nodes:
                continue
            seen.add(id_)
            yield self.nodes[id_]
            queue = [*(self.nodes[id_].get("children") or ()), *queue]

    def _internal(self, node: Mapping[str, Any], order: Mapping[str, int]) -> Internal:
        holder, attempt = self._holder(node)
        waits = node.get("phase") == "Pending" and bool((node.get("synchronizationStatus") or {}).get("waiting"))
        return Internal(
            sequence=order[node["id"]],
            started=moment(node.get("startedAt")) or _EPOCH,
            finished=moment(node.get("finishedAt")) or (_EPOCH if node.get("phase") in _OVER else None),
            holder=holder,
            step=self._step(node),
            order=order[node["id"]],
            attempt=attempt,
            parents=tuple((False, name) for name in self.parents.get(node["id"], ())),
            targets=tuple(self.nodes[id_]["name"] for id_ in node.get("outboundNodes") or () if id_ in self.nodes),
            on_exit=any(str(part.get("displayName", "")).endswith(".onExit") for part in self._boundaries(node)),
            depth=sum(1 for _ in self._boundaries(node)) - 1,
            ip=node.get("podIP"),
            gate="locks" if waits else "",
            aside=waits,
        )

    def _boundaries(self, node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        found: Mapping[str, Any] | None = node
        while found is not None:
            yield found
            found = self.nodes.get(found.get("boundaryID") or "")

    def _below(self, node: Mapping[str, Any]) -> str | None:
        """The name of a node without its boundary's."""
        boundary = self.nodes.get(node.get("boundaryID") or "")
        name = str(node["name"])
        if boundary is None or not name.startswith(boundary["name"]):
            return None
        return name.removeprefix(boundary["name"])

    def _holder(self, node: Mapping[str, Any]) -> tuple[str | None, int | None]:
        name = str(node["name"])
        numbered = _NUMBERED.match(name)
        if numbered is not None and self.by_name.get(numbered["of"], {}).get("type") == "Retry":
            return numbered["of"], int(numbered["number"])
        below = self._below(node)
        if (node.get("nodeFlag") or {}).get("hooked"):
            return None, None
        if below is None:
            # Nodes that a test makes in code are not called after their boundaries.
            return (self.nodes.get(node.get("boundaryID") or "") or {}).get("name"), None
        boundary = self.nodes[node["boundaryID"]]["name"]
        group = re.match(r"\[\d+\]", below)
        if group is not None and group.end() < len(below):
            return f"{boundary}{group.group()}", None
        looped = _LOOPED.match(name)
        if looped is not None and self.by_name.get(looped["of"], {}).get("type") == "TaskGroup":
            return looped["of"], None
        return boundary, None

    def _step(self, node: Mapping[str, Any]) -> str:
        below = self._below(node)
        if below is None or _GROUP.fullmatch(below):
            return ""
        name = _STEP.sub("", below)
        for pattern in (_NUMBERED, _LOOPED):
            match = pattern.match(name)
            name = match["of"] if match is not None else name
        return name


_OVER = frozenset({"Succeeded", "Failed", "Error", "Skipped", "Omitted"})


def moment(text: str | None) -> datetime | None:
    """A moment of a status field."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC) if text else None
