"""Input artifacts: loaded, unpacked and placed before the first container starts (``spec/data.md`` 7.1)."""

from __future__ import annotations

import io
import os
import re
import shutil
from typing import BinaryIO, cast

from tiphys.adapters.artifacts.registry import driver_for, locate
from tiphys.adapters.executor.inflate import is_tar
from tiphys.adapters.executor.job import Job, Result
from tiphys.adapters.executor.limits import Limits
from tiphys.adapters.executor.paths import clean_path
from tiphys.adapters.executor.placing import place, set_mode, set_owner
from tiphys.adapters.executor.retries import Backoff, retried
from tiphys.adapters.executor.unpack import unpack_tar, unpack_zip
from tiphys.adapters.executor.view import View
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError, reason_of
from tiphys.ports.artifacts import ArtifactDriver, Location, SecretLookup

_HEAD = 8192
_BLOCK = 1 << 20
_PLUGIN_MODE = 0o666
#: A part of what was packed, which is one object.
_PACKED = re.compile(r"\.(?:tgz|zip)/.")
_IN_ARCHIVE = "there is no {!r}: subPath reaches only into artifacts that were saved with archive none"


def load(job: Job, secrets: SecretLookup, scratch: str) -> Result:
    """Place the artifacts of a job in their order; the first that fails ends it.

    Args:
        job: What to load.
        secrets: Where credentials are found.
        scratch: An empty directory for what is on its way, best on the file system of the job's root.
    """
    view = View(job.root, [(mount.target, mount.source) for mount in job.mounts])
    skipped: list[str] = []
    for index, artifact in enumerate(job.artifacts):
        name = str(artifact.get("name"))
        try:
            if not _load_one(job, artifact, secrets, view, f"{scratch}/{index}"):
                skipped.append(name)
        except ArtifactError as error:
            return Result(error=f"artifact {name} failed to load: {error.message}", skipped=tuple(skipped))
        except OSError as error:
            reason = reason_of(error)
            return Result(error=f"artifact {name} failed to load: {reason}", skipped=tuple(skipped))
    return Result(skipped=tuple(skipped))


def _load_one(job: Job, artifact: JsonObject, secrets: SecretLookup, view: View, scratch: str) -> bool:
    path = clean_path(str(artifact.get("name")), str(artifact.get("path") or ""))
    location = locate(artifact)

    def attempt() -> None:
        shutil.rmtree(scratch, ignore_errors=True)
        os.mkdir(scratch, 0o700)
        driver = driver_for(location, secrets, job.options)
        fetch(driver, location, cast(JsonObject, artifact.get("archive") or {}), scratch)

    try:
        retried(attempt, Backoff.of(job.options))
    except ArtifactNotFoundError:
        if artifact.get("optional"):
            return False
        if _PACKED.search(location.key):
            raise ArtifactNotFoundError(_IN_ARCHIVE.format(location.key)) from None
        raise
    found = f"{scratch}/artifact"
    mode = artifact.get("mode")
    if mode is None and location.driver == "plugin" and not os.path.isdir(found):
        mode = _PLUGIN_MODE
    if mode is not None:
        set_mode(found, int(cast(int, mode)), recurse=bool(artifact.get("recurseMode")))
    if job.owner is not None:
        set_owner(found, *job.owner)
    place(view, found, path)
    return True


def fetch(driver: ArtifactDriver, location: Location, archive: JsonObject, scratch: str) -> None:
    """Load an artifact to ``artifact`` in the directory ``scratch``, unpacked as its strategy says."""
    found, raw = f"{scratch}/artifact", f"{scratch}/raw"
    if archive.get("none") is not None:
        driver.load(location, found)
    elif archive.get("zip") is not None:
        driver.load(location, raw)
        with open(raw, "rb") as file:
            unpack_zip(file, found, Limits.of_disk(scratch))
    else:
        _fetch_stream(driver, location, found, must_be_tar=archive.get("tar") is not None)


def _fetch_stream(driver: ArtifactDriver, location: Location, found: str, *, must_be_tar: bool) -> None:
    """Unpack a tar as it comes in; what is none is kept as it is, what is no file is loaded as a directory."""
    try:
        stream = driver.open(location)
    except ArtifactNotFoundError:
        driver.load(location, found)
        return
    with stream:
        head = _read_head(stream)
        whole = cast(BinaryIO, io.BufferedReader(_Joined(head, stream), _BLOCK))
        if is_tar(head):
            unpack_tar(whole, found, Limits.of_disk(os.path.dirname(found)))
        elif must_be_tar:
            raise ArtifactError("the artifact is not a gzip-compressed tar archive")
        else:
            with open(found, "xb") as target:
                shutil.copyfileobj(whole, target, _BLOCK)


def _read_head(stream: BinaryIO) -> bytes:
    head = b""
    while len(head) < _HEAD and (block := stream.read(_HEAD - len(head))):
        head += block
    return head


class _Joined(io.RawIOBase):
    """A stream from its start again, after its head was read."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._head[: len(view)] if self._head else self._rest.read(len(view))
        self._head = self._head[len(data) :]
        view[: len(data)] = data
        return len(data)
