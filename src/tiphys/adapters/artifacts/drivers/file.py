"""Artifacts in the data directory: the default, for which nothing has to be set up.

``artifacts/objects/<aa>/<digest>`` holds each content once (``.x``: it may be executed); ``artifacts/keys/…`` has one
entry for each key, a hard link to its content; ``artifacts/tmp`` what is being written.  An object whose only link
left is its own is removed with its last key.  Contents are never handed out as links: a container could write
through them.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import string
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from tiphys.adapters.artifacts.copying import copy_bytes
from tiphys.adapters.artifacts.tree import NewDirectory, directories_below, files_below
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import Entry, Location, SecretLookup

_BLOCK = 1 << 20
_PLAIN = frozenset(string.ascii_lowercase + string.digits + "._-=+,@ ")
#: Ends the names of directories: an encoded name never ends in it, so a key and a longer key can both exist.
_DIRECTORY = "%"
#: Ends the name of a directory that the rest of a long part lies in.
_CONTINUED = "%~"
_PIECE = 180
_ATTRIBUTE = "user.tiphys.digest"


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> FileDriver:
    """The driver of the data directory that ``options`` name.

    Raises:
        ArtifactError: they name none.
    """
    home = options.get("home")
    if not home:
        raise ArtifactError("the data directory of artifacts is not known")
    return FileDriver(f"{home}/artifacts")


def encode_key(key: str) -> list[str]:
    """The names below ``keys`` for a key: safe on every file system, different for different keys.

    All but lower-case letters, digits and a few signs is written as ``%xx``; what is longer than a name may be goes
    on in a directory of its own.
    """
    names: list[str] = []
    for part in key.split("/"):
        text = ""
        for letter in part if part.strip(".") else ():
            unit = letter if letter in _PLAIN else _escaped(letter)
            if len(text) + len(unit) > _PIECE:
                names.append(text + _CONTINUED)
                text = ""
            text += unit
        names.append((text or _escaped(part)) + _DIRECTORY)
    names[-1] = names[-1].removesuffix(_DIRECTORY)
    return names


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


def decode_name(name: str) -> str:
    """The part of a key that a name below ``keys`` stands for."""
    raw = bytearray()
    rest = name.removesuffix(_DIRECTORY)
    while rest:
        if rest[0] == "%":
            raw.append(int(rest[1:3], 16))
            rest = rest[3:]
        else:
            raw += rest[0].encode()
            rest = rest[1:]
    return raw.decode("utf-8", "surrogatepass")


class FileDriver:
    """Implements ``ports.artifacts.ArtifactDriver`` below one directory; several processes may share it."""

    def __init__(self, root: str) -> None:
        self._root = root

    def load(self, location: Location, path: str) -> None:
        """Copy an artifact to ``path``."""
        file, directory = self._paths(location.key)
        if file is not None and os.path.isfile(file):
            with open(file, "rb") as source:
                _copy_out(source, path)
            return
        if not os.path.isdir(directory):
            raise _missing(location.key)
        with NewDirectory(path) as target:
            for relative in directories_below(directory):
                target.directory(_decoded(relative))
            for item in files_below(directory):
                with target.create(_decoded(item.path), executable=item.executable) as copy:
                    copy_bytes(item.file, copy)

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        """Keep the file or directory ``path``."""
        file, directory = self._paths(_named(location.key))
        os.makedirs(f"{self._root}/tmp", 0o700, exist_ok=True)
        scratch = f"{self._root}/tmp/{_unique()}"
        is_directory = os.path.isdir(path)
        try:
            if is_directory:
                self._keep_directory(path, scratch)
            else:
                with open(path, "rb") as source:
                    self._keep(source, scratch, path if owned else None, executable=_executable(source))
            self.delete(location)
            target = directory if is_directory or file is None else file
            os.makedirs(os.path.dirname(target), 0o700, exist_ok=True)
            os.replace(scratch, target)
        finally:
            _discard(scratch)

    def open(self, location: Location) -> BinaryIO:
        """A stream of a file artifact."""
        file, _ = self._paths(location.key)
        try:
            if file is not None:
                return open(file, "rb")
        except (FileNotFoundError, NotADirectoryError):
            pass
        raise _missing(location.key)

    def delete(self, location: Location) -> None:
        """Remove a file or directory, and contents that no other key has."""
        file, directory = self._paths(_named(location.key))
        if file is not None:
            self._unlink(file)
        if os.path.isdir(directory):
            for relative in [item.path for item in files_below(directory)]:
                self._unlink(f"{directory}/{relative}")
            _discard(directory)
        self._prune(os.path.dirname(directory))

    def list(self, location: Location) -> Iterator[Entry]:
        """All files below a directory."""
        _, directory = self._paths(location.key)
        if os.path.isdir(directory):
            found = (Entry(path=_decoded(item.path), size=item.size) for item in files_below(directory))
            yield from sorted(found, key=lambda entry: entry.path)

    def is_directory(self, location: Location) -> bool:
        """Whether the key is a directory and no file."""
        file, directory = self._paths(location.key)
        return not (file is not None and os.path.isfile(file)) and os.path.isdir(directory)

    def _paths(self, key: str) -> tuple[str | None, str]:
        """Where a key's file and its directory are; a key that ends in ``/`` is no file."""
        if not key.strip("/"):
            return None, f"{self._root}/keys"
        names = encode_key(key.strip("/"))
        path = f"{self._root}/keys/{'/'.join(names)}"
        return (None if key.endswith("/") else path), path + _DIRECTORY

    def _keep_directory(self, path: str, scratch: str) -> None:
        os.mkdir(scratch, 0o700)
        for relative in directories_below(path):
            os.makedirs(f"{scratch}/{_as_directory(encode_key(relative))}", 0o700, exist_ok=True)
        for item in files_below(path):
            target = f"{scratch}/{'/'.join(encode_key(item.path))}"
            os.makedirs(os.path.dirname(target), 0o700, exist_ok=True)
            self._keep(item.file, target, None, executable=item.executable)

    def _keep(self, source: BinaryIO, entry: str, own: str | None, *, executable: bool) -> None:
        """Make ``entry`` a link to an object with the bytes of ``source``; ``own`` may become that object itself."""
        fresh = f"{self._root}/tmp/{_unique()}"
        try:
            digest = self._fresh(source, fresh, own)
            name = f"{self._root}/objects/{digest[:2]}/{digest}{'.x' if executable else ''}"
            with contextlib.suppress(FileNotFoundError):
                if self._link(name, entry):
                    return
            with open(fresh, "rb") as file:
                os.fchmod(file.fileno(), 0o555 if executable else 0o444)
                with contextlib.suppress(OSError):
                    os.setxattr(file.fileno(), _ATTRIBUTE, os.path.basename(name).encode())
                os.fsync(file.fileno())
            os.makedirs(os.path.dirname(name), 0o700, exist_ok=True)
            os.replace(fresh, name)
            if not self._link(name, entry):
                os.replace(name, entry)
        finally:
            _discard(fresh)

    def _fresh(self, source: BinaryIO, fresh: str, own: str | None) -> str:
        """A file of our own with the source's bytes, and their digest."""
        if own is not None:
            with contextlib.suppress(OSError):
                os.rename(own, fresh)
                return _digest(source)
        digest = hashlib.sha256()
        with open(fresh, "xb", buffering=0) as target:
            while block := source.read(_BLOCK):
                digest.update(block)
                target.write(block)
        return digest.hexdigest()

    def _link(self, name: str, entry: str) -> bool:
        """Link an object to an entry; False where the file system cannot (any more)."""
        try:
            os.link(name, entry, follow_symlinks=False)
        except OSError as error:
            if error.errno in {errno.EMLINK, errno.EPERM, errno.EXDEV, errno.ENOTSUP}:
                return False
            raise
        return True

    def _unlink(self, entry: str) -> None:
        try:
            with open(entry, "rb") as file:
                os.unlink(entry)
                if os.fstat(file.fileno()).st_nlink == 1:
                    name = _object_name(file)
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(f"{self._root}/objects/{name[:2]}/{name}")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return

    def _prune(self, directory: str) -> None:
        """Remove directories that the last key of theirs has left."""
        with contextlib.suppress(OSError):
            while directory.startswith(f"{self._root}/keys/"):
                os.rmdir(directory)
                directory = os.path.dirname(directory)


