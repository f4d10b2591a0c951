"""Events from outside: signed in, or with the signature of a webhook (``spec/api.md`` 16)."""

from __future__ import annotations

from tiphys.app.services.artifacts import secrets_of
from tiphys.app.services.webhooks import sender
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.template.live.events import Event
from tiphys.entrypoints.server.auth.credentials import credentials
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import FailedError
from tiphys.entrypoints.server.routing import Open, Right, Route
from tiphys.errors import ForbiddenError, UnavailableError
from tiphys.ports.identity import Principal

_NEEDED = (
    Right("list", "workfloweventbindings"),
    Right("get", "workflowtemplates"),
    Right("create", "workflows"),
)


def receive(parts: Parts, call: Call) -> JsonObject:
    """Have every binding of the namespace see an event."""
    principal = _sender(parts, call)
    for right in _NEEDED:
        if not parts.authorizer.allowed(principal, right.access({"namespace": call.namespace})):
            raise ForbiddenError("permission denied")
    event = _event(call, call.path["discriminator"])
    if parts.events is not None:
        if not parts.events.offer(principal, event):
            raise UnavailableError("operation queue full", "send the event again later")
        return {}
    failures = parts.dispatch.dispatch(principal, event)
    if failures:
        raise FailedError(f"failed to dispatch event: [{', '.join(failures)}]")
    return {}


def try_out(parts: Parts, call: Call) -> JsonObject:
    """What each binding of the namespace would make of an event with this payload; nothing is started."""
    event = _event(call, call.query.text("discriminator"))
    items: list[JsonValue] = [*parts.dispatch.tried(event)]
    return {"items": items}


def _event(call: Call, discriminator: str) -> Event:
    return Event(
        namespace=call.namespace,
        discriminator=discriminator,
        metadata={name: [value] for name, value in call.headers.items() if name.startswith("x-")},
        payload=call.value(),
    )


def _sender(parts: Parts, call: Call) -> Principal:
    """Who sends: whoever signed in, else the client whose signature fits, else whoever may do so without either."""
    if not credentials(call.headers):
        secrets = secrets_of(parts.store, call.namespace)
        found = sender(parts.store, secrets, call.namespace, call.headers, call.body)
        if found is not None:
            return found
    return parts.sign_in(call.headers, call.namespace)


ROUTES = (
    Route("POST", "/api/v1/events/{namespace}/{discriminator}", Open.WEBHOOK, receive),
    Route("POST", "/api/x/v1/workflow-event-bindings/{namespace}/try", Right("list", "workfloweventbindings"), try_out),
)
