"""The data directory: made, and looked at before anything of it is used."""

from __future__ import annotations

import os
from pathlib import Path

from tiphys.errors import HomeError, reason_of


def claim_home(home: Path) -> None:
    """Make the data directory and the folder of its pods.

    Raises:
        HomeError: they cannot be made, or nothing can be written there.
    """
    pods = home / "pods"
    try:
        pods.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(Path(error.filename or home), f"made: {reason_of(error)}") from None
    for folder in (home, pods):
        if not os.access(folder, os.W_OK | os.X_OK):
            raise _unusable(folder, "written to")


def _unusable(place: Path, what: str) -> HomeError:
    return HomeError(f"the data directory cannot be {what}", "choose another with --home", str(place))
