"""Commands are modules of ``commands/``, imported by name when they are called and not before."""

from __future__ import annotations

import importlib

import click

from tiphys.entrypoints.cli.flags import extend


def load_command(name: str) -> click.Command:
    """The command of a module of ``commands/``."""
    module = importlib.import_module(f"tiphys.entrypoints.cli.commands.{name.replace('-', '_')}")
    command: click.Command = module.command
    return extend(command)
