"""Local directories of artifacts: walked and filled without ever following a link out of them.

What lies in a directory was written by a user's container, and what a storage calls its objects by whoever filled
it: neither may reach a file outside.  Every step goes through the descriptor of the directory before it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO

from msgspec import Struct

from tiphys.errors import ArtifactError

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST_PATH = 4096
_DEEPEST = 255


class LocalFile(Struct, frozen=True, eq=False):
    """A file below a directory; ``file`` is open for reading until the walk goes on."""

    path: str
    file: BinaryIO
    size: int
    executable: bool


def parts_of(path: str) -> list[str]:
    """The components of a relative path of ``/``-separated names; leading and doubled slashes count as nothing.

    Raises:
        ArtifactError: the path names nothing, leaves its directory or is too long.
    """
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise ArtifactError(f"illegal file path: {shown(path)}")
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    too_long = len(path) > _LONGEST_PATH or len(parts) > _DEEPEST
    if not parts or too_long or "\0" in path:
        raise ArtifactError(f"illegal file path: {shown(path)}")
    return parts


def shown(name: str) -> str:
    """A name from an archive or a storage as a message may show it."""
    text = name if len(name) <= 200 else name[:200] + "…"
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0").replace("\n", "\\n")


def files_below(path: str) -> Iterator[LocalFile]:
    """Every file below the directory ``path`` in the order of names; links to files of the same tree are read.

    Raises:
        ArtifactError: a link leads elsewhere.
        OSError: something cannot be read.
    """
    root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield from _walk(root, root, "")
    finally:
        os.close(root)


def directories_below(path: str) -> Iterator[str]:
    """Every directory below the directory ``path``, outer ones first."""
    for directory, names, _, fd in os.fwalk(path, follow_symlinks=False):
        names[:] = sorted(name for name in names if not _is_link(name, fd))
        relative = os.path.relpath(directory, path)
        if relative != ".":
            yield relative


def _is_link(name: str, parent: int) -> bool:
    return stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)


def _walk(root: int, directory: int, prefix: str) -> Iterator[LocalFile]:
    with os.scandir(directory) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            fd = os.open(entry.name, _DIRECTORY, dir_fd=directory)
            try:
                yield from _walk(root, fd, path + "/")
            finally:
                os.close(fd)
            continue
        if entry.is_symlink():
            fd = _follow(root, path, os.readlink(entry.name, dir_fd=directory))
        else:
            fd = os.open(entry.name, _FILE, dir_fd=directory)
        with os.fdopen(fd, "rb") as file:
            status = os.fstat(fd)
            if stat.S_ISREG(status.st_mode):
                yield LocalFile(path, file, status.st_size, bool(status.st_mode & 0o100))


def _follow(root: int, path: str, target: str) -> int:
    """Open the file of the same tree that a link names."""
    try:
        if target.startswith("/"):
            raise ArtifactError("absolute")
        parts = parts_of(os.path.join(os.path.dirname(path), target))
        with inside(root, parts[:-1]) as parent:
            return os.open(parts[-1], _FILE, dir_fd=parent)
    except (ArtifactError, OSError):
        raise ArtifactError(f"illegal symlink target: {shown(path)} -> {shown(target)}") from None


@contextlib.contextmanager
def inside(root: int, parts: list[str], *, create: bool = False) -> Iterator[int]:
    """The descriptor of a directory below ``root``; no component may be a link."""
    current = os.dup(root)
    try:
        for part in parts:
            if create:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=current)
            deeper = os.open(part, _DIRECTORY, dir_fd=current)
            os.close(current)
            current = deeper
        yield current
    finally:
        os.close(current)


class NewDirectory:
    """A directory that is being filled; ``path`` must not exist yet."""

    def __init__(self, path: str) -> None:
        os.mkdir(path, 0o755)
        self._fd = os.open(path, _DIRECTORY)

    def __enter__(self) -> NewDirectory:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._fd)

    def create(self, relative: str, *, executable: bool = False) -> BinaryIO:
        """A new file below the directory, its parents made.

        Raises:
            ArtifactError: the name leaves the directory, or is one that is there already.
        """
        parts = parts_of(relative)
        try:
            with inside(self._fd, parts[:-1], create=True) as parent:
                fd = os.open(parts[-1], _NEW, 0o755 if executable else 0o644, dir_fd=parent)
        except (FileExistsError, NotADirectoryError):
            raise ArtifactError(f"illegal file path: {shown(relative)}: another object has that name") from None
        return os.fdopen(fd, "wb")

    def directory(self, relative: str) -> None:
        """Make a directory below the directory."""
        with inside(self._fd, parts_of(relative), create=True):
            pass
