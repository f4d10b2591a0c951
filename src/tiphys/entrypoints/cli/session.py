"""What every command that touches workflows begins with: settings, the local system, its warnings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tiphys.entrypoints.cli.output.style import YELLOW, Style, style_for

if TYPE_CHECKING:
    from tiphys.entrypoints.wire import Local, System
    from tiphys.ports.store import Store


def home_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--home``, the same on every command."""
    return click.option("--home", metavar="DIR", help="Data directory instead of the usual one.")(function)


def namespace_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``-n``, the same on every command."""
    return click.option("-n", "--namespace", metavar="NAME", help="Namespace.")(function)


def no_color_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--no-color``, the same on every command."""
    return click.option("--no-color", is_flag=True, help="No colours.")(function)


@contextmanager
def system(home: str | None, namespace: str | None = None, runtime: str | None = None) -> Iterator[tuple[System, str]]:
    """Open what a command works on, with the namespace to use: a server where ``ARGO_SERVER`` names one, else here.

    ``--home`` means this machine, whatever the environment says.
    """
    from pathlib import Path

    from tiphys.entrypoints import settings, wire

    chosen = settings.load(home=Path(home) if home else None, namespace=namespace)
    if chosen.server is None or home:
        with wire.open_local(chosen, runtime=runtime) as local:
            yield local, chosen.namespace
    else:
        with wire.open_remote(chosen, chosen.server) as remote:
            yield remote, chosen.namespace


@contextmanager
def local_system(
    home: str | None, namespace: str | None = None, runtime: str | None = None
) -> Iterator[tuple[Local, str]]:
    """Open the system of this machine for one command; gives it with the namespace to use."""
    from pathlib import Path

    from tiphys.entrypoints import settings, wire

    chosen = settings.load(home=Path(home) if home else None, namespace=namespace)
    with wire.open_local(chosen, runtime=runtime) as local:
        yield local, chosen.namespace


@contextmanager
def stored(home: str | None) -> Iterator[Callable[[], Store | None]]:
    """The store of this machine for those who may not need it: opened when asked for, None where there is none."""
    found: list[Store | None] = []

    def store() -> Store | None:
        if not found:
            from pathlib import Path

            from tiphys.entrypoints import settings, wire

            found.append(wire.open_store(settings.load(home=Path(home) if home else None)))
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
