"""The volumes of a pod as bubblewrap mounts them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from msgspec import Struct

from tiphys.adapters.pods import manifest
from tiphys.adapters.pods.expansion import expand
from tiphys.adapters.pods.problems import ContainerError, PodError
from tiphys.adapters.pods.volumes import Directory, FileItem, Files, Missing, sub_path, volume_of
from tiphys.adapters.runtimes.process.sandbox import DATA_FD
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import CapRecord, DataRecord, FileRecord, MountRecord
from tiphys.ports.runtime import PodRequest

_HOSTS = "/etc/hosts"


class Mounts(Struct, frozen=True):
    """What one container sees: host paths (``records``, outer ones first) and files that come through memory.

    ``folders`` are made in memory around ``data``.  ``genuine`` are sources that must not have become links.
    ``trusted`` are sources that may be missing: then nothing is mounted.
    """

    records: tuple[MountRecord, ...] = ()
    genuine: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    data: tuple[DataRecord, ...] = ()
    optional: frozenset[str] = frozenset()

    def with_binds(self, more: Sequence[MountRecord]) -> Mounts:
        """The same and further binds, whose sources may be missing."""
        records = tuple(sorted((*self.records, *more), key=lambda item: item.target.count("/")))
        return Mounts(records, self.genuine, self.folders, self.data, frozenset(item.source for item in more))

    def targets(self) -> list[str]:
        """Every path at which something is mounted."""
        return [*(item.target for item in self.records), *self.folders, *(item.target for item in self.data)]

    def options(self) -> list[str]:
        """The options of bubblewrap; ``data`` comes from the descriptors from ``DATA_FD`` on, in order."""
        words: list[str] = []
        for item in self.records:
            bind = "--ro-bind" if item.read_only else "--bind"
            words += [bind + ("-try" if item.source in self.optional else ""), item.source, item.target]
        for folder in self.folders:
            words += ["--perms", "0755", "--tmpfs", folder]
        for number, file in enumerate(self.data, DATA_FD):
            inside = any(file.target.startswith(folder + "/") for folder in self.folders)
            words += ["--perms", f"{file.mode:04o}", "--file" if inside else "--ro-bind-data", str(number), file.target]
        for folder in self.folders:
            words += ["--remount-ro", folder]
        return words


class Volumes:
    """The volumes of one pod, made for whoever mounts them first; what has to be made is collected."""

    def __init__(
        self,
        request: PodRequest,
        pod: manifest.Pod,
        host_paths: Sequence[str],
        directory: str,
        home: str,
        address: str,
    ) -> None:
        self.directories: list[str] = []
        self.shared: list[str] = []
        self.files: list[FileRecord] = []
        self.caps: list[CapRecord] = []
        self._directory = directory
        self._memory = layout.memory_directory(home, request.key.uid, request.key.node_id)
        self._aliases = pod.spec.host_aliases
        self._volumes: dict[str, Files | Directory | Missing] = {}
        for volume in pod.spec.volumes:
            found = volume_of(request, pod, volume, host_paths, address)
            self._volumes[volume.name] = self._placed(volume.name, found)

    def _placed(self, name: str, volume: Files | Directory | Missing) -> Files | Directory | Missing:
        """The volume with its place on the host."""
        own = f"{self._directory}/volumes/{layout.component(name)}"
        if isinstance(volume, Directory):
            if not volume.made:
                if volume.create:
                    self.directories.append(volume.path)
                return volume
            path = f"{self._memory}/{name}" if volume.memory and self._memory else own
            self.directories.append(path)
            if volume.limit is not None:
                self.caps.append(CapRecord(name, path, volume.limit))
            self.shared.append(path)
            return Directory(path, made=True)
        if isinstance(volume, Files) and not volume.secret:
            self.directories.append(own)
            for file in volume.files:
                self.directories.append(os.path.dirname(f"{own}/{file.path}"))
                self.files.append(FileRecord(f"{own}/{file.path}", file.data, file.mode))
            return Directory(own, read_only=True)
        return volume

    def mounts(self, container: manifest.Container, env: dict[str, str]) -> Mounts:
        """What a container mounts.

        Raises:
            PodError: A volume does not exist, or a path leaves it.
            ContainerError: A volume cannot be had.
        """
        records: list[MountRecord] = []
        genuine: list[str] = []
        folders: list[str] = []
        data: list[DataRecord] = []
        for mount in container.volume_mounts:
            volume = self._volumes.get(mount.name)
            if volume is None:
                text = f"container {container.name!r} mounts volume {mount.name!r}, which the pod does not have"
                raise PodError(text)
            if isinstance(volume, Missing):
                raise ContainerError(volume.message)
            target = os.path.normpath("/" + mount.mount_path.lstrip("/"))
            inside = sub_path(expand(mount.sub_path_expr, env) if mount.sub_path_expr else mount.sub_path)
            if isinstance(volume, Files):
                _add_files(volume.files, target, inside, folders, data)
                continue
            source = f"{volume.path}/{inside}" if inside else volume.path
            if inside:
                if not any(file.path == source for file in self.files) and not os.path.isfile(source):
                    self.directories.append(source)
                genuine.append(source)
            records.append(MountRecord(source, target, mount.read_only or volume.read_only))
        if self._aliases:
            records.append(self._hosts())
        records.sort(key=lambda item: item.target.count("/"))
        return Mounts(tuple(records), tuple(genuine), tuple(folders), tuple(data))

    def _hosts(self) -> MountRecord:
        """The machine's list of hosts with the pod's own entries."""
        path = f"{self._directory}/hosts"
        if all(file.path != path for file in self.files):
            try:
                with open(_HOSTS, "rb") as file:
                    known = file.read()
            except OSError:
                known = b"127.0.0.1 localhost\n"
            lines = [f"{alias.ip}\t{' '.join(alias.hostnames)}\n" for alias in self._aliases]
            text = known.rstrip(b"\n") + b"\n# Entries added by HostAliases.\n" + "".join(lines).encode()
            self.files.append(FileRecord(path, text, 0o644))
        return MountRecord(path, _HOSTS, read_only=True)


def _add_files(files: Sequence[FileItem], target: str, inside: str, folders: list[str], data: list[DataRecord]) -> None:
    """Mount secret files: all below a folder in memory, or the one that ``subPath`` names."""
    for file in files:
        if file.path == inside:
            data.append(DataRecord(target, file.data, file.mode))
            return
    folders.append(target)
    prefix = f"{inside}/" if inside else ""
    data += [
        DataRecord(f"{target}/{file.path.removeprefix(prefix)}", file.data, file.mode)
        for file in files
        if file.path.startswith(prefix)
    ]


def covering(mounts: Sequence[MountRecord], path: str) -> MountRecord | None:
    """The innermost mount that ``path`` lies in."""
    found = [mount for mount in mounts if path == mount.target or path.startswith(mount.target.rstrip("/") + "/")]
    return max(found, key=lambda mount: len(mount.target), default=None)
