"""``tiphys sync``: limits of semaphores."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import TiphysError, UsageError

if TYPE_CHECKING:
    from tiphys.ports.synclimits import SyncLimit


@click.group("sync")
def command() -> None:
    """Set how many may hold a semaphore at once, in a ConfigMap or in the database."""


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for decorate in (
        click.option("--cm-name", default="", metavar="NAME", help="The ConfigMap, for --type configmap."),
        click.option("--type", "kind", default="", metavar="TYPE", help="database or configmap."),
        click.argument("key"),
    ):
        function = decorate(function)
    return function


_limit = click.option("--limit", type=int, required=True, metavar="N", help="How many may hold it at once.")


@command.command("create")
@_options
@_limit
def create(*, key: str, kind: str, cm_name: str, limit: int) -> int:
    """Make a limit."""
    _check(kind, cm_name)
    with session.system() as (local, space), _failing("create"):
        _print("created", local.limits.create(_wanted(key, cm_name, space, limit)))
    return 0


@command.command("get")
@_options
def get(*, key: str, kind: str, cm_name: str) -> int:
    """Show a limit."""
    _check(kind, cm_name)
    with session.system() as (local, space), _failing("get"):
        _print("", local.limits.get(_wanted(key, cm_name, space)))
    return 0


@command.command("update")
@_options
@_limit
def update(*, key: str, kind: str, cm_name: str, limit: int) -> int:
    """Change a limit; who holds the semaphore keeps it."""
    _check(kind, cm_name)
    with session.system() as (local, space), _failing("update"):
        _print("updated", local.limits.update(_wanted(key, cm_name, space, limit)))
    return 0


@command.command("delete")
@_options
def delete(*, key: str, kind: str, cm_name: str) -> int:
    """Remove a limit; who waits for the semaphore waits on."""
    _check(kind, cm_name)
    with session.system() as (local, space), _failing("delete"):
        local.limits.delete(_wanted(key, cm_name, space))
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
def _failing(verb: str) -> Iterator[None]:
    """Put Argo's words in front of what goes wrong inside."""
    try:
        yield
    except TiphysError as error:
        error.message = f"failed to {verb} sync limit: {error.message}"
        raise


def _check(kind: str, config_map: str) -> None:
    if kind.lower() not in {"database", "configmap"}:
        raise UsageError("--type must be either 'database' or 'configmap'")
    if (kind.lower() == "configmap") != bool(config_map):
        raise UsageError(
            "--cm-name is required when type is configmap" if not config_map else "--cm-name is for --type configmap"
        )


def _wanted(key: str, config_map: str, namespace: str, limit: int = 0) -> SyncLimit:
    from tiphys.ports.synclimits import SyncLimit

    return SyncLimit(namespace=namespace, map_name=config_map, key=key, limit=limit)


def _print(what: str, limit: SyncLimit) -> None:
    lines = [f"Sync limit {what}"] if what else []
    lines += [f"Key: {limit.key}", f"Type: {'configmap' if limit.map_name else 'database'}"]
    lines += [f"ConfigMap Name: {limit.map_name}"] if limit.map_name else []
    lines += [f"Namespace: {limit.namespace}", f"Limit: {limit.limit}"]
    sys.stdout.write("\n".join(lines) + "\n")
