"""``tiphys logs``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import session
from tiphys.ports.api import LogFilter


@click.command("logs")
@click.argument("name", metavar="WORKFLOW")
@click.argument("pod", required=False)
@click.option("-c", "--container", default="main", show_default=True, help="Container.")
@click.option("-f", "--follow", is_flag=True, help="Wait for more until the workflow ends.")
@session.no_color_option
def command(name: str, pod: str | None, container: str, follow: bool, no_color: bool) -> int:
    """Print the logs of a workflow's pods, or of one pod, each line behind the name of its pod."""
    style = session.out_style(no_color=no_color)
    wanted = LogFilter(pod_name=pod, container=container, follow=follow)
    with session.system() as (local, space):
        for line in local.api.logs(space, name, wanted):
            sys.stdout.write(style.pod_line(line.pod_name, line.text) + "\n")
            if follow:
                sys.stdout.flush()
    return 0
