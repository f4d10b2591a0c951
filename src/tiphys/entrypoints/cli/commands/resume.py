"""``tiphys resume``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing, session, several
from tiphys.errors import UsageError


@click.command("resume")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows(completed=False))
@click.option("--node-field-selector", default="", metavar="SELECTOR", help="Only the Suspend nodes that match.")
@click.option("-m", "--message", default="", metavar="TEXT", help="Message of the nodes that are resumed.")
def command(names: tuple[str, ...], node_field_selector: str, message: str) -> int:
    """Let suspended workflows go on: all their Suspend nodes, or those that match.

    A workflow that no process drives goes on in the background.
    """
    if not names:
        raise UsageError("requires either node field selector or workflow", "name the workflows to resume")
    with session.system() as (local, space):

        def resume(name: str) -> str:
            shown = local.lifecycle.resume(space, name, selector=node_field_selector, message=message)
            local.keep_driven(local.api.get(space, shown))
            return name

        several.each(names, resume, verb="resume", done="resumed")
    return 0
