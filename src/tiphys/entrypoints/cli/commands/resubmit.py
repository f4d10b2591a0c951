"""``tiphys resubmit``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import again, completing, following, session
from tiphys.entrypoints.cli import selection as choosing
from tiphys.ports.api import ResubmitOptions


@click.command("resubmit")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows())
@again.resubmitting
@choosing.selectors
@following.options
def command(
    *,
    names: tuple[str, ...],
    options: ResubmitOptions,
    selection: choosing.Selection,
    follow: following.Following,
) -> int:
    """Submit workflows again, as new ones that run in the background."""
    again.warn_of_priority(options)
    with session.system() as (local, space):
        found = choosing.names(local, space, names, selection)
        return following.show_and_follow(local, [local.rerun.resubmit(space, name, options) for name in found], follow)
