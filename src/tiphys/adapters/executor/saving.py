"""Output artifacts and logs: packed and kept after the containers ended (``spec/data.md`` 7.4, 8.3)."""

from __future__ import annotations

import os
import posixpath
import shutil
from typing import cast

from tiphys.adapters.artifacts.registry import driver_for, locate
from tiphys.adapters.executor.job import ContainerLog, Job, Result
from tiphys.adapters.executor.logs import write_plain
from tiphys.adapters.executor.pack import DEFAULT_LEVEL, pack_tar, pack_zip
from tiphys.adapters.executor.paths import clean_path
from tiphys.adapters.executor.retries import Backoff, retried
from tiphys.adapters.executor.view import View
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, reason_of
from tiphys.ports.artifacts import SecretLookup


def save(job: Job, secrets: SecretLookup, scratch: str) -> Result:
    """Keep the artifacts of a job, then its logs; one that fails keeps none of the others back.

    Args:
        job: What to save.
        secrets: Where credentials are found.
        scratch: An empty directory for archives, best on the file system of the data directory.
    """
    view = View(job.root, [(mount.target, mount.source) for mount in job.mounts])
    saved: list[JsonObject] = []
    errors: list[str] = []
    for index, artifact in enumerate(job.artifacts):
        try:
            if _save_one(job, artifact, secrets, view, f"{scratch}/{index}"):
                saved.append(artifact)
        except ArtifactError as error:
            errors.append(error.message)
        except OSError as error:
            errors.append(_said(error, str(artifact.get("path"))))
    failure = "".join(f"{text}; " for text in errors) or None
    for index, log in enumerate(job.logs if job.log_artifact is not None else ()):
        try:
            saved += _save_log(job, cast(JsonObject, job.log_artifact), log, secrets, f"{scratch}/log{index}")
        except (ArtifactError, OSError) as error:
            text = error.message if isinstance(error, ArtifactError) else _said(error, log.container)
            failure = failure or text
    return Result(error=failure, artifacts=tuple(saved))


def _save_one(job: Job, artifact: JsonObject, secrets: SecretLookup, view: View, scratch: str) -> bool:
    path = clean_path(str(artifact.get("name")), str(artifact.get("path") or ""))
    try:
        fd = view.open(path)
    except (FileNotFoundError, NotADirectoryError):
        if artifact.get("optional"):
            return False
        raise ArtifactError(f"{path} no such file or directory") from None
    try:
        source, owned = _prepared(artifact, fd, posixpath.basename(path) or "root", scratch)
        _keep(job, artifact, secrets, source, owned=owned)
    finally:
        os.close(fd)
        if os.path.exists(scratch):
            os.unlink(scratch)
    return True


def _prepared(artifact: JsonObject, fd: int, name: str, scratch: str) -> tuple[str, bool]:
    """What to hand to the driver: the thing itself, or its archive, and whether that is the driver's to keep."""
    archive = cast(JsonObject, artifact.get("archive") or {})
    if archive.get("none") is not None:
        return f"/proc/{os.getpid()}/fd/{fd}", False  # a plugin is another process
    with open(scratch, "xb") as target:
        if archive.get("zip") is not None:
            pack_zip(fd, name, target)
        else:
            tar = cast(JsonObject, archive.get("tar") or {})
            level = tar.get("compressionLevel")
            pack_tar(fd, name, target, _level(level))
    return scratch, True


def _level(level: object) -> int:
    """Levels of gzip; -1 and what is not said are the default, as in Go, and 10 is not among them."""
    if level is None or level == -1:
        return DEFAULT_LEVEL
    if not isinstance(level, int) or not 0 <= level <= 9:
        raise ArtifactError(f"gzip: invalid compression level: {level}")
    return level


def _save_log(
    job: Job, at: JsonObject, log: ContainerLog, secrets: SecretLookup, scratch: str
) -> tuple[JsonObject, ...]:
    """Archive the log of a container beside that of ``main``; a container that has none is left out."""
    if not os.path.exists(log.path):
        return ()
    artifact = {**at, "name": f"{log.container}-logs"}
    if log.container != "main":
        artifact = _beside(artifact, f"{log.container}.log")
    try:
        if log.cri:
            write_plain(log.path, scratch)
        else:
            shutil.copyfile(log.path, scratch)
        _keep(job, artifact, secrets, scratch, owned=True)
    finally:
        if os.path.exists(scratch):
            os.unlink(scratch)
    return (artifact,)


def _beside(artifact: JsonObject, name: str) -> JsonObject:
    """The artifact under another name in the directory of its key."""
    driver = locate(artifact).driver
    fields = cast(JsonObject, artifact[driver])
    key = next(field for field in ("blob", "path", "url", "key") if fields.get(field))
    return {**artifact, driver: {**fields, key: f"{str(fields[key]).rpartition('/')[0]}/{name}"}}


def _keep(job: Job, artifact: JsonObject, secrets: SecretLookup, path: str, *, owned: bool) -> None:
    location = locate(artifact)

    def keep() -> None:
        driver_for(location, secrets, job.options).save(path, location, owned=owned)

    retried(keep, Backoff.of(job.options))


def _said(error: OSError, path: str) -> str:
    return f"{path} {reason_of(error)}"
