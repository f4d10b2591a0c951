"""What every command that touches workflows begins with: settings, the local system, its warnings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tiphys.entrypoints.cli import flags
from tiphys.entrypoints.cli.output.style import YELLOW, Style, style_for
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Loaded
    from tiphys.core.validate.library import Library
    from tiphys.entrypoints.settings import Settings
    from tiphys.entrypoints.wire.local import Local
    from tiphys.entrypoints.wire.system import System
    from tiphys.ports.store import Store


#: Flags by which a call asks to be told what is going on.
_LOGGING = frozenset({"ARGO_VERBOSE", "ARGO_LOGLEVEL", "ARGO_LOG_FORMAT"})


def no_color_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--no-color``, the same on every command."""
    return click.option("--no-color", is_flag=True, help="No colours.")(function)


def settings(more: Mapping[str, str] | None = None) -> Settings:
    """The settings of this call: its flags, then the environment, then the configuration file.

    ``more`` are flags of the command's own, each by the ``ARGO_…`` variable that says the same.
    """
    from pathlib import Path

    from tiphys.entrypoints import settings as reader

    given = flags.given()
    home = given.get(flags.HOME)
    found = reader.load(
        home=Path(home) if home else None,
        namespace=given.get(flags.NAMESPACE),
        flags={**given, **{name: text for name, text in (more or {}).items() if text}},
    )
    if found.log_level == "debug":
        _say_version(found)
    return found


def _say_version(chosen: Settings) -> None:
    """What is logged first of a command that is to say all that it does."""
    import logging

    from tiphys.entrypoints import logs
    from tiphys.entrypoints.cli.version import version_text

    logs.set_up(chosen.log_level, chosen.log_format, sys.stderr)
    logging.getLogger("tiphys.cli").debug("CLI version", extra=logs.fields(version=version_text(short=True)))


def namespace() -> str | None:
    """The namespace that the call names, if it does."""
    return flags.given().get(flags.NAMESPACE)


@contextmanager
def system(runtime: str | None = None) -> Iterator[tuple[System, str]]:
    """Open what a command works on, with the namespace to use: a server where one is named, else this machine.

    ``--home`` means this machine, whatever the environment says.
    """
    chosen = settings()
    if not _LOGGING.isdisjoint(flags.given()):
        from tiphys.entrypoints import logs

        logs.set_up(chosen.log_level, chosen.log_format, sys.stderr)
    if chosen.server is None or not is_remote():
        from tiphys.entrypoints.wire.local import open_local

        with open_local(chosen, runtime=runtime) as found:
            yield found, chosen.namespace
    else:
        from tiphys.entrypoints.wire.remote import open_remote

        with open_remote(chosen, chosen.server) as remote:
            yield remote, chosen.namespace


def server_version() -> Mapping[str, object] | None:
    """What the server that is asked says about itself; None where none is."""
    chosen = settings()
    if chosen.server is None:
        return None
    from tiphys.entrypoints.wire.remote import open_remote

    with open_remote(chosen, chosen.server) as remote:
        return remote.version()


@contextmanager
def local_system(runtime: str | None = None, *, known_local: bool = False) -> Iterator[tuple[Local, str]]:
    """Open the system of this machine for one command; gives it with the namespace to use.

    Where the environment names a server it is said that it is not asked, unless that is ``known_local``.

    Raises:
        UsageError: the call names a server.
    """
    from tiphys.entrypoints.wire.local import open_local

    chosen = settings()
    if is_remote():
        if "ARGO_SERVER" in flags.given():
            raise UsageError(
                "this command works on the data directory of this machine and asks no server",
                "leave --argo-server out; objects of a server: kubectl with `tiphys kubeconfig`",
                "--argo-server",
            )
        if not known_local:
            warn([f"ARGO_SERVER is not asked: this command works on the data directory {chosen.home}"])
    with open_local(chosen, runtime=runtime) as local:
        yield local, chosen.namespace


def is_remote() -> bool:
    """Whether a server is asked."""
    on_home = flags.HOME in flags.given() and "ARGO_SERVER" not in flags.given()
    return settings().server is not None and not on_home


@contextmanager
def library(loaded: Loaded, *, offline: bool = False) -> Iterator[Library]:
    """The templates of files, and behind them those of the server or of this machine unless ``offline``.

    The store is opened when it is needed, and only where there is one.
    """
    manifests, config_maps = [each.manifest for each in loaded.documents], loaded.config_maps
    if offline:
        from tiphys.core.validate.library import Library

        yield Library(manifests, config_maps)
    elif is_remote():
        with system() as (remote, namespace):
            yield remote.library(manifests, config_maps, namespace=namespace)
    else:
        with _stored() as store:
            from tiphys.app.services.library import StoredLibrary

            yield StoredLibrary(store, manifests, namespace="default")


@contextmanager
def _stored() -> Iterator[Callable[[], Store | None]]:
    """The store of this machine for those who may not need it: opened when asked for, None where there is none."""
    found: list[Store | None] = []

    def store() -> Store | None:
        if not found:
            from tiphys.entrypoints.wire.stores import connect_existing

            found.append(connect_existing(settings()))
        return found[0]

    try:
        yield store
    finally:
        for opened in found:
            if opened is not None:
                opened.close()


def warn(messages: Sequence[str]) -> None:
    """Write warnings to stderr, one a line."""
    style = error_style()
    for message in messages:
        sys.stderr.write(f"{style.paint('warning:', YELLOW)} {message}\n")


def out_style(*, no_color: bool = False, no_utf8: bool = False) -> Style:
    """The style for stdout; ``NO_COLOR`` and ``TERM=dumb`` turn colours off."""
    return style_for(sys.stdout, no_color=no_color or _is_plain(), no_utf8=no_utf8)


def can_redraw() -> bool:
    """Whether stdout is a terminal on which the cursor can be moved."""
    import os

    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"  # noqa: TID251 - see _is_plain


def error_style() -> Style:
    """The style for stderr."""
    return style_for(sys.stderr, no_color=_is_plain())


def _is_plain() -> bool:
    import os

    variables = os.environ  # noqa: TID251 - how the terminal looks is no setting of the system
    return bool(variables.get("NO_COLOR")) or variables.get("TERM") == "dumb"


def now() -> datetime:
    """The present moment, for ages and running durations."""
    from tiphys.adapters.system import SystemClock

    return SystemClock().now()
