"""``tiphys get``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.core.manifest.model.workflow import NodeStatus
    from tiphys.entrypoints.wire.system import System


@click.command("get")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Choice(["name", "json", "yaml", "short", "wide"]), help="Form.")
@click.option("--status", default="", metavar="PHASE", help="Only nodes in this phase.")
@click.option("--events", is_flag=True, help="The events of the workflows and their nodes instead.")
@click.option("--node-field-selector", default="", metavar="SELECTOR", help="Only nodes that match.")
@session.no_color_option
@click.option("--no-utf8", is_flag=True, help="Plain characters only.")
def command(
    *,
    names: tuple[str, ...],
    output: str | None,
    status: str,
    events: bool,
    node_field_selector: str,
    no_color: bool,
    no_utf8: bool,
) -> int:
    """Show workflows with the trees of their nodes; ``@latest`` is the newest one."""
    from tiphys.entrypoints.cli.output.describe import describe
    from tiphys.entrypoints.cli.output.objects import print_workflow
    from tiphys.entrypoints.cli.output.tree import TreeView

    style = session.out_style(no_color=no_color, no_utf8=no_utf8)
    layout = output if output in ("wide", "short") else ""
    wanted = _wanted(status, node_field_selector)
    view = TreeView(layout=layout, style=style, now=session.now(), wanted=wanted)
    with session.system() as (local, space):
        for name in names:
            if events:
                sys.stdout.write(_events(local, space, name, output or ""))
                continue
            workflow = local.api.get(space, name)
            if output in ("name", "json", "yaml"):
                sys.stdout.write(print_workflow(workflow, output))
                continue
            nodes = (workflow.status and workflow.status.nodes) or {}
            memoized = any(node.memoization_status is not None for node in nodes.values())
            sys.stdout.write(describe(workflow, view, local.api.memoized(space, name) if memoized else None))
    return 0


def _wanted(phase: str, selector: str) -> Callable[[NodeStatus], bool] | None:
    """Which nodes the tree shows; None is all."""
    if phase and selector:
        raise UsageError("cannot use both --status and --node-field-selector")
    if phase:
        return lambda node: node.phase == phase
    if not selector:
        return None
    from tiphys.core.engine.selector import SelectorError, parse_selector

    try:
        return parse_selector(selector).matches
    except SelectorError as error:
        raise UsageError(str(error)) from None


def _events(local: System, namespace: str, name: str, output: str) -> str:
    """The events of a workflow as a table, or as Event objects."""
    from tiphys.entrypoints.cli.output.events import events_table, events_text

    found = local.api.events(namespace, name)
    if output not in ("json", "yaml"):
        return events_table(found, session.now())
    from tiphys.app.services.events import event_object

    workflow = local.api.glance(namespace, name)
    return events_text([event_object(workflow, fact) for fact in found], output)
