"""``tiphys submit``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.entrypoints.cli import (
    completing,
    fileoptions,
    following,
    nodeselection,
    overrides,
    problems,
    session,
    sources,
)
from tiphys.entrypoints.cli.submission import (
    keep_objects,
    library_of,
    manifests_of,
    stored_workflow,
    warn_of_unused,
    workflows,
)
from tiphys.errors import RemoteError, TiphysError, UsageError
from tiphys.ports.api import SubmitOptions, Trial

if TYPE_CHECKING:
    from tiphys.core.manifest.model.workflow import Workflow
    from tiphys.entrypoints.wire.system import System

_TIME = "2006-01-02T15:04:05-07:00"


@click.command("submit")
@fileoptions.files(required=False)
@click.option(
    "--from",
    "source",
    metavar="KIND/NAME",
    shell_complete=completing.sources,
    help="A workflowtemplate, clusterworkflowtemplate or cronwf.",
)
@overrides.starting
@click.option("--scheduled-time", default="", metavar="TIME", help="With --from: the moment that it stands for.")
@fileoptions.STRICT
@click.option("--dry-run", is_flag=True, help="Check and print the workflow as it would be submitted; needs -o.")
@click.option("--server-dry-run", is_flag=True, help="The same with all defaults, name and uid; needs -o.")
@following.options
@nodeselection.options
def command(  # noqa: PLR0913 - one argument per option
    *,
    files: tuple[str, ...],
    source: str | None,
    options: SubmitOptions,
    scheduled_time: str,
    strict: bool,
    dry_run: bool,
    server_dry_run: bool,
    follow: following.Following,
    nodes: nodeselection.Wanted,
) -> int:
    """Submit workflows and return; each is run by a process of its own in the background, or by the server.

    Exit code 0: submitted (with --wait: and succeeded); 1: refused, or a workflow that was waited for failed.
    """
    if nodes is not None and not follow.watch:
        session.warn(["--status and --node-field-selector say nothing without --watch"])
    _check(follow, dry_run=dry_run, server_dry_run=server_dry_run)
    trial = Trial.CLIENT if dry_run else Trial.SERVER if server_dry_run else Trial.NO
    options = replace(options, annotations=_scheduled(scheduled_time))
    with session.system() as (local, space):
        session.warn(local.warnings)
        if source:
            if files:
                raise UsageError("cannot combine --from with file arguments")
            started = [_from(local, source, options, space, trial)]
        else:
            started = _from_files(local, files, options, space, trial, strict=strict, watch=follow.watch)
        session.warn(local.notes)
        if trial is not Trial.NO:
            sys.stdout.writelines(following.view(workflow, follow.output) for workflow in started)
            return problems.OK
        return following.show_and_follow(local, started, replace(follow, nodes=nodes))


def _check(follow: following.Following, *, dry_run: bool, server_dry_run: bool) -> None:
    """What cannot be given together; the messages are Argo's."""
    for flag, given in (("--dry-run", dry_run), ("--server-dry-run", server_dry_run)):
        if not given:
            continue
        if not follow.output:
            raise UsageError(f"{flag} should have an output option", "add -o yaml")
        for other, also in (("--wait", follow.wait), ("--watch", follow.watch)):
            if also:
                raise UsageError(f"{other} cannot be combined with {flag}")
    if dry_run and server_dry_run:
        raise UsageError("--dry-run cannot be combined with --server-dry-run")


def _scheduled(text: str) -> dict[str, str]:
    """The annotation of the moment that a workflow stands for."""
    if not text:
        return {}
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text:
        raise UsageError(f"scheduled-time contains invalid time.RFC3339 format. (e.g.: `{_TIME}`)")
    return {overrides.SCHEDULED_TIME: text}


def _from(local: System, source: str, options: SubmitOptions, namespace: str, trial: Trial) -> Workflow:
    """Submit what a stored template or CronWorkflow says."""
    kind, sign, name = source.partition("/")
    if not sign or not kind or not name or "/" in name:
        raise UsageError(
            f"resource identifier '{source}' is malformed. Should be `kind/name`, e.g. cronwf/hello-world-cwf"
        )
    if options.parameters:
        wanted = stored_workflow(local, kind, name, namespace)
        warn_of_unused(wanted, options, lambda: local.library(namespace=namespace), namespace)
    with _failing(stored=True):
        return local.submit_from(kind, name, options, namespace, trial)


def _from_files(
    local: System,
    files: Sequence[str],
    options: SubmitOptions,
    namespace: str,
    trial: Trial,
    *,
    strict: bool,
    watch: bool,
) -> list[Workflow]:
    """Submit the workflows of files, one after another."""
    if not files:
        raise UsageError(
            "no workflow found in given files", "tiphys submit FILE, or tiphys submit - for standard input"
        )
    loaded = sources.load(files, strict=strict)
    documents = workflows(loaded, objects=True)
    if watch and len(documents) > 1:
        raise UsageError("cannot watch more than one workflow")
    if options.name and len(documents) > 1:
        raise UsageError("--name is for one workflow", "--generate-name gives each its own")
    library = library_of(local, loaded)
    options = replace(options, annotations={})
    warn_of_unused(manifests_of(documents), options, lambda: library, namespace)
    keep_objects(local, loaded, documents, options, namespace, trial=trial is not Trial.NO)
    with _failing():
        return [local.submit(each, options, library, trial=trial, go_on=False) for each in documents]


@contextmanager
def _failing(*, stored: bool = False) -> Iterator[None]:
    """Put Argo's words in front of what goes wrong inside, unless it says by itself what it is about.

    ``stored``: what is submitted lies in no file, so a place in its text tells nobody anything.
    """
    try:
        yield
    except ManifestError as error:
        if not stored:
            raise
        raise UsageError(f"failed to submit workflow: {error.argo}", error.hint) from error
    except TiphysError as error:
        if not isinstance(error, RemoteError):
            error.message = f"failed to submit workflow: {error.message}"
        raise
