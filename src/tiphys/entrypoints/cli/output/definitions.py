"""What ``template``, ``cluster-template`` and ``cron`` print (``spec/cli.md`` 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec, CronWorkflowStatus
from tiphys.entrypoints.cli.output import times
from tiphys.entrypoints.cli.output.table import align

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonObject

Next = Callable[[CronWorkflow], datetime | None]
"""When a CronWorkflow fires next; None when never or when its schedule cannot be read."""


class TemplatePrinting:
    """How ``template`` and ``cluster-template`` show theirs."""

    def __init__(self, kind: str, *, namespaced: bool) -> None:
        self._kind = kind
        self._namespaced = namespaced

    def lines(self, item: JsonObject, now: datetime) -> str:
        """One template, as ``get`` and ``create`` show it."""
        rows = [("Name:", name_of(item))]
        if self._namespaced:
            rows.append(("Namespace:", namespace_of(item)))
        rows.append(("Created:", times.timestamp(times.parse(created_of(item)), now)))
        return "".join(f"{label:<20} {value}\n" for label, value in rows)

    def table(self, items: Sequence[JsonObject], now: datetime, *, namespaces: bool) -> str:
        """The names of templates."""
        if namespaces:
            rows = [["NAMESPACE", "NAME"], *([namespace_of(item), name_of(item), ""] for item in items)]
        else:
            rows = [["NAME"], *([name_of(item), ""] for item in items)]
        return align(rows, 3)  # rows have a cell more than the heading, as Argo's

    def deleted(self, name: str) -> str:
        """That it is gone."""
        return f"{self._kind} '{name}' deleted\n"


class CronPrinting:
    """How ``cron`` shows CronWorkflows."""

    def __init__(self, upcoming: Next) -> None:
        self._upcoming = upcoming

    def lines(self, item: JsonObject, now: datetime) -> str:
        """One CronWorkflow in full."""
        cron = msgspec.convert(item, CronWorkflow, strict=False)
        rows = _cron_rows(item, cron, self._upcoming(cron), now)
        return "".join(f"{label:<30} {value}\n" for label, value in rows)

    def table(self, items: Sequence[JsonObject], now: datetime, *, namespaces: bool) -> str:
        """CronWorkflows with their last and next runs."""
        return _cron_table(items, self._upcoming, now, namespaces=namespaces)

    def deleted(self, name: str) -> str:
        """Argo says nothing."""
        return ""


def _cron_table(items: Sequence[JsonObject], upcoming: Next, now: datetime, *, namespaces: bool) -> str:
    heading = ["NAME", "AGE", "LAST RUN", "NEXT RUN", "SCHEDULES", "TIMEZONE", "SUSPENDED"]
    rows = [["NAMESPACE", *heading] if namespaces else heading]
    for item in items:
        cron = msgspec.convert(item, CronWorkflow, strict=False)
        spec, status = cron.spec or CronWorkflowSpec(), cron.status or CronWorkflowStatus()
        last, following = times.parse(status.last_scheduled_time), upcoming(cron)
        row = [
            name_of(item),
            times.short_duration(times.parse(created_of(item)), now, now),
            times.short_duration(last, now, now) if last is not None else "N/A",
            times.short_duration(now, following, now) if following is not None else "N/A",
            ",".join(spec.schedules or ()),
            spec.timezone or "",
            "true" if spec.suspend else "false",
        ]
        rows.append([namespace_of(item), *row] if namespaces else row)
    return align(rows, 3)


def _cron_rows(
    item: JsonObject, cron: CronWorkflow, following: datetime | None, now: datetime
) -> Iterator[tuple[str, str]]:
    spec, status = cron.spec or CronWorkflowSpec(), cron.status or CronWorkflowStatus()
    yield "Name:", name_of(item)
    yield "Namespace:", namespace_of(item)
    yield "Created:", times.timestamp(times.parse(created_of(item)), now)
    yield "Schedules:", ",".join(spec.schedules or ())
    yield "Suspended:", "true" if spec.suspend else "false"
    if spec.timezone:
        yield "Timezone:", spec.timezone
    if spec.starting_deadline_seconds is not None:
        yield "StartingDeadlineSeconds:", str(spec.starting_deadline_seconds)
    if spec.concurrency_policy:
        yield "ConcurrencyPolicy:", spec.concurrency_policy
    last = times.parse(status.last_scheduled_time)
    if last is not None:
        yield "LastScheduledTime:", times.timestamp(last, now)
    if following is not None:
        shown = times.timestamp(following, now)
        yield "NextScheduledTime:", f"{shown} (assumes workflow-controller is in UTC)"
    if status.active:
        yield "Active Workflows:", ", ".join(each.name or "" for each in status.active)
    if status.conditions:
        yield "Conditions:", ""
        for condition in status.conditions:
            mark = "✖ " if condition.type == "SubmissionError" else "  "
            yield f"{mark}{condition.type}", condition.message or condition.status or ""
    arguments = spec.workflow_spec.arguments if spec.workflow_spec is not None else None
    if arguments is not None and arguments.parameters:
        yield "Workflow Parameters:", ""
        for parameter in arguments.parameters:
            yield f"  {parameter.name}:", parameter.value or ""


def name_of(item: JsonObject) -> str:
    """The name of an object, or the beginning of the one that it asks for."""
    return _metadata(item, "name") or _metadata(item, "generateName")


def namespace_of(item: JsonObject) -> str:
    """The namespace of an object."""
    return _metadata(item, "namespace")


def created_of(item: JsonObject) -> str:
    """When an object was made, RFC 3339."""
    return _metadata(item, "creationTimestamp")


def _metadata(item: JsonObject, field: str) -> str:
    metadata = item.get("metadata")
    value = metadata.get(field) if isinstance(metadata, dict) else None
    return value if isinstance(value, str) else ""
