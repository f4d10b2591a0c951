"""A stream that outlives its reader."""

from __future__ import annotations

from typing import TextIO


class SteadyOut:
    """Writes to a stream until its reader is gone, then drops what is written.

    A workflow must not fall because ``head`` has seen enough: progress ends, the run goes on.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.broken = False

    def write(self, text: str) -> None:
        """Write and flush; nothing is raised for a closed pipe."""
        if self.broken or not text:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self.broken = True
