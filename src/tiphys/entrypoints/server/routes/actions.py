"""What is done to workflows that are there: from resubmit to set (``spec/api.md`` 10.5)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct

from tiphys.app.services.reading import complete
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import FailedError, InvalidArgumentError
from tiphys.entrypoints.server.rerunning import RerunRequest, given_parameters, retry_options, shown_plan
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.errors import UsageError
from tiphys.ports.api import NodeValues, ResubmitOptions

_PHASES = frozenset({"", "Succeeded", "Failed", "Error"})
#: Refusals that Argo answers as a bad request; the others count as its own failures.
_BAD_REQUESTS = ("cannot suspend completed workflows", "cannot shutdown a completed workflow")


class NodesRequest(Struct, frozen=True, rename="camel"):
    """The body of what changes a run or nodes of it."""

    node_field_selector: str = ""
    message: str = ""
    phase: str = ""
    output_parameters: str = ""


def resubmit(parts: Parts, call: Call) -> JsonObject:
    """Make a new workflow of an old one."""
    request = call.record(RerunRequest)
    options = ResubmitOptions(memoized=request.memoized, parameters=given_parameters(request.parameters))
    return _shown(parts.acting.created(call.principal, parts.rerun.resubmit(call.namespace, call.name, options)))


def retry(parts: Parts, call: Call) -> JsonObject:
    """Run what failed in a finished workflow again."""
    metadata = parts.rerun.retry(call.namespace, call.name, retry_options(call.record(RerunRequest))).metadata
    name = (metadata and metadata.name) or call.name
    parts.acting.acted(call.principal, call.namespace, name, "Retry")
    return parts.reading.get(call.namespace, name)


def retry_plan(parts: Parts, call: Call) -> JsonObject:
    """What a retry with this body would do, node by node; nothing is changed."""
    return shown_plan(parts.rerun.plan_retry(call.namespace, call.name, retry_options(call.record(RerunRequest))))


def resume(parts: Parts, call: Call) -> JsonObject:
    """Let a workflow or some of its Suspend nodes go on."""
    request = call.record(NodesRequest)
    message = f"Resumed by: {_who(call)}"
    selector = request.node_field_selector
    return _asked(
        parts,
        call,
        "Resume",
        lambda: parts.lifecycle.resume(call.namespace, call.name, selector=selector, message=message),
    )


def suspend(parts: Parts, call: Call) -> JsonObject:
    """Start nothing new."""
    return _asked(parts, call, "Suspend", lambda: parts.lifecycle.suspend(call.namespace, call.name))


def stop(parts: Parts, call: Call) -> JsonObject:
    """Shut a workflow down with its exit handlers, or fail some Suspend nodes."""
    request = call.record(NodesRequest)
    selector, message = request.node_field_selector, request.message
    return _asked(
        parts, call, "Stop", lambda: parts.lifecycle.stop(call.namespace, call.name, selector=selector, message=message)
    )


def terminate(parts: Parts, call: Call) -> JsonObject:
    """Shut a workflow down at once."""
    return _asked(parts, call, "Terminate", lambda: parts.lifecycle.terminate(call.namespace, call.name))


def set_nodes(parts: Parts, call: Call) -> JsonObject:
    """Give Suspend nodes outputs, a message or a phase."""
    request = call.record(NodesRequest)
    if request.phase not in _PHASES:
        raise InvalidArgumentError(f"{request.phase} is an invalid phase to set to")
    parameters: dict[str, str] = {}
    if request.output_parameters:
        try:
            parameters = msgspec.json.decode(request.output_parameters, type=dict[str, str])
        except msgspec.DecodeError as error:
            raise InvalidArgumentError(f"unable to parse output parameter set request: {error}") from None
    if not request.node_field_selector:
        raise FailedError("'set' currently only targets suspend nodes, use a node field selector to target them")
    values = NodeValues(
        selector=request.node_field_selector, phase=request.phase, message=request.message, parameters=parameters
    )
    return _asked(parts, call, "", lambda: parts.lifecycle.set_nodes(call.namespace, call.name, values))


def _asked(parts: Parts, call: Call, action: str, ask: Callable[[], str]) -> JsonObject:
    """Ask, note who asked, and answer with the workflow as it is then."""
    try:
        name = ask()
    except UsageError as error:
        if error.message.startswith(_BAD_REQUESTS):
            raise
        raise FailedError(error.message) from None
    parts.acting.acted(call.principal, call.namespace, name, action)
    return parts.reading.get(call.namespace, name)


def _shown(workflow: Workflow) -> JsonObject:
    data = to_data(workflow)
    return complete(data if isinstance(data, dict) else {})


def _who(call: Call) -> str:
    claims = call.principal.claims
    known = {"User": claims.get("sub") or call.principal.name, "Email": claims.get("email")}
    return f"map[{' '.join(f'{key}:{value}' for key, value in sorted(known.items()) if value)}]"


_PATH = "/api/v1/workflows/{namespace}/{name}"
_OURS = "/api/x/v1/workflows/{namespace}/{name}"
_UPDATE = Right("update", "workflows")
ROUTES = (
    Route("PUT", f"{_PATH}/resubmit", Right("create", "workflows"), resubmit),
    Route("PUT", f"{_PATH}/retry", _UPDATE, retry),
    Route("PUT", f"{_OURS}/retry", _UPDATE, retry),
    Route("POST", f"{_OURS}/retry-plan", Right("get", "workflows"), retry_plan),
    Route("PUT", f"{_PATH}/resume", _UPDATE, resume),
    Route("PUT", f"{_PATH}/suspend", _UPDATE, suspend),
    Route("PUT", f"{_PATH}/stop", _UPDATE, stop),
    Route("PUT", f"{_PATH}/terminate", _UPDATE, terminate),
    Route("PUT", f"{_PATH}/set", _UPDATE, set_nodes),
)
