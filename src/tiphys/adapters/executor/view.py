"""Files of an ended container as the container named them, without ever leaving its directories.

A container may have planted links anywhere; a link to ``/etc/passwd`` means the file of that name in the
container's private root, never the host's.  Every step of a path is taken from the descriptor of the directory
before it, with links read and resolved here.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence

_LINKS = 40
_STEP = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


class View:
    """The paths of one container.

    Args:
        root: The private root on the host; ``/`` for a container without a sandbox.
        mounts: (target in the container, source on the host) of every volume that it saw.
    """

    def __init__(self, root: str, mounts: Sequence[tuple[str, str]] = ()) -> None:
        self._root = root
        self._mounts = {tuple(_parts(target)): source for target, source in mounts}
        #: Whether the container saw what the host sees: what the kernel does not find then, nobody finds.
        self._whole = root == "/" and not self._mounts

    def open(self, path: str) -> int:
        """Open what ``path`` names for reading; the caller closes the descriptor.

        Raises:
            OSError: As ``os.open`` would inside the container: it does not exist, too many links, …  A device, a
                pipe or a socket is refused with ``EINVAL``.
        """
        located = self._locate(path)
        try:
            kind = os.fstat(located).st_mode
            if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
                raise OSError(22, "not a file or directory", path)
            return os.open(f"/proc/self/fd/{located}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        finally:
            os.close(located)

    def read(self, path: str, limit: int) -> bytes:
        """Read a file.

        Raises:
            OSError: As ``open``; ``EISDIR`` for a directory, ``EFBIG`` for a file of more than ``limit`` bytes.
        """
        fd = self.open(path)
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            os.close(fd)
            raise IsADirectoryError(21, "Is a directory", path)
        with os.fdopen(fd, "rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise OSError(27, f"larger than {limit} bytes", path)
        return data

    def parent(self, path: str) -> tuple[int, str]:
        """Open the directory that ``path`` lies in, made if it is missing, for a file to be placed there.

        The caller closes the descriptor.  A link in place of the last component is not followed: it is what will be
        replaced.

        Raises:
            OSError: a component is no directory, too many links, …
        """
        above, _, name = path.rstrip("/").rpartition("/")
        return self._locate(above, create=True), name

    def mounted_at(self, path: str) -> str | None:
        """The source of the mount whose target is ``path`` itself."""
        return self._mounts.get(tuple(_parts(path)))

    def _locate(self, path: str, *, create: bool = False) -> int:
        """Walk to ``path`` and return a descriptor that names it (``O_PATH``), never a link."""
        if self._whole and not create:
            os.stat("/" + path.strip("/"))  # one call says what is missing, and most pods have no file of progress
        pending = _parts(path)[::-1]
        names: list[str] = []
        stack = [self._enter((), None)]
        links = 0
        try:
            while pending:
                name = pending.pop()
                if name == "..":
                    if names:
                        names.pop()
                        os.close(stack.pop())
                    continue
                if create:
                    self._make((*names, name), stack[-1])
                fd = self._enter((*names, name), stack[-1])
                if not stat.S_ISLNK(os.fstat(fd).st_mode):
                    names.append(name)
                    stack.append(fd)
                    continue
                links += 1
                try:
                    target = os.readlink("", dir_fd=fd)
                finally:
                    os.close(fd)
                if links > _LINKS:
                    raise OSError(40, "Too many levels of symbolic links", path)
                pending += _parts(target)[::-1]
                if target.startswith("/"):
                    names.clear()
                    while len(stack) > 1:
                        os.close(stack.pop())
            return os.dup(stack[-1])
        finally:
            for fd in stack:
                os.close(fd)

    def _make(self, names: tuple[str, ...], parent: int) -> None:
        if names not in self._mounts:
            with contextlib.suppress(FileExistsError):
                os.mkdir(names[-1], 0o755, dir_fd=parent)

    def _enter(self, names: tuple[str, ...], parent: int | None) -> int:
        if names in self._mounts:
            return os.open(self._mounts[names], os.O_PATH | os.O_CLOEXEC)
        if parent is None:
            return os.open(self._root, os.O_PATH | os.O_CLOEXEC)
        return os.open(names[-1], _STEP, dir_fd=parent)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in {"", "."}]
