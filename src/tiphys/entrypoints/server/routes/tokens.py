"""Tokens of ServiceAccounts: ours, below ``/api/x/v1``; what ``tiphys auth`` does on the machine itself.

Whoever may ``create`` ``serviceaccounts/token`` may act as that account, as in Kubernetes.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from tiphys.app.services.cluster.tokens import AccountTokens, TokenRecord
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.moments import rfc3339
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.errors import NotFoundError

_RESOURCE = "serviceaccounts/token"
#: A hundred years: more does not fit into a date of every client.
_LONGEST = 100 * 366 * 86_400


class CreateRequest(Struct, frozen=True, rename="camel"):
    """The body of a new token; without ``expiry_seconds`` it holds for ever."""

    expiry_seconds: int | None = None


def list_tokens(parts: Parts, call: Call) -> JsonObject:
    """The tokens of all accounts of a namespace, newest first; never the tokens themselves."""
    items: list[JsonValue] = [_shown(item) for item in _tokens(parts).list(call.namespace)]
    return {"items": items}


def create(parts: Parts, call: Call) -> JsonObject:
    """Make a token of an account; this answer is the only place where it can be seen."""
    seconds = call.record(CreateRequest).expiry_seconds
    if seconds is not None and not 0 < seconds <= _LONGEST:
        raise InvalidArgumentError(f"expirySeconds must be between 1 and {_LONGEST}")
    expiry = None if seconds is None else timedelta(seconds=seconds)
    token, record = _tokens(parts).create(call.namespace, call.name, expiry)
    return {**_shown(record), "token": token}


def revoke(parts: Parts, call: Call) -> JsonObject:
    """End a token of an account; the next request with it is refused."""
    number = call.path["id"]
    if not number or not _tokens(parts).revoke(call.namespace, call.name, number):
        raise NotFoundError(f"{call.name} has no such token")
    return {}


def _tokens(parts: Parts) -> AccountTokens:
    return AccountTokens(parts.store, parts.clock)


def _shown(record: TokenRecord) -> JsonObject:
    expires: JsonObject = {} if record.expires_at is None else {"expiresAt": rfc3339(record.expires_at)}
    return {"id": record.id, "account": record.account, "createdAt": rfc3339(record.created_at), **expires}


ROUTES = (
    Route("GET", "/api/x/v1/tokens/{namespace}", Right("list", _RESOURCE, ""), list_tokens),
    Route("POST", "/api/x/v1/tokens/{namespace}/{name}", Right("create", _RESOURCE, ""), create),
    Route("DELETE", "/api/x/v1/tokens/{namespace}/{name}/{id}", Right("delete", _RESOURCE, ""), revoke),
)
