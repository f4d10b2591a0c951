"""``tiphys retry``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
import msgspec
from msgspec.structs import replace

from tiphys.entrypoints.cli import again, completing, following, problems, session
from tiphys.entrypoints.cli import selection as choosing
from tiphys.errors import UsageError
from tiphys.ports.api import PlannedNode, RetryOptions


@click.command("retry")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows("Failed", "Error"))
@again.retrying
@click.option("--node", multiple=True, metavar="NODE", help="Run exactly this node again, and what followed it.")
@click.option("--dry-run", is_flag=True, help="Show what would become of each node; -o json too.")
@choosing.selectors
@following.options
def command(
    *,
    names: tuple[str, ...],
    options: RetryOptions,
    node: tuple[str, ...],
    dry_run: bool,
    selection: choosing.Selection,
    follow: following.Following,
) -> int:
    """Run what failed in finished workflows again, in the background; what succeeded stays.

    A node is named by its display name, full name or id.
    """
    if not names and not selection:
        raise UsageError("requires either node field selector or workflow")
    options = replace(options, nodes=node)
    with session.system() as (local, space):
        found = choosing.names(local, space, names, selection)
        if dry_run:
            for name in found:
                nodes = local.rerun.plan_retry(space, name, options)
                sys.stdout.write(plan_json(name, nodes) if follow.output == "json" else plan_text(nodes))
            return problems.OK
        return following.show_and_follow(local, [local.rerun.retry(space, name, options) for name in found], follow)


def plan_json(name: str, nodes: Sequence[PlannedNode]) -> str:
    """The plan for one workflow as a JSON object."""
    return f"{msgspec.json.format(msgspec.json.encode({'name': name, 'nodes': nodes})).decode()}\n"


def plan_text(nodes: Sequence[PlannedNode]) -> str:
    """What becomes of each node, one a line."""
    rows = [("ACTION", "NODE", "TYPE", "PHASE"), *((node.action, node.name, node.type, node.phase) for node in nodes)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = (
        "   ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)
