"""``tiphys suspend``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing, session, several


@click.command("suspend")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows(completed=False))
def command(names: tuple[str, ...]) -> int:
    """Let workflows start nothing new until they are resumed; what runs, runs on."""
    with session.system() as (local, space):

        def suspend(name: str) -> str:
            local.lifecycle.suspend(space, name)
            return name

        several.each(names, suspend, verb="suspend", done="suspended")
    return 0
