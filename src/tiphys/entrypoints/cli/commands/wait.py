"""``tiphys wait``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing, session
from tiphys.errors import NotFoundError


@click.command("wait")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows(completed=False))
@click.option("--ignore-not-found", is_flag=True, help="A workflow that is not there is no failure.")
def command(names: tuple[str, ...], ignore_not_found: bool) -> int:
    """Wait until workflows are over; exit code 1 if any failed or is not there.

    A workflow that no process drives goes on in the background.
    """
    from tiphys.entrypoints.cli.following import wait

    with session.system() as (local, space):
        keys = []
        for name in names:
            try:
                workflow = local.api.glance(space, name)
                local.keep_driven(workflow)
                keys.append((space, (workflow.metadata and workflow.metadata.name) or name))
            except NotFoundError:
                keys.append((space, name))
        return wait(local, keys, ignore_not_found=ignore_not_found)
