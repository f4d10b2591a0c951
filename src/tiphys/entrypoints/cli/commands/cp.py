"""``tiphys cp``: copy the output artifacts of a workflow into a directory, as they are stored."""

from __future__ import annotations

import sys
from pathlib import Path

import click

DEFAULT_PATH = "{namespace}/{workflowName}/{nodeId}/outputs/{artifactName}"


@click.command(name="cp")
@click.argument("name")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--node-id", help="Only of this node.")
@click.option("--template-name", help="Only of nodes of this template.")
@click.option("--artifact-name", help="Only artifacts of this name.")
@click.option("--path", default=DEFAULT_PATH, show_default=True, help="Where each goes below the directory.")
def command(
    name: str,
    directory: Path,
    node_id: str | None,
    template_name: str | None,
    artifact_name: str | None,
    path: str,
) -> None:
    """Copy output artifacts of a workflow into a directory.  Archives stay archives."""
    from tiphys.entrypoints.cli.session import local_system, now
    from tiphys.errors import UsageError

    with local_system() as (local, chosen):
        service = local.artifacts()
        for item in service.list(chosen, name, node=node_id, artifact=artifact_name):
            if item.deleted or (template_name is not None and item.template != template_name):
                continue
            values = {
                "namespace": item.namespace, "workflowName": item.workflow, "nodeId": item.node_id,
                "templateName": item.template, "artifactName": item.name,
            }  # fmt: skip
            below = path
            for variable, value in values.items():
                below = below.replace(f"{{{variable}}}", value, 1)
            target = (directory / below / (Path(item.key).name or item.name)).absolute()
            if not target.resolve().is_relative_to(directory.absolute().resolve()):
                raise UsageError("--path leads out of the directory", None, below)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                raise UsageError("there is something already", "choose another directory", str(target))
            service.fetch(item, str(target), stored=True)
            sys.stderr.write(f'{now():%Y/%m/%d %H:%M:%S} Created "{target.name}"\n')
