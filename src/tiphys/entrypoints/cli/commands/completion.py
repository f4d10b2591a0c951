"""``tiphys completion``."""

from __future__ import annotations

import sys

import click

from tiphys.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", metavar="SHELL")
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the completion script of bash, zsh or fish: ``source <(tiphys completion bash)``."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell) if shell in SHELLS else None
    if found is None:
        raise UsageError(f'invalid shell "{shell}": supported shells are bash, zsh, and fish')
    sys.stdout.write(found(context.find_root().command, {}, "tiphys", "_TIPHYS_COMPLETE").source())
    return 0
