"""Which files a command reads, and how strictly: its argument and the option ``--strict``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing
from tiphys.entrypoints.cli.optiongroups import Decorator

#: Whether what no schema knows is refused, as ``strict``.
STRICT = click.option(
    "--strict/--no-strict", default=True, help="Refuse unknown fields and keys that are written twice."
)


def files(*, required: bool) -> Decorator:
    """The files of a call, as ``files``."""
    shown = "FILE..." if required else "[FILE...]"
    return click.argument("files", metavar=shown, nargs=-1, required=required, shell_complete=completing.files)
