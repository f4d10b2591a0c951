"""``tiphys get``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import session


@click.command("get")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, required=True)
@session.namespace_option
@click.option("-o", "--output", type=click.Choice(["name", "json", "yaml", "short", "wide"]), help="Form.")
@session.no_color_option
@click.option("--no-utf8", is_flag=True, help="Plain characters only.")
@session.home_option
def command(
    names: tuple[str, ...], namespace: str | None, output: str | None, no_color: bool, no_utf8: bool, home: str | None
) -> int:
    """Show workflows with the trees of their nodes; ``@latest`` is the newest one."""
    from tiphys.entrypoints.cli.output.describe import describe
    from tiphys.entrypoints.cli.output.objects import print_workflow
    from tiphys.entrypoints.cli.output.tree import TreeView

    style = session.out_style(no_color=no_color, no_utf8=no_utf8)
    view = TreeView(layout=output if output in ("wide", "short") else "", style=style, now=session.now())
    with session.local_system(home, namespace) as (local, space):
        for name in names:
            workflow = local.api.get(space, name)
            plain = output in ("name", "json", "yaml")
            sys.stdout.write(print_workflow(workflow, output or "") if plain else describe(workflow, view))
    return 0
