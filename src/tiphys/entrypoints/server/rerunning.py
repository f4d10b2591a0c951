"""What requests for a retry or a resubmission say, and how its plan is shown."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tiphys.app.services.creation import ParameterFormError, parameters_of
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.problems import FailedError
from tiphys.ports.api import PlannedNode, RetryOptions


class RerunRequest(Struct, frozen=True, rename="camel"):
    """The body of a retry or a resubmission; ``nodes`` is ours: names or ids of those that are to run again."""

    memoized: bool = False
    restart_successful: bool = False
    node_field_selector: str = ""
    nodes: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def given_parameters(items: tuple[str, ...]) -> dict[str, str]:
    """The parameters of a request."""
    try:
        return parameters_of(items)
    except ParameterFormError as error:
        raise FailedError(error.message) from None


def retry_options(request: RerunRequest) -> RetryOptions:
    """What the body of a retry asks for."""
    return RetryOptions(
        restart_successful=request.restart_successful,
        selector=request.node_field_selector,
        nodes=request.nodes,
        parameters=given_parameters(request.parameters),
    )


def shown_plan(nodes: Sequence[PlannedNode]) -> JsonObject:
    """A plan as the UI and the client read it."""
    found: list[JsonValue] = [
        {
            "action": node.action,
            "name": node.name,
            "displayName": node.display_name,
            "type": node.type,
            "phase": node.phase,
        }
        for node in nodes
    ]
    return {"nodes": found}
