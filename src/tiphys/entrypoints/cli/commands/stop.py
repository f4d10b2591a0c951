"""``tiphys stop``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing, session, several
from tiphys.entrypoints.cli import selection as choosing
from tiphys.errors import UsageError


@click.command("stop")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows(completed=False))
@click.option("--node-field-selector", default="", metavar="SELECTOR", help="Fail these Suspend nodes, stop nothing.")
@click.option("--message", default="", metavar="TEXT", help="Message of the Suspend nodes that are failed.")
@choosing.selectors
@click.option("--dry-run", is_flag=True, help="Say what would be stopped.")
def command(
    *,
    names: tuple[str, ...],
    node_field_selector: str,
    message: str,
    selection: choosing.Selection,
    dry_run: bool,
) -> int:
    """Stop workflows: what runs is ended, exit handlers still run."""
    if not names and not selection:
        raise UsageError("requires either selector or workflow")
    with session.system() as (local, space):
        found = choosing.names(local, space, names, selection)

        def stop(name: str) -> str:
            shown = local.lifecycle.stop(space, name, selector=node_field_selector, message=message)
            local.keep_driven(local.api.glance(space, shown))
            return shown

        if dry_run:
            several.only_say(found, "stopped")
        else:
            several.each(found, stop, verb="stop", done="stopped")
    return 0
