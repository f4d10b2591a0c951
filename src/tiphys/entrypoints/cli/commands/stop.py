"""``tiphys stop``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import session, several
from tiphys.errors import UsageError


@click.command("stop")
@click.argument("names", metavar="WORKFLOW...", nargs=-1)
@click.option("--node-field-selector", default="", metavar="SELECTOR", help="Fail these Suspend nodes, stop nothing.")
@click.option("--message", default="", metavar="TEXT", help="Message of the Suspend nodes that are failed.")
@click.option("-l", "--selector", multiple=True, metavar="LABELS", help="Workflows with these key=value labels.")
@click.option("--dry-run", is_flag=True, help="Say what would be stopped.")
def command(
    *,
    names: tuple[str, ...],
    node_field_selector: str,
    message: str,
    selector: tuple[str, ...],
    dry_run: bool,
) -> int:
    """Stop workflows: what runs is ended, exit handlers still run."""
    if not names and not selector:
        raise UsageError("requires either selector or workflow")
    with session.system() as (local, space):
        found = several.chosen(local, space, names, selector)

        def stop(name: str) -> str:
            shown = local.lifecycle.stop(space, name, selector=node_field_selector, message=message)
            local.keep_driven(local.api.get(space, shown))
            return shown

        if dry_run:
            sys.stdout.writelines(f"workflow {name} stopped (dry-run)\n" for name in found)
        else:
            several.each(found, stop, verb="stop", done="stopped")
    return 0
