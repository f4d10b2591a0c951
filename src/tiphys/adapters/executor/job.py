"""What a runtime asks of the executor program, and what it answers.

``python -m tiphys.adapters.executor JOB RESULT`` reads a job (``JOB`` is ``-`` for stdin), does it and writes a
result.  A job holds credentials: give it on stdin, or in a file of mode 0600, which the program removes as soon as it
has read it.  The program may be killed at any moment; a job may be done again from the start.

The program inherits the environment of whoever starts it: proxies and ambient credentials (``AWS_…``, ``AZURE_…``,
``GOOGLE_…``) come from there.  Import-light: supervisors import this module.
"""

from __future__ import annotations

import base64
import contextlib
import os
import sys
from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.secret import Secret

#: The program did the job; what became of it is in the result.
DONE = 0
#: The job could not be read or the result not be written.
UNUSABLE = 2


class Mount(Struct, frozen=True):
    """A host directory or file that the main container sees at ``target``."""

    source: str
    target: str
    read_only: bool = False


class ContainerLog(Struct, frozen=True):
    """The log of one main container on the host; ``cri``: each line has the prefix of Kubernetes' log files."""

    container: str
    path: str
    cri: bool = True


class Job(Struct, frozen=True, kw_only=True):
    """Artifacts to place before a pod starts, or to keep after it ended.

    ``artifacts`` are Argo artifacts with a complete location; ``path`` is where the main container sees them.
    ``root`` and ``mounts`` say what that means on the host, as for output parameters: a path belongs to the innermost
    mount that covers it, else to the root.  Links are followed as the container would follow them and never lead out
    of the root or a mount; missing parents are made.  A mount whose target is the path of an input and whose source
    does not exist yet receives the artifact itself: so a runtime can bind an input where its root is read-only.

    ``owner`` (uid, gid) is given what is placed; None leaves it to this process.  ``logs`` are archived at
    ``log_artifact``: its key is that of ``main.log``, other containers' logs lie beside it.  ``options`` are the
    drivers' (``home``: the data directory).
    """

    action: Literal["load", "save"]
    artifacts: tuple[JsonObject, ...] = ()
    root: str
    mounts: tuple[Mount, ...] = ()
    owner: tuple[int, int] | None = None
    logs: tuple[ContainerLog, ...] = ()
    log_artifact: JsonObject | None = None
    options: dict[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict)
    config_maps: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a job.

    ``error`` is Argo's text for the node, without secrets; None when all went well.  ``artifacts`` are those that
    were saved, as the node shows them, the archived logs (``main-logs``) among them: also when another one failed.
    ``skipped`` names optional inputs that are not there.
    """

    error: str | None = None
    artifacts: tuple[JsonObject, ...] = ()
    skipped: tuple[str, ...] = ()


def command(job: str, result: str, tether: int | None = None) -> list[str]:
    """The words that start the program; absolute paths, or ``-`` for a job on stdin.

    ``tether`` is a descriptor, the reading end of a pipe that nobody writes to: the program ends when the other end
    is closed, so it does not outlive whoever waits for its result.
    """
    words = [sys.executable, "-P", "-m", "tiphys.adapters.executor", job, result]
    return words if tether is None else [*words, str(tether)]


def encode_job(job: Job) -> bytes:
    """A job as text, credentials included: the one place where they are written out."""
    return msgspec.json.encode(job, enc_hook=_reveal)


def decode_job(data: bytes) -> Job:
    """A job from its text.

    Raises:
        msgspec.DecodeError: it is no job.
    """
    return msgspec.json.decode(data, type=Job, dec_hook=_conceal)


def write_job(path: str, job: Job) -> None:
    """Write a job for the program to a new file that only this user can read."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(encode_job(job))


def take_job(path: str) -> Job:
    """Read a job and remove its file.

    Raises:
        OSError: it cannot be read.
        msgspec.DecodeError: it is no job.
    """
    if path == "-":
        return decode_job(sys.stdin.buffer.read())
    try:
        with open(path, "rb") as file:
            data = file.read()
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
    return decode_job(data)


def write_result(path: str, result: Result) -> None:
    """Write a result so that a reader sees all of it or nothing."""
    with open(f"{path}.part", "wb") as file:
        file.write(msgspec.json.encode(result))
    os.replace(f"{path}.part", path)


def read_result(path: str, status: int, said: bytes = b"") -> Result:
    """The result of an ended program; ``status`` is its exit code, or minus the signal, ``said`` its stderr."""
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(), type=Result)
    except (OSError, msgspec.DecodeError):
        how = f"was killed by signal {-status}" if status < 0 else f"exited with code {status}"
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        return Result(error=f"the executor {how}" + (f": {last}" if last else ""))


def _reveal(value: object) -> str:
    if isinstance(value, Secret):
        return base64.b64encode(value.reveal()).decode()
    raise NotImplementedError(f"a job holds no {type(value).__name__}")


def _conceal(kind: type, value: object) -> Secret:
    if kind is Secret and isinstance(value, str):
        return Secret(base64.b64decode(value, validate=True))
    raise NotImplementedError(f"a job holds no {kind.__name__}")
