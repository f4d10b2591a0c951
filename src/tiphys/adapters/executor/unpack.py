"""The one function that unpacks archives (``spec/data.md`` 7.1).

An archive comes from anywhere.  No entry may leave the directory that it is unpacked to: neither by its name, nor
through a link of the archive, nor through something that is swapped while it runs.  ``tarfile`` and ``zipfile`` only
read headers and contents here; every file is made through the descriptor of its directory, and no link is ever
followed.  When all is there, links that would lead out are found by walking them, and the whole is refused.
"""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from tiphys.adapters.artifacts.tree import inside, parts_of, shown
from tiphys.adapters.executor.inflate import Inflated
from tiphys.adapters.executor.limits import Budget, Limits
from tiphys.errors import ArtifactError

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 1 << 20
_LINKS = 40
_LONGEST_LINK = 4096


class _Entry(Struct, frozen=True, eq=False):
    """One entry of an archive; ``kind`` is dir, file, link (symbolic) or same (hard)."""

    name: str
    kind: str
    mode: int
    size: int = 0
    target: str = ""
    content: BinaryIO | None = None


def unpack_tar(stream: BinaryIO, path: str, limits: Limits) -> None:
    """Unpack a compressed tar to ``path``, which does not exist; memory does not depend on its size.

    A single entry at the top becomes ``path`` itself, several are put in a directory there.

    Raises:
        ArtifactError: it is no such archive, an entry is unsafe, or it is too large.
    """
    try:
        with Inflated(stream) as plain:
            _unpack(_tar_entries(plain), path, limits)
            plain.finish()
    except (tarfile.TarError, EOFError) as error:
        raise ArtifactError(f"the tar archive cannot be read: {error}") from None


