"""From a Pod manifest to the plan that the supervisor carries out: data in, data out, no process."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.adapters.pods import manifest
from tiphys.adapters.pods.argo import PROGRESS_FILE, argo_variables
from tiphys.adapters.pods.downward import Addresses
from tiphys.adapters.pods.environment import environment
from tiphys.adapters.pods.expansion import expand
from tiphys.adapters.pods.planning import Asked, container_plan, first_role, frame, main_root, planned
from tiphys.adapters.pods.probes import limits_of
from tiphys.adapters.pods.problems import ContainerError, PodError
from tiphys.adapters.pods.sets import role_of
from tiphys.adapters.pods.users import RunAs, run_as
from tiphys.adapters.runtimes.process import images as image_table
from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.adapters.runtimes.process.mounts import Mounts, Volumes, covering
from tiphys.adapters.runtimes.process.sandbox import PROGRAMS, Sandbox, User
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.processes import MARK
from tiphys.adapters.supervisor.records import ContainerPlan, FileRecord, MountRecord, PodPlan, ProcessLaunch
from tiphys.ports.runtime import PodRequest

#: The module that brings the containers to life; by name, for it is imported in the supervisor alone.
_LAUNCHER = f"{__package__}.launcher"


class Settings(Struct, frozen=True, kw_only=True):
    """What of this machine and its configuration decides how pods run.  ``sandbox`` None: unsandboxed."""

    home: str
    sandbox: Sandbox | None
    environment: Mapping[str, str]
    host_paths: Sequence[str] = ()
    images: Mapping[str, ImageEntry] = field(default_factory=dict)
    artifacts: Mapping[str, str] = field(default_factory=dict)


class _Draft(Struct):
    """What is collected while the containers of one pod are planned."""

    settings: Settings
    asked: Asked
    address: str
    volumes: Volumes
    roots: list[str] = field(default_factory=list)
    directories: list[str] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    main_mounts: tuple[MountRecord, ...] = ()

    @property
    def request(self) -> PodRequest:
        return self.asked.request

    @property
    def pod(self) -> manifest.Pod:
        return self.asked.pod

    @property
    def directory(self) -> str:
        return self.asked.directory


def compile_plan(request: PodRequest, settings: Settings) -> PodPlan:
    """Plan a pod; what cannot be planned becomes a plan that fails with the reason.

    Raises:
        PodRuntimeError: The key cannot name a directory.
    """

    def plan(asked: Asked) -> PodPlan:
        address = own_address(request)
        volumes = Volumes(request, asked.pod, settings.host_paths, asked.directory, settings.home, address)
        return _plan(_Draft(settings, asked, address, volumes))

    return planned(request, settings.home, _LAUNCHER, plan)


def own_address(request: PodRequest) -> str:
    """An address of this machine that no other pod is told: one of the sixteen million of 127.0.0.0/8."""
    digest = hashlib.sha256(f"{request.key.uid}/{request.key.node_id}".encode()).digest()
    return f"127.{1 + digest[0] % 254}.{digest[1]}.{1 + digest[2] % 254}"


def _plan(draft: _Draft) -> PodPlan:
    spec, sandbox, group = draft.pod.spec, draft.settings.sandbox, draft.asked.group
    containers = [_container(draft, item, first_role(item)) for item in spec.init_containers]
    containers += [_container(draft, item, role_of(draft.pod, item.name, group)) for item in spec.containers]
    private = main_root(draft.asked, containers)
    root = private if sandbox else "/"
    _stage(draft, containers)
    directories = [*draft.volumes.directories, *draft.directories]
    if group is not None and draft.request.input_artifacts:
        directories.append(layout.inputs_directory(draft.directory))
    return replace(
        frame(draft.asked, containers, root, draft.main_mounts, draft.settings.artifacts),
        roots=tuple(draft.roots),
        skeleton=sandbox.directories if sandbox else (),
        links=sandbox.links if sandbox else (),
        directories=tuple(dict.fromkeys(directories)),
        shared=tuple(draft.volumes.shared),
        extra_links=tuple(draft.links),
        files=(*draft.volumes.files, *draft.files),
        caps=tuple(draft.volumes.caps),
        progress=PROGRESS_FILE if sandbox else f"{root}{PROGRESS_FILE}".replace("//", "/"),
        address=draft.address,
    )


def _container(draft: _Draft, item: manifest.Container, role: str) -> ContainerPlan:
    refused: tuple[str, str] | None = None
    env: dict[str, str] = {}
    mounts = Mounts()
    user = RunAs()
    try:
        env = _environment(draft, item, role)
        user = run_as(draft.pod, item, draft.request.pod_name)
        mounts = draft.volumes.mounts(item, env)
    except ContainerError as error:
        refused = (error.reason, str(error))
    if role == "main" and draft.asked.group is not None:
        mounts = mounts.with_binds(_shared_inputs(draft))
    if item.name == "main":
        draft.main_mounts = mounts.records
    made = container_plan(draft.asked, item, role, env, _launch(draft, item, env, mounts, user, role), refused)
    return replace(made, ports=tuple(port.container_port for port in item.ports if port.protocol == "TCP"))


def _launch(
    draft: _Draft, item: manifest.Container, env: dict[str, str], mounts: Mounts, user: RunAs, role: str
) -> ProcessLaunch:
    sandbox = draft.settings.sandbox
    root = layout.root_directory(draft.directory, item.name)
    draft.roots.append(root)
    entry = image_table.find(draft.settings.images, item.image)
    argv = _command(item, entry, env)
    env = {**_inherited(draft, item, entry), **env}
    if entry is not None:
        argv = _programs(draft, entry, root, argv, env)
    cwd = item.working_dir or "/"
    program = argv[0]
    if sandbox is None:
        if mounts.data or any(record.source != record.target for record in mounts.records):
            raise PodError(f"volumes of container {item.name!r} cannot be mounted without a sandbox")
        cwd = item.working_dir or root
        env[MARK] = f"{draft.directory}/{item.name}"
        argv = tuple(_rehomed(word, draft.request.files, root) for word in argv)
    else:
        _make_working_directory(draft, mounts.records, root, os.path.normpath(cwd))
        opened = _open(draft, sandbox, root, mounts, [*_placed(draft, item.name, role), os.path.normpath(cwd)])
        argv = (
            *sandbox.command(
                root, mounts.options(), draft.pod.spec.hostname or draft.request.pod_name, cwd,
                opened=opened, user=User(user.uid, user.gid, not user.read_only),
            ),
            *argv,
        )  # fmt: skip
    return ProcessLaunch(
        argv=argv, env=env, cwd=cwd, program=program, sandboxed=sandbox is not None, genuine=mounts.genuine,
        data=mounts.data, limits=limits_of(item),
    )  # fmt: skip


def _command(item: manifest.Container, entry: ImageEntry | None, env: Mapping[str, str]) -> tuple[str, ...]:
    """Kubernetes' rule: ``command`` replaces the entry point and its arguments, ``args`` the arguments alone."""
    entrypoint, cmd = (entry.entrypoint, entry.cmd) if entry else ((), ())
    if item.command:
        words = (*item.command, *item.args)
    elif entry is None:
        raise PodError(f"container {item.name!r} has no command, and no entry point is known for image {item.image!r}")
    else:
        words = (*entrypoint, *(item.args or cmd))
    if not words:
        raise PodError(f"container {item.name!r} has no command")
    if any("\0" in word for word in words):
        raise PodError(f"a word of the command of container {item.name!r} contains a NUL character")
    return tuple(expand(word, env) for word in words)


