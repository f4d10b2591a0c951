"""What several resources' answers have in common: kept fields, lists, options of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from starlette.responses import Response

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server import problems
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.fields import Fields
from tiphys.errors import TiphysError, UsageError
from tiphys.ports.objects import DeleteOptions


class CreateOptions(Struct, frozen=True, rename="camel"):
    """Kubernetes' options of a creation; only ``dryRun`` has a meaning here."""

    dry_run: tuple[str, ...] = ()


def plain_json(error: TiphysError, headers: Mapping[str, str]) -> Response:
    """The answer to what is refused."""
    return Response(
        msgspec.json.encode(problems.body(error)), problems.http_status(error), dict(headers), "application/json"
    )


def clean(data: JsonObject, call: Call) -> JsonObject:
    """Only the fields that were asked for."""
    fields = Fields.parse(call.query.text("fields"))
    kept = fields.clean(data)
    return kept if isinstance(kept, dict) else {}


def object_list(
    items: Sequence[JsonObject], version: int, following: str = "", remaining: int | None = None
) -> JsonObject:
    """A list as Go writes it: no items are ``null``."""
    metadata: JsonObject = {"resourceVersion": str(version)}
    if following:
        metadata["continue"] = following
    if remaining is not None:
        metadata["remainingItemCount"] = remaining
    found: list[JsonValue] = list(items)
    return {"metadata": metadata, "items": found or None}


def delete_options(call: Call) -> DeleteOptions:
    """``deleteOptions`` of a query, but for ``dryRun``."""
    query = call.query
    return DeleteOptions(
        propagation=propagation_of(
            query.text("deleteOptions.propagationPolicy"), orphan=query.flag("deleteOptions.orphanDependents")
        ),
        uid=query.text("deleteOptions.preconditions.uid"),
        resource_version=query.text("deleteOptions.preconditions.resourceVersion"),
    )


def propagation_of(chosen: str, *, orphan: bool) -> str:
    """What becomes of what a deleted object owns; ``orphan`` is the older way to say Orphan.

    Raises:
        UsageError: there is no such policy, or both ways are taken at once, which Kubernetes refuses.
    """
    if chosen not in ("", "Background", "Foreground", "Orphan"):
        raise UsageError(f'propagationPolicy: Unsupported value: "{chosen}"')
    if chosen and orphan:
        raise UsageError("orphanDependents and propagationPolicy cannot both be set")
    return chosen or ("Orphan" if orphan else "Background")


def only_tried(given: Sequence[JsonValue]) -> bool:
    """Whether a change is only to be tried: its ``dryRun``.

    Raises:
        UsageError: it is neither that nor a change.
    """
    unknown = [value for value in given if value != "All"]
    if unknown:
        raise UsageError(f'dryRun: Unsupported value: "{unknown[0]}": supported values: "All"')
    return bool(given)
