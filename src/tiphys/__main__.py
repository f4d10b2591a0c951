"""``python -m tiphys`` and the ``tiphys`` script."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit.  ``version`` is answered before anything is imported for the other commands."""
    arguments = sys.argv[1:]
    if arguments == ["--version"] or (arguments[:1] == ["version"] and _is_quick(arguments)):
        from tiphys.entrypoints.cli.version import version_text

        try:
            print(version_text(short="--short" in arguments), flush=True)  # noqa: T201 - this is the command's answer
        except BrokenPipeError:
            from tiphys.entrypoints.cli.main import silence
            from tiphys.entrypoints.cli.problems import CLOSED_PIPE

            silence(sys.stdout)
            sys.exit(CLOSED_PIPE)
        sys.exit(0)

    import gc

    # What is imported stays, and rows and nodes are many and rarely cyclic: the default threshold costs a tenth of
    # the start-up and half of a large run.  A small command ends before the first collection.
    gc.set_threshold(200_000, 20, 100)
    from tiphys.entrypoints.cli.main import main as run

    sys.exit(run(arguments))


def _is_quick(arguments: list[str]) -> bool:
    """Whether nothing but the program's own version is asked for."""
    import os

    asked = os.environ.get("ARGO_SERVER")  # noqa: TID251 - the settings cost more than the answer
    return not asked and arguments in (["version"], ["version", "--short"])


def entry() -> None:
    """Run the command line as a process of its own.

    Once a command is over, everything is closed; taking the interpreter apart would cost a fifth of a small
    command's time for nothing.  Threads that still run keep it alive, as always.
    """
    import os
    import threading

    try:
        main()
    except SystemExit as end:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            raise end from None
        if isinstance(end.code, int) and threading.active_count() == 1:
            os._exit(end.code)
        raise


if __name__ == "__main__":
    entry()
