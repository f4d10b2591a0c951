"""``tiphys replay``."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import completing, problems, session
from tiphys.entrypoints.cli.output.style import one_line
from tiphys.entrypoints.cli.parameters import parse_parameters

if TYPE_CHECKING:
    from tiphys.app.services.debugging import Difference, Replay
    from tiphys.ports.runtime import LogLine


@click.command("replay")
@click.argument("name", metavar="WORKFLOW", shell_complete=completing.workflows(completed=True))
@click.argument("node", metavar="NODE", shell_complete=completing.nodes)
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Another value of an input parameter.")
@click.option("--keep", is_flag=True, help="Keep the sandbox of the replay for `tiphys exec`.")
@session.no_color_option
def command(*, name: str, node: str, changes: tuple[str, ...], keep: bool, no_color: bool) -> int:
    """Run one step of a workflow again, alone, and compare its outputs.

    Its inputs are the same but for those of --set.  The workflow does not change.

    NODE is a name, display name, id or pod.  Exit code 1: the step failed.
    """
    style = session.out_style(no_color=no_color)
    parameters = parse_parameters(changes, "--set")

    def show(line: LogLine) -> None:
        sys.stdout.write(style.pod_line(line.pod_name, line.text) + "\n")
        sys.stdout.flush()

    with session.local_system() as (local, space):
        replay = local.debugging.replay(space, name, node, show, parameters=parameters, keep=keep)
        sys.stdout.write(report(replay))
        if keep:
            sys.stdout.write(f"kept: `tiphys exec {name} {replay.node_id} -- sh`\n")
    return problems.OK if replay.phase == "Succeeded" else problems.FAILED


def report(replay: Replay) -> str:
    """How a replay ended, beside what the run recorded, then the outputs that both have."""
    recorded = replay.recorded
    code = recorded.outputs.exit_code if recorded.outputs is not None else None
    lines = [
        f"replay:   {_ended(replay.phase, replay.exit_code, replay.message)}\n",
        f"recorded: {_ended(recorded.phase or '', code, recorded.message or '')}\n",
    ]
    for each in replay.outputs:
        lines += _difference(each)
    return "".join(lines)


def _ended(phase: str, code: object, message: str) -> str:
    text = phase if code is None else f"{phase}, exit code {code}"
    return f"{text}: {one_line(message)}" if message else text


def _difference(each: Difference) -> list[str]:
    if each.recorded == each.replayed:
        return [f"{each.name}: same\n"]
    before, now = (each.recorded or "").splitlines(), (each.replayed or "").splitlines()
    marks = ["" if value is not None else " (none)" for value in (each.recorded, each.replayed)]
    found = difflib.unified_diff(before, now, f"recorded{marks[0]}", f"replay{marks[1]}", lineterm="")
    return [f"{each.name}: differs\n", *(f"  {line}\n" for line in found)]
