"""``tiphys delete``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from tiphys.entrypoints.cli import completing, session
from tiphys.entrypoints.cli import selection as choosing
from tiphys.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from tiphys.entrypoints.wire.system import System

_HINT = "a workflow whose artifacts cannot be removed stays for an hour at most; --force removes it now"


@click.command("delete")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, shell_complete=completing.workflows())
@click.option("-A", "--all-namespaces", is_flag=True, help="Of every namespace.")
@click.option("--all", "everything", is_flag=True, help="All workflows of the namespace.")
@choosing.filters
@click.option("--query-chunk-size", type=int, default=0, metavar="N", help="Ask a server for so many at a time.")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted.")
@click.option("--force", is_flag=True, help="Do not wait for what finalizers stand for, such as artifacts.")
def command(
    *,
    names: tuple[str, ...],
    all_namespaces: bool,
    everything: bool,
    selection: choosing.Selection,
    query_chunk_size: int,
    dry_run: bool,
    force: bool,
) -> int:
    """Delete workflows with their nodes, logs and files; running pods are killed first.

    A name that does not exist is said, and is not an error.
    """
    if not (names or everything or all_namespaces or selection):
        raise UsageError(
            "requires either a workflow or other argument", "name workflows, or say --all, --completed, -l …"
        )
    with session.system() as (local, space):
        chosen = [(space, name) for name in names]
        if everything or all_namespaces or selection:
            wanted = replace(selection, chunk_size=query_chunk_size)
            found = choosing.keys(local, None if all_namespaces else space, wanted)
            if not found and not names:
                sys.stdout.write("No resources found\n")
            chosen += found
        _delete(local, list(dict.fromkeys(chosen)), dry_run=dry_run, force=force)
    return 0


def _delete(local: System, chosen: Sequence[tuple[str, str]], *, dry_run: bool, force: bool) -> None:
    """Delete one after another, saying what became of each."""
    for namespace, name in chosen:
        try:
            metadata = local.api.glance(namespace, name).metadata
            shown = (metadata and metadata.name) or name
            if not dry_run:
                local.api.delete(namespace, shown, force=force)
        except NotFoundError:
            sys.stdout.write(f"Workflow '{name}' not found\n")
        else:
            sys.stdout.write(f"Workflow '{shown}' deleted{' (dry-run)' if dry_run else ''}\n")
    if not dry_run:
        said = local.collect_artifacts()
        session.warn([*said, _HINT] if said and not force else said)
