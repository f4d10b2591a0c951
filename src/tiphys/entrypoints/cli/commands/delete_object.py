"""``tiphys delete-object``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from tiphys.entrypoints.wire.local import Local
    from tiphys.ports.objects import ObjectRef


@click.command("delete-object")
@click.argument("kind", required=False)
@click.argument("names", metavar="[NAME...]", nargs=-1)
@click.option("-f", "--filename", "files", multiple=True, metavar="FILE", help="The objects of a file.")
@click.option("-l", "--selector", default="", metavar="SELECTOR", help="Labels, such as a=b.")
@click.option("--ignore-not-found", is_flag=True, help="What is not there is no error.")
@click.option("--orphan", is_flag=True, help="Leave what the objects own.")
def command(
    *,
    kind: str | None,
    names: tuple[str, ...],
    files: tuple[str, ...],
    selector: str,
    ignore_not_found: bool,
    orphan: bool,
) -> int:
    """Delete objects with what they own."""
    from tiphys.ports.identity import OWNER
    from tiphys.ports.objects import DeleteOptions

    if bool(files) == bool(kind) or (kind and not (names or selector)):
        raise UsageError("give either KIND and NAME (or -l), or -f FILE")
    options = DeleteOptions(propagation="Orphan" if orphan else "Background")
    with session.local_system() as (local, space):
        for ref in _refs(local, space, files, kind or "", names, selector):
            try:
                local.acted_on.delete(OWNER, ref, options)
            except NotFoundError:
                if not ignore_not_found:
                    raise
            else:
                sys.stdout.write(f'{ref.kind.kind.lower()}{_group(ref)} "{ref.name}" deleted\n')
    return 0


def _group(ref: ObjectRef) -> str:
    return f".{ref.kind.group}" if ref.kind.group else ""


def _refs(
    local: Local, namespace: str, files: tuple[str, ...], kind: str, names: tuple[str, ...], selector: str
) -> list[ObjectRef]:
    from tiphys.core.objects.meta import metadata_of, text
    from tiphys.core.objects.selectors import parse_selector
    from tiphys.entrypoints.cli.manifests import read_objects
    from tiphys.entrypoints.cli.output.anykind import kind_of
    from tiphys.ports.identity import OWNER
    from tiphys.ports.objects import Listing, ObjectRef

    catalogue = local.acted_on.catalogue()
    found = []
    for given in read_objects(files) if files else ():
        known, metadata = (
            catalogue.of(str(given.manifest["apiVersion"]), str(given.manifest["kind"])),
            metadata_of(given.manifest),
        )
        found.append(ObjectRef(known, text(metadata, "namespace") or namespace, text(metadata, "name")))
    if kind:
        known = kind_of(catalogue, kind)
        found += [ObjectRef(known, namespace, name) for name in names]
        if selector:
            wanted = Listing(kind=known, namespace=namespace, labels=parse_selector(selector), limit=10_000)
            items = local.acted_on.list(OWNER, wanted).items
            found += [ObjectRef(known, namespace, text(metadata_of(item), "name")) for item in items]
    return found
