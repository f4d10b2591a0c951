"""What all object storages have in common, over the library ``obstore``: keys, prefixes as directories, streams."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.silence import longest_silence, silent
from tiphys.adapters.artifacts.tree import NewDirectory, files_below
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import Entry, Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from obstore.store import ClientConfig, ObjectStore, RetryConfig

T = TypeVar("T")

#: Parts of uploads: the least that storages take; more of them than ``_MOST_PARTS`` are refused.
_PART = 5 << 20
_MOST_PARTS = 9_500
#: What all parts and streams of one transfer may hold in memory.
_BUFFERS = 20 << 20
_CHUNK = 1 << 20
#: Files of a directory that are transferred at once.
_AT_ONCE = 4
_PAGE = 500
#: In what the library says of a request: that nobody answered, whom it asked, what it says in place of the cause.
_SILENT = re.compile(r"kind: Timeout|\bTimedOut\b")
_WHOM = re.compile(r"(https?://[^/\s?]+)")
_SENDING = re.compile(r" in [\d.]+m?s(?:, after [^-]*)?\s*- HTTP error: error sending request")
#: The services that give credentials to virtual machines: who is sent there had none of its own.
_AMBIENT = re.compile(r"http://(169\.254\.|metadata\.google\b)")
_CAUSE = re.compile(r'message: "([^"]*)"')


def client_config(options: Mapping[str, str], *, insecure: bool) -> ClientConfig:
    """How to connect, and how long a storage may say nothing."""
    wait = timedelta(seconds=longest_silence(options))
    return {"allow_http": insecure, "connect_timeout": min(wait, timedelta(seconds=15)), "read_timeout": wait,
            "timeout": timedelta(days=7)}  # fmt: skip


def retry_config(options: Mapping[str, str]) -> RetryConfig:
    """How often a request is tried again, but not after a silence; whole transfers are the executor's to repeat."""
    wait = timedelta(seconds=longest_silence(options))
    return {"max_retries": int(options.get("retries", 3)), "retry_timeout": wait * 0.9}


