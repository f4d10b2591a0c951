"""The volumes of a pod as bubblewrap mounts them."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from msgspec import Struct

from tiphys.adapters.pods import manifest
from tiphys.adapters.pods.downward import Addresses
from tiphys.adapters.pods.placing import PodVolumes
from tiphys.adapters.pods.volumes import Directory, FileItem, Files
from tiphys.adapters.runtimes.process.sandbox import DATA_FD
from tiphys.adapters.supervisor.records import DataRecord, FileRecord, MountRecord
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
        for inner in self._inner_folders():  # else bubblewrap makes them as closed as the first file in them
            words += ["--perms", "0755", "--dir", inner]
        for number, file in enumerate(self.data, DATA_FD):
            inside = self._folder_of(file) is not None
            words += ["--perms", f"{file.mode:04o}", "--file" if inside else "--ro-bind-data", str(number), file.target]
        for folder in self.folders:
            words += ["--remount-ro", folder]
        return words

    def _folder_of(self, file: DataRecord) -> str | None:
        return next((folder for folder in self.folders if file.target.startswith(folder + "/")), None)

    def _inner_folders(self) -> list[str]:
        """The directories between folders and their files, outer ones first."""
        found: set[str] = set()
        for file in self.data:
            folder, path = self._folder_of(file), posixpath.dirname(file.target)
            while folder is not None and len(path) > len(folder):
                found.add(path)
                path = posixpath.dirname(path)
        return sorted(found)


class Volumes(PodVolumes):
    """The volumes of one pod for a process; those of secrets have no place, they come through memory."""

    def __init__(
        self,
        request: PodRequest,
        pod: manifest.Pod,
        host_paths: Sequence[str],
        directory: str,
        home: str,
        address: str,
    ) -> None:
        super().__init__(request, pod, host_paths, directory, home, Addresses(address))
        self._aliases = pod.spec.host_aliases

    def _files_at(self, name: str, own: str, volume: Files) -> Files | Directory:
        return volume if volume.secret else self._write(own, volume)

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
            item = self._mounted(container, mount, env)
            if isinstance(item.volume, Files):
                _add_files(item.volume.files, item.target, item.inside, folders, data)
                continue
            source = self._source(item.volume, item.inside)
            if item.inside:
                genuine.append(source)
            records.append(MountRecord(source, item.target, mount.read_only or item.volume.read_only))
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
