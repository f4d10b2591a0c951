"""Where a supervised runtime keeps things below its home directory.

``pods/<uid>/<node id>/`` holds one pod: ``journal`` (its record, then its states, one JSON line each; a complete first
line means that the pod was started), ``result`` (the end of main's stdout), ``saved`` (what the executor answered),
``root`` (the private root of main), ``root-<container>`` (of the others; both are gone when nothing was written
there), ``volumes/<name>``, ``<container>.log``.  Few files: making them is most of what a pod costs.
``kept/`` marks the pods that failed: their roots stay until the mark is too old.
"""

from __future__ import annotations

import hashlib
import os
import re

from tiphys.errors import PodRuntimeError

_COMPONENT = r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}"

JOURNAL = "journal"
RESULT = "result"
LOADED = "loaded"
SAVED = "saved"
RESULT_BYTES = 262_144
_MEMORY = "/dev/shm"
_BETWEEN = "~"


def component(name: str) -> str:
    """Give the name back if it is safe as one component of a path.

    Raises:
        PodRuntimeError: It is not: it could leave its directory.
    """
    if re.fullmatch(_COMPONENT, name) is None:
        raise PodRuntimeError(f"{name[:80]!r} cannot name a directory")
    return name


def run_directory(home: str, uid: str) -> str:
    """The directory of all pods of a run."""
    return f"{home}/pods/{component(uid)}"


def pod_directory(home: str, uid: str, node_id: str) -> str:
    """The directory of one pod."""
    return f"{home}/pods/{component(uid)}/{component(node_id)}"


def log_file(pod: str, container: str) -> str:
    """The log of one container of the pod in directory ``pod``."""
    return f"{pod}/{component(container)}.log"


def root_directory(pod: str, container: str) -> str:
    """The private root of one container of the pod in directory ``pod``."""
    return f"{pod}/root" if container == "main" else f"{pod}/root-{component(container)}"


def inputs_directory(pod: str) -> str:
    """Where input artifacts lie that several containers see."""
    return f"{pod}/inputs"


def kept_directory(home: str) -> str:
    """Where each failed pod whose sandbox is kept has a mark; its age is that of the failure."""
    return f"{home}/kept"


def kept_mark(home: str, uid: str, node_id: str) -> str:
    """The mark of a failed pod."""
    return f"{kept_directory(home)}/{component(uid)}{_BETWEEN}{component(node_id)}"


def marked_pod(name: str) -> tuple[str, str]:
    """The run and the node of a mark."""
    uid, _, node_id = name.partition(_BETWEEN)
    return uid, node_id


def memory_directory(home: str, uid: str, node_id: str = "") -> str:
    """Where volumes in memory lie, of one pod or of a run; empty where the machine has no such place."""
    if not os.path.isdir(_MEMORY):
        return ""
    place = hashlib.sha256(home.encode()).hexdigest()[:12]
    folder = f"{_MEMORY}/tiphys-{os.geteuid()}-{place}/{component(uid)}"
    return f"{folder}/{component(node_id)}" if node_id else folder
