"""``ports.downloads`` over a server."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.adapters.client.connection import Connection, segment
from tiphys.adapters.client.workflows import RemoteWorkflows
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.plan.location import key_of
from tiphys.ports.downloads import Output


class RemoteDownloads:
    """Implements ``Downloads``."""

    def __init__(self, connection: Connection, workflows: RemoteWorkflows) -> None:
        self._connection = connection
        self._workflows = workflows

    def outputs(self, namespace: str, name: str) -> Sequence[Output]:
        """All output artifacts of a workflow, in the order of its nodes."""
        workflow = self._workflows.get(namespace, name)
        nodes = (workflow.status.nodes if workflow.status is not None else None) or {}
        return [
            _output(workflow, node, artifact)
            for node in nodes.values()
            for artifact in (node.outputs.artifacts if node.outputs is not None else None) or ()
            if not artifact.deleted
        ]

    def save(self, output: Output, path: str) -> None:
        """Write one to a path that does not exist."""
        parts = (output.namespace, output.workflow, output.node_id, output.name)
        self._connection.download(f"artifacts/{'/'.join(segment(part) for part in parts)}", path)


def _output(workflow: Workflow, node: NodeStatus, artifact: Artifact) -> Output:
    meta = workflow.metadata
    return Output(
        namespace=(meta and meta.namespace) or "",
        workflow=(meta and meta.name) or "",
        node_id=node.id or "",
        template=node.template_name or (node.template_ref.template if node.template_ref is not None else None) or "",
        name=artifact.name,
        key=_key(artifact),
    )


def _key(artifact: Artifact) -> str:
    """Where the storage has it, as far as the status says; else its name."""
    data = to_data(artifact)
    return (key_of(data) if isinstance(data, dict) else "") or artifact.name
