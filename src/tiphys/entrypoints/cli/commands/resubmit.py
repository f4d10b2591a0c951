"""``tiphys resubmit``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import following, session, several
from tiphys.entrypoints.cli.parameters import parse_parameters
from tiphys.ports.api import ResubmitOptions


@click.command("resubmit")
@click.argument("names", metavar="WORKFLOW...", nargs=-1)
@click.option("-p", "--parameter", multiple=True, metavar="NAME=VALUE", help="Argument to replace.")
@click.option("--memoized", is_flag=True, help="Keep the outputs of what succeeded; for workflows that failed.")
@click.option("--priority", type=int, help="Priority of the new workflow.")
@click.option("-l", "--selector", multiple=True, metavar="LABELS", help="Workflows with these key=value labels.")
@following.options
def command(  # noqa: PLR0913 - one argument per option
    *,
    names: tuple[str, ...],
    parameter: tuple[str, ...],
    memoized: bool,
    priority: int | None,
    selector: tuple[str, ...],
    output: str | None,
    wait: bool,
    watch: bool,
    log: bool,
) -> int:
    """Submit workflows again, as new ones that run in the background."""
    follow = following.Following(output=output or "", wait=wait, watch=watch, log=log)
    follow.check()
    options = ResubmitOptions(memoized=memoized, parameters=parse_parameters(parameter), priority=priority)
    with session.system() as (local, space):
        found = several.chosen(local, space, names, selector)
        return following.show_and_follow(local, [local.rerun.resubmit(space, name, options) for name in found], follow)
