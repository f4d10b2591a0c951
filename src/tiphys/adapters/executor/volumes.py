"""Volumes of claims: directories of the data directory."""

from __future__ import annotations

import os

from tiphys.adapters.executor.removal import remove_tree
from tiphys.errors import StoreError


class Volumes:
    """One directory for each claim, by the claim's uid, so that a claim that is made anew is empty."""

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def path(self, uid: str) -> str:
        """The directory of a claim; made when it is not there.

        Raises:
            StoreError: the disk is full or not writable.
        """
        path = os.path.join(self._directory, uid)
        try:
            os.makedirs(path, mode=0o777, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the volume of a claim cannot be made: {error.strerror}", where=path) from error
        return path

    def remove(self, uid: str) -> None:
        """Remove the directory of a claim; one that is not there is no error."""
        path = os.path.join(self._directory, uid)
        if os.path.isdir(path):
            remove_tree(path)
