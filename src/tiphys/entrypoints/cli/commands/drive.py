"""``tiphys drive``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import ConflictError


@click.command("drive")
@click.argument("name", metavar="[WORKFLOW]", default="")
@click.option("--runtime", metavar="NAME", help="Where pods run: process, container, or auto.")
def command(name: str, runtime: str | None) -> int:
    """Drive a workflow without a word, until its end or until only a person can move it; without a name, Jobs.

    What submit, resume, retry and apply start in the background.  What is driven already is left alone.  Killing
    this process stops nothing: another one goes on where it was.
    """
    from tiphys.entrypoints.cli.silence import Silence

    with session.local_system(runtime, known_local=True) as (local, space):
        if not name:
            local.driver.drive([], Silence())
            return 0
        workflow = local.api.get(space, name)
        try:
            local.driver.drive([(workflow.metadata and workflow.metadata.uid) or ""], Silence(), until_resting=True)
        except ConflictError:
            return 0
    return 0
