"""``tiphys cp``: copy the output artifacts of a workflow into a directory, as they are stored."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.ports.downloads import Output

DEFAULT_PATH: Final = "{namespace}/{workflowName}/{nodeId}/outputs/{artifactName}"


@click.command(name="cp")
@click.argument("words", metavar="WORKFLOW DIRECTORY", nargs=-1)
@click.option("--node-id", help="Only of this node.")
@click.option("--template-name", help="Only of nodes of this template.")
@click.option("--artifact-name", help="Only artifacts of this name.")
@click.option("--path", default=DEFAULT_PATH, show_default=True, help="Where each goes below the directory.")
def command(
    words: tuple[str, ...],
    node_id: str | None,
    template_name: str | None,
    artifact_name: str | None,
    path: str,
) -> int:
    """Copy output artifacts of a workflow into a directory.  Archives stay archives."""
    if len(words) != 2:
        raise UsageError("incorrect number of arguments", "tiphys cp WORKFLOW DIRECTORY")
    name, directory = words[0], Path(words[1])
    with session.system() as (local, space):
        for item in local.downloads.outputs(space, name):
            wanted = ((node_id, item.node_id), (template_name, item.template), (artifact_name, item.name))
            if any(asked is not None and asked != found for asked, found in wanted):
                continue
            target = _target(directory, path, item)
            local.downloads.save(item, str(target))
            sys.stderr.write(f'{session.now().astimezone():%Y/%m/%d %H:%M:%S} Created "{target.name}"\n')
    return 0


def _target(directory: Path, path: str, item: Output) -> Path:
    """Where an artifact goes; its directory is made.

    Raises:
        UsageError: that is outside of the directory, or taken.
    """
    values = {
        "namespace": item.namespace, "workflowName": item.workflow, "nodeId": item.node_id,
        "templateName": item.template, "artifactName": item.name,
    }  # fmt: skip
    for variable, value in values.items():
        path = path.replace(f"{{{variable}}}", value, 1)
    target = (directory / path / (Path(item.key).name or item.name)).absolute()
    if not target.resolve().is_relative_to(directory.absolute().resolve()):
        raise UsageError("--path leads out of the directory", None, path)
    if target.exists():
        raise UsageError("there is something already", "choose another directory", str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
