"""Putting a loaded artifact where the main container will see it."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable

from tiphys.adapters.artifacts.copying import copy_bytes
from tiphys.adapters.executor.view import View

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def place(view: View, source: str, path: str) -> None:
    """Move the file or directory ``source`` to ``path`` of a container.

    A file there is replaced; a directory there (a volume, for one) keeps what it has and gets the rest.

    Raises:
        OSError: a file would replace a directory, the disk is full, …
    """
    mounted = view.mounted_at(path)
    if mounted is not None:
        above, name = os.path.split(mounted)
        parent = os.open(above, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    else:
        parent, name = view.parent(path)
    try:
        _move(source, parent, name)
    finally:
        os.close(parent)


def _move(source: str, parent: int, name: str) -> None:
    try:
        is_directory = stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        is_directory = False
    if is_directory and not os.path.isdir(source):
        raise IsADirectoryError(errno.EISDIR, "is a directory", name)
    if not is_directory:
        if os.path.isdir(source):
            _unlink(name, parent)
        try:
            os.rename(source, name, dst_dir_fd=parent)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        else:
            return
    _copy(source, parent, name)
    shutil.rmtree(source) if os.path.isdir(source) else os.unlink(source)


def _copy(source: str, parent: int, name: str) -> None:
    """Copy to another file system, or into a directory that is there."""
    status = os.lstat(source)
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISDIR(status.st_mode):
        try:
            os.mkdir(name, mode, dir_fd=parent)
        except FileExistsError:
            mode = -1
        fd = os.open(name, _DIRECTORY, dir_fd=parent)
        try:
            for entry in os.listdir(source):
                _copy(f"{source}/{entry}", fd, entry)
            if mode >= 0:
                os.fchmod(fd, mode)
        finally:
            os.close(fd)
        return
    _unlink(name, parent)
    if stat.S_ISLNK(status.st_mode):
        os.symlink(os.readlink(source), name, dir_fd=parent)
        return
    with open(source, "rb") as old, os.fdopen(os.open(name, _NEW, 0o600, dir_fd=parent), "wb") as new:
        copy_bytes(old, new)
        os.fchmod(new.fileno(), mode)


def _unlink(name: str, parent: int) -> None:
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        return


def set_mode(path: str, mode: int, *, recurse: bool) -> None:
    """Give a loaded file or directory a mode, all below it too if asked; links have none."""
    _each(path, lambda fd: os.fchmod(fd, mode), recurse=recurse)


def set_owner(path: str, uid: int, gid: int) -> None:
    """Give a loaded file or directory and all below it to a user."""
    _each(path, lambda fd: os.fchown(fd, uid, gid), recurse=True)


def _each(path: str, change: Callable[[int], None], *, recurse: bool) -> None:
    if os.path.islink(path):
        return
    if not os.path.isdir(path):
        _change(path, None, change)
        return
    if recurse:
        for _, _, files, directory in os.fwalk(path, topdown=False, follow_symlinks=False):
            for name in files:
                _change(name, directory, change)
            change(directory)
    else:
        _change(path, None, change)


def _change(name: str, directory: int | None, change: Callable[[int], None]) -> None:
    if stat.S_ISLNK(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
        return
    fd = os.open(name, _FILE, dir_fd=directory)
    try:
        change(fd)
    finally:
        os.close(fd)
