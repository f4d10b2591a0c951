"""From a Pod manifest to the plan that the supervisor carries out: data in, data out, no process, no file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field

from tiphys.adapters.runtimes.process import images as image_table
from tiphys.adapters.runtimes.process import layout, manifest
from tiphys.adapters.runtimes.process.expansion import expand
from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.adapters.runtimes.process.processes import MARK
from tiphys.adapters.runtimes.process.records import (
    ContainerPlan,
    FileRecord,
    MountRecord,
    OutputRecord,
    PodPlan,
)
from tiphys.adapters.runtimes.process.sandbox import PROGRAMS, Sandbox
from tiphys.errors import TiphysError
from tiphys.ports.runtime import PodRequest


class Settings(Struct, frozen=True, kw_only=True):
    """What of this machine and its configuration decides how pods run.  ``sandbox`` None: unsandboxed."""

    home: str
    sandbox: Sandbox | None
    environment: Mapping[str, str]
    host_paths: Sequence[str] = ()
    images: Mapping[str, ImageEntry] = field(default_factory=dict)


class _RefusalError(Exception):
    """Why a pod cannot run; the text goes to the pod's message."""


class _Draft(Struct):
    """What is collected while the containers of one pod are planned."""

    settings: Settings
    request: PodRequest
    pod: manifest.Pod
    directory: str
    needs: Mapping[str, Sequence[str]] | None
    volumes: dict[str, str] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    directories: list[str] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    main_mounts: tuple[MountRecord, ...] = ()


def compile_plan(request: PodRequest, settings: Settings) -> PodPlan:
    """Plan a pod; what cannot be planned becomes a plan that fails with the reason.

    Raises:
        PodRuntimeError: The key cannot name a directory.
    """
    directory = layout.pod_directory(settings.home, request.key.uid, request.key.node_id)
    try:
        pod = manifest.read(request.manifest)
        return _plan(_Draft(settings, request, pod, directory, _container_set(pod)))
    except msgspec.ValidationError as error:
        refusal = f"invalid pod: {error}"
    except (_RefusalError, TiphysError) as error:
        refusal = error.message if isinstance(error, TiphysError) else str(error)
    return PodPlan(
        uid=request.key.uid, node_id=request.key.node_id, pod_name=request.pod_name, refusal=refusal, root=directory
    )


def _plan(draft: _Draft) -> PodPlan:
    request, spec = draft.request, draft.pod.spec
    draft.volumes = {volume.name: _volume(draft, volume) for volume in spec.volumes}
    containers = [_container(draft, item, "init") for item in spec.init_containers]
    containers += [_container(draft, item, _role(draft, item.name)) for item in spec.containers]
    if not any(item.role == "main" for item in containers):
        raise _RefusalError("the pod has no main container")
    _stage(draft, containers)
    sandbox = draft.settings.sandbox
    return PodPlan(
        uid=request.key.uid,
        node_id=request.key.node_id,
        pod_name=request.pod_name,
        roots=tuple(draft.roots),
        skeleton=sandbox.directories if sandbox else (),
        links=sandbox.links if sandbox else (),
        directories=tuple(dict.fromkeys(draft.directories)),
        files=tuple(draft.files),
        containers=tuple(containers),
        root=layout.root_directory(draft.directory, "main") if sandbox else "/",
        mounts=draft.main_mounts,
        outputs=tuple(OutputRecord(item.name, item.path, item.default) for item in request.output_parameters),
        capture=request.capture_result,
        grace=spec.termination_grace_period_seconds,
        deadline=request.deadline.timestamp() if request.deadline else None,
        lifetime=spec.active_deadline_seconds,
        deadline_message=request.deadline_message,
    )


def _container_set(pod: manifest.Pod) -> dict[str, tuple[str, ...]] | None:
    text = pod.metadata.annotations.get(manifest.CONTAINER_SET)
    return None if text is None else msgspec.json.decode(text, type=dict[str, tuple[str, ...]])


def _role(draft: _Draft, name: str) -> str:
    if draft.needs is not None:
        return "main" if name in draft.needs else "sidecar"
    has_main = any(item.name == "main" for item in draft.pod.spec.containers)
    return "main" if name == "main" or not has_main else "sidecar"


