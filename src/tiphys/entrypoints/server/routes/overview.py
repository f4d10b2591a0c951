"""Numbers over the workflows of a namespace: ours, below ``/api/x/v1`` (``spec/ui.md`` D10)."""

from __future__ import annotations

from msgspec.structs import replace

from tiphys.app.services.insights import insights
from tiphys.app.services.overview import Overview
from tiphys.app.services.stepfigures import step_figures
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.entrypoints.server.wanted import wanted_of


def facets(parts: Parts, call: Call) -> JsonObject:
    """How many workflows are in each phase, of those that the same query lists, live and archived.

    ``archived`` is ``no`` for live ones only, ``yes`` for those that only the archive has.
    """
    wanted = wanted_of(call)
    which = call.query.text("archived")
    if which not in ("", "yes", "no"):
        raise InvalidArgumentError("archived must be yes or no")
    counts = parts.listing.phases(replace(wanted, archived=False) if which == "no" else wanted)
    if which == "yes":
        live = parts.listing.phases(replace(wanted, archived=False))
        counts = {phase: count - live[phase] for phase, count in counts.items()}
    phases: JsonObject = {**counts}
    return {"phases": phases}


def waiting(parts: Parts, call: Call) -> JsonObject:
    """The steps of a namespace's workflows that wait until somebody resumes them."""
    found: list[JsonValue] = [*Overview(parts.store, parts.scope).waiting(call.namespace)]
    return {"items": found}


def figures(parts: Parts, call: Call) -> JsonObject:
    """How long the runs of a query took, how often they failed and what they used; live and archived."""
    return insights(parts.listing, replace(wanted_of(call), limit=0))


def steps(parts: Parts, call: Call) -> JsonObject:
    """The slowest steps of the runs of a query, and those that fail or are tried again; live and archived."""
    return step_figures(parts.listing, replace(wanted_of(call), limit=0))


ROUTES = (
    Route("GET", "/api/x/v1/facets/{namespace}", Right("list", "workflows"), facets),
    Route("GET", "/api/x/v1/insights/{namespace}", Right("list", "workflows"), figures),
    Route("GET", "/api/x/v1/insights/{namespace}/steps", Right("list", "workflows"), steps),
    Route("GET", "/api/x/v1/waiting/{namespace}", Right("list", "workflows"), waiting),
)
