"""``tiphys submit``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import following, problems, session, sources
from tiphys.entrypoints.cli.parameters import parse_labels, parse_parameters, read_parameter_file
from tiphys.entrypoints.cli.submission import keep_objects, library_of, workflows
from tiphys.errors import UsageError
from tiphys.ports.api import SubmitOptions


@click.command("submit")
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("-p", "--parameter", multiple=True, metavar="NAME=VALUE", help="Argument of the workflow.")
@click.option("-f", "--parameter-file", metavar="FILE", help="YAML or JSON map of arguments; -p comes before it.")
@click.option("--entrypoint", metavar="TEMPLATE", help="Begin with another template.")
@click.option("--name", metavar="NAME", help="Name of the workflow.")
@click.option("--generate-name", metavar="PREFIX", help="Beginning of its name.")
@click.option("-l", "--labels", multiple=True, metavar="KEY=VALUE", help="Labels, repeated or separated by commas.")
@click.option("--priority", type=int, help="Priority of the workflow.")
@click.option("--pause-on-failure", is_flag=True, help="Let failed pods wait until `tiphys resume`.")
@click.option("--dry-run", is_flag=True, help="Check and print the workflow as it would be submitted; needs -o.")
@click.option("--server-dry-run", is_flag=True, help="The same with all defaults, name and uid; needs -o.")
@following.options
def command(  # noqa: PLR0913 - one argument per option
    *,
    files: tuple[str, ...],
    parameter: tuple[str, ...],
    parameter_file: str | None,
    entrypoint: str | None,
    name: str | None,
    generate_name: str | None,
    labels: tuple[str, ...],
    priority: int | None,
    pause_on_failure: bool,
    dry_run: bool,
    server_dry_run: bool,
    output: str | None,
    wait: bool,
    watch: bool,
    log: bool,
) -> int:
    """Submit workflows and return; each is run by a process of its own in the background.

    Exit code 0: submitted (with --wait: and succeeded); 1: a workflow that was waited for failed; 2: refused.
    """
    follow = following.Following(output=output or "", wait=wait, watch=watch, log=log)
    _check(follow, dry_run=dry_run, server_dry_run=server_dry_run)
    options = SubmitOptions(
        name=name,
        generate_name=generate_name,
        entrypoint=entrypoint,
        parameters=parse_parameters(parameter),
        parameter_file=read_parameter_file(parameter_file) if parameter_file else {},
        labels=parse_labels(labels),
        priority=priority,
        pause_on_failure=pause_on_failure,
    )
    if not files:
        raise UsageError(
            "no workflow found in given files", "tiphys submit FILE, or tiphys submit - for standard input"
        )
    loaded = sources.load(files)
    documents = workflows(loaded, objects=True)
    if watch and len(documents) > 1:
        raise UsageError("cannot watch more than one workflow")
    if name and len(documents) > 1:
        raise UsageError("--name is for one workflow", "--generate-name gives each its own")
    with session.system() as (local, space):
        session.warn(local.warnings)
        trial = dry_run or server_dry_run
        keep_objects(local, loaded, documents, options, space, trial=trial)
        started = [
            local.submit(each, options, library_of(local, loaded), keep=not trial, go_on=False) for each in documents
        ]
        session.warn(local.notes)
        if trial:
            sys.stdout.writelines(following.view(workflow, output or "") for workflow in started)
            return problems.OK
        return following.show_and_follow(local, started, follow)


def _check(follow: following.Following, *, dry_run: bool, server_dry_run: bool) -> None:
    """What cannot be given together; the messages are Argo's."""
    follow.check()
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
