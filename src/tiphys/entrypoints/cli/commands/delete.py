"""``tiphys delete``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import NotFoundError

_HINT = "a workflow whose artifacts cannot be removed stays for an hour at most; --force removes it now"


@click.command("delete")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted.")
@click.option("--force", is_flag=True, help="Do not wait for what finalizers stand for, such as artifacts.")
def command(names: tuple[str, ...], dry_run: bool, force: bool) -> int:
    """Delete workflows with their nodes, logs and files; running pods are killed first.

    A name that does not exist is said, and is not an error.
    """
    with session.system() as (local, space):
        for name in names:
            try:
                metadata = local.api.get(space, name).metadata
                shown = (metadata and metadata.name) or name
                if not dry_run:
                    local.api.delete(space, shown, force=force)
            except NotFoundError:
                sys.stdout.write(f"Workflow '{name}' not found\n")
            else:
                sys.stdout.write(f"Workflow '{shown}' deleted{' (dry-run)' if dry_run else ''}\n")
        if not dry_run:
            said = local.collect_artifacts()
            session.warn([*said, _HINT] if said and not force else said)
    return 0