def _environment(draft: _Draft, item: manifest.Container, role: str) -> dict[str, str]:
    """The variables that the manifest states, which alone stand behind ``$(NAME)``."""
    base = argo_variables(draft.request, draft.pod, item.name) if role == "main" else {}
    return environment(draft.request, draft.pod, item, base, Addresses(draft.address))


def _inherited(draft: _Draft, item: manifest.Container, entry: ImageEntry | None) -> dict[str, str]:
    """The variables that every container has, as if its image stated them."""
    base = {**draft.settings.environment, "HOSTNAME": (draft.pod.spec.hostname or draft.request.pod_name)[:63]}
    if entry is not None and any(not name.startswith("/") for name in entry.programs):
        programs = PROGRAMS
        if draft.settings.sandbox is None:
            programs = layout.root_directory(draft.directory, item.name) + PROGRAMS
        base["PATH"] = f"{programs}:{base['PATH']}"
    return base


def _placed(draft: _Draft, name: str, role: str) -> list[str]:
    """The paths at which files are placed in the root of a container before it starts."""
    paths = [os.path.normpath("/" + path.lstrip("/")) for path in draft.request.files] if name == "main" else []
    if role == "main":
        paths += [path for path in map(_artifact_path, draft.request.input_artifacts) if path]
    return paths


