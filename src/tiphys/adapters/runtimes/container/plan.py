"""From a Pod manifest to containers of an engine: data in, data out."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.adapters.pods import manifest
from tiphys.adapters.pods.argo import PROGRESS_FILE, argo_variables
from tiphys.adapters.pods.downward import Addresses
from tiphys.adapters.pods.environment import environment
from tiphys.adapters.pods.expansion import expand
from tiphys.adapters.pods.planning import Asked, container_plan, first_role, frame, is_early, main_root, planned
from tiphys.adapters.pods.probes import limits_of
from tiphys.adapters.pods.problems import ContainerError, PodError
from tiphys.adapters.pods.sets import role_of
from tiphys.adapters.pods.users import RunAs, groups_of, run_as
from tiphys.adapters.pods.volumes import sub_path
from tiphys.adapters.runtimes.container import launcher
from tiphys.adapters.runtimes.container.addresses import PLACEHOLDER, machine_address
from tiphys.adapters.runtimes.container.credentials import credentials_of
from tiphys.adapters.runtimes.container.engine import NAME, NODE, UID
from tiphys.adapters.runtimes.container.security import host_options
from tiphys.adapters.runtimes.container.volumes import EngineVolumes
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import ContainerPlan, EngineLaunch, FileRecord, MountRecord, PodPlan
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.runtime import PodRequest

_LONGEST_NAME = 200


class Settings(Struct, frozen=True, kw_only=True):
    """Where the engine is and what the configuration allows.  ``network``: empty for the engine's own default."""

    home: str
    address: str
    host_paths: Sequence[str] = ()
    network: str = ""
    artifacts: Mapping[str, str] = field(default_factory=dict)


class _Draft(Struct):
    settings: Settings
    asked: Asked
    volumes: EngineVolumes
    owner: str = ""
    main_mounts: tuple[MountRecord, ...] = ()

    @property
    def request(self) -> PodRequest:
        return self.asked.request

    @property
    def pod(self) -> manifest.Pod:
        return self.asked.pod


def compile_plan(request: PodRequest, settings: Settings) -> PodPlan:
    """Plan a pod; what cannot be planned becomes a plan that fails with the reason.

    Raises:
        PodRuntimeError: The key cannot name a directory.
    """

    def plan(asked: Asked) -> PodPlan:
        volumes = EngineVolumes(request, asked.pod, settings.host_paths, asked.directory, settings.home)
        return _plan(_Draft(settings, asked, volumes))

    return planned(request, settings.home, launcher.__name__, plan)


def _plan(draft: _Draft) -> PodPlan:
    spec, group = draft.pod.spec, draft.asked.group
    if not spec.containers:
        raise PodError("the pod has no main container")
    staying = [*filter(is_early, spec.init_containers), *spec.containers]
    first = next((item for item in staying if not (group and group.needs.get(item.name))), None)
    draft.owner = _name(draft, (first or spec.containers[0]).name)
    containers = [_container(draft, item, first_role(item)) for item in spec.init_containers]
    containers += [_container(draft, item, role_of(draft.pod, item.name, group)) for item in spec.containers]
    root = main_root(draft.asked, containers)
    files = [*draft.volumes.files, *_staged(draft)]
    directories = [
        *draft.volumes.directories,
        *(os.path.dirname(item.path) for item in files),
        *(root + os.path.dirname(mount.target) for mount in draft.main_mounts),
    ]
    return replace(
        frame(draft.asked, containers, root, draft.main_mounts, draft.settings.artifacts),
        roots=(root,),
        directories=tuple(dict.fromkeys(directories)),
        shared=tuple(draft.volumes.shared),
        passing=tuple(draft.volumes.passing),
        files=tuple(files),
        caps=tuple(draft.volumes.caps),
        progress=PROGRESS_FILE,
        engine=draft.settings.address,
    )


def _container(draft: _Draft, item: manifest.Container, role: str) -> ContainerPlan:
    refused: tuple[str, str] | None = None
    env: dict[str, str] = {}
    mounts: tuple[MountRecord, ...] = ()
    user = RunAs()
    try:
        base = argo_variables(draft.request, draft.pod, item.name) if role == "main" else {}
        env = environment(draft.request, draft.pod, item, base, _addresses(draft))
        user = run_as(draft.pod, item, draft.request.pod_name)
        mounts = draft.volumes.mounts(item, env, inputs=role == "main")
    except ContainerError as error:
        refused = (error.reason, str(error))
    if item.name == "main" or (role == "main" and not draft.main_mounts):
        draft.main_mounts = mounts
    known = {name: value for name, value in env.items() if PLACEHOLDER not in value}
    return container_plan(draft.asked, item, role, known, _launch(draft, item, env, mounts, user, role), refused)