def _container(draft: _Draft, item: manifest.Container, role: str) -> ContainerPlan:
    sandbox = draft.settings.sandbox
    root = layout.root_directory(draft.directory, item.name)
    draft.roots.append(root)
    entry = image_table.find(draft.settings.images, item.image)
    mounts, genuine = _mounts(draft, item)
    env = _environment(draft, item, entry)
    argv = _command(item, entry, env)
    if item.name == "main":
        draft.main_mounts = mounts
    if entry is not None:
        argv = _programs(draft, entry, root, argv, env)
    cwd = item.working_dir or "/"
    program = argv[0]
    if sandbox is None:
        cwd = item.working_dir or root
        env[MARK] = _mark(draft, item.name)
        argv = tuple(_rehomed(word, draft.request.files, root) for word in argv)
    else:
        _make_working_directory(draft, mounts, root, os.path.normpath(cwd))
        options = [
            word
            for mount in mounts
            for word in ("--ro-bind" if mount.read_only else "--bind", mount.source, mount.target)
        ]
        argv = (*sandbox.command(root, options, draft.request.pod_name, cwd), *argv)
    needs = tuple((draft.needs or {}).get(item.name, ()))
    return ContainerPlan(
        name=item.name, role=role, argv=argv, env=env, cwd=cwd, program=program,
        sandboxed=sandbox is not None, needs=needs, genuine=genuine,
    )  # fmt: skip


def _command(item: manifest.Container, entry: ImageEntry | None, env: Mapping[str, str]) -> tuple[str, ...]:
    """Kubernetes' rule: ``command`` replaces the entry point and its arguments, ``args`` the arguments alone."""
    entrypoint, cmd = (entry.entrypoint, entry.cmd) if entry else ((), ())
    if item.command:
        words = (*item.command, *item.args)
    elif entry is None:
        raise _RefusalError(
            f"container {item.name!r} has no command, and no entry point is known for image {item.image!r}"
        )
    else:
        words = (*entrypoint, *(item.args or cmd))
    if not words:
        raise _RefusalError(f"container {item.name!r} has no command")
    if any("\0" in word for word in words):
        raise _RefusalError(f"a word of the command of container {item.name!r} contains a NUL character")
    return tuple(expand(word, env) for word in words)


def _environment(draft: _Draft, item: manifest.Container, entry: ImageEntry | None) -> dict[str, str]:
    """The container's own variables, expanded in order, over what every container has."""
    env = {**draft.settings.environment, "HOSTNAME": draft.request.pod_name[:63]}
    if entry is not None and any(not name.startswith("/") for name in entry.programs):
        programs = PROGRAMS
        if draft.settings.sandbox is None:
            programs = layout.root_directory(draft.directory, item.name) + PROGRAMS
        env["PATH"] = f"{programs}:{env['PATH']}"
    if any(not (source.secret_ref or source.config_map_ref or manifest.KeyRef()).optional for source in item.env_from):
        raise _RefusalError(f"envFrom of container {item.name!r} is not available in the process runtime")
    for variable in item.env:
        value = variable.value
        if variable.value_from is not None:
            value = _from_source(draft, variable.name, variable.value_from)
            if value is None:
                continue
        else:
            value = expand(value or "", env)
        if "\0" in value or "\0" in variable.name or "=" in variable.name or not variable.name:
            raise _RefusalError(f"variable {variable.name!r} of container {item.name!r} cannot be set")
        env[variable.name] = value
    return env


def _from_source(draft: _Draft, name: str, source: manifest.EnvSource) -> str | None:
    if source.field_ref is not None:
        return _field(draft, source.field_ref.field_path)
    reference = source.secret_key_ref or source.config_map_key_ref
    if reference is not None and reference.optional:
        return None
    raise _RefusalError(f"variable {name!r} takes its value from a source that the process runtime does not have")


def _field(draft: _Draft, path: str) -> str:
    metadata, key = draft.pod.metadata, draft.request.key
    if path == "metadata.name":
        return draft.request.pod_name
    if path == "metadata.namespace":
        return draft.request.namespace
    if path == "metadata.uid":
        text = hashlib.sha256(f"{key.uid}/{key.node_id}".encode()).hexdigest()
        return metadata.uid or f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"
    for kind, table in (("labels", metadata.labels), ("annotations", metadata.annotations)):
        if path.startswith(f"metadata.{kind}['") and path.endswith("']"):
            return table.get(path[len(kind) + 11 : -2], "")
    raise _RefusalError(f"fieldRef {path!r} is not available in the process runtime")


