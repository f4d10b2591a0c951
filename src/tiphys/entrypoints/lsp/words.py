"""Fields that take one of a few words, for completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tiphys.core.manifest.kinds import Boolean
from tiphys.core.manifest.objects import KINDS
from tiphys.entrypoints.lsp.schema import FieldAt

_PULL: Final = ("Always", "IfNotPresent", "Never")
#: (record, field) → its words; ``*`` is any record.
_WORDS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("RetryStrategy", "retryPolicy"): ("Always", "OnFailure", "OnError", "OnTransientError"),
    ("PodGC", "strategy"): ("OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"),
    ("ArtifactGC", "strategy"): ("OnWorkflowCompletion", "OnWorkflowDeletion", "Never"),
    ("WorkflowLevelArtifactGC", "strategy"): ("OnWorkflowCompletion", "OnWorkflowDeletion", "Never"),
    ("CronWorkflowSpec", "concurrencyPolicy"): ("Allow", "Forbid", "Replace"),
    ("VolumeClaimGC", "strategy"): ("OnWorkflowCompletion", "OnWorkflowSuccess"),
    ("ResourceTemplate", "action"): ("get", "create", "apply", "delete", "replace", "patch"),
    ("ResourceTemplate", "mergeStrategy"): ("strategic", "merge", "json"),
    ("WorkflowSpec", "shutdown"): ("Stop", "Terminate"),
    ("*", "imagePullPolicy"): _PULL,
    ("*", "apiVersion"): ("argoproj.io/v1alpha1",),
    ("*", "kind"): tuple(KINDS),
}


def words_of(field: FieldAt) -> tuple[str, ...]:
    """The words that a field takes; none when it takes more than words."""
    if isinstance(field.kind, Boolean):
        return ("true", "false")
    owner = field.owner.__name__
    own = _WORDS.get((owner, field.name))
    if own is None and (field.name not in {"kind", "apiVersion"} or owner in KINDS):
        own = _WORDS.get(("*", field.name))
    return own or ()
