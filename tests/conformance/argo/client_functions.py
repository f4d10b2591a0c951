"""Go's functions behind ``argo``'s commands and the server, and what answers for them here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec

from tests.conformance.argo.callerror import CallError
from tests.conformance.argo.world import NOW
from tiphys.adapters.runtimes.agent.data import DataError, transformed
from tiphys.app.services.creation import SubmitOpts, artifact_overrides, with_options
from tiphys.app.services.objects import COMPLETED_LABEL
from tiphys.app.services.renewal import ARCHIVING_LABEL, renewed, resubmitted
from tiphys.core.engine.cron import cron_facts, firings
from tiphys.core.expr.values import Time
from tiphys.core.locking.names import LockError, locks_of
from tiphys.core.manifest.model.cron import CronWorkflow
from tiphys.core.manifest.model.strategy import Synchronization
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.restrictions import NOT_PERMITTED, forbidden
from tiphys.core.schedule.fields import ScheduleError
from tiphys.core.schedule.firing import following
from tiphys.core.template.cron import cron_when
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.events import Event
from tiphys.entrypoints.cli.output.definitions import CronPrinting
from tiphys.entrypoints.cli.output.describe import describe
from tiphys.entrypoints.cli.output.style import Style
from tiphys.entrypoints.cli.output.tree import TreeView
from tiphys.errors import UsageError
from tiphys.ports.api import ResubmitOptions
from tiphys.testing.clock import VirtualClock

Arguments = Sequence[Any]


def _workflow(data: Any) -> Workflow:
    return msgspec.convert(data or {}, Workflow, strict=False)


def _cron(data: Any) -> CronWorkflow:
    return msgspec.convert(data, CronWorkflow, strict=False)


def _json(record: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(record))


# -- submitting ------------------------------------------------------------------------------------------------------


def _restrictions(arguments: Arguments) -> Sequence[Any]:
    spec = arguments[0]
    found = forbidden(msgspec.convert(_pointed(spec), WorkflowSpec, strict=False)) if spec else ()
    if found:
        raise CallError(NOT_PERMITTED.format(" ".join(found)))
    return [None]


def _pointed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A spec whose pointers to booleans, which the corpus has as empty objects, are true."""
    return {key: True if value == {} and key in _SWITCHES else value for key, value in spec.items()}


_SWITCHES = frozenset({"hostNetwork", "automountServiceAccountToken", "archiveLogs", "suspend"})


def _overrides(arguments: Arguments) -> Sequence[Any]:
    try:
        return [artifact_overrides(arguments[0] or ())]
    except UsageError as error:
        raise CallError(error.message) from None


def _submit_options(arguments: Arguments) -> Sequence[Any]:
    """``ApplySubmitOpts(workflow, options)`` changes the workflow in place."""
    workflow, options = arguments
    try:
        made = with_options(workflow, msgspec.convert(options or {}, SubmitOpts))
    except UsageError as error:
        raise CallError(error.message) from None
    workflow.update(made)
    return [None]


# -- retrying and resubmitting ---------------------------------------------------------------------------------------


def parameters_of(items: Sequence[str] | None) -> dict[str, str]:
    """``NAME=VALUE`` texts as Go's tests have them."""
    return dict(cast("tuple[str, str]", tuple(item.split("=", 1))) for item in items or ())


def retried(workflow: Mapping[str, Any], parameters: Sequence[str] | None) -> dict[str, Any]:
    """The object of a retried workflow, without its nodes."""
    without = {**workflow, "status": {k: v for k, v in (workflow.get("status") or {}).items() if k != "nodes"}}
    return cast("dict[str, Any]", _json(renewed(_workflow(without), NOW, parameters_of(parameters))))


def _resubmit(arguments: Arguments) -> Sequence[Any]:
    workflow, memoized, parameters = arguments
    options = ResubmitOptions(memoized=bool(memoized), parameters=parameters_of(parameters))
    return [_json(resubmitted(_workflow(workflow), VirtualClock(NOW), options))]


