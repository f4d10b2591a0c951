"""What becomes of an object when somebody changes it: patches, the two halves of an object, its generation."""

from __future__ import annotations

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects import meta, patches
from tiphys.core.objects.kinds import Kind
from tiphys.errors import UsageError
from tiphys.ports.objects import JSON, MERGE, STRATEGIC

#: Groups whose kinds have a status of their own: a plain update leaves it alone.
_WITH_STATUS = frozenset({"", "apps", "batch", "policy"})
#: Kinds of those groups that have none.
_PLAIN = frozenset({"ConfigMap", "Secret", "ServiceAccount", "Event"})


def patched(kind: Kind, live: JsonObject, patch: JsonValue, strategy: str) -> JsonObject:
    """What a patch makes of an object.

    Raises:
        UsageError: the kind does not know such patches, or the patch leaves no object.
    """
    if strategy == STRATEGIC and not kind.strategic:
        raise UsageError(
            "the body of the request was in an unknown format - accepted media types include: "
            "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
            f"{kind.kind} is a custom resource: use mergeStrategy merge or json",
        )
    apply = {STRATEGIC: patches.strategic_patch, MERGE: patches.merge_patch, JSON: patches.json_patch}.get(strategy)
    if apply is None:
        raise UsageError(f"--type must be one of [json merge strategic], not {strategy!r}")
    changed = apply(live, patch)
    if not isinstance(changed, dict):
        raise UsageError("the patch does not leave an object")
    return changed


def joined(kind: Kind, live: JsonObject, wanted: JsonObject, *, status: bool) -> JsonObject:
    """The object as it is to be: of a kind with a status of its own, only one half can be changed at a time."""
    if status:
        return {**live, "status": wanted.get("status")}
    made: JsonObject = {**wanted, "metadata": meta.updated_metadata(meta.metadata_of(live), meta.metadata_of(wanted))}
    if kind.group in _WITH_STATUS and kind.kind not in _PLAIN:
        made.pop("status", None)
        if "status" in live:
            made["status"] = live["status"]
    return made


def with_generation(changed: JsonObject, live: JsonObject) -> JsonObject:
    """The changed object, one generation on when more than its metadata and status changed."""
    metadata = meta.metadata_of(changed)
    generation = metadata.get("generation")
    if meta.content_of(changed) == meta.content_of(live) or not isinstance(generation, int):
        return changed
    return {**changed, "metadata": {**metadata, "generation": generation + 1}}
