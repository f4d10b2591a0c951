"""The kinds of objects, and the record that holds each; a kind's module is imported when the kind is met."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Manifest

_MODULES = {
    "Workflow": "workflow",
    "WorkflowTemplate": "workflow",
    "ClusterWorkflowTemplate": "workflow",
    "CronWorkflow": "cron",
    "WorkflowEventBinding": "events",
    "WorkflowTaskSet": "exchange",
    "WorkflowTaskResult": "exchange",
    "WorkflowArtifactGCTask": "exchange",
}
#: Kinds that only Argo's own parts write: they are read like all others, but nobody lints them.
INTERNAL = frozenset(kind for kind, module in _MODULES.items() if module == "exchange")


class _Kinds(Mapping[str, "type[Manifest]"]):
    """All kinds by name."""

    def __getitem__(self, kind: str) -> type[Manifest]:
        module = importlib.import_module(f"tiphys.core.manifest.model.{_MODULES[kind]}")
        return cast("type[Manifest]", getattr(module, kind))

    def __contains__(self, kind: object) -> bool:
        return kind in _MODULES

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


KINDS: Mapping[str, type[Manifest]] = _Kinds()
