"""``tiphys version``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli.version import version_text


@click.command("version")
@click.option("--short", is_flag=True, help="The number alone.")
def command(short: bool) -> None:
    """Print the version."""
    click.echo(version_text(short=short))
