"""``tiphys logs``."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

import click

from tiphys.entrypoints.cli import completing, session
from tiphys.errors import UsageError
from tiphys.ports.api import LogFilter


@click.command("logs")
@click.argument("name", metavar="WORKFLOW", shell_complete=completing.workflows())
@click.argument("pod", required=False, shell_complete=completing.pods)
@click.option("-c", "--container", default="main", show_default=True, help="Container.")
@click.option("-f", "--follow", is_flag=True, help="Wait for more until the workflow ends.")
@click.option("-p", "--previous", is_flag=True, help="Of containers before their restart; none is restarted here.")
@click.option("--since", default="", metavar="DURATION", help="Only what is newer than this, such as 5s, 2m or 1h30m.")
@click.option("--since-time", default="", metavar="TIME", help="Only what came after this moment (RFC 3339).")
@click.option("--tail", type=int, default=-1, metavar="N", help="So many last lines of each pod; -1 is all.")
@click.option("--grep", default="", metavar="PATTERN", help="Only lines in which this regular expression is found.")
@click.option("-l", "--selector", default="", metavar="LABELS", help="Only pods with these labels.")
@click.option("--timestamps", is_flag=True, help="The time in front of each line.")
@session.no_color_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    name: str,
    pod: str | None,
    container: str,
    follow: bool,
    previous: bool,
    since: str,
    since_time: str,
    tail: int,
    grep: str,
    selector: str,
    timestamps: bool,
    no_color: bool,
) -> int:
    """Print the logs of a workflow's pods in the order of time, or of one pod, each line behind the name of its pod."""
    from tiphys.app.services.loglines import stamp
    from tiphys.core.objects.selectors import parse_selector

    style = session.out_style(no_color=no_color)
    wanted = LogFilter(
        pod_name=pod,
        container=container,
        follow=follow,
        since=_since(since, since_time),
        tail=tail if tail >= 0 else None,
        grep=grep,
        labels=parse_selector(selector),
        previous=previous,
    )
    with session.system() as (local, space):
        for line in local.api.logs(space, name, wanted):
            text = f"{stamp(line.time)} {line.text}" if timestamps else line.text
            sys.stdout.write(style.pod_line(line.pod_name, text) + "\n")
            if follow:
                sys.stdout.flush()
    return 0


def _since(duration: str, moment: str) -> datetime | None:
    """The moment from which lines are wanted."""
    if duration and moment:
        raise UsageError("--since-time and --since cannot be used together")
    if duration:
        from tiphys.core.engine.durations import parse_go_duration

        try:
            return session.now() - timedelta(microseconds=parse_go_duration(duration) // 1000)
        except (ValueError, OverflowError):
            raise UsageError(f"{duration!r} is no duration", "write 5s, 2m or 1h30m", "--since") from None
    if not moment:
        return None
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise UsageError(f"{moment!r} is no moment", "write 2026-01-31T12:00:00Z", "--since-time")
    return found