def _artifact_path(artifact: Mapping[str, Any]) -> str:
    path = artifact.get("path")
    return os.path.normpath("/" + path.lstrip("/")) if isinstance(path, str) and path else ""


def _shared_inputs(draft: _Draft) -> list[MountRecord]:
    """All main containers of a set see the input artifacts; each has a root of its own."""
    folder = layout.inputs_directory(draft.directory)
    paths = map(_artifact_path, draft.request.input_artifacts)
    return [MountRecord(f"{folder}/{number}", path) for number, path in enumerate(paths) if path]


def _open(draft: _Draft, sandbox: Sandbox, root: str, mounts: Mounts, paths: Sequence[str]) -> list[str]:
    """Make room in the host's read-only directories for what the container has there; the directories opened."""
    wanted: dict[str, set[str]] = {}
    targets = [target for target in mounts.targets() if not os.path.lexists(target)]
    own = [path for path in paths if covering(mounts.records, path) is None and not os.path.isdir(path)]
    for path in (*targets, *own):
        cover = sandbox.cover(path)
        if cover is not None and path != cover:
            wanted.setdefault(cover, set()).add(path)
    for cover, inside in wanted.items():
        directories, links = sandbox.openings(cover, inside)
        draft.directories += [root + path for path in directories]
        draft.links += [(root + path, target) for path, target in links]
    return list(wanted)


def _programs(
    draft: _Draft, entry: ImageEntry, root: str, argv: tuple[str, ...], env: Mapping[str, str]
) -> tuple[str, ...]:
    """Stage an image's programs; unsandboxed, one that is called by its absolute path is called where it lies."""
    for name, text in entry.programs.items():
        path = root + (name if name.startswith("/") else f"{PROGRAMS}/{name}")
        draft.directories.append(os.path.dirname(path))
        draft.files.append(FileRecord(path, text.encode(), 0o755))
    if draft.settings.sandbox is None and argv[0] in entry.programs and argv[0].startswith("/"):
        return (root + argv[0], *argv[1:])
    return argv


def _stage(draft: _Draft, containers: Sequence[ContainerPlan]) -> None:
    if not draft.request.files:
        return
    if all(item.name != "main" for item in containers):
        raise PodError("files are staged, but no container is named main")
    root = layout.root_directory(draft.directory, "main")
    for name, (text, mode) in draft.request.files.items():
        path = os.path.normpath("/" + name.lstrip("/"))
        mount = covering(draft.main_mounts, path)
        if mount is not None and not mount.source.startswith(draft.directory + "/"):
            raise PodError(f"{path!r} cannot be staged in a hostPath volume")
        target = root + path if mount is None else mount.source + path.removeprefix(mount.target)
        draft.directories.append(os.path.dirname(target))
        draft.files.append(FileRecord(target, text.encode(errors="surrogateescape"), mode))


def _make_working_directory(draft: _Draft, mounts: Sequence[MountRecord], root: str, cwd: str) -> None:
    """Container engines make a missing working directory; so does this, where the directory is the pod's own."""
    sandbox, mount = draft.settings.sandbox, covering(mounts, cwd)
    if mount is not None and mount.source.startswith(draft.directory + "/"):
        draft.directories.append(mount.source + cwd.removeprefix(mount.target))
    elif mount is None and sandbox is not None and not (sandbox.hides(cwd) and os.path.isdir(cwd)):
        draft.directories.append(root + cwd)


def _rehomed(word: str, files: Mapping[str, Any], root: str) -> str:
    """Without a sandbox staged files do not lie at their own paths; name them where they do."""
    for name in files:
        word = word.replace(name, root + os.path.normpath("/" + name.lstrip("/")))
    return word
