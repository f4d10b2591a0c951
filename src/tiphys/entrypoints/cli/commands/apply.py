"""``tiphys apply``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.entrypoints.wire.local import Local


@click.command("apply")
@click.option(
    "-f", "--filename", "files", multiple=True, metavar="FILE", help="File or directory; - is standard input."
)
def command(files: tuple[str, ...]) -> int:
    """Make the objects of files, or bring them to what the files say.

    Templates and cron workflows are checked first; when one is refused, nothing is applied.
    """
    from tiphys.app.services.cluster.applying import apply_object
    from tiphys.entrypoints.cli.manifests import read_objects
    from tiphys.ports.identity import OWNER

    if not files:
        raise UsageError("must specify -f", "tiphys apply -f FILE")
    given = read_objects(files)
    with session.local_system() as (local, space):
        _check(local, files, space)
        for item in given:
            applied = apply_object(local.acted_on, OWNER, item.manifest, space)
            sys.stdout.write(f"{applied.name} {applied.word}\n")
            if applied.word == "created" and local.cluster is None:
                local.keep_object_driven(applied.item)
    return 0


def _check(local: Local, files: Sequence[str], namespace: str) -> None:
    """Refuse the call when a template of it is wrong.

    Raises:
        ManifestError: with all findings.
    """
    from tiphys.adapters.system import timezone_exists
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
        found += check_document(
            document, library, CheckOptions(advise=False, timezone_exists=timezone_exists)
        ).diagnostics
    if any(finding.severity is Severity.ERROR for finding in found):
        raise ManifestError(found)


def _files(file: str) -> list[str]:
    from tiphys.entrypoints.cli.manifests import paths_of

    return list(paths_of(file))
