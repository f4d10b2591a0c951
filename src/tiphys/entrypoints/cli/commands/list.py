"""``tiphys list``."""

from __future__ import annotations

import sys

import click
from msgspec.structs import replace

from tiphys.entrypoints.cli import forms, session
from tiphys.entrypoints.cli import selection as choosing


@click.command("list")
@click.option("-A", "--all-namespaces", is_flag=True, help="Every namespace.")
@choosing.filters
@click.option("--running", is_flag=True, help="Unfinished ones.")
@click.option("--since", default="", metavar="TIME", help="Made within this time, such as 3h.")
@click.option("--chunk-size", type=int, default=0, metavar="N", help="Ask a server for so many at a time.")
@forms.output("name", "json", "yaml", "wide")
@click.option("--no-headers", is_flag=True, help="No heading.")
def command(
    *,
    all_namespaces: bool,
    selection: choosing.Selection,
    running: bool,
    since: str,
    chunk_size: int,
    output: str,
    no_headers: bool,
) -> int:
    """List workflows: unfinished ones first, then the latest to finish."""
    from tiphys.entrypoints.cli.output import objects, table

    selection = replace(selection, running=running, since=since, chunk_size=chunk_size)
    with session.system() as (local, space):
        wanted = selection.wanted(None if all_namespaces else space, nodes=output in ("wide", "json", "yaml"))
        found = local.api.list(wanted)
    if output in ("name", "json", "yaml"):
        text = objects.print_workflows(table.sort_workflows(found), output)
    elif found:
        text = table.workflow_table(
            found, session.now(), wide=output == "wide", namespaces=all_namespaces, headers=not no_headers
        )
    else:
        text = objects.NO_WORKFLOWS
    sys.stdout.write(text)
    return 0
