"""``tiphys list``."""

from __future__ import annotations

import re
import sys
from datetime import datetime, timedelta

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import UsageError
from tiphys.ports.api import ListFilter

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@click.command("list")
@click.option("-A", "--all-namespaces", is_flag=True, help="Every namespace.")
@click.option("--prefix", metavar="TEXT", help="Names that begin with this.")
@click.option("--status", metavar="PHASE", multiple=True, help="Phases, repeated or separated by commas.")
@click.option("--completed", is_flag=True, help="Finished ones.")
@click.option("--running", is_flag=True, help="Unfinished ones.")
@click.option("--since", metavar="TIME", help="Created within this time, such as 3h.")
@click.option("-l", "--selector", metavar="LABELS", multiple=True, help="key=value labels that all must match.")
@click.option("-o", "--output", type=click.Choice(["name", "json", "yaml", "wide"]), help="Form of the answer.")
@click.option("--no-headers", is_flag=True, help="No heading.")
def command(  # noqa: PLR0913 - one argument per option
    *,
    all_namespaces: bool,
    prefix: str | None,
    status: tuple[str, ...],
    completed: bool,
    running: bool,
    since: str | None,
    selector: tuple[str, ...],
    output: str | None,
    no_headers: bool,
) -> int:
    """List workflows: unfinished ones first, then the latest to finish."""
    from tiphys.entrypoints.cli.output import objects, table
    from tiphys.entrypoints.cli.parameters import parse_labels

    if completed and running:
        raise UsageError("--completed and --running cannot be used together")
    now = session.now()
    labels, created = parse_labels(selector), _moment(since, now) if since else None
    with session.system() as (local, space):
        wanted = ListFilter(
            namespace=None if all_namespaces else space,
            phases=tuple(phase for text in status for phase in text.split(",")),
            labels=labels,
            prefix=prefix,
            completed=True if completed else False if running else None,
            since=created,
        )
        found = local.api.list(wanted)
    if output in ("name", "json", "yaml"):
        text = objects.print_workflows(table.sort_workflows(found), output)
    elif found:
        text = table.workflow_table(
            found, now, wide=output == "wide", namespaces=all_namespaces, headers=not no_headers
        )
    else:
        text = "No workflows found\n"
    sys.stdout.write(text)
    return 0


def _moment(since: str, now: datetime) -> datetime:
    """The moment that a duration such as ``3h`` goes back to."""
    match = re.fullmatch(r"(\d{1,9})([smhd])", since)
    if match is None:
        raise UsageError(f"Invalid since format '{since}'. Expected format <duration><unit> (e.g. 3h)", where="--since")
    try:
        return now - timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})
    except OverflowError:
        raise UsageError("the time is too long", where="--since") from None
