"""A decoded document: the typed object together with the places of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from tiphys.core.manifest.diagnostics import Diagnostic
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.source import Path, Span

if TYPE_CHECKING:
    from tiphys.core.manifest.model.configmap import ConfigMap
    from tiphys.core.manifest.model.cron import CronWorkflow
    from tiphys.core.manifest.model.events import WorkflowEventBinding
    from tiphys.core.manifest.model.exchange import WorkflowArtifactGCTask, WorkflowTaskResult, WorkflowTaskSet
    from tiphys.core.manifest.model.workflow import ClusterWorkflowTemplate, Workflow, WorkflowTemplate

    #: Every kind that is decoded to a typed object.
    Manifest = (
        Workflow
        | WorkflowTemplate
        | ClusterWorkflowTemplate
        | CronWorkflow
        | WorkflowEventBinding
        | WorkflowTaskSet
        | WorkflowTaskResult
        | WorkflowArtifactGCTask
    )


class Places(Protocol):
    """Answers where a value stands."""

    def span(self, path: Path) -> Span:
        """The place of the value at ``path``; of its nearest ancestor that exists when it does not."""

    def key_span(self, path: Path) -> Span:
        """The place of the key of the value at ``path`` (of the value itself inside a list)."""


class Document(Struct, frozen=True, kw_only=True):
    """One YAML or JSON document of a known kind.

    ``index`` counts the documents of the file from 0.  ``data`` is the plain JSON data, typed as Go's YAML
    reader types it, before AnyString and quantity coercion.
    """

    file: str
    index: int
    kind: str
    name: str
    manifest: Manifest
    data: JsonObject
    places: Places


class Plain(Struct, frozen=True):
    """An object of a kind that is not decoded, such as a Secret or a Role.

    ``note`` is the finding for those who do nothing with it; it is among the findings of the text too.
    """

    data: JsonObject
    note: Diagnostic | None = None


class Loaded(Struct, frozen=True):
    """What a text holds: documents that decoded, and findings about all that did not.

    ``config_maps`` are those that have data, for parameters (``spec/data.md`` 2.5) and semaphores.  ``objects`` are
    all objects of other groups than Argo's, config maps too, as they are written.
    """

    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]
    config_maps: tuple[ConfigMap, ...] = ()
    objects: tuple[Plain, ...] = ()

    @property
    def without_notes(self) -> tuple[Diagnostic, ...]:
        """The findings without the notes about ``objects``, for those who know what to do with them."""
        notes = {id(each.note) for each in self.objects}
        return tuple(finding for finding in self.diagnostics if id(finding) not in notes)
