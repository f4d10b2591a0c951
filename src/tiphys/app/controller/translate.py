"""Between the engine's data and the runtime's."""

from __future__ import annotations

from tiphys.core.engine.commands import StartPod
from tiphys.core.engine.events import Container, PodChanged
from tiphys.ids import WorkflowUid
from tiphys.ports.runtime import OutputParameter, PodKey, PodReport, PodRequest, PodSources


def pod_request(uid: WorkflowUid, workflow: str, namespace: str, command: StartPod, sources: PodSources) -> PodRequest:
    """What a runtime needs to start the pod of a command; ``sources`` is what the pod refers to by name."""
    return PodRequest(
        key=PodKey(uid, command.node_id),
        workflow=workflow,
        namespace=namespace,
        node_name=command.node_name,
        pod_name=command.pod_name,
        manifest=command.manifest,
        files={file.path: (file.text, file.mode) for file in command.files},
        output_parameters=tuple(
            OutputParameter(name=item.name, path=item.path, default=item.default) for item in command.output_parameters
        ),
        capture_result=command.capture_result,
        deadline=command.deadline,
        deadline_message=command.deadline_message,
        template=command.template,
        input_artifacts=command.input_artifacts,
        output_artifacts=command.output_artifacts,
        log_artifact=command.log_artifact,
        service_account=command.service_account,
        sources=sources,
    )


def pod_changed(report: PodReport) -> PodChanged:
    """What a report means to the engine."""
    outputs = report.outputs
    return PodChanged(
        node_id=report.key.node_id,
        phase=report.phase,
        message=report.message,
        containers=tuple(
            Container(
                name=status.name,
                role=status.role,
                state=status.state,
                reason=status.reason,
                message=status.message,
                exit_code=status.exit_code,
                started_at=status.started_at,
                finished_at=status.finished_at,
                ready=status.ready,
            )
            for status in report.containers
        ),
        result=outputs.result if outputs is not None else None,
        parameters=outputs.parameters if outputs is not None else (),
        output_error=outputs.error if outputs is not None else None,
        pod_ip=report.pod_ip,
        host=report.host,
        lost=report.lost,
        artifacts=outputs.artifacts if outputs is not None else (),
        progress=report.progress,
    )
