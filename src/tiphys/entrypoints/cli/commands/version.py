"""``tiphys version``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import session
from tiphys.entrypoints.cli.version import server_text, version_text


@click.command("version")
@click.option("--short", is_flag=True, help="The number alone.")
def command(*, short: bool) -> None:
    """Print the version, and that of the server where one is asked."""
    click.echo(version_text(short=short))
    answer = session.server_version()
    if answer is not None:
        click.echo(server_text(answer, short=short))
