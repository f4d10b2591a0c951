"""Finished workflows that outlive their deletion (``spec/api.md`` 14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tiphys.core.manifest.model.workflow import Workflow
from tiphys.ports.api import ListFilter, ResubmitOptions, RetryOptions


class ArchiveApi(Protocol):
    """The archive.  Workflows are named by their uid, since names may be used again.

    Every method raises ``NotFoundError`` for what is not there, and ``StoreError`` where there is no archive.
    """

    def list(self, wanted: ListFilter) -> Sequence[Workflow]:
        """Archived workflows without their nodes; phases, times and prefix of the filter are not looked at."""

    def named(self, namespace: str, name: str) -> Sequence[Workflow]:
        """The archived workflows of a name."""

    def get(self, uid: str) -> Workflow:
        """One with its nodes."""

    def delete(self, uid: str) -> None:
        """Take one out of the archive."""

    def retry(self, uid: str, options: RetryOptions) -> Workflow:
        """Make one live again and run what failed in it."""

    def resubmit(self, uid: str, options: ResubmitOptions) -> Workflow:
        """Make a new workflow of one."""

    def label_keys(self, namespace: str) -> Sequence[str]:
        """The keys of labels of archived workflows."""

    def label_values(self, namespace: str, key: str) -> Sequence[str]:
        """The values of one label."""
