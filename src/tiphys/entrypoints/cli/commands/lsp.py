"""``tiphys lsp``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import problems


@click.command("lsp")
@click.option(
    "--stdio", is_flag=True, help="Speak over standard input and output; the only way, so it may be left out."
)
def command(stdio: bool) -> int:
    """Run the language server for editors: findings, completion, hover and definitions while typing."""
    from tiphys.entrypoints.cli.version import VERSION
    from tiphys.entrypoints.lsp.server import make_server

    make_server(VERSION).start_io()
    return problems.OK
