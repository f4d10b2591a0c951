"""What commands that start workflows do afterwards: show them, then follow the logs, wait or watch."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from tiphys.entrypoints.cli import forms, nodeselection, problems, session
from tiphys.entrypoints.cli.optiongroups import grouped
from tiphys.errors import NotFoundError, UsageError
from tiphys.ports.api import LogFilter

if TYPE_CHECKING:
    from tiphys.core.manifest.model.workflow import Workflow
    from tiphys.entrypoints.wire.system import System

_COMPLETED = frozenset({"Succeeded", "Failed", "Error"})
#: How often a watched view is drawn again at least, in seconds.
_DRAW_SECONDS = 1.0
#: How long nothing may change before a waiting command looks again.
_PATIENCE_SECONDS = 30.0
_CLEAR = "\x1b[H\x1b[2J\x1b[0;0H"


class Following(Struct, frozen=True, kw_only=True):
    """What follows the start of a workflow; ``output`` is the form of its first showing, ``nodes`` are watched."""

    output: str = ""
    wait: bool = False
    watch: bool = False
    log: bool = False
    nodes: nodeselection.Wanted = None


def _following(output: str, *, wait: bool, watch: bool, log: bool) -> Following:
    if wait and watch:
        raise UsageError("--wait cannot be combined with --watch")
    return Following(output=output, wait=wait, watch=watch, log=log)


#: The options ``-o``, ``-w``, ``--watch`` and ``--log``, as ``follow``.
options = grouped(
    "follow",
    _following,
    (
        forms.output("name", "json", "yaml", "wide"),
        click.option("-w", "--wait", is_flag=True, help="Wait for the end; exit code 1 if it is a failure."),
        click.option("--watch", is_flag=True, help="Show the workflow until its end."),
        click.option("--log", is_flag=True, help="Follow the logs until the end."),
    ),
)


def show_and_follow(local: System, started: Sequence[Workflow], following: Following) -> int:
    """Show workflows, have them driven, and follow them as asked when there is exactly one."""
    keys = [key_of(workflow) for workflow in started]
    for key in keys:
        sys.stdout.write(view(local.api.get(*key), following.output))
    sys.stdout.flush()
    for workflow in started:
        local.keep_driven(workflow)
    if len(keys) != 1:
        return wait(local, keys, quiet=bool(following.output)) if following.wait else problems.OK
    if following.log:
        follow_logs(local, *keys[0])
    if following.watch:
        watch(local, *keys[0], nodes=following.nodes)
    elif following.wait:
        return wait(local, keys, quiet=following.output in {"json", "yaml", "name"})
    return problems.OK


def key_of(workflow: Workflow) -> tuple[str, str]:
    """Namespace and name."""
    meta = workflow.metadata
    return (meta and meta.namespace) or "default", (meta and meta.name) or ""


def view(workflow: Workflow, output: str, nodes: nodeselection.Wanted = None) -> str:
    """A workflow in the form of ``get``, with some of its nodes."""
    from tiphys.entrypoints.cli.output.describe import describe
    from tiphys.entrypoints.cli.output.objects import print_workflow
    from tiphys.entrypoints.cli.output.tree import TreeView

    if output in {"json", "yaml", "name"}:
        return print_workflow(workflow, output)
    return describe(workflow, TreeView(layout=output, style=session.out_style(), now=session.now(), wanted=nodes))


def follow_logs(local: System, namespace: str, name: str) -> None:
    """Print the logs of all pods until the workflow is over."""
    style = session.out_style()
    for line in local.api.logs(namespace, name, LogFilter(follow=True)):
        sys.stdout.write(style.pod_line(line.pod_name, line.text) + "\n")
        sys.stdout.flush()


def wait(local: System, keys: Sequence[tuple[str, str]], *, quiet: bool = False, ignore_not_found: bool = False) -> int:
    """Wait for workflows, one line for each as it ends; 1 if any failed or is not there."""
    code = problems.OK
    open_ = dict.fromkeys(keys)
    while open_:
        mark = local.mark(next(iter(open_))[0])
        for key in list(open_):
            try:
                workflow = local.api.glance(*key)
            except NotFoundError:
                if not ignore_not_found:
                    code = problems.FAILED
                    session.warn([f"workflow {key[1]} is not there"])
                del open_[key]
                continue
            status = workflow.status
            if status is None or status.phase not in _COMPLETED:
                continue
            del open_[key]
            if status.phase != "Succeeded":
                code = problems.FAILED
            if not quiet:
                sys.stdout.write(f"{key_of(workflow)[1]} {status.phase} at {go_time(status.finished_at)}\n")
                sys.stdout.flush()
        if open_:
            local.await_change(mark, open_, _PATIENCE_SECONDS)
    return code


def go_time(text: str | None) -> str:
    """A moment in Go's default format and the zone of this machine.

    >>> go_time(None)
    '0001-01-01 00:00:00 +0000 UTC'
    """
    if not text:
        return "0001-01-01 00:00:00 +0000 UTC"
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S %z %Z")


def watch(local: System, namespace: str, name: str, *, nodes: nodeselection.Wanted = None) -> Workflow:
    """Draw a workflow at each change, and each second on a terminal, until it is over; answers with its last state.

    One that is deleted meanwhile is over too.
    """
    workflow: Workflow | None = None
    drawn: str | None = None
    drawn_at = 0.0
    redraw = session.can_redraw()
    while True:
        mark = local.mark(namespace)
        try:
            glance = local.api.glance(namespace, name)
        except NotFoundError:
            if workflow is None:
                raise
            return workflow
        version = (glance.metadata and glance.metadata.resource_version) or ""
        if version != drawn or (redraw and time.monotonic() - drawn_at >= _DRAW_SECONDS):
            drawn, drawn_at = version, time.monotonic()
            workflow = local.api.get(namespace, name)
            if redraw:
                sys.stderr.write(_CLEAR)
                sys.stderr.flush()
            sys.stdout.write(view(workflow, "", nodes))
            sys.stdout.flush()
            if workflow.status is not None and workflow.status.phase in _COMPLETED:
                return workflow
        local.await_change(mark, [(namespace, name)], _DRAW_SECONDS if redraw else _PATIENCE_SECONDS)
