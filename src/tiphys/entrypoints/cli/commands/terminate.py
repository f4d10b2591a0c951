"""``tiphys terminate``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import session, several
from tiphys.errors import UsageError


@click.command("terminate")
@click.argument("names", metavar="WORKFLOW...", nargs=-1)
@click.option("-l", "--selector", multiple=True, metavar="LABELS", help="Workflows with these key=value labels.")
@click.option("--dry-run", is_flag=True, help="Say what would be terminated.")
def command(names: tuple[str, ...], selector: tuple[str, ...], dry_run: bool) -> int:
    """End workflows at once, without exit handlers.  With ``-l``, names are not looked at, as in Argo."""
    if not names and not selector:
        raise UsageError("requires either selector or workflow")
    with session.system() as (local, space):
        found = several.chosen(local, space, () if selector else names, selector)

        def terminate(name: str) -> str:
            shown = local.lifecycle.terminate(space, name)
            local.keep_driven(local.api.get(space, shown))
            return shown

        if dry_run:
            sys.stdout.writelines(f"workflow {name} terminated (dry-run)\n" for name in found)
        else:
            several.each(found, terminate, verb="terminate", done="terminated")
    return 0
