"""``tiphys artifacts``: list, show, fetch and remove what workflows put out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiphys.app.services.artifacts import Artifacts, Found

_BLOCK = 1 << 16


@click.group(name="artifacts")
def command() -> None:
    """Work with the artifacts of workflows.  NAME may be @latest."""


@command.command()
@click.argument("name")
@click.option("--node", help="Only of this node (id, name or display name).")
@forms.output("wide", "name", "json", default="wide")
def ls(name: str, node: str | None, output: str) -> None:
    """List the output artifacts of a workflow."""
    from tiphys.entrypoints.cli.session import local_system

    with local_system() as (local, chosen):
        found = local.artifacts().list(chosen, name, node=node)
    if output == "json":
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode([_record(item) for item in found])).decode() + "\n")
    elif output == "name":
        sys.stdout.writelines(f"{item.name}\n" for item in found)
    else:
        _write_table([("NODE", "ARTIFACT", "PATH", "KEY"), *(_row(item) for item in found)])


@command.command()
@click.argument("name")
@click.argument("artifact")
@click.option("--node", help="The node that has it.")
@click.option("--raw", is_flag=True, help="As it is stored: an archive stays one.")
def cat(name: str, artifact: str, node: str | None, raw: bool) -> None:
    """Write the content of an artifact that is one file."""
    from tempfile import TemporaryDirectory

    from tiphys.entrypoints.cli.session import local_system
    from tiphys.errors import UsageError

    with local_system() as (local, chosen):
        service = local.artifacts()
        found = service.one(chosen, name, artifact, node)
        with TemporaryDirectory(prefix="tiphys-") as scratch:
            path = Path(scratch, "artifact")
            service.fetch(found, str(path), stored=raw)
            if path.is_dir():
                raise UsageError(f"artifact {artifact!r} is a directory", "fetch it with `tiphys artifacts get`", name)
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    sys.stdout.buffer.write(block)


@command.command()
@click.argument("name")
@click.argument("artifact")
@click.option("--node", help="The node that has it.")
@click.option("--raw", is_flag=True, help="As it is stored: an archive stays one.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to put it; else ./ARTIFACT.")
def get(name: str, artifact: str, node: str | None, raw: bool, output: Path | None) -> None:
    """Fetch an artifact into a new file or directory."""
    from tiphys.entrypoints.cli.session import local_system
    from tiphys.errors import UsageError

    with local_system() as (local, chosen):
        service = local.artifacts()
        found = service.one(chosen, name, artifact, node)
        target = output or Path(artifact)
        if target.is_dir():
            target /= artifact
        if target.exists():
            raise UsageError("there is something already", "choose another place with -o", str(target))
        service.fetch(found, str(target.absolute()), stored=raw)
    sys.stdout.write(f"{target}\n")


@command.command()
@click.argument("name")
@click.argument("artifacts", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All artifacts of the workflow.")
@click.option("--node", help="Only of this node.")
def rm(
    name: str,
    artifacts: tuple[str, ...],
    everything: bool,
    node: str | None,
) -> int:
    """Remove artifacts of a finished workflow from their storage."""
    from tiphys.entrypoints.cli.session import local_system
    from tiphys.errors import UsageError

    if not artifacts and not everything:
        raise UsageError("no artifact is named", "name some, or say --all")
    with local_system() as (local, chosen):
        service = local.artifacts()
        found = _wanted(service, chosen, name, artifacts, node)
        failed = service.remove(found)
    for item, reason in failed:
        sys.stderr.write(f"error: {item.node}: artifact {item.name!r} is still there: {reason}\n")
    sys.stdout.write(f"{len(found) - len(failed)} artifacts removed\n")
    return 1 if failed else 0


def _wanted(service: Artifacts, namespace: str, name: str, names: Sequence[str], node: str | None) -> list[Found]:
    from tiphys.errors import NotFoundError

    found = [item for item in service.list(namespace, name, node=node) if not item.deleted]
    missing = sorted(set(names) - {item.name for item in found})
    if missing:
        raise NotFoundError(f"workflow {name} has no artifact {missing[0]!r}", "`tiphys artifacts ls` shows all", name)
    return [item for item in found if not names or item.name in names]


def _row(item: Found) -> tuple[str, ...]:
    return (item.node, item.name, item.path or "-", "(removed)" if item.deleted else item.key or "-")


def _record(item: Found) -> dict[str, object]:
    return {
        "node": item.node, "nodeId": item.node_id, "template": item.template, "name": item.name, "key": item.key,
        "deleted": item.deleted, "artifact": item.artifact,
    }  # fmt: skip


def _write_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        sys.stdout.write("   ".join(cells).rstrip() + "\n")
