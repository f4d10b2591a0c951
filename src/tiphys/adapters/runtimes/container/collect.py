"""Copying outputs out of an ended container, into a directory that stands for its root."""

from __future__ import annotations

import contextlib
import io
import os
import posixpath
import tarfile
from collections.abc import Iterator

from tiphys.adapters.artifacts.tree import inside
from tiphys.adapters.runtimes.container.engine import Engine

_LINKS = 8
_BLOCK = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def collect(engine: Engine, name: str, path: str, root: str) -> None:
    """Copy a file or directory of the container to the same path below ``root``; what is not there is passed over.

    A link is copied together with what it leads to in the container.  Nothing is written outside of ``root``, whatever
    the container has planted.
    """
    path = posixpath.normpath("/" + path.lstrip("/"))
    for _ in range(_LINKS):
        stream = engine.copy_out(name, path)
        if stream is None or path == "/":
            return
        target = _unpack(stream, posixpath.dirname(path), root)
        if not target:
            return
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _unpack(stream: Iterator[bytes], folder: str, root: str) -> str:
    """Unpack below ``root + folder``; what the archive's only link points to, if it is a link."""
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    link = ""
    directories: list[tuple[list[str], int]] = []
    try:
        with tarfile.open(fileobj=io.BufferedReader(_Joined(stream), _BLOCK), mode="r|") as archive:
            for number, member in enumerate(archive):
                parts = [part for part in f"{folder}/{member.name}".split("/") if part not in {"", "."}]
                if ".." in parts or not parts:
                    continue
                link = member.linkname if number == 0 and member.issym() else ""
                with contextlib.suppress(NotADirectoryError, FileExistsError):
                    _make(archive, member, top, parts)
                if member.isdir():
                    directories.append((parts, member.mode & 0o777))
        for parts, mode in reversed(directories):  # inner ones first: what has no permissions cannot be filled
            _set_mode(top, parts, mode)
    finally:
        os.close(top)
    return link


def _set_mode(top: int, parts: list[str], mode: int) -> None:
    """Give a directory the mode that it has in the container, as far as this user can still read it."""
    with contextlib.suppress(OSError), inside(top, parts, create=False) as directory:
        os.fchmod(directory, mode | 0o700)


def _make(archive: tarfile.TarFile, member: tarfile.TarInfo, top: int, parts: list[str]) -> None:
    with inside(top, parts[:-1], create=True) as parent:
        if member.isdir():
            with contextlib.suppress(FileExistsError):
                os.mkdir(parts[-1], 0o755, dir_fd=parent)
        elif member.issym():
            os.symlink(member.linkname, parts[-1], dir_fd=parent)
        elif member.isfile():
            content = archive.extractfile(member)
            fd = os.open(parts[-1], _NEW, 0o600, dir_fd=parent)
            with os.fdopen(fd, "wb") as file:
                os.fchmod(fd, (member.mode & 0o777) | 0o400)
                while content is not None and (data := content.read(_BLOCK)):
                    file.write(data)


class _Joined(io.RawIOBase):
    """Blocks as one stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks = blocks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = block
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
