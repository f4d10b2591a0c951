"""The token of the owner of a data directory: made when the server first starts, in a file that only they can read."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from tiphys.errors import StoreError
from tiphys.ports.identity import OWNER, Principal

FILE = "server-token"


class OwnerToken:
    """Knows the owner by the token in ``<home>/server-token``.  The file is read once."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        self.token = self._read() or self._make()

    def principal(self, token: str) -> Principal | None:
        """The owner, or None; takes the same time for every wrong token."""
        return OWNER if hmac.compare_digest(token.encode(), self.token.encode()) else None

    def _read(self) -> str:
        try:
            return self._path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError("the token of the server cannot be read", where=str(self._path)) from error

    def _make(self) -> str:
        token = secrets.token_urlsafe(32)
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="ascii") as stream:
                stream.write(token + "\n")
        except FileExistsError:  # another server was quicker
            return self._read()
        except OSError as error:
            raise StoreError("the token of the server cannot be kept", where=str(self._path)) from error
        return token
