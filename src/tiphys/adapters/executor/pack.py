"""Files and directories become archives (``spec/data.md`` 7.4).

What is packed was written by a container: links are kept as links and never followed, sockets and pipes are left
out.  Memory does not depend on the size; the same files give the same bytes.
"""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_BLOCK = 1 << 20
#: A zip cannot hold earlier moments.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
DEFAULT_LEVEL = 6


class _Item(Struct, frozen=True, eq=False):
    """Something to pack; ``fd`` is open while it is looked at and -1 for links."""

    name: str
    status: os.stat_result
    fd: int = -1
    target: str = ""


def pack_tar(fd: int, name: str, target: BinaryIO, level: int = DEFAULT_LEVEL) -> None:
    """Write the file or directory ``fd`` as a gzip-compressed tar, ``name`` at its top; level 0 only stores.

    Raises:
        OSError: something cannot be read, or the target not be written.
    """
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=target, mtime=0) as compressed,
        tarfile.TarFile(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for item in _items(fd, name):
            _add_to_tar(archive, item)
            archive.members.clear()  # type: ignore[attr-defined]  # or a million entries would stay in memory


def _add_to_tar(archive: tarfile.TarFile, item: _Item) -> None:
    info = tarfile.TarInfo(item.name)
    info.mode = stat.S_IMODE(item.status.st_mode)
    info.mtime = int(item.status.st_mtime)
    if item.target:
        info.type, info.linkname = tarfile.SYMTYPE, item.target
        archive.addfile(info)
    elif stat.S_ISDIR(item.status.st_mode):
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    else:
        info.size = item.status.st_size
        with os.fdopen(os.dup(item.fd), "rb") as file:
            archive.addfile(info, file)


def pack_zip(fd: int, name: str, target: BinaryIO) -> None:
    """Write the file or directory ``fd`` as a zip, ``name`` at its top.

    Raises:
        OSError: something cannot be read, or the target not be written.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in _items(fd, name):
            _add_to_zip(archive, item)


def _add_to_zip(archive: zipfile.ZipFile, item: _Item) -> None:
    is_directory = stat.S_ISDIR(item.status.st_mode)
    info = zipfile.ZipInfo(item.name + ("/" if is_directory else ""), _ZIP_EPOCH)
    info.external_attr = (item.status.st_mode & 0xFFFF) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    if item.target:
        archive.writestr(info, item.target.encode("utf-8", "surrogateescape"))
    elif is_directory:
        archive.writestr(info, b"")
    else:
        info.file_size = item.status.st_size
        with os.fdopen(os.dup(item.fd), "rb") as file, archive.open(info, "w") as entry:
            while block := file.read(_BLOCK):
                entry.write(block)


def _items(fd: int, name: str) -> Iterator[_Item]:
    """What ``fd`` names and all below it, directories before their content, in the order of names."""
    status = os.fstat(fd)
    yield _Item(name, status, fd)
    if not stat.S_ISDIR(status.st_mode):
        return
    for entry in sorted(os.listdir(fd)):
        yield from _entry(fd, entry, f"{name}/{entry}")


def _entry(directory: int, entry: str, name: str) -> Iterator[_Item]:
    status = os.stat(entry, dir_fd=directory, follow_symlinks=False)
    kind = stat.S_IFMT(status.st_mode)
    if kind == stat.S_IFLNK:
        yield _Item(name, status, target=os.readlink(entry, dir_fd=directory))
    elif kind in {stat.S_IFREG, stat.S_IFDIR}:
        fd = os.open(entry, _DIRECTORY if kind == stat.S_IFDIR else _FILE, dir_fd=directory)
        try:
            yield from _items(fd, name)
        finally:
            os.close(fd)
