"""``tiphys resubmit``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing, following, overrides, session
from tiphys.entrypoints.cli import selection as choosing
from tiphys.entrypoints.cli.parameters import parse_parameters
from tiphys.ports.api import ResubmitOptions


@click.command("resubmit")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows())
@overrides.PARAMETERS[0]
@click.option("--memoized", is_flag=True, help="Keep the outputs of what succeeded; for workflows that failed.")
@click.option("--priority", type=int, help="Priority of the new workflow.")
@choosing.selectors
@following.options
def command(
    *,
    names: tuple[str, ...],
    parameter: tuple[str, ...],
    memoized: bool,
    priority: int | None,
    selection: choosing.Selection,
    follow: following.Following,
) -> int:
    """Submit workflows again, as new ones that run in the background."""
    options = ResubmitOptions(memoized=memoized, parameters=parse_parameters(parameter), priority=priority)
    with session.system() as (local, space):
        found = choosing.names(local, space, names, selection)
        return following.show_and_follow(local, [local.rerun.resubmit(space, name, options) for name in found], follow)
