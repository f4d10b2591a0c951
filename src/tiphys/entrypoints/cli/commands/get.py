"""``tiphys get``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import completing, forms, nodeselection, session

if TYPE_CHECKING:
    from tiphys.entrypoints.wire.system import System


@click.command("get")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, required=True, shell_complete=completing.workflows())
@forms.output("name", "json", "yaml", "short", "wide")
@nodeselection.options
@click.option("--events", is_flag=True, help="The events of the workflows and their nodes instead.")
@session.no_color_option
@click.option("--no-utf8", is_flag=True, help="Plain characters only.")
def command(
    *,
    names: tuple[str, ...],
    output: str,
    nodes: nodeselection.Wanted,
    events: bool,
    no_color: bool,
    no_utf8: bool,
) -> int:
    """Show workflows with the trees of their nodes; ``@latest`` is the newest one."""
    from tiphys.entrypoints.cli.output.describe import describe
    from tiphys.entrypoints.cli.output.objects import print_workflow
    from tiphys.entrypoints.cli.output.tree import TreeView

    style = session.out_style(no_color=no_color, no_utf8=no_utf8)
    layout = output if output in ("wide", "short") else ""
    view = TreeView(layout=layout, style=style, now=session.now(), wanted=nodes)
    with session.system() as (local, space):
        for name in names:
            if events:
                sys.stdout.write(_events(local, space, name, output))
                continue
            workflow = local.api.get(space, name)
            if output in ("name", "json", "yaml"):
                sys.stdout.write(print_workflow(workflow, output))
                continue
            memoized = any(
                node.memoization_status is not None
                for node in ((workflow.status and workflow.status.nodes) or {}).values()
            )
            sys.stdout.write(describe(workflow, view, local.api.memoized(space, name) if memoized else None))
    return 0


def _events(local: System, namespace: str, name: str, output: str) -> str:
    """The events of a workflow as a table, or as Event objects."""
    from tiphys.entrypoints.cli.output.events import events_table, events_text

    found = local.api.events(namespace, name)
    if output not in ("json", "yaml"):
        return events_table(found, session.now())
    from tiphys.app.services.events import event_object

    workflow = local.api.glance(namespace, name)
    return events_text([event_object(workflow, fact) for fact in found], output)
