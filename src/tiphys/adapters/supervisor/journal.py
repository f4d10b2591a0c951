"""The journal of one pod: what it is, then each of its states; written by the supervisor, read by anybody."""

from __future__ import annotations

import contextlib
import os

import msgspec

from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import ContainerState, PodRecord, PodState


def read_journal(directory: str) -> tuple[PodRecord, PodState] | None:
    """What is kept of a pod and its last state that was written in full; None if it was never started.

    A journal without any state means that the supervisor died while it started the pod.
    """
    try:
        with open(f"{directory}/{layout.JOURNAL}", "rb") as file:
            first, *lines = file.read().split(b"\n")
    except FileNotFoundError:
        return None
    if not lines:
        return None
    record = msgspec.json.decode(first, type=PodRecord)
    for line in reversed(lines[:-1]):
        with contextlib.suppress(msgspec.DecodeError):
            return record, msgspec.json.decode(line, type=PodState)
    names = tuple(ContainerState(name=name, role=role) for name, role in record.names)
    return record, PodState(uid=record.uid, node_id=record.node_id, phase="Pending", containers=names)


def create_journal(directory: str, record: bytes) -> None:
    """Begin the journal with the encoded record; from here on the pod counts as started."""
    fd = os.open(f"{directory}/{layout.JOURNAL}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, record + b"\n")
    finally:
        os.close(fd)


def append_journal(directory: str, state: bytes) -> None:
    """Add a state, encoded."""
    fd = os.open(f"{directory}/{layout.JOURNAL}", os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        os.write(fd, state + b"\n")
    finally:
        os.close(fd)
