"""``tiphys watch``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing, nodeselection, problems, session


@click.command("watch")
@click.argument("name", metavar="WORKFLOW", shell_complete=completing.workflows("Running", "Pending"))
@nodeselection.options
@click.option("--exit-status", is_flag=True, help="Exit code 1 if the workflow fails; usually it is 0 whatever comes.")
def command(*, name: str, nodes: nodeselection.Wanted, exit_status: bool) -> int:
    """Show a workflow, again at each change, until it is over.

    A workflow that no process drives goes on in the background.
    """
    from tiphys.entrypoints.cli.following import watch

    with session.system() as (local, space):
        workflow = local.api.glance(space, name)
        local.keep_driven(workflow)
        ended = watch(local, space, (workflow.metadata and workflow.metadata.name) or name, nodes=nodes)
    failed = ended.status is None or ended.status.phase != "Succeeded"
    return problems.FAILED if exit_status and failed else problems.OK
