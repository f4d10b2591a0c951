"""From the files of a call to workflows that can be submitted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tiphys.entrypoints.cli import session, sources
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Document, Loaded
    from tiphys.core.validate.library import Library
    from tiphys.entrypoints.wire.system import System


def workflows(loaded: Loaded) -> list[Document]:
    """The workflows of the files; kinds that a workflow cannot use are skipped with a warning.

    Raises:
        ManifestError: something in the files is refused.
        UsageError: there is no workflow.
    """
    from tiphys.core.manifest.diagnostics import ManifestError, Severity
    from tiphys.entrypoints.cli.output.findings import pretty

    if any(finding.severity is Severity.ERROR for finding in loaded.diagnostics):
        raise ManifestError(loaded.diagnostics)
    sys.stderr.write(pretty(loaded.diagnostics, sources.source_of, session.error_style()))
    found = [document for document in loaded.documents if document.kind == "Workflow"]
    used = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate") if found else ()
    others = [f"{each.kind} {each.name!r} is not run" for each in loaded.documents if each.kind not in used]
    session.warn(others)
    if not found:
        raise UsageError("no workflow found in given files")
    return found


def library_of(local: System, loaded: Loaded | None) -> Library:
    """What the workflows of a call may refer to: its other documents, then what is stored."""
    from tiphys.app.services.library import StoredLibrary

    documents = loaded.documents if loaded is not None else ()
    config_maps = loaded.config_maps if loaded is not None else ()
    return StoredLibrary(lambda: local.store, (each.manifest for each in documents), config_maps)
