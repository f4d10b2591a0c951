"""Objects of Argo that are not run must at least have the shape of their kind, as a cluster's schemas see to it."""

from __future__ import annotations

import re

import msgspec

from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.status import invalid
from tiphys.ports.store import StoredObject

#: What is decoded before it is stored: a template of another shape would be found out only by who uses it.
SHAPED = (
    Kind(ARGO, "v1alpha1", "WorkflowTemplate", "workflowtemplates"),
    Kind(ARGO, "v1alpha1", "ClusterWorkflowTemplate", "clusterworkflowtemplates", namespaced=False),
    Kind(ARGO, "v1alpha1", "CronWorkflow", "cronworkflows"),
)
_MISSHAPEN = re.compile(r"^(?P<path>[\w.\[\]-]+): expected a (?P<wanted>list|mapping)\b.*?, found ", re.DOTALL)


class ShapeRules(KindRules):
    """A kind whose objects are decoded before they are stored.

    Its methods raise ``InvalidObjectError`` for an object of another shape.
    """

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def made(self, manifest: JsonObject) -> StoredObject | None:
        """Only looks at it."""
        self._check(manifest)
        return None

    def edited(self, stored: StoredObject, live: JsonObject, wanted: JsonObject) -> JsonObject:
        """Only looks at it."""
        self._check(wanted)
        return wanted

    def _check(self, manifest: JsonObject) -> None:
        loaded = load(msgspec.json.encode(manifest), "manifest", strict=False)
        problem = next((item for item in loaded.diagnostics if item.severity is Severity.ERROR), None)
        if problem is not None:
            raise invalid(self._kind, text(metadata_of(manifest), "name"), shape_problem(problem))


def shape_problem(problem: Diagnostic) -> str:
    """What is wrong with a field, where it has another type in the API server's words."""
    match = _MISSHAPEN.match(problem.message)
    if match is None:
        return problem.message
    word = "list" if match["wanted"] == "list" else "map"
    return f".{match['path']}: expected {word}, found {problem.message[match.end() :]}"
