"""Commands that do the same to several workflows, one after another, and what is said of each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tiphys.errors import TiphysError


def each(names: Sequence[str], action: Callable[[str], str], *, verb: str, done: str) -> None:
    """Do something to one workflow after another; the first failure ends it.

    ``verb`` and ``done`` are for the sentences: ``failed to stop x: …`` and ``workflow x stopped``; the second names
    what ``action`` answers with.

    Raises:
        TiphysError: the failure, of the same kind, with Argo's text in front.
    """
    for name in names:
        try:
            shown = action(name)
        except TiphysError as error:
            error.message = f"failed to {verb} {name}: {error.message}"
            raise
        sys.stdout.write(f"workflow {shown} {done}\n")


def only_say(names: Sequence[str], done: str) -> None:
    """What a dry run says."""
    sys.stdout.writelines(f"workflow {name} {done} (dry-run)\n" for name in names)
