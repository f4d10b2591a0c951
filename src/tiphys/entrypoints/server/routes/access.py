"""What the caller may do in a namespace: ours, below ``/api/x/v1`` (``spec/ui.md`` D10)."""

from __future__ import annotations

from typing import Final

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Open, Route
from tiphys.ports.identity import Access

_VERBS: Final = ("get", "list", "watch", "create", "update", "delete")
#: Resource and group, in the order in which people read them.
_RESOURCES: Final = (
    ("workflows", "argoproj.io"),
    ("workflowtemplates", "argoproj.io"),
    ("clusterworkflowtemplates", "argoproj.io"),
    ("cronworkflows", "argoproj.io"),
    ("workfloweventbindings", "argoproj.io"),
    ("events", ""),
    ("pods/log", ""),
    ("secrets", ""),
    ("configmaps", ""),
    ("serviceaccounts/token", ""),
)


def rights(parts: Parts, call: Call) -> JsonObject:
    """The verbs that the caller may use on each resource of a namespace."""
    found: JsonObject = {}
    for resource, group in _RESOURCES:
        allowed: list[JsonValue] = [
            verb
            for verb in _VERBS
            if parts.authorizer.allowed(
                call.principal, Access(verb=verb, resource=resource, group=group, namespace=call.namespace)
            )
        ]
        found[resource] = allowed
    return {"rights": found}


ROUTES = (Route("GET", "/api/x/v1/rights/{namespace}", Open.SIGNED_IN, rights),)
