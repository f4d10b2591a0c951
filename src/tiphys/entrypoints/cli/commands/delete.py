"""``tiphys delete``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import NotFoundError


@click.command("delete")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted.")
def command(names: tuple[str, ...], dry_run: bool) -> int:
    """Delete workflows with their nodes, logs and files; running pods are killed first.

    A name that does not exist is said, and is not an error.
    """
    with session.system() as (local, space):
        for name in names:
            try:
                metadata = local.api.get(space, name).metadata
                shown = (metadata and metadata.name) or name
                if not dry_run:
                    local.api.delete(space, shown)
            except NotFoundError:
                sys.stdout.write(f"Workflow '{name}' not found\n")
            else:
                sys.stdout.write(f"Workflow '{shown}' deleted{' (dry-run)' if dry_run else ''}\n")
        if not dry_run:
            session.warn(local.collect_artifacts())
    return 0