def _volume(draft: _Draft, volume: manifest.Volume) -> str:
    if volume.empty_dir is not None:
        path = f"{draft.directory}/volumes/{layout.component(volume.name)}"
        draft.directories += [f"{draft.directory}/volumes", path]
        return path
    if volume.host_path is None:
        raise _RefusalError(f"volume {volume.name!r} is of a kind that the process runtime does not have")
    path = os.path.realpath(volume.host_path.path)
    roots = [os.path.realpath(root) for root in draft.settings.host_paths]
    if not any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots):
        raise _RefusalError(
            f"hostPath {volume.host_path.path!r} is not below a directory that the configuration allows"
        )
    if volume.host_path.type == "DirectoryOrCreate":
        draft.directories.append(path)
    return path


def _mounts(draft: _Draft, item: manifest.Container) -> tuple[tuple[MountRecord, ...], tuple[str, ...]]:
    """The mounts of a container, outer ones first, and the sources that must not be links."""
    mounts: list[MountRecord] = []
    genuine: list[str] = []
    for mount in item.volume_mounts:
        if mount.name not in draft.volumes:
            raise _RefusalError(f"container {item.name!r} mounts volume {mount.name!r}, which the pod does not have")
        source, target = draft.volumes[mount.name], os.path.normpath("/" + mount.mount_path.lstrip("/"))
        if mount.sub_path:
            if mount.sub_path.startswith("/") or ".." in mount.sub_path.split("/"):
                raise _RefusalError(f"subPath {mount.sub_path!r} leaves its volume")
            source = os.path.normpath(f"{source}/{mount.sub_path}")
            draft.directories.append(source)
            genuine.append(source)
        if draft.settings.sandbox is None and source != target:
            raise _RefusalError(f"volume {mount.name!r} cannot be mounted at {target!r} without a sandbox")
        mounts.append(MountRecord(source, target, mount.read_only))
    mounts.sort(key=lambda mount: mount.target.count("/"))
    return tuple(mounts), tuple(genuine)


def _programs(
    draft: _Draft, entry: ImageEntry, root: str, argv: tuple[str, ...], env: Mapping[str, str]
) -> tuple[str, ...]:
    """Stage an image's programs; unsandboxed, one that is called by its absolute path is called where it lies."""
    for name, text in entry.programs.items():
        path = root + (name if name.startswith("/") else f"{PROGRAMS}/{name}")
        draft.directories.append(os.path.dirname(path))
        draft.files.append(FileRecord(path, text, 0o755))
    if draft.settings.sandbox is None and argv[0] in entry.programs and argv[0].startswith("/"):
        return (root + argv[0], *argv[1:])
    return argv


def _stage(draft: _Draft, containers: Sequence[ContainerPlan]) -> None:
    if not draft.request.files:
        return
    if all(item.name != "main" for item in containers):
        raise _RefusalError("files are staged, but no container is named main")
    root = layout.root_directory(draft.directory, "main")
    sandbox = draft.settings.sandbox
    for name, (text, mode) in draft.request.files.items():
        path = os.path.normpath("/" + name.lstrip("/"))
        mount = _covering(draft.main_mounts, path)
        if mount is not None and not mount.source.startswith(draft.directory + "/"):
            raise _RefusalError(f"{path!r} cannot be staged in a hostPath volume")
        if mount is None and sandbox is not None and sandbox.hides(path):
            raise _RefusalError(f"{path!r} cannot be staged: the directory is the host's and read-only")
        target = root + path if mount is None else mount.source + path.removeprefix(mount.target)
        draft.directories.append(os.path.dirname(target))
        draft.files.append(FileRecord(target, text, mode))


def _make_working_directory(draft: _Draft, mounts: Sequence[MountRecord], root: str, cwd: str) -> None:
    """Container engines make a missing working directory; so does this, where the directory is the pod's own."""
    sandbox, mount = draft.settings.sandbox, _covering(mounts, cwd)
    if mount is not None and mount.source.startswith(draft.directory + "/"):
        draft.directories.append(mount.source + cwd.removeprefix(mount.target))
    elif mount is None and sandbox is not None and not sandbox.hides(cwd):
        draft.directories.append(root + cwd)


def _covering(mounts: Sequence[MountRecord], path: str) -> MountRecord | None:
    """The innermost mount that ``path`` lies in."""
    found = [mount for mount in mounts if path == mount.target or path.startswith(mount.target.rstrip("/") + "/")]
    return max(found, key=lambda mount: len(mount.target), default=None)


def _rehomed(word: str, files: Mapping[str, Any], root: str) -> str:
    """Without a sandbox staged files do not lie at their own paths; name them where they do."""
    for name in files:
        word = word.replace(name, root + os.path.normpath("/" + name.lstrip("/")))
    return word


def _mark(draft: _Draft, container: str) -> str:
    return f"{draft.directory}/{container}"
