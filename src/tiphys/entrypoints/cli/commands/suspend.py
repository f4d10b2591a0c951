"""``tiphys suspend``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import session, several


@click.command("suspend")
@click.argument("names", metavar="WORKFLOW...", nargs=-1)
@session.namespace_option
@session.home_option
def command(names: tuple[str, ...], namespace: str | None, home: str | None) -> int:
    """Let workflows start nothing new until they are resumed; what runs, runs on."""
    with session.system(home, namespace) as (local, space):
        several.each(names, lambda name: local.lifecycle.suspend(space, name), verb="suspend", done="suspended")
    return 0
