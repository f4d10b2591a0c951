"""What a container prints, passed on once, also when the engine has to be asked for it a second time."""

from __future__ import annotations

import os

from tiphys.errors import reason_of

Pair = tuple[bytes | None, bytes | None]


class Output:
    """Writes what comes to the descriptors 1 and 2."""

    def __init__(self) -> None:
        self._passed = [0, 0]
        self._known = [0, 0]

    def again(self) -> None:
        """From here on everything comes once more from its beginning: what was passed on already is left out."""
        self._known = list(self._passed)

    def pass_on(self, pair: Pair) -> None:
        """Write what is new in (stdout, stderr).

        Raises:
            UnheardError: Nobody reads it any more.
        """
        for stream, data in enumerate(pair):
            known = min(self._known[stream], len(data or b""))
            self._known[stream] -= known
            fresh = (data or b"")[known:]
            self._passed[stream] += len(fresh)
            _write(stream + 1, fresh)


class UnheardError(Exception):
    """The reader of the output is gone: the supervisor was killed."""


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        raise UnheardError(reason_of(error)) from None
