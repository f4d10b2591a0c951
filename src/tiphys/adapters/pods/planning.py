"""What the plans of all runtimes have in common: the frame of a pod's plan, and a container's but for its launch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from tiphys.adapters.pods import jobs, manifest
from tiphys.adapters.pods.manifest import Container, Lifecycle, Pod
from tiphys.adapters.pods.probes import action_of, probe_of
from tiphys.adapters.pods.problems import PodError
from tiphys.adapters.pods.sets import ContainerSet, container_set
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import (
    ContainerPlan,
    EngineLaunch,
    MountRecord,
    OutputRecord,
    PodPlan,
    ProcessLaunch,
)
from tiphys.errors import TiphysError
from tiphys.ports.runtime import PodRequest

#: A sidecar among the init containers is started again whenever it fails.
_FOR_EVER = 1 << 30
_RESTART_SECONDS = 1.0


class Asked(Struct, frozen=True):
    """A pod as it is asked for: the manifest read, its directory, its order if it is a container set."""

    request: PodRequest
    pod: Pod
    directory: str
    group: ContainerSet | None


def planned(request: PodRequest, home: str, launcher: str, plan: Callable[[Asked], PodPlan]) -> PodPlan:
    """What ``plan`` makes of a request; what cannot be planned becomes a plan that fails with the reason.

    ``launcher`` is the module that brings its containers to life.

    Raises:
        PodRuntimeError: The key cannot name a directory.
    """
    directory = layout.pod_directory(home, request.key.uid, request.key.node_id)
    try:
        pod = manifest.read(request.manifest)
        made = plan(Asked(request, pod, directory, container_set(request, pod)))
        return msgspec.structs.replace(made, launcher=launcher)
    except msgspec.ValidationError as error:
        refusal = f"invalid pod: {error}"
    except (PodError, ValueError) as error:
        refusal = str(error)
    except TiphysError as error:
        refusal = error.message
    return PodPlan(
        uid=request.key.uid,
        node_id=request.key.node_id,
        pod_name=request.pod_name,
        refusal=refusal,
        root=directory,
        launcher=launcher,
    )


def frame(
    asked: Asked,
    containers: Sequence[ContainerPlan],
    root: str,
    mounts: Sequence[MountRecord],
    options: Mapping[str, str],
) -> PodPlan:
    """A plan with all that the manifest and the request say; what must be made on disk is not in it.

    Args:
        asked: The pod.
        containers: All of them, in their order.
        root: What stands for the root of main on this machine.
        mounts: What main sees besides.
        options: Those of the artifact drivers.
    """
    request, spec = asked.request, asked.pod.spec
    logs = jobs.logs_of(asked.directory, [item.name for item in containers if item.role == "main"])
    save = jobs.save_job(request, root, mounts, options, logs)
    return PodPlan(
        uid=request.key.uid,
        node_id=request.key.node_id,
        pod_name=request.pod_name,
        names=tuple((item.name, item.role) for item in containers),
        containers=tuple(containers),
        root=root,
        mounts=tuple(mounts),
        outputs=tuple(OutputRecord(item.name, item.path, item.default) for item in request.output_parameters),
        capture=request.capture_result,
        volume_group=spec.security_context.fs_group if spec.security_context else None,
        grace=spec.termination_grace_period_seconds,
        deadline=request.deadline.timestamp() if request.deadline else None,
        lifetime=spec.active_deadline_seconds,
        deadline_message=request.deadline_message,
        load=jobs.load_job(request, root, mounts, options),
        save=save,
        saves=save is not None,
    )


def main_root(asked: Asked, containers: Sequence[ContainerPlan]) -> str:
    """The root directory of the container whose files count: the one called main, else the first of its role.

    Raises:
        PodError: No container has that role.
    """
    mains = [item.name for item in containers if item.role == "main"]
    if not mains:
        raise PodError("the pod has no main container")
    return layout.root_directory(asked.directory, "main" if "main" in mains else mains[0])


def is_early(item: Container) -> bool:
    """Whether an init container is a sidecar: one that runs beside all that follow it."""
    return item.restart_policy == "Always"


def first_role(item: Container) -> str:
    """The role of an init container."""
    return "sidecar" if is_early(item) else "init"


def container_plan(
    asked: Asked,
    item: Container,
    role: str,
    env: Mapping[str, str],
    launch: ProcessLaunch | EngineLaunch,
    refused: tuple[str, str] | None,
) -> ContainerPlan:
    """A container with its place in the pod, its probes and hooks.

    Args:
        asked: The pod.
        item: The container.
        role: ``main``, ``init`` or ``sidecar``.
        env: All of its variables.
        launch: How it comes to life.
        refused: Reason and message when it must not be created.
    """
    group, hooks = asked.group, item.lifecycle or Lifecycle()
    early = is_early(item)
    attempts, pause = (group.attempts if role == "main" else 1, group.pause) if group else (1, 0.0)
    if early:
        attempts, pause = _FOR_EVER, _RESTART_SECONDS
    return ContainerPlan(
        name=item.name,
        role=role,
        launch=launch,
        needs=tuple(group.needs.get(item.name, ())) if group else (),
        attempts=attempts,
        pause=pause,
        early=early,
        tty=item.tty,
        refused=refused,
        readiness=probe_of(item.readiness_probe, item, env),
        liveness=probe_of(item.liveness_probe, item, env),
        startup=probe_of(item.startup_probe, item, env),
        post_start=action_of(hooks.post_start, item, env),
        pre_stop=action_of(hooks.pre_stop, item, env),
    )
