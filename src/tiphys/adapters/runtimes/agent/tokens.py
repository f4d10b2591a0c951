"""Tokens by which executor plugins know who asks: one for each, in a file of the data directory."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class Tokens:
    """Makes a token when it is asked for the first time; the file is what a plugin reads."""

    def __init__(self, directory: str) -> None:
        self._directory = Path(directory)

    def of(self, namespace: str, name: str) -> str:
        """The token of a plugin."""
        path = self._directory / f"{namespace}.{name}" / "token"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(os.urandom(32).hex())
        return path.read_text()
