"""Commands are modules of ``commands/``, imported by name when they are called and not before."""

from __future__ import annotations

import importlib
import sys
from typing import cast

import click

from tiphys.entrypoints.cli.flags import extend


def load_command(name: str) -> click.Command:
    """The command of a module of ``commands/``."""
    _import_msgspec()
    module = importlib.import_module(f"tiphys.entrypoints.cli.commands.{name.replace('-', '_')}")
    command: click.Command = module.command
    return extend(command)


def _import_msgspec() -> None:
    """Import msgspec without typing_extensions, of which it takes only what ``typing`` has since Python 3.11.

    Other libraries bring it along, and its import is a twentieth of a small command.  Who needs it later gets it.
    """
    if "msgspec" in sys.modules or "typing_extensions" in sys.modules:
        return
    modules = cast("dict[str, object]", sys.modules)
    modules["typing_extensions"] = None  # an import of it fails, as if it was not installed
    try:
        importlib.import_module("msgspec")
    finally:
        del modules["typing_extensions"]
