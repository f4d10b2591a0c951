"""Schedules of CronWorkflows (``spec/data.md`` 19.2)."""

from __future__ import annotations

from tiphys.core.manifest.model.cron import CronWorkflowSpec
from tiphys.core.schedule.fields import ScheduleError, parse
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site


def check_cron(context: Context, spec: CronWorkflowSpec) -> None:
    """Schedules, time zone, policy and deadline."""
    site = Site(path=("spec",))
    if not spec.schedules:
        context.error(Code.CRON, site, "cron workflow must have at least one schedule")
    for at, schedule in enumerate(spec.schedules or ()):
        problem = schedule_problem(context, schedule)
        if problem:
            context.error(Code.CRON, site.at("schedules", at), f"cron schedule {schedule} is malformed: {problem}")
    exists = context.options.timezone_exists
    if spec.timezone and exists is not None and not exists(spec.timezone):
        text = f'invalid timezone "{spec.timezone}": unknown time zone {spec.timezone}'
        context.error(Code.CRON, site.at("timezone"), text)
    if spec.concurrency_policy not in {None, "", "Allow", "Forbid", "Replace"}:
        text = f"'{spec.concurrency_policy}' is not a valid concurrencyPolicy"
        context.error(Code.CRON, site.at("concurrencyPolicy"), text, hint="one of Allow, Forbid, Replace")
    if spec.starting_deadline_seconds is not None and spec.starting_deadline_seconds < 0:
        context.error(Code.CRON, site.at("startingDeadlineSeconds"), "startingDeadlineSeconds must be positive")


def schedule_problem(context: Context, schedule: str) -> str | None:
    """Why a schedule cannot be read, as Argo says it."""
    try:
        zone = parse(schedule).zone
    except ScheduleError as error:
        return str(error)
    exists = context.options.timezone_exists
    if zone and exists is not None and not exists(zone):
        return f"provided bad location {zone}: unknown time zone {zone}"
    return None
