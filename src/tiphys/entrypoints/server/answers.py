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
from tiphys.errors import TiphysError
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
    """``deleteOptions`` of a query."""
    return DeleteOptions(
        propagation=call.query.text("deleteOptions.propagationPolicy") or "Background",
        uid=call.query.text("deleteOptions.preconditions.uid"),
        resource_version=call.query.text("deleteOptions.preconditions.resourceVersion"),
    )
