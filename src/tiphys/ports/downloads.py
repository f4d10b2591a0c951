"""Output artifacts that are copied to this machine as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class Output(Struct, frozen=True, kw_only=True):
    """One output artifact of a node that is still there; ``key`` is where its storage has it."""

    namespace: str
    workflow: str
    node_id: str
    template: str
    name: str
    key: str


class Downloads(Protocol):
    """The output artifacts of workflows.  Names may be ``@latest``."""

    def outputs(self, namespace: str, name: str) -> Sequence[Output]:
        """All of a workflow, in the order of its nodes.

        Raises:
            NotFoundError: there is no such workflow.
        """

    def save(self, output: Output, path: str) -> None:
        """Write one to a path that does not exist.

        Raises:
            ArtifactError: it cannot be had.
        """
