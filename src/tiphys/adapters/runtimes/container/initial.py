"""What the init process of a container prints when it cannot begin the user's program.

An engine starts its own init process first (Docker's is tini, Podman's catatonit), so for the engine the container did
start: that the program is missing stands in the container's output alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tiphys.adapters.runtimes.container.output import Pair

#: Exit codes of the init processes then.
_CODES = frozenset({1, 126, 127})
#: How their word begins.  It may come in pieces: tini writes beginning, cause and end of the line one by one.
_BEGINNINGS = (b"[FATAL tini (", b"ERROR (catatonit:")
_SAID = re.compile(rb"(?:\[FATAL tini \(\d+\)\] exec .* failed|ERROR \(catatonit:\d+\): failed to exec pid1): (.+)\n?")


class FirstWords:
    """Passes output on, but holds the word of an init process back until it is known whether it was one."""

    def __init__(self) -> None:
        self._held = b""

    def screen(self, pairs: Iterable[Pair]) -> Iterator[Pair]:
        """All output, from its beginning, as it comes, without what may be the init process's last word."""
        self._held = b""
        holding = True
        for out, err in pairs:
            more = err or b""
            holding = holding and not out and _may_be(self._held + more)
            if holding:
                self._held += more
                continue
            if self._held:
                yield None, self.release()
            yield out, err

    def release(self) -> bytes:
        """What is held back, if anything; it is the user's after all."""
        held, self._held = self._held, b""
        return held

    def why(self, code: int) -> str:
        """Why the program could not be begun, of a container that ended with ``code``; empty if it was."""
        found = _SAID.fullmatch(self._held) if code in _CODES else None
        return found.group(1).decode(errors="replace") if found else ""


def _may_be(text: bytes) -> bool:
    """Whether output that begins so may be the word of an init process, once it is whole."""
    begins = any(text.startswith(word[: len(text)]) for word in _BEGINNINGS)
    return begins and b"\n" not in text[:-1]
