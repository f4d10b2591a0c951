r"""The log of one container: written by the supervisor, read by anybody at any time.

A record is ``<UTC time> <stdout|stderr> <F|P> <text>\n``, the shape that Kubernetes nodes use.  ``F`` is a line;
``P`` is a piece that no newline followed: the end of a stream, or part of a line over 1 MiB.  Text is kept byte for
byte.  A record that has no newline yet was cut by a crash or is being written: readers leave it alone.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

_PIECE = 1 << 20
_BLOCK = 1 << 16
#: How much of a log that filled the disk is given up at most.
_WAY = 16 << 20
#: One line as a reader sees it: offset behind it, stream, moment, text.
Line = tuple[int, str, datetime, str]


class LogWriter:
    """Appends what a container prints to its log; the file is made with the first byte."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd = -1
        self._rest: dict[bytes, list[bytes]] = {}

    def write(self, stream: bytes, data: bytes, now: float) -> None:
        """Append ``data``; an unfinished line waits for its newline, its 1 MiB or ``close``."""
        rest = self._rest.pop(stream, None)
        if rest is not None:
            data = b"".join((*rest, data))
        body, newline, tail = data.rpartition(b"\n")
        if newline:
            full = _stamp(now) + b" " + stream + b" F "
            self._append(full + body.replace(b"\n", b"\n" + full) + b"\n")
        if len(tail) >= _PIECE:
            self._append(_stamp(now) + b" " + stream + b" P " + tail + b"\n")
        elif tail:
            self._rest[stream] = [tail]

    def close(self, now: float) -> None:
        """Write what has no newline and close the file; idempotent."""
        for stream, rest in self._rest.items():
            self._append(_stamp(now) + b" " + stream + b" P " + b"".join(rest) + b"\n")
        self._rest.clear()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _append(self, record: bytes) -> None:
        if self._fd < 0:
            self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        view = memoryview(record)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError as error:
            if error.errno == errno.ENOSPC:
                self._give_way()
            raise

    def _give_way(self) -> None:
        """Cut a log that filled the disk, at the end of a record: what became of the container must be kept too."""
        size = os.fstat(self._fd).st_size
        with open(self._path, "rb") as file:
            file.seek(max(0, size - min(size // 2, _WAY)))
            file.readline()
            os.ftruncate(self._fd, min(file.tell(), size))


def read_lines(path: str, offset: int) -> Iterator[Line]:
    """Yield the lines from byte ``offset``, each with the offset behind it.

    A missing file is an empty log.  Offsets are those that this function gave out, or 0.
    """
    stamp, when = b"", datetime.min
    for raw in _records(path, offset):
        offset += len(raw)
        parts = raw[:-1].split(b" ", 3)
        if len(parts) != 4 or parts[2] not in {b"F", b"P"}:
            continue
        if parts[0] != stamp:  # lines that were read together have one stamp, and reading it is most of the work
            try:
                stamp, when = parts[0], datetime.fromisoformat(parts[0].decode("ascii"))
            except ValueError:
                continue
        yield offset, parts[1].decode("ascii", "replace"), when, parts[3].decode(errors="replace")


def _records(path: str, offset: int) -> Iterator[bytes]:
    try:
        file = open(path, "rb", buffering=_BLOCK)  # noqa: SIM115 - closed by the generator
    except FileNotFoundError:
        return
    with file:
        file.seek(offset)
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            yield raw


def _stamp(now: float) -> bytes:
    whole = int(now)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    return b"%s.%06dZ" % (text.encode(), int((now - whole) * 1_000_000))


def moment(seconds: float | None) -> datetime | None:
    """A time of the records as a datetime in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