class ObjectStoreDriver:
    """Implements ``ports.artifacts.ArtifactDriver`` on one bucket.

    A key is a file, or a directory if objects lie below ``<key>/``.  Empty directories do not exist.  ``keys`` are the
    fields for credentials that were left empty, for the error of a machine that has none of its own.
    """

    def __init__(
        self,
        make: Callable[[], ObjectStore],
        access: Access,
        prepare: Callable[[], None] | None = None,
        *,
        silence: float,
        keys: Sequence[str] = (),
    ) -> None:
        self._make = make
        self._keys = keys
        self._made: ObjectStore | None = None
        self._access = access
        self._prepare = prepare
        self._silence = silence

    def load(self, location: Location, path: str) -> None:
        """Fetch an object, or all below a prefix."""
        with self._errors("failed to get file"):
            key = _key(location)
            if location.key.endswith("/") or not self._fetch(key, path):
                self._fetch_directory(key, path)

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        """Put a file, or every file of a directory, removing what else lies below its key."""
        is_directory = os.path.isdir(path)
        with self._errors(f"failed to put {'directory' if is_directory else 'file'}"):
            key = _key(location)
            if self._prepare is not None:
                self._prepare()
            if is_directory:
                self._put_directory(path, key)
            else:
                self._put(path, key)

    def open(self, location: Location) -> BinaryIO:
        """Stream an object."""
        import obstore

        with self._errors("failed to get file"):
            found = obstore.get(self._store, _key(location))
        chunks = _Chunks(iter(found.stream(_CHUNK)), self._failed)
        return cast(BinaryIO, io.BufferedReader(chunks, _CHUNK))

    def delete(self, location: Location) -> None:
        """Remove an object and all below its prefix."""
        import obstore

        with self._errors("failed to delete"):
            key = _key(location)
            if not location.key.endswith("/"):
                with contextlib.suppress(FileNotFoundError):
                    obstore.delete(self._store, key)
            paths = [entry.path for entry in self._below(key)]
            for start in range(0, len(paths), _PAGE):
                obstore.delete(self._store, [f"{key}/{path}" for path in paths[start : start + _PAGE]])

    def list(self, location: Location) -> Iterator[Entry]:
        """All objects below a prefix."""
        with self._errors("failed to list"):
            found = sorted(self._below(_key(location)), key=lambda entry: entry.path)
        yield from found

    def is_directory(self, location: Location) -> bool:
        """Whether objects lie below the key."""
        with self._errors("failed to list"):
            return next(self._below(_key(location)), None) is not None

    @property
    def _store(self) -> ObjectStore:
        if self._made is None:
            self._made = self._make()
        return self._made

    def _fetch(self, key: str, path: str) -> bool:
        """Fetch one object; False if there is none."""
        import obstore

        try:
            found = obstore.get(self._store, key)
        except FileNotFoundError:
            return False
        with open(path, "xb", buffering=0) as file:
            for chunk in found.stream(_CHUNK):
                file.write(chunk)
        return True

    def _fetch_directory(self, key: str, path: str) -> None:
        import obstore

        entries = self._below(key)
        first = next(entries, None)
        if first is None:
            raise FileNotFoundError(key)

        def fetch(relative: str, target: BinaryIO) -> None:
            with target:
                for chunk in obstore.get(self._store, f"{key}/{relative}").stream(_CHUNK):
                    target.write(chunk)

        with NewDirectory(path) as directory, ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting: list[Future[None]] = []
            for entry in _after(first, entries):
                if entry.size == 0 and self._is_marker(f"{key}/{entry.path}"):
                    directory.directory(entry.path)
                    continue
                waiting.append(pool.submit(fetch, entry.path, directory.create(entry.path)))
                _wait_for_room(waiting)
            for transfer in waiting:
                transfer.result()

    def _put(self, path: str, key: str) -> None:
        import obstore

        part = max(_PART, -(-os.stat(path).st_size // _MOST_PARTS))
        obstore.put(
            self._store, key, Path(path), chunk_size=part, max_concurrency=max(1, _BUFFERS // part)
        )  # fmt: skip

    def _put_directory(self, path: str, key: str) -> None:
        import obstore

        old = {entry.path for entry in self._below(key)}

        def put(fd: int, relative: str) -> None:
            try:
                self._put(f"/proc/self/fd/{fd}", f"{key}/{relative}")
            finally:
                os.close(fd)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting: list[Future[None]] = []
            for item in files_below(path):
                waiting.append(pool.submit(put, os.dup(item.file.fileno()), item.path))
                old.discard(item.path)
                _wait_for_room(waiting)
            for transfer in waiting:
                transfer.result()
        if old:
            obstore.delete(self._store, [f"{key}/{relative}" for relative in sorted(old)])

    def _is_marker(self, key: str) -> bool:
        """Whether an empty object is one of those that stand for directories: its name ends in ``/``."""
        import obstore

        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return True
        return False

    def _below(self, key: str) -> Iterator[Entry]:
        """All objects below a prefix, without those that stand for a directory that others lie in."""
        import obstore

        prefix = f"{key}/"
        held: Entry | None = None
        for page in obstore.list(self._store, key, chunk_size=_PAGE):
            for item in page:
                if not item["path"].startswith(prefix):
                    continue
                entry = Entry(path=item["path"][len(prefix) :], size=item["size"])
                if held is not None and (held.size or not entry.path.startswith(f"{held.path}/")):
                    yield held
                held = entry
        if held is not None:
            yield held

    @contextlib.contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        """The library's errors as ours, without credentials."""
        try:
            yield
        except ArtifactError:
            raise
        except FileNotFoundError as error:
            raise ArtifactNotFoundError(f"{what}: {self._not_found(error)}") from None
        except Exception as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise self._failed(error, what) from None

    def _not_found(self, error: FileNotFoundError) -> str:
        text = str(error)
        if "NoSuchBucket" in text:
            return "the bucket does not exist"
        return "the object does not exist"

    def _failed(self, error: Exception, what: str = "failed to get file") -> ArtifactError:
        from obstore import exceptions

        lasting = (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, exceptions.InvalidPathError,
                   exceptions.NotSupportedError, exceptions.UnknownConfigurationKeyError, ValueError)  # fmt: skip
        if _AMBIENT.search(str(error)):
            return self._without_credentials(what)
        if _SILENT.search(str(error)):
            whom = _WHOM.search(str(error))
            return silent(what, self._silence, whom[1] if whom else "the storage")
        text = self._access.clean(_SENDING.sub(_cause(str(error)), str(error)))
        if isinstance(error, exceptions.InvalidPathError):
            text = f"illegal file path: {text}"
        return ArtifactError(f"{what}: {text}", transient=not isinstance(error, lasting))

    def _without_credentials(self, what: str) -> ArtifactError:
        names = " and ".join(self._keys)
        said = f"its location gives no {names}, and this machine has" if names else "this machine has"
        hint = f"name secrets under {names} in the artifact or its repository" if names else None
        return ArtifactError(f"{what}: no credentials: {said} none of its own for this storage", hint)


def _cause(text: str) -> str:
    """What the machine said of a request that could not be sent, as the library's details have it."""
    found = _CAUSE.search(text)
    return f": {found[1]}" if found else ": it could not be sent"


def _key(location: Location) -> str:
    """The key as the library takes it: no empty parts."""
    key = "/".join(part for part in location.key.split("/") if part)
    if not key:
        raise ArtifactError("the artifact has no key")
    return key


def _after(first: T, rest: Iterator[T]) -> Iterator[T]:
    yield first
    yield from rest


def _wait_for_room(waiting: list[Future[None]]) -> None:
    while len(waiting) > 2 * _AT_ONCE:
        waiting.pop(0).result()


class _Chunks(io.RawIOBase):
    """An iterator of bytes as a file."""

    def __init__(self, chunks: Iterator[object], failed: Callable[[Exception], ArtifactError]) -> None:
        super().__init__()
        self._chunks = chunks
        self._failed = failed
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        target = memoryview(cast(bytearray, buffer))
        while not self._rest:
            try:
                chunk = next(self._chunks, None)
            except Exception as error:
                raise self._failed(error) from None
            if chunk is None:
                return 0
            self._rest = memoryview(cast(bytes, chunk))
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
