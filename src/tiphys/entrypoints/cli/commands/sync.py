"""``tiphys sync``: limits of semaphores."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from tiphys.entrypoints.cli import session
from tiphys.entrypoints.cli.optiongroups import grouped
from tiphys.errors import TiphysError, UsageError

if TYPE_CHECKING:
    from tiphys.ports.synclimits import SyncLimit, SyncLimits


@click.group("sync")
def command() -> None:
    """Set how many may hold a semaphore at once, in a ConfigMap or in the database."""


def _named(*, key: str, kind: str, cm_name: str) -> SyncLimit:
    """The limit that a call names, in no namespace yet."""
    from tiphys.ports.synclimits import SyncLimit

    if kind.lower() not in {"database", "configmap"}:
        raise UsageError("--type must be either 'database' or 'configmap'")
    if kind.lower() == "configmap" and not cm_name:
        raise UsageError("--cm-name is required when type is configmap")
    if kind.lower() == "database" and cm_name:
        raise UsageError("--cm-name is for --type configmap")
    return SyncLimit(namespace="", map_name=cm_name, key=key, limit=0)


def _sized(*, wanted: SyncLimit, limit: int) -> SyncLimit:
    return replace(wanted, limit=limit)


#: Which limit, as ``wanted``.
_naming = grouped(
    "wanted",
    _named,
    (
        click.argument("key"),
        click.option("--type", "kind", default="", metavar="TYPE", help="database or configmap."),
        click.option("--cm-name", default="", metavar="NAME", help="The ConfigMap, for --type configmap."),
    ),
)
#: The same, and how large it is to be.
_setting = grouped(
    "wanted",
    _sized,
    (_naming, click.option("--limit", type=int, required=True, metavar="N", help="How many may hold it at once.")),
)


@command.command("create")
@_setting
def create(wanted: SyncLimit) -> int:
    """Make a limit."""
    with _failing("create") as (limits, space):
        _print("created", limits.create(replace(wanted, namespace=space)))
    return 0


@command.command("get")
@_naming
def get(wanted: SyncLimit) -> int:
    """Show a limit."""
    with _failing("get") as (limits, space):
        _print("", limits.get(replace(wanted, namespace=space)))
    return 0


@command.command("update")
@_setting
def update(wanted: SyncLimit) -> int:
    """Change a limit; who holds the semaphore keeps it."""
    with _failing("update") as (limits, space):
        _print("updated", limits.update(replace(wanted, namespace=space)))
    return 0


@command.command("delete")
@_naming
def delete(wanted: SyncLimit) -> int:
    """Remove a limit; who waits for the semaphore waits on."""
    with _failing("delete") as (limits, space):
        limits.delete(replace(wanted, namespace=space))
    sys.stdout.write("Sync limit deleted\n")
    return 0


@command.command("list")
def list_() -> int:
    """List the limits in the database."""
    from tiphys.entrypoints.cli.output.table import align

    with session.system() as (local, space):
        rows = [(found.key, str(found.limit)) for found in local.limits.of_database(space)]
    sys.stdout.write(align([("KEY", "LIMIT"), *rows], 3) if rows else "No sync limits found\n")
    return 0


@contextmanager
def _failing(verb: str) -> Iterator[tuple[SyncLimits, str]]:
    """The limits of the system and the namespace; what goes wrong with them has Argo's words in front."""
    try:
        with session.system() as (local, space):
            yield local.limits, space
    except TiphysError as error:
        error.message = f"failed to {verb} sync limit: {error.message}"
        raise


def _print(what: str, limit: SyncLimit) -> None:
    lines = [f"Sync limit {what}"] if what else []
    lines += [f"Key: {limit.key}", f"Type: {'configmap' if limit.map_name else 'database'}"]
    lines += [f"ConfigMap Name: {limit.map_name}"] if limit.map_name else []
    lines += [f"Namespace: {limit.namespace}", f"Limit: {limit.limit}"]
    sys.stdout.write("\n".join(lines) + "\n")
