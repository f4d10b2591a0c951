"""``tiphys terminate``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing, session, several
from tiphys.entrypoints.cli import selection as choosing
from tiphys.errors import UsageError


@click.command("terminate")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows(completed=False))
@choosing.selectors
@click.option("--dry-run", is_flag=True, help="Say what would be terminated.")
def command(*, names: tuple[str, ...], selection: choosing.Selection, dry_run: bool) -> int:
    """End workflows at once, without exit handlers.  With a selector, names are not looked at, as in Argo."""
    if not names and not selection:
        raise UsageError("requires either selector or workflow")
    with session.system() as (local, space):
        found = choosing.names(local, space, () if selection else names, selection)

        def terminate(name: str) -> str:
            shown = local.lifecycle.terminate(space, name)
            local.keep_driven(local.api.glance(space, shown))
            return shown

        if dry_run:
            several.only_say(found, "terminated")
        else:
            several.each(found, terminate, verb="terminate", done="terminated")
    return 0
