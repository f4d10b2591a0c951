"""Figures over the steps of runs that are over: which take longest, which fail and are tried again (``spec/ui.md`` D7).

Apart from ``insights``: there a run costs its row, here all its nodes.  So nodes have a limit as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from msgspec import Struct, field

from tiphys.app.services.archive import NAME_LABEL
from tiphys.app.services.insights import COUNTED, origin_of, share_of
from tiphys.app.services.listing import Listing, Row, Wanted
from tiphys.core.engine.phases import COMPLETED, UNSUCCESSFUL
from tiphys.core.manifest.model.scalars import JsonObject

#: So many nodes are looked at, those of the newest runs.
NODES: Final = 200_000
#: So many steps are told of each kind.
TOLD: Final = 20
#: Nodes that work; the others hold them.
_WORKING: Final = frozenset({"Pod", "Retry", "Container", "HTTP", "Plugin"})
#: What a fan-out or a retry puts behind the name of a step: ``load(3:eu)``, ``train(1)``.
_ITEM: Final = re.compile(r"\(\d+(:.*)?\)$", re.DOTALL)


class _Flag(Struct):
    retried: bool = False


class _Reference(Struct):
    name: str = ""
    template: str = ""


class _Node(Struct, rename="camel"):
    name: str = ""
    id: str = ""
    display_name: str = ""
    type: str = ""
    phase: str = ""
    template_name: str = ""
    template_ref: _Reference | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    node_flag: _Flag | None = None


class _Step(Struct, kw_only=True):
    """A step of one origin over its runs; ``slowest`` and ``failure`` are where to look: the run and its node."""

    kind: str
    origin: str
    name: str
    template: str
    took: list[float] = field(default_factory=list)
    longest: float = -1.0
    failed: int = 0
    retried: int = 0
    saved: int = 0
    slowest: JsonObject = field(default_factory=dict)
    failure: JsonObject | None = None

    @property
    def runs(self) -> int:
        """How often it ran."""
        return len(self.took)

    @property
    def unsteady(self) -> float:
        """The share of its runs in which it failed or was tried again."""
        return (self.failed + self.saved) / self.runs

    @property
    def median(self) -> float:
        """What half of its runs took at most."""
        return share_of(self.took, 0.5) or 0.0


def step_figures(listing: Listing, wanted: Wanted) -> JsonObject:
    """The slowest steps of the wanted runs, and those that fail or need another attempt, the worst first.

    ``cut`` is true when only the newest runs were looked at.  ``saved`` counts steps that another attempt saved.
    """
    steps: dict[tuple[str, str, str, str], _Step] = {}
    runs = nodes = 0
    cut = False
    for row, found in listing.statuses(wanted, _Node):
        if runs == COUNTED or nodes >= NODES:
            cut = True
            break
        if row.stored.times.finished is None:
            continue
        runs, nodes = runs + 1, nodes + len(found)
        _count(steps, row, found)
    slow = sorted(steps.values(), key=attrgetter("median"), reverse=True)
    flaky = sorted((step for step in steps.values() if step.unsteady), key=attrgetter("unsteady", "runs"), reverse=True)
    return {
        "cut": cut,
        "runs": runs,
        "nodes": nodes,
        "saved": sum(step.saved for step in steps.values()),
        "slowest": [_told(step) for step in slow[:TOLD]],
        "flaky": [_told(step) for step in flaky[:TOLD]],
    }


def _count(steps: dict[tuple[str, str, str, str], _Step], row: Row, nodes: Sequence[_Node]) -> None:
    kind, origin = origin_of(row.stored.labels)
    attempts = Counter(_ITEM.sub("", node.name) for node in nodes if _is_attempt(node))
    for node, took in _ended(nodes):
        reference = node.template_ref or _Reference()
        template = node.template_name or f"{reference.name}/{reference.template}".strip("/")
        name = _ITEM.sub("", node.display_name)
        if node.name == row.stored.labels.get(NAME_LABEL, row.stored.key.name):
            name = template or name  # the entry bears the name of its run
        step = steps.get(key := (kind, origin, name, template))
        if step is None:
            step = steps[key] = _Step(kind=kind, origin=origin, name=name, template=template)
        failed, again = node.phase in UNSUCCESSFUL, attempts[node.name] > 1
        if took > step.longest:
            step.longest, step.slowest = took, _place(row, node)
        if failed and step.failure is None:
            step.failure = _place(row, node)
        step.took.append(took)
        step.failed += failed
        step.retried += again
        step.saved += again and not failed


def _ended(nodes: Iterable[_Node]) -> Iterator[tuple[_Node, float]]:
    """The steps that worked and ended, and how long they took; of one with attempts all of them together."""
    for node in nodes:
        counts = node.type in _WORKING and node.phase in COMPLETED and not _is_attempt(node)
        if counts and node.started_at is not None and node.finished_at is not None:
            yield node, max(0.0, (node.finished_at - node.started_at).total_seconds())


def _is_attempt(node: _Node) -> bool:
    return node.node_flag is not None and node.node_flag.retried


def _place(row: Row, node: _Node) -> JsonObject:
    stored = row.stored
    return {
        "namespace": stored.key.namespace,
        "name": stored.labels.get(NAME_LABEL, stored.key.name),
        "uid": stored.key.name if row.archived else stored.uid,
        "archived": row.archived,
        "nodeId": node.id,
    }


def _told(step: _Step) -> JsonObject:
    return {
        "kind": step.kind,
        "origin": step.origin,
        "name": step.name,
        "template": step.template,
        "runs": step.runs,
        "failed": step.failed,
        "retried": step.retried,
        "saved": step.saved,
        "median": step.median,
        "p90": share_of(step.took, 0.9),
        "total": sum(step.took),
        "slowest": step.slowest,
        "failure": step.failure,
    }
