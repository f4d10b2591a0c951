"""``tiphys run``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import fileoptions, forms, overrides, problems, selection, session, sources
from tiphys.entrypoints.cli.submission import keep_objects, library_of, manifests_of, warn_of_unused, workflows
from tiphys.errors import NotFoundError, TiphysError, UsageError
from tiphys.ports.api import SubmitOptions

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Document
    from tiphys.core.manifest.model.workflow import Workflow
    from tiphys.core.validate.library import Library
    from tiphys.entrypoints.wire.local import Local

#: Outputs for programs: nothing is told of what happens meanwhile.
_PLAIN = ("json", "yaml", "name")
#: Of so many failures is said what they were.
_CAUSES = 3


@click.command("run")
@fileoptions.files(required=False)
@overrides.starting
@forms.output("json", "yaml", "name", "wide")
@click.option("--runtime", metavar="NAME", help="Where pods run: process, container, or auto.")
@click.option("--log", is_flag=True, help="Print the logs of all pods as they come.")
@click.option("--resume", metavar="NAME", help="Go on with a workflow that was interrupted.")
@session.no_color_option
def command(
    *,
    files: tuple[str, ...],
    options: SubmitOptions,
    output: str,
    runtime: str | None,
    log: bool,
    resume: str | None,
    no_color: bool,
) -> int:
    """Run workflows here and wait for their end; ``-`` is standard input.

    Exit code 0: all succeeded; 1: one failed; 2: refused, nothing ran.  Ctrl-C stops the workflows with their exit
    handlers, a second one terminates them.
    """
    _refuse_mixtures(files, resume, options)
    loaded = sources.load(files) if files else None
    documents = workflows(loaded, objects=True) if loaded else []
    if options.name and len(documents) > 1:
        raise UsageError("--name is for one workflow", "--generate-name gives each its own")
    with session.local_system(runtime, known_local=True) as (local, space):
        session.warn(local.warnings)
        warn_of_unused(manifests_of(documents), options, lambda: library_of(local, loaded), space)
        keep_objects(local, loaded, documents, options, space)
        local.refer_to(loaded.documents if loaded is not None else ())
        started = (
            [local.resume(resume, space)] if resume else _submit(local, documents, options, library_of(local, loaded))
        )
        session.warn(local.notes)
        finished = _drive(local, started, output=output, logs=log, no_color=no_color)
        good = all(_phase(each) == "Succeeded" for each in finished)
        if not (good or log or output in _PLAIN):
            sys.stderr.write("".join(f"{line}\n" for each in finished for line in _causes(local, each)))
        if not good and loaded is not None:
            sys.stderr.write(problems.explanation(documents, library_of(local, loaded), session.error_style()))
    return problems.OK if good else problems.FAILED


def _refuse_mixtures(files: Sequence[str], resume: str | None, options: SubmitOptions) -> None:
    """What cannot be given together, before anything is read."""
    if bool(files) == bool(resume):
        raise UsageError("give either files or --resume NAME", "tiphys run FILE, or tiphys run - for standard input")
    if resume and options != SubmitOptions(labels=selection.instance_label()):
        raise UsageError("--resume goes on with a workflow as it is; it takes no arguments, names or labels")


def _submit(local: Local, documents: Sequence[Document], options: SubmitOptions, library: Library) -> list[Workflow]:
    """Submit all or none: when one is refused, those before it are removed again."""
    submitted: list[Workflow] = []
    try:
        for document in documents:
            submitted.append(local.submit(document, options, library))
    except TiphysError:
        for workflow in submitted:
            with contextlib.suppress(NotFoundError):
                local.api.delete(*_key(workflow))
        raise
    return submitted


def _drive(local: Local, started: Sequence[Workflow], *, output: str, logs: bool, no_color: bool) -> list[Workflow]:
    """Drive the runs to their end, showing them as the output asks, and answer with the finished objects."""
    from tiphys.entrypoints.cli.output.objects import print_workflow
    from tiphys.entrypoints.cli.output.steady import SteadyOut
    from tiphys.entrypoints.cli.progress import Progress, stopping_on_signals

    style = session.out_style(no_color=no_color)
    plain = output in _PLAIN
    out = SteadyOut(sys.stderr if plain else sys.stdout)
    progress = Progress(out, style, quiet=plain, live=not plain and session.can_redraw())
    uids = [(workflow.metadata and workflow.metadata.uid) or "" for workflow in started]
    with progress, stopping_on_signals(local.driver, progress.notice):
        local.driver.drive(uids, progress, logs=logs)
    finished = [_finished(local, workflow, progress.latest(uid)) for uid, workflow in zip(uids, started, strict=True)]
    if any(_collects(workflow) for workflow in finished):
        session.warn(local.collect_artifacts())
        finished = [_finished(local, workflow, workflow) for workflow in finished]
    for workflow in finished:
        if plain:
            sys.stdout.write(print_workflow(workflow, output))
        else:
            progress.conclude(workflow, wide=output == "wide", now=session.now())
    return finished


def _causes(local: Local, workflow: Workflow) -> Iterator[str]:
    """What the failure of a workflow began with, and what its pods said last; nothing of one that is already gone."""
    from tiphys.entrypoints.cli.output.story import last_lines, reasons

    if _phase(workflow) == "Succeeded":
        return
    namespace, name = _key(workflow)
    with contextlib.suppress(NotFoundError):
        found = local.api.explain(namespace, name)
        yield from reasons(
            found.reasons[:_CAUSES], last_lines(local.api, namespace, name, found), session.error_style()
        )
        if len(found.reasons) > _CAUSES:
            yield f"… and {len(found.reasons) - _CAUSES} more: `tiphys explain {name}`"


def _collects(workflow: Workflow) -> bool:
    from tiphys.core.engine.artifactgc import is_wanted
    from tiphys.core.plan.executed import executed_spec

    return is_wanted(executed_spec(workflow), workflow)


def _finished(local: Local, started: Workflow, seen: Workflow | None) -> Workflow:
    """The workflow as kept; as last seen when its time to live is already over."""
    try:
        return local.api.get(*_key(started))
    except NotFoundError:
        return seen or started


def _key(workflow: Workflow) -> tuple[str, str]:
    metadata = workflow.metadata
    return (metadata and metadata.namespace) or "default", (metadata and metadata.name) or ""


def _phase(workflow: Workflow) -> str:
    return (workflow.status and workflow.status.phase) or ""
