"""``tiphys apply``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonObject
    from tiphys.entrypoints.wire.local import Local


@click.command("apply")
@click.option(
    "-f", "--filename", "files", multiple=True, metavar="FILE", help="File or directory; - is standard input."
)
def command(files: tuple[str, ...]) -> int:
    """Make the objects of files, or bring them to what the files say.

    Templates and cron workflows are checked first; when one is refused, nothing is applied.
    """
    from tiphys.entrypoints.cli.manifests import read_objects

    if not files:
        raise UsageError("must specify -f", "tiphys apply -f FILE")
    given = read_objects(files)
    with session.local_system() as (local, space):
        _check(local, files, space)
        for item in given:
            sys.stdout.write(f"{_apply(local, item.manifest, space)}\n")
    return 0


def _check(local: Local, files: Sequence[str], namespace: str) -> None:
    """Refuse the call when a template of it is wrong.

    Raises:
        ManifestError: with all findings.
    """
    from tiphys.app.services.library import StoredLibrary
    from tiphys.core.manifest.diagnostics import ManifestError, Severity
    from tiphys.core.manifest.objects import KINDS
    from tiphys.core.validate.check import check_document
    from tiphys.core.validate.options import CheckOptions
    from tiphys.entrypoints.cli import sources

    if "-" in files:
        return
    loaded = sources.load([path for file in files for path in _files(file)])
    given = (document.manifest for document in loaded.documents)
    library = StoredLibrary(lambda: local.store, given, loaded.config_maps, namespace=namespace)
    found = [finding for finding in loaded.diagnostics if any(f"({kind})" in (finding.owner or "") for kind in KINDS)]
    for document in loaded.documents:
        found += check_document(document, library, CheckOptions(advise=False)).diagnostics
    if any(finding.severity is Severity.ERROR for finding in found):
        raise ManifestError(found)


def _files(file: str) -> list[str]:
    from tiphys.entrypoints.cli.manifests import paths_of

    return list(paths_of(file))


def _apply(local: Local, manifest: JsonObject, namespace: str) -> str:
    """Apply one object and say what came of it, as kubectl does."""
    from tiphys.core.objects.meta import metadata_of, text
    from tiphys.errors import NotFoundError
    from tiphys.ports.identity import OWNER
    from tiphys.ports.objects import ObjectRef

    objects = local.objects
    metadata = metadata_of(manifest)
    kind = objects.catalogue().of(str(manifest["apiVersion"]), str(manifest["kind"]))
    if not text(metadata, "name") and text(metadata, "generateName"):
        made = objects.create(OWNER, manifest, namespace)
        return f"{kind.kind.lower()}{'.' + kind.group if kind.group else ''}/{text(metadata_of(made), 'name')} created"
    ref = ObjectRef(kind, text(metadata, "namespace") or namespace, text(metadata, "name"))
    try:
        before = objects.get(OWNER, ref)
    except NotFoundError:
        before = None
    applied = objects.apply(OWNER, manifest, namespace)
    word = "created" if before is None else "unchanged" if _same(before, applied) else "configured"
    return f"{kind.kind.lower()}{'.' + kind.group if kind.group else ''}/{ref.name} {word}"


def _same(before: JsonObject, after: JsonObject) -> bool:
    from tiphys.core.objects.meta import metadata_of

    return metadata_of(before).get("resourceVersion") == metadata_of(after).get("resourceVersion")