def _addresses(draft: _Draft) -> Addresses:
    """What the pod is told, with a word that stands for its own; on the machine's own network there is only that."""
    own = draft.pod.spec.host_network or draft.settings.network == "host"
    return Addresses("127.0.0.1") if own else Addresses(PLACEHOLDER, machine_address())


def _launch(
    draft: _Draft,
    item: manifest.Container,
    env: Mapping[str, str],
    mounts: Sequence[MountRecord],
    user: RunAs,
    role: str,
) -> EngineLaunch:
    name = _name(draft, item.name)
    words = (*item.command, *item.args)
    return EngineLaunch(
        address=draft.settings.address,
        name=name,
        pod=(draft.request.key.uid, draft.request.key.node_id),
        image=item.image,
        program=words[0] if words else "",
        config=_config(draft, item, env, mounts, user),
        pull=item.image_pull_policy or "IfNotPresent",
        credentials=credentials_of(draft.request, draft.pod),
        staged=_staging(draft, item.name) if item.name == "main" else "",
        root=layout.root_directory(draft.asked.directory, item.name),
        slots=f"{draft.settings.home}/slots",
        collected=_collected(draft.request, mounts) if item.name == "main" else (),
        shares_network=role != "init" and name != draft.owner and draft.settings.network != "host",
        kept=role != "sidecar",
        late=bool(draft.asked.group and draft.asked.group.needs.get(item.name)),
    )


def _config(
    draft: _Draft, item: manifest.Container, env: Mapping[str, str], mounts: Sequence[MountRecord], user: RunAs
) -> JsonObject:
    key, limits = draft.request.key, limits_of(item)
    host: JsonObject = {
        "Binds": [f"{mount.source}:{mount.target}:{'ro' if mount.read_only else 'rw'}" for mount in mounts],
        "ReadonlyRootfs": user.read_only,
        "GroupAdd": [str(group) for group in groups_of(draft.pod)],
        "Init": True,
        "ExtraHosts": [f"{name}:{alias.ip}" for alias in draft.pod.spec.host_aliases for name in alias.hostnames],
        **host_options(draft.pod.spec, item),
    }
    network = "host" if draft.pod.spec.host_network else draft.settings.network
    if network:
        host["NetworkMode"] = network
    if item.security_context is not None and item.security_context.privileged:
        host["Privileged"] = True
    if limits is not None and limits.memory is not None:
        host["Memory"] = host["MemorySwap"] = limits.memory
    if limits is not None and limits.cpu is not None:
        host["NanoCpus"] = int(limits.cpu * 1e9)
    config: JsonObject = {
        "Image": item.image,
        "Env": [f"{name}={value}" for name, value in env.items()],
        "Tty": item.tty,
        "Labels": {UID: key.uid, NODE: key.node_id, NAME: item.name},
        "HostConfig": host,
    }
    if item.command:
        config["Entrypoint"] = [expand(word, env) for word in item.command]
    if item.command or item.args:
        config["Cmd"] = [expand(word, env) for word in item.args]
    if item.working_dir:
        config["WorkingDir"] = item.working_dir
    if user.uid is not None or user.gid is not None:
        config["User"] = str(user.uid or 0) + (f":{user.gid}" if user.gid is not None else "")
    if network != "host":
        config["Hostname"] = (draft.pod.spec.hostname or draft.request.pod_name)[:63]
    return config


def _collected(request: PodRequest, mounts: Sequence[MountRecord]) -> tuple[str, ...]:
    """The outputs that lie in the container itself and not in something that this machine mounts there."""
    paths = [item.path for item in request.output_parameters]
    paths += [str(item["path"]) for item in request.output_artifacts if item.get("path")]
    clean = [posixpath.normpath("/" + path.lstrip("/")) for path in paths]
    return tuple(
        path
        for path in dict.fromkeys(clean)
        if not any(path == mount.target or path.startswith(mount.target.rstrip("/") + "/") for mount in mounts)
    )


def _staged(draft: _Draft) -> list[FileRecord]:
    folder = _staging(draft, "main")
    return [
        FileRecord(f"{folder}/{sub_path(path.lstrip('/'))}", text.encode(errors="surrogateescape"), mode)
        for path, (text, mode) in draft.request.files.items()
    ]


def _staging(draft: _Draft, container: str) -> str:
    return f"{draft.asked.directory}/staged-{layout.component(container)}"


def _name(draft: _Draft, container: str) -> str:
    key = draft.request.key
    return f"tiphys-{layout.component(key.uid)}-{layout.component(key.node_id)}-{layout.component(container)}"[
        -_LONGEST_NAME:
    ]