def _suspended(arguments: Arguments) -> Sequence[Any]:
    workflow = arguments[0]
    nodes = ((workflow.get("status") or {}).get("nodes") or {}).values()
    waiting = any(node.get("type") == "Suspend" and node.get("phase") == "Running" for node in nodes)
    return [bool((workflow.get("spec") or {}).get("suspend")) or waiting]


def _done(arguments: Arguments) -> Sequence[Any]:
    """Whether an informer may forget a workflow: it is completed, and not to be archived any more."""
    labels = ((arguments[0].get("object") or {}).get("metadata") or {}).get("labels") or {}
    return [labels.get(COMPLETED_LABEL) == "true" and labels.get(ARCHIVING_LABEL) != "Pending"]


# -- printing --------------------------------------------------------------------------------------------------------


def _described(arguments: Arguments) -> Sequence[Any]:
    flags = arguments[1] or {}
    view = TreeView(now=NOW, style=Style(utf8=True), layout=str(flags.get("output") or ""))
    return [describe(_workflow(arguments[0]), view)]


def _pod_colour(arguments: Arguments) -> Sequence[Any]:
    line = Style(colour=True).pod_line(arguments[0], "")
    return [int(line.removeprefix("\x1b[").partition("m")[0])]


def _upcoming(cron: CronWorkflow) -> Any:
    try:
        return following(firings(cron, UTC, ZoneInfo), NOW)
    except (ScheduleError, LookupError):
        return None


def _cron_described(arguments: Arguments) -> Sequence[Any]:
    return [CronPrinting(_upcoming).lines(arguments[0], NOW)]


def _next(arguments: Arguments) -> Sequence[Any]:
    found = _upcoming(_cron(arguments[0]))
    if found is None:
        raise CallError("no next time")
    return [found.isoformat()]


# -- schedules, events, locks ----------------------------------------------------------------------------------------


def _when(arguments: Arguments) -> Sequence[Any]:
    cron = _cron(arguments[0])
    clock = cast("Any", {"$now": Time(int(NOW.timestamp()) * 1_000_000_000, 0)})
    text = (cron.spec and cron.spec.when) or ""
    try:
        return [not text or cron_when(text, cron_facts(cron), clock)]
    except TemplateError as error:
        raise CallError(str(error)) from None


def _environment(arguments: Arguments) -> Sequence[Any]:
    namespace, discriminator, payload = arguments
    body = payload.get("-") if isinstance(payload, dict) else payload
    event = Event(
        namespace=namespace,
        discriminator=discriminator,
        metadata={},
        payload=json.loads(body) if isinstance(body, str) else body,
    )
    return [event.environment()]


def _duplicates(arguments: Arguments) -> Sequence[Any]:
    items = arguments[0] or ()
    wanted = {
        "mutexes": [item["mutex"] for item in items if item.get("mutex")],
        "semaphores": [item["semaphore"] for item in items if item.get("semaphore")],
    }
    try:
        locks_of(msgspec.convert(wanted, Synchronization, strict=False), "default")
    except LockError as error:
        raise CallError(str(error)) from None
    return [None]


def _transformed(arguments: Arguments) -> Sequence[Any]:
    value, steps = arguments
    try:
        return [transformed(steps, value)]
    except DataError as error:
        raise CallError(str(error)) from None


TABLE: Mapping[str, Callable[[Arguments], Sequence[Any]]] = {
    "ValidateUserOverrides": _restrictions,
    "ParseArtifactOverrides": _overrides,
    "ApplySubmitOpts": _submit_options,
    "FormulateResubmitWorkflow": _resubmit,
    "util.IsWorkflowSuspended": _suspended,
    "IsWorkflowSuspended": _suspended,
    "IsDone": _done,
    "PrintWorkflowHelper": _described,
    "getCronWorkflowGet": _cron_described,
    "GetNextRuntime": _next,
    "ansiColorCode": _pod_colour,
    "evalWhen": _when,
    "expressionEnvironment": _environment,
    "checkDuplicates": _duplicates,
    "processTransformation": _transformed,
}
