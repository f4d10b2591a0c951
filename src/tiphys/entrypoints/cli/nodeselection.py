"""Which nodes a tree shows: ``--status`` and ``--node-field-selector`` of ``get``, ``watch`` and ``submit``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import click

from tiphys.entrypoints.cli.optiongroups import grouped
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.core.manifest.model.workflow import NodeStatus

Wanted: TypeAlias = "Callable[[NodeStatus], bool] | None"


def _wanted(status: str, node_field_selector: str) -> Wanted:
    """Which nodes; None is all."""
    if status and node_field_selector:
        raise UsageError("cannot use both --status and --node-field-selector")
    if status:
        return lambda node: node.phase == status
    if not node_field_selector:
        return None
    from tiphys.core.engine.selector import SelectorError, parse_selector

    try:
        return parse_selector(node_field_selector).matches
    except SelectorError as error:
        raise UsageError(str(error)) from None


#: Both options, as ``nodes``.
options = grouped(
    "nodes",
    _wanted,
    (
        click.option("--status", default="", metavar="PHASE", help="Only nodes in this phase."),
        click.option("--node-field-selector", default="", metavar="SELECTOR", help="Only nodes that match."),
    ),
)