def _object_name(file: BinaryIO) -> str:
    try:
        return os.getxattr(file.fileno(), _ATTRIBUTE).decode()
    except OSError:  # a file system without attributes
        suffix = ".x" if _executable(file) else ""
        return _digest(file) + suffix


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _executable(file: BinaryIO) -> bool:
    return bool(os.fstat(file.fileno()).st_mode & stat.S_IXUSR)


def _copy_out(source: BinaryIO, path: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o755 if _executable(source) else 0o644)
    with os.fdopen(fd, "wb") as target:
        copy_bytes(source, target)


def _decoded(relative: str) -> str:
    text = ""
    for name in relative.split("/"):
        if name.endswith(_CONTINUED):
            text += decode_name(name.removesuffix(_CONTINUED))
        else:
            text += decode_name(name) + "/"
    return text.removesuffix("/")


def _as_directory(names: list[str]) -> str:
    return "/".join(names) + _DIRECTORY


def _named(key: str) -> str:
    if not key.strip("/"):
        raise ArtifactError("the artifact has no key")
    return key


def _missing(key: str) -> ArtifactNotFoundError:
    return ArtifactNotFoundError(f"there is no artifact {key!r} in the data directory")


def _unique() -> str:
    return os.urandom(12).hex()


def _discard(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
