"""What the engine wants done.

Commands are data that is stored with the step that made them and performed after it is committed, perhaps twice:
``key`` makes the second time harmless.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId, NodeName


class StagedFile(msgspec.Struct, frozen=True):
    """A file that is there before the main container starts."""

    path: str
    text: str
    mode: int


class FileParameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """An output parameter that is read from a file of the main container."""

    name: str
    path: str
    default: str | None = None


class StartPod(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="StartPod"):
    """Run a pod for a node; ``manifest`` is a Kubernetes Pod, ``template`` the Argo template that it runs.

    Templates without containers (``http``, ``plugin``) have an empty manifest.  Artifacts are Argo artifacts with a
    complete location; values of secrets are never part of a command.
    """

    node_id: NodeId
    node_name: NodeName
    pod_name: str
    manifest: JsonObject
    files: tuple[StagedFile, ...] = ()
    output_parameters: tuple[FileParameter, ...] = ()
    capture_result: bool = False
    deadline: datetime | None = None
    deadline_message: str = "Pod was active on the node longer than the specified deadline"
    template: JsonObject = msgspec.field(default_factory=dict)
    input_artifacts: tuple[JsonObject, ...] = ()
    output_artifacts: tuple[JsonObject, ...] = ()
    log_artifact: JsonObject | None = None
    service_account: str = ""

    @property
    def key(self) -> str:
        """Unique in the run."""
        return f"start/{self.node_id}"


class KillPod(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="KillPod"):
    """End a node's pod: SIGTERM, then SIGKILL after the grace; None is the pod's own (30 s if it names none)."""

    node_id: NodeId
    grace_seconds: float | None = None

    @property
    def key(self) -> str:
        """Unique in the run."""
        return f"kill/{self.node_id}"


Command = StartPod | KillPod
