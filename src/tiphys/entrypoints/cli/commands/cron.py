"""``tiphys cron``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import msgspec

from tiphys.entrypoints.cli import completing, definitions, fileoptions, forms, overrides, session
from tiphys.entrypoints.cli.definitiongroup import group_of, names_of, print_items
from tiphys.entrypoints.cli.definitions import CRON, FORMS
from tiphys.entrypoints.cli.output.definitions import CronPrinting
from tiphys.errors import UsageError
from tiphys.ports.api import SubmitOptions
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import MERGE

if TYPE_CHECKING:
    from tiphys.core.manifest.model.cron import CronWorkflow
    from tiphys.core.manifest.model.scalars import JsonObject

#: The form of moments that Argo's command reads, as Python writes it; RFC 3339 is read as well.
_FORM = "%a, %d %b %Y %H:%M:%S %Z"


def _upcoming(cron: CronWorkflow) -> datetime | None:
    from zoneinfo import ZoneInfo

    from tiphys.core.engine.cron import firings
    from tiphys.core.schedule.fields import ScheduleError
    from tiphys.core.schedule.firing import following

    if cron.spec is not None and cron.spec.suspend:
        return None
    try:
        return following(firings(cron, UTC, ZoneInfo), session.now())
    except (ScheduleError, LookupError):
        return None


_PRINTING = CronPrinting(_upcoming)
command = group_of(CRON, _PRINTING, "cron", "Manage CronWorkflows; a running server fires them.")


@command.command("create")
@fileoptions.files(required=True)
@overrides.options
@click.option("--schedule", metavar="SCHEDULE", help="Instead of the schedules of the files.")
@forms.output(*FORMS, default="wide")
@fileoptions.STRICT
def create(*, files: tuple[str, ...], options: SubmitOptions, schedule: str | None, output: str, strict: bool) -> int:
    """Make the CronWorkflows of files."""
    with session.system() as (local, space):
        manifests = [_changed(item, options) for item in definitions.read(local, files, CRON, space, strict=strict)]
        if schedule is not None:
            manifests = [_with_schedule(item, schedule) for item in manifests]
        if schedule is not None or options != SubmitOptions():
            definitions.check_changed(local, manifests, CRON, space)
        print_items(list(definitions.create(local, manifests, CRON, space)), output, _PRINTING)
    return 0


@command.command("update")
@fileoptions.files(required=True)
@overrides.options
@forms.output(*FORMS, default="wide")
@fileoptions.STRICT
def update(*, files: tuple[str, ...], options: SubmitOptions, output: str, strict: bool) -> int:
    """Replace CronWorkflows by those of files."""
    with session.system() as (local, space):
        manifests = [_changed(item, options) for item in definitions.read(local, files, CRON, space, strict=strict)]
        if options != SubmitOptions():
            definitions.check_changed(local, manifests, CRON, space)
        print_items(list(definitions.update(local, manifests, CRON, space)), output, _PRINTING)
    return 0


def _changed(item: JsonObject, options: SubmitOptions) -> JsonObject:
    """A CronWorkflow as the call changes it: its name and labels, and the workflows that it makes."""
    from msgspec.structs import replace

    from tiphys.app.services.submit import apply_options
    from tiphys.core.manifest.encode import to_data
    from tiphys.core.manifest.model.workflow import Workflow

    cron = _cron(item)
    itself = apply_options(
        Workflow(metadata=cron.metadata),
        SubmitOptions(name=options.name, generate_name=options.generate_name, labels=options.labels),
    )
    made = apply_options(
        Workflow(spec=cron.spec.workflow_spec if cron.spec is not None else None),
        replace(options, name=None, generate_name=None, labels={}),
    )
    spec = item.get("spec")
    return {
        **item,
        "metadata": to_data(itself.metadata) if itself.metadata is not None else {},
        "spec": {**(spec if isinstance(spec, dict) else {}), "workflowSpec": to_data(made.spec) if made.spec else {}},
    }


def _with_schedule(item: JsonObject, schedule: str) -> JsonObject:
    spec = item.get("spec")
    return {**item, "spec": {**(spec if isinstance(spec, dict) else {}), "schedules": [schedule]}}


@command.command("suspend")
@names_of(CRON)
def suspend(names: tuple[str, ...]) -> int:
    """Have CronWorkflows fire no more until they are resumed."""
    return _set_suspended(names, suspended=True)


@command.command("resume")
@names_of(CRON)
def resume(names: tuple[str, ...]) -> int:
    """Have suspended CronWorkflows fire again."""
    return _set_suspended(names, suspended=False)


def _set_suspended(names: tuple[str, ...], *, suspended: bool) -> int:
    with session.system() as (local, space):
        for name in names:
            local.definitions.patch(OWNER, CRON.ref(space, name), {"spec": {"suspend": suspended}}, MERGE)
            sys.stdout.write(f"CronWorkflow '{name}' {'suspended' if suspended else 'resumed'}\n")
    return 0


@command.command("backfill", no_args_is_help=True)
@click.argument("name", metavar="CRON", shell_complete=completing.definitions_of(CRON))
@click.option("--start", default="", metavar="TIME", help="Make up what follows this moment.")
@click.option("--end", default="", metavar="TIME", help="Up to this moment; now without it.")
@click.option(
    "--format", "form", default="", metavar="LAYOUT", help="Accepted for Argo's sake; RFC 1123 and 3339 are read."
)
@click.option("--parallel", is_flag=True, help="Let the runs overlap.")
@click.option("--argname", default="cronScheduleTime", show_default=True, help="Parameter that carries the moment.")
@click.option("--name", "label", default="", metavar="NAME", help="What the backfill is called.")
@click.option("--maxworkflowcount", default=1000, show_default=True, help="So many runs at most.")
def backfill(
    *,
    name: str,
    start: str,
    end: str,
    form: str,
    parallel: bool,
    argname: str,
    label: str,
    maxworkflowcount: int,
) -> int:
    """Make up the runs of a CronWorkflow for a time in the past; a run that was made before is not made again."""
    from zoneinfo import ZoneInfo

    from tiphys.app.services import backfill as service

    if not start:
        raise UsageError("start date should not be empty", "--start 2026-01-01T00:00:00Z")
    with session.system() as (local, space):
        cron = _cron(definitions.get(local, [name], CRON, space)[0])
        wanted = service.Backfill(
            name=label or f"{name}-{_moment(start):%Y%m%d%H%M}",
            start=_moment(start),
            end=_moment(end) if end else session.now(),
            argument=argname,
            parallel=parallel,
            limit=maxworkflowcount,
        )
        found = service.moments(cron, wanted, UTC, ZoneInfo)
        made = list(service.make(cron, wanted, found, local.submit_once))
        if not made:
            sys.stdout.write("There is no suitable scheduling time.\n")
            return 0
        for workflow in made:
            local.keep_driven(workflow)
        sys.stdout.write(_report(name, wanted, [(each.metadata and each.metadata.name) or "" for each in made], space))
    return 0


def _report(cron: str, wanted: object, names: list[str], namespace: str) -> str:
    from tiphys.app.services.backfill import Backfill

    assert isinstance(wanted, Backfill)
    rule = "=" * 50
    lines = [
        f"Created {wanted.name} Backfill task for Cronworkflow {cron} ",
        rule,
        "Backfill Period :",
        f"Start Time : {wanted.start.astimezone(UTC).strftime(_FORM)}",
        f"  End Time : {wanted.end.astimezone(UTC).strftime(_FORM)}",
        f"Total Backfill Schedule: {len(names)} ",
        rule,
        "Backfill Workflows: ",
        "   NAMESPACE\t WORKFLOW: ",
        *(f"{number}. {namespace} \t {each} " for number, each in enumerate(names, 1)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = datetime.strptime(text, _FORM)
        except ValueError:
            raise UsageError(f"{text!r} is no time", "RFC 3339, such as 2026-01-01T00:00:00Z") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _cron(item: JsonObject) -> CronWorkflow:
    from tiphys.core.manifest.model.cron import CronWorkflow

    return msgspec.convert(item, CronWorkflow, strict=False)
