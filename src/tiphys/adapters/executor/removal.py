"""Removing what a pod left behind."""

from __future__ import annotations

import contextlib
import os


def remove_tree(path: str) -> None:
    """Remove a file or directory with everything below it; nothing there is fine.

    Links are removed, never followed, also when somebody swaps a directory for a link meanwhile: every step goes
    through the descriptor of its directory.  Directories without permissions are given them first.

    Raises:
        OSError: Something cannot be removed (another user's files, a mount point).
    """
    parent, name = os.path.split(os.path.normpath(path))
    try:
        fd = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        _remove(name, fd)
    finally:
        os.close(fd)


def _remove(name: str, parent: int) -> None:
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError):
        _remove_directory(name, parent)


def _remove_directory(name: str, parent: int) -> None:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(name, flags, dir_fd=parent)
    except PermissionError:
        os.chmod(name, 0o700, dir_fd=parent)
        fd = os.open(name, flags, dir_fd=parent)
    try:
        _empty(fd)
    finally:
        os.close(fd)
    with contextlib.suppress(FileNotFoundError):
        os.rmdir(name, dir_fd=parent)


def _empty(fd: int) -> None:
    if os.fstat(fd).st_uid == os.geteuid():
        os.fchmod(fd, 0o700)
    with os.scandir(fd) as entries:
        names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_directory in names:
        if is_directory:
            _remove_directory(name, fd)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=fd)
