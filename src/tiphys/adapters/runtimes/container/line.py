"""A connection to a container or to a command in one, over which bytes go both ways."""

from __future__ import annotations

import contextlib
import socket
from typing import Any, cast

_BLOCK = 1 << 16


class Line:
    """What is sent is the stdin of the other side; what is received is its output.

    With a terminal the output comes as it is, else in frames: one byte for the stream, three of nothing, four for the
    length.

    Args:
        wrapped: What the ``docker`` library gives for a connection.  It is kept: together with it the library's
            response would be collected, which closes the connection.
    """

    def __init__(self, wrapped: object) -> None:
        self._wrapped: Any = wrapped
        self._socket = cast(socket.socket, getattr(wrapped, "_sock", None) or wrapped)
        self._early = self._read_ahead()
        self._socket.settimeout(None)  # a person may think longer than an engine

    def fileno(self) -> int:
        """For ``select``; what is ``early`` is not seen there."""
        return self._socket.fileno()

    @property
    def early(self) -> bool:
        """Whether something was received already that ``receive`` gives at once."""
        return bool(self._early)

    def receive(self) -> bytes:
        """Wait for what comes next; nothing once the other side has hung up, in whatever way."""
        early, self._early = self._early, b""
        if early:
            return early
        try:
            return self._socket.recv(_BLOCK)
        except ConnectionError:  # it had not read all that was sent
            return b""

    def send(self, data: bytes) -> bool:
        """Send it all; false if nobody reads it any more."""
        try:
            self._socket.sendall(data)
        except ConnectionError:
            return False
        return True

    def end(self) -> None:
        """Nothing more will be sent; what comes is still to be received."""
        with contextlib.suppress(OSError):  # the other side was faster
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Hang up."""
        response = getattr(self._wrapped, "_response", None)
        with contextlib.suppress(OSError):
            (response or self._socket).close()

    def _read_ahead(self) -> bytes:
        """What came together with the headers of the answer, and so lies in the buffer they were read through."""
        response = getattr(self._wrapped, "_response", None)
        buffer = getattr(getattr(getattr(response, "raw", None), "_fp", None), "fp", None)
        if buffer is None:
            return b""
        self._socket.setblocking(False)
        return cast(bytes, buffer.read1(len(buffer.peek())) if buffer.peek() else b"")
