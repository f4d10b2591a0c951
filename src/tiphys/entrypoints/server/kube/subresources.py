"""What hangs below an object: logs of a pod, tokens of a ServiceAccount, the status."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import anyio

from tiphys.app.services.cluster.tokens import AccountTokens
from tiphys.app.services.finding import find
from tiphys.app.services.loglines import LogOptions, LogReader
from tiphys.app.services.logsources import LiveLogs
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.meta import owners_of, text
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.kube import resources
from tiphys.entrypoints.server.kube.answers import check, kind_of, no_such_path
from tiphys.entrypoints.server.parts import Parts
from tiphys.errors import UsageError
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import ObjectRef
from tiphys.ports.runtime import LogLine

_FOLLOW_SECONDS = 0.3
_HOUR = 3600

_Read = Callable[[], tuple[bytes, bool]]
"""What is new, and whether nothing more will come."""


def get(parts: Parts, call: Call) -> Answer | JsonValue:
    """Read a subresource."""
    kind = kind_of(parts, call)
    place = (kind.resource, call.path["subresource"])
    if place == ("pods", "log"):
        return _log(parts, call, kind)
    return resources.get(parts, call) if place[1] == "status" else no_such_path(parts, call)


def create(parts: Parts, call: Call) -> Answer | JsonValue:
    """Make a token (``kubectl create token``)."""
    kind = kind_of(parts, call)
    if (kind.resource, call.path["subresource"]) != ("serviceaccounts", "token"):
        return no_such_path(parts, call)
    check(parts, call, "create", kind, "token")
    request = call.json()
    spec = request.get("spec")
    seconds = spec.get("expirationSeconds") if isinstance(spec, dict) else None
    if seconds is not None and not (isinstance(seconds, int) and 600 <= seconds <= 1 << 32):
        raise UsageError("spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes")
    expiry = timedelta(seconds=seconds if isinstance(seconds, int) else _HOUR)
    token, record = AccountTokens(parts.store, parts.clock).create(call.namespace, call.name, expiry)
    until = f"{record.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    made: JsonValue = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "metadata": {"name": call.name, "namespace": call.namespace},
        "spec": spec,
        "status": {"token": token, "expirationTimestamp": until},
    }
    return Answer(status=201, json=made)


def put(parts: Parts, call: Call) -> Answer | JsonValue:
    """Replace a status."""
    return resources.put(parts, call) if call.path["subresource"] == "status" else no_such_path(parts, call)


def patch(parts: Parts, call: Call) -> Answer | JsonValue:
    """Change a status."""
    return resources.patch(parts, call) if call.path["subresource"] == "status" else no_such_path(parts, call)


def _log(parts: Parts, call: Call, kind: Kind) -> Answer:
    check(parts, call, "get", kind, "log")
    ref, query = ObjectRef(kind, call.namespace, call.name), call.query
    # The right to read logs is not that to read pods: the pod is looked up by the server itself.
    pod = parts.objects.get(OWNER, ref)
    owner = next((item for item in owners_of(pod) if text(item, "kind") == "Workflow"), None)
    if owner is None:
        raise UsageError(f"the logs of {call.name} are not kept: it belongs to no workflow")
    since = query.moment("sinceTime")
    if since is None and query.number("sinceSeconds"):
        since = parts.clock.now() - timedelta(seconds=query.number("sinceSeconds") or 0)
    options = LogOptions(
        pod=call.name,
        container=query.text("container") or "main",
        tail=query.number("tailLines"),
        since=since,
        limit_bytes=query.number("limitBytes"),
    )
    stored = find(parts.store, call.namespace, text(owner, "name"))
    reader = LogReader(LiveLogs(parts.store, parts.runtime, stored, parts.artifacts), options)
    times = query.flag("timestamps")

    def read() -> tuple[bytes, bool]:
        over = reader.over or _is_over(parts, ref)
        return b"".join(_line(line, times=times) for line in reader.read()), over or reader.over

    chunks = _follow(read, follow=query.flag("follow"))
    return Answer(headers={"content-type": "text/plain"}, following=chunks)


async def _follow(read: _Read, *, follow: bool) -> AsyncIterator[bytes]:
    while True:
        data, over = await anyio.to_thread.run_sync(read)
        if data:
            yield data
        if over or not follow:
            return
        await anyio.sleep(_FOLLOW_SECONDS)


def _is_over(parts: Parts, ref: ObjectRef) -> bool:
    status = parts.objects.get(OWNER, ref).get("status")
    return isinstance(status, dict) and status.get("phase") in ("Succeeded", "Failed")


def _line(line: LogLine, *, times: bool) -> bytes:
    stamp = f"{line.time:%Y-%m-%dT%H:%M:%S.%fZ} " if times else ""
    return f"{stamp}{line.text}\n".encode()
