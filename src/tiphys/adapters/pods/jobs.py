"""What the executor has to do for a pod, if anything: encoded jobs, credentials included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import MountRecord
from tiphys.ports.runtime import PodRequest


def load_job(request: PodRequest, root: str, mounts: Sequence[MountRecord], options: Mapping[str, str]) -> bytes | None:
    """The job that places the input artifacts; None if there are none."""
    if not request.input_artifacts:
        return None
    from tiphys.adapters.executor.job import Job, Mount, encode_job

    return encode_job(
        Job(
            action="load",
            artifacts=request.input_artifacts,
            root=root,
            mounts=tuple(Mount(item.source, item.target, item.read_only) for item in mounts),
            options=dict(options),
            secrets=request.sources.secrets,
            config_maps=request.sources.config_maps,
        )
    )


def save_job(
    request: PodRequest,
    root: str,
    mounts: Sequence[MountRecord],
    options: Mapping[str, str],
    logs: Mapping[str, str],
) -> bytes | None:
    """The job that keeps the output artifacts and logs (container → file); None if there is nothing to keep."""
    if not request.output_artifacts and request.log_artifact is None:
        return None
    from tiphys.adapters.executor.job import ContainerLog, Job, Mount, encode_job

    return encode_job(
        Job(
            action="save",
            artifacts=request.output_artifacts,
            root=root,
            mounts=tuple(Mount(item.source, item.target, item.read_only) for item in mounts),
            logs=tuple(ContainerLog(name, path) for name, path in logs.items()),
            log_artifact=request.log_artifact,
            options=dict(options),
            secrets=request.sources.secrets,
            config_maps=request.sources.config_maps,
        )
    )


def logs_of(directory: str, names: Sequence[str]) -> dict[str, str]:
    """Container → log file, for ``save_job``."""
    return {name: layout.log_file(directory, name) for name in names}
