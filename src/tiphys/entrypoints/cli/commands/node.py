"""``tiphys node set``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import completing, session
from tiphys.entrypoints.cli.parameters import parse_parameters, unquoted
from tiphys.errors import UsageError
from tiphys.ports.api import NodeValues


@click.command("node")
@click.argument("action", metavar="ACTION")
@click.argument("name", metavar="WORKFLOW", shell_complete=completing.workflows(completed=False))
@click.option("--node-field-selector", default="", metavar="SELECTOR", help="Which Suspend nodes.")
@click.option("--phase", default="", metavar="PHASE", help="Succeeded, Failed or Error; without it the nodes wait on.")
@click.option("-p", "--output-parameter", multiple=True, metavar="NAME=VALUE", help="Supplied output of the nodes.")
@click.option("-m", "--message", default="", metavar="TEXT", help="Message of the nodes.")
def command(
    *,
    action: str,
    name: str,
    node_field_selector: str,
    phase: str,
    output_parameter: tuple[str, ...],
    message: str,
) -> int:
    """Set outputs, message and phase of the Suspend nodes of a workflow; the only ACTION is ``set``.

    A value may be a string in double quotes with escapes.
    """
    if action != "set":
        raise UsageError(f"unknown action '{action}'", "tiphys node set WORKFLOW …")
    values = NodeValues(
        selector=node_field_selector,
        phase=phase,
        message=message,
        parameters={key: unquoted(value) for key, value in parse_parameters(output_parameter).items()},
    )
    with session.system() as (local, space):
        shown = local.lifecycle.set_nodes(space, name, values)
        local.keep_driven(local.api.get(space, shown))
    sys.stdout.write("workflow values set\n")
    return 0
