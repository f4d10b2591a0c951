"""``tiphys archive``: finished workflows that outlive their deletion (``spec/cli.md`` 7)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from tiphys.entrypoints.cli import again, completing, following, forms, session
from tiphys.entrypoints.cli import selection as choosing
from tiphys.entrypoints.cli.optiongroups import grouped
from tiphys.errors import NotFoundError, UsageError
from tiphys.ports.api import ResubmitOptions, RetryOptions

if TYPE_CHECKING:
    from tiphys.core.manifest.model.workflow import Workflow
    from tiphys.entrypoints.wire.system import System

_UID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _forced(name: bool, uid: bool) -> str:
    if name and uid:
        raise UsageError("--name and --uid cannot be used together")
    return "name" if name else "uid" if uid else ""


#: ``--name`` and ``--uid``, as ``means``: what arguments are; empty where their look decides.
_naming = grouped(
    "means",
    _forced,
    (
        click.option("--name", is_flag=True, help="The arguments are names, whatever they look like."),
        click.option("--uid", is_flag=True, help="The arguments are uids, whatever they look like."),
    ),
)


@click.group("archive")
def command() -> None:
    """Look after finished workflows that were kept when they were deleted.

    A WORKFLOW is a name, or the uid of one of several of the same name.
    """


@command.command("list")
@choosing.selectors
@click.option("--chunk-size", type=int, default=0, metavar="N", help="Ask a server for so many at a time.")
@forms.output("name", "json", "yaml", "wide", default="wide")
def list_(*, selection: choosing.Selection, chunk_size: int, output: str) -> int:
    """List archived workflows."""
    from msgspec.structs import replace

    from tiphys.entrypoints.cli.output import objects, table

    with session.system() as (local, space):
        found = local.archived.list(replace(selection, chunk_size=chunk_size).wanted(space))
    if output != "wide":
        text = objects.print_workflows(table.sort_workflows(found), output)
    elif found:
        text = table.workflow_table(found, session.now(), wide=True, namespaces=True, uids=True)
    else:
        text = objects.NO_WORKFLOWS
    sys.stdout.write(text)
    return 0


@command.command("get")
@click.argument("subject", metavar="WORKFLOW", shell_complete=completing.archived)
@_naming
@forms.output("json", "yaml", "wide", default="wide")
def get(*, subject: str, means: str, output: str) -> int:
    """Show an archived workflow."""
    from tiphys.entrypoints.cli.output import archived

    with session.system() as (local, space):
        workflow = local.archived.get(_uid(local, space, subject, means))
    sys.stdout.write(archived.shown(workflow, output, session.now()))
    return 0


@command.command("delete")
@click.argument("names", metavar="WORKFLOW...", nargs=-1, required=True, shell_complete=completing.archived)
@_naming
def delete(*, names: tuple[str, ...], means: str) -> int:
    """Take workflows out of the archive."""
    with session.system() as (local, space):
        for name in names:
            local.archived.delete(_uid(local, space, name, means))
            sys.stdout.write(f"Archived workflow '{name}' deleted\n")
    return 0


@command.command("retry")
@click.argument("names", metavar="[WORKFLOW...]", nargs=-1, shell_complete=completing.archived)
@_naming
@again.retrying
@choosing.selectors
@following.options
def retry(
    *,
    names: tuple[str, ...],
    means: str,
    options: RetryOptions,
    selection: choosing.Selection,
    follow: following.Following,
) -> int:
    """Make archived workflows live again and run what failed in them."""
    if not names and not selection:
        raise UsageError("requires either selector or workflow")
    with session.system() as (local, space):
        started = [local.archived.retry(uid, options) for uid in _uids(local, space, names, means, selection)]
        return following.show_and_follow(local, started, follow)


@command.command("resubmit")
@click.argument("names", metavar="[WORKFLOW...]", nargs=-1, shell_complete=completing.archived)
@_naming
@again.resubmitting
@choosing.selectors
@following.options
def resubmit(
    *,
    names: tuple[str, ...],
    means: str,
    options: ResubmitOptions,
    selection: choosing.Selection,
    follow: following.Following,
) -> int:
    """Submit archived workflows again, as new ones."""
    again.warn_of_priority(options)
    with session.system() as (local, space):
        started = [local.archived.resubmit(uid, options) for uid in _uids(local, space, names, means, selection)]
        return following.show_and_follow(local, started, follow)


@command.command("list-label-keys")
def list_label_keys() -> int:
    """List the keys of labels of archived workflows."""
    with session.system() as (local, space):
        sys.stdout.writelines(f"{key}\n" for key in local.archived.label_keys(space))
    return 0


@command.command("list-label-values")
@click.option("-l", "--selector", required=True, metavar="KEY", help="The label.")
def list_label_values(selector: str) -> int:
    """List the values that a label has in the archive."""
    with session.system() as (local, space):
        sys.stdout.writelines(f"{value}\n" for value in local.archived.label_values(space, selector))
    return 0


def _uids(
    local: System, namespace: str, names: Sequence[str], means: str, selection: choosing.Selection
) -> Iterator[str]:
    """The uids of the workflows named and of the selection, each once."""
    found = dict.fromkeys(_uid(local, namespace, name, means) for name in names)
    if selection:
        listed = local.archived.list(selection.wanted(namespace))
        found.update(dict.fromkeys(_metadata(each, "uid") for each in listed))
    yield from found


def _uid(local: System, namespace: str, name: str, means: str) -> str:
    """The uid that an argument means.

    Raises:
        NotFoundError: no archived workflow has the name.
        UsageError: several have it; lists them.
    """
    if means == "uid" or (not means and _UID.fullmatch(name)):
        return name
    found = local.archived.named(namespace, name)
    if not found:
        raise NotFoundError(f"resolve UID: archived workflow '{name}' not found", "`tiphys archive list` shows all")
    if len(found) > 1:
        rows = "".join(f"\n  {_described(each)}" for each in found)
        raise UsageError(
            f"resolve UID: Multiple archived workflows found with name '{name}':{rows}\nPlease specify the UID."
        )
    return _metadata(found[0], "uid")


def _described(workflow: Workflow) -> str:
    from tiphys.entrypoints.cli.following import go_time

    finished = go_time(workflow.status.finished_at if workflow.status is not None else None)
    created = go_time(_metadata(workflow, "creation_timestamp"))
    return f"{_metadata(workflow, 'uid')} (Created: {created}, Finished: {finished})"


def _metadata(workflow: Workflow, field: str) -> str:
    return str(getattr(workflow.metadata, field, None) or "")
