"""Looking into pods: what a person does with a step that went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tiphys.ports.runtime import ContainerStatus, PodKey, PodRequest, PodRuntime


class KeptSandboxes(Protocol):
    """The sandboxes of pods that failed and were kept."""

    def recorded(self, key: PodKey) -> PodRequest | None:
        """What was asked when the pod was started, without ``sources``; None when it never was, or was removed."""

    def kept(self) -> Sequence[PodKey]:
        """The pods that failed and whose sandboxes were kept."""

    def release(self, key: PodKey) -> None:
        """Remove the kept sandbox of one pod; its logs and results stay.  Unknown keys are ignored."""


class Sandboxes(KeptSandboxes, Protocol):
    """The sandboxes of pods, of those that run and of those that failed and were kept."""

    def enter(self, request: PodRequest, container: str, argv: Sequence[str]) -> int:
        """Run a command beside a container that runs, or in what a failed one left; its exit code.

        The command has the container's files, variables, directory and user, and stdin, stdout and stderr of this
        process; a terminal of its own if they are one.  ``request`` is as recorded, with ``sources`` looked up again.

        Raises:
            NotFoundError: there is no such container, or nothing was kept of it.
            UnsupportedError: this runtime cannot do it.
        """

    def expire(self, before: datetime) -> None:
        """Remove the sandboxes of pods that failed before a moment; their logs and results stay."""


class RecordingRuntime(PodRuntime, Protocol):
    """A runtime that knows how its pods were started, and what became of them."""

    def recorded(self, key: PodKey) -> PodRequest | None:
        """As ``Sandboxes`` has it."""

    def containers(self, key: PodKey) -> Sequence[ContainerStatus]:
        """The containers of a pod as last reported, ended pods included; none when it never was, or was removed.

        May be called from any thread.
        """
