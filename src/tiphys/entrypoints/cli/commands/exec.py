"""``tiphys exec``."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import completing, session


@click.command("exec", context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="WORKFLOW", shell_complete=completing.workflows())
@click.argument("node", metavar="NODE", shell_complete=completing.nodes)
@click.argument("words", metavar="[--] [COMMAND...]", nargs=-1, type=click.UNPROCESSED)
@click.option("-c", "--container", default="main", show_default=True, help="Container.")
def command(name: str, node: str, words: tuple[str, ...], container: str) -> int:
    """Run a command (default: sh) in the sandbox of a step that runs, or of one that failed and was kept.

    It has the files, variables, directory and user of the container.  NODE is a name, display name, id or pod.  The
    exit code is the command's.
    """
    with session.local_system() as (local, space):
        return local.debugging.shell(space, name, node, container, words or ("sh",))