def unpack_zip(file: BinaryIO, path: str, limits: Limits) -> None:
    """Unpack a zip to ``path``, which does not exist, as ``unpack_tar`` does.

    Raises:
        ArtifactError: it is no zip, an entry is unsafe or encrypted, or it is too large.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _unpack(_zip_entries(archive), path, limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ArtifactError(f"the zip archive cannot be read: {error}") from None


def _unpack(entries: Iterator[_Entry], path: str, limits: Limits) -> None:
    scratch = f"{path}.unpacked"
    os.mkdir(scratch, 0o700)
    try:
        root = os.open(scratch, _DIRECTORY)
        try:
            _Unpacking(root, Budget(limits)).run(entries)
        finally:
            os.close(root)
        found = os.listdir(scratch)
        if len(found) == 1:
            os.rename(f"{scratch}/{found[0]}", path)
        else:
            os.chmod(scratch, 0o755)
            os.rename(scratch, path)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Unpacking:
    """One archive on its way into the directory ``root``."""

    def __init__(self, root: int, budget: Budget) -> None:
        self._root = root
        self._budget = budget
        self._links: list[list[str]] = []
        self._modes: dict[tuple[str, ...], int] = {}

    def run(self, entries: Iterator[_Entry]) -> None:
        for entry in entries:
            self._budget.entry(entry.size)
            self._place(entry)
        # A lone entry takes the place of the root, so its links are judged from there.
        floor = 1 if len(os.listdir(self._root)) == 1 else 0
        for link in self._links:
            self._check_link(link, floor)
        for parts, mode in sorted(self._modes.items(), reverse=True):
            with inside(self._root, list(parts)) as fd:
                os.fchmod(fd, mode)

    def _place(self, entry: _Entry) -> None:
        if entry.kind == "dir" and entry.name.strip("./") == "":
            return  # the root itself
        parts = parts_of(entry.name)
        try:
            with inside(self._root, parts[:-1], create=True) as parent:
                self._make(entry, parts, parent)
        except NotADirectoryError:
            raise ArtifactError(f"illegal file path after symlink resolution: {shown(entry.name)}") from None

    def _make(self, entry: _Entry, parts: list[str], parent: int) -> None:
        name = parts[-1]
        if entry.kind == "dir":
            self._make_directory(name, parent)
            self._modes[tuple(parts)] = (entry.mode & 0o777) | 0o700
            return
        self._modes.pop(tuple(parts), None)
        source = self._find(entry) if entry.kind == "same" else None
        try:
            self._clear(name, parent)
            if source is not None:
                os.link(f"/proc/self/fd/{source}", name, dst_dir_fd=parent, follow_symlinks=True)
            elif entry.kind == "link":
                self._make_link(entry, name, parent)
                self._links.append(parts)
            else:
                self._make_file(entry, name, parent)
        finally:
            if source is not None:
                os.close(source)

    def _make_directory(self, name: str, parent: int) -> None:
        try:
            os.mkdir(name, 0o755, dir_fd=parent)
        except FileExistsError:
            if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=parent)
                os.mkdir(name, 0o755, dir_fd=parent)

    def _clear(self, name: str, parent: int) -> None:
        """Make room for an entry whose name an earlier one has; a directory with content stays and is an error."""
        try:
            os.unlink(name, dir_fd=parent)
        except FileNotFoundError:
            return
        except (IsADirectoryError, PermissionError):
            try:
                os.rmdir(name, dir_fd=parent)
            except OSError:
                raise ArtifactError(f"illegal file path: {shown(name)}: a directory has that name") from None

    def _make_file(self, entry: _Entry, name: str, parent: int) -> None:
        fd = os.open(name, _NEW, 0o600, dir_fd=parent)
        with os.fdopen(fd, "wb", buffering=0) as file:
            content = entry.content
            while content is not None and (block := content.read(_BLOCK)):
                self._budget.bytes(len(block))
                file.write(block)
            os.fchmod(fd, entry.mode & 0o777)

    def _make_link(self, entry: _Entry, name: str, parent: int) -> None:
        if entry.target.startswith("/") or not entry.target or len(entry.target) > _LONGEST_LINK:
            raise _bad_link(entry.name, entry.target)
        os.symlink(entry.target, name, dir_fd=parent)

    def _find(self, entry: _Entry) -> int:
        """Open the file of the archive that a hard link names."""
        try:
            parts = parts_of(entry.target)
            with inside(self._root, parts[:-1]) as parent:
                fd = os.open(parts[-1], os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
        except (OSError, ArtifactError):
            raise _bad_link(entry.name, entry.target) from None
        if stat.S_ISREG(os.fstat(fd).st_mode):
            return fd
        os.close(fd)
        raise _bad_link(entry.name, entry.target)

    def _check_link(self, parts: list[str], floor: int) -> None:
        """Walk a link as a reader would, and refuse it if a step leads out of the directory at depth ``floor``."""
        if len(parts) <= floor:
            raise _bad_link("/".join(parts), self._target(parts))
        at, pending, links = list(parts[:-1]), [parts[-1]], 0
        while pending:
            name = pending.pop()
            if name in {"", "."}:
                continue
            if name == "..":
                if len(at) <= floor:
                    raise _bad_link("/".join(parts), self._target(parts))
                at.pop()
                continue
            target = self._target([*at, name])
            if target is None:
                at.append(name)
                continue
            links += 1
            if links > _LINKS or target.startswith("/"):
                raise _bad_link("/".join(parts), self._target(parts))
            pending += target.split("/")[::-1]

    def _target(self, parts: list[str]) -> str | None:
        """What a link says; None for what is no link, or is not there."""
        try:
            with inside(self._root, parts[:-1]) as parent:
                return os.readlink(parts[-1], dir_fd=parent)
        except OSError:
            return None


def _bad_link(name: str, target: str | None) -> ArtifactError:
    return ArtifactError(f"illegal symlink target: {shown(name)} -> {shown(target or '')}")


def _tar_entries(plain: Inflated) -> Iterator[_Entry]:
    with tarfile.TarFile(fileobj=plain, mode="r", errorlevel=2) as archive:
        while (info := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # or a million entries would stay in memory
            if info.isdir():
                yield _Entry(info.name, "dir", info.mode)
            elif info.issym():
                yield _Entry(info.name, "link", 0o777, target=info.linkname)
            elif info.islnk():
                yield _Entry(info.name, "same", info.mode, target=info.linkname)
            elif info.isreg():
                with plain.content():
                    yield _Entry(info.name, "file", info.mode, info.size, content=archive.extractfile(info))  # type: ignore[arg-type]
            else:
                raise ArtifactError(f"illegal file type: {shown(info.name)}")


def _zip_entries(archive: zipfile.ZipFile) -> Iterator[_Entry]:
    for info in archive.infolist():
        mode = info.external_attr >> 16
        if info.is_dir():
            yield _Entry(info.filename, "dir", mode & 0o777 or 0o755)
        elif stat.S_ISLNK(mode):
            with archive.open(info) as content:
                target = content.read(_LONGEST_LINK + 1).decode("utf-8", "surrogateescape")
            yield _Entry(info.filename, "link", 0o777, target=target)
        elif stat.S_IFMT(mode) in {0, stat.S_IFREG}:
            with archive.open(info) as content:
                yield _Entry(info.filename, "file", mode & 0o777 or 0o644, info.file_size, content=content)  # type: ignore[arg-type]
        else:
            raise ArtifactError(f"illegal file type: {shown(info.filename)}")
