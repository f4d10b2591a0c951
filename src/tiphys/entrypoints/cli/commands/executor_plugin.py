"""``tiphys executor-plugin``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tiphys.errors import UsageError, reason_of


@click.group("executor-plugin")
def command() -> None:
    """Work on executor plugins."""


@command.command("build")
@click.argument("directory", metavar="DIR")
def build(directory: str) -> int:
    """Make the ConfigMap and the README of the plugin in a directory.

    It is described by DIR/plugin.yaml; a program DIR/server.* becomes the argument of its container.
    """
    from tiphys.app.services import pluginfiles

    folder = Path(directory)
    description = folder / "plugin.yaml"
    servers = sorted(folder.glob("server.*"))
    if len(servers) > 1:
        raise UsageError(f"plugin {folder.name} has more than one server.* file", where=str(folder))
    program = _text(servers[0]) if servers else None
    built = pluginfiles.build(_text(description), program, str(description))
    for name, text in ((built.file, built.config_map), ("README.md", built.readme)):
        target = folder / name
        try:
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{target} cannot be written: {reason_of(error)}") from None
        sys.stdout.write(f"{target} created\n")
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no UTF-8 text") from None
    except OSError as error:
        raise UsageError(f"open {file}: {reason_of(error)}") from None
