"""Where the volumes of a pod lie on the host, whoever mounts them."""

from __future__ import annotations

import os
import posixpath
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from msgspec import Struct

from tiphys.adapters.pods.downward import Addresses
from tiphys.adapters.pods.expansion import expand
from tiphys.adapters.pods.manifest import Container, Pod, VolumeMount
from tiphys.adapters.pods.problems import ContainerError, PodError
from tiphys.adapters.pods.volumes import Directory, Files, Missing, sub_path, volume_of
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import CapRecord, FileRecord
from tiphys.ports.runtime import PodRequest


class Mounted(Struct, frozen=True):
    """A mount that can be had: the volume, the path ``inside`` it (empty: all of it), and where it is seen."""

    volume: Files | Directory
    inside: str
    target: str


class PodVolumes(ABC):
    """The volumes of one pod, each with its place; what has to be made is collected.

    ``shared`` are directories that every user of the pod may write, ``caps`` limits of what they hold.
    """

    def __init__(
        self, request: PodRequest, pod: Pod, host_paths: Sequence[str], directory: str, home: str, addresses: Addresses
    ) -> None:
        self.directories: list[str] = []
        self.shared: list[str] = []
        self.files: list[FileRecord] = []
        self.caps: list[CapRecord] = []
        self._directory = directory
        self._home = home
        self._key = request.key
        self._volumes = {
            volume.name: self._placed(volume.name, volume_of(request, pod, volume, host_paths, addresses))
            for volume in pod.spec.volumes
        }

    def _placed(self, name: str, volume: Files | Directory | Missing) -> Files | Directory | Missing:
        own = f"{self._directory}/volumes/{layout.component(name)}"
        if isinstance(volume, Missing):
            return volume
        if isinstance(volume, Files):
            return self._files_at(name, own, volume)
        if not volume.made:
            if volume.create:
                self.directories.append(volume.path)
            return volume
        memory = self._memory() if volume.memory else ""
        path = f"{memory}/{name}" if memory else own
        self.directories.append(path)
        if volume.limit is not None:
            self.caps.append(CapRecord(name, path, volume.limit))
        self.shared.append(path)
        return Directory(path, made=True)

    def _memory(self) -> str:
        """Where volumes in memory lie; empty where the machine has no such place.  Most pods never ask."""
        return layout.memory_directory(self._home, self._key.uid, self._key.node_id)

    @abstractmethod
    def _files_at(self, name: str, own: str, volume: Files) -> Files | Directory:
        """The place of a volume of files; ``own`` is the one that a directory would have."""

    def _write(self, place: str, volume: Files) -> Directory:
        """Have the files of a volume made below a place."""
        self.directories.append(place)
        for file in volume.files:
            self.directories.append(os.path.dirname(f"{place}/{file.path}"))
            self.files.append(FileRecord(f"{place}/{file.path}", file.data, file.mode))
        return Directory(place, read_only=True)

    def _mounted(self, container: Container, mount: VolumeMount, env: Mapping[str, str]) -> Mounted:
        """Find what a container mounts.

        Raises:
            PodError: the volume does not exist, or the path leaves it.
            ContainerError: the volume cannot be had.
        """
        volume = self._volumes.get(mount.name)
        if volume is None:
            text = f"container {container.name!r} mounts volume {mount.name!r}, which the pod does not have"
            raise PodError(text)
        if isinstance(volume, Missing):
            raise ContainerError(volume.message)
        inside = sub_path(expand(mount.sub_path_expr, env) if mount.sub_path_expr else mount.sub_path)
        return Mounted(volume, inside, posixpath.normpath("/" + mount.mount_path.lstrip("/")))

    def _source(self, volume: Directory, inside: str) -> str:
        """The path on the host; a part of a volume that is no file is made a directory."""
        if not inside:
            return volume.path
        source = f"{volume.path}/{inside}"
        if all(file.path != source for file in self.files) and not os.path.isfile(source):
            self.directories.append(source)
        return source
