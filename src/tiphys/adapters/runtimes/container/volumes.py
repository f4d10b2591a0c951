"""The volumes of a pod as binds of host paths: an engine knows nothing else."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence

from tiphys.adapters.pods import manifest
from tiphys.adapters.pods.argo import PROGRESS_FILE
from tiphys.adapters.pods.expansion import expand
from tiphys.adapters.pods.problems import ContainerError, PodError
from tiphys.adapters.pods.volumes import Directory, Files, Missing, sub_path, volume_of
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import CapRecord, FileRecord, MountRecord
from tiphys.ports.runtime import PodRequest


class EngineVolumes:
    """The volumes of one pod; what has to be made is collected.

    ``passing`` are directories that hold secrets, in memory where the machine has such a place; they go with the pod.
    """

    def __init__(
        self, request: PodRequest, pod: manifest.Pod, host_paths: Sequence[str], directory: str, home: str
    ) -> None:
        self._directory = directory
        self._memory = layout.memory_directory(home, request.key.uid, request.key.node_id)
        self._inputs = [str(item["path"]) for item in request.input_artifacts if item.get("path")]
        self.directories = [f"{directory}/argo"]
        self.shared = [f"{directory}/argo"]
        self.passing: list[str] = []
        self.files: list[FileRecord] = []
        self.caps: list[CapRecord] = []
        if self._inputs:
            self.directories.append(layout.inputs_directory(directory))
        self._volumes = {
            volume.name: self._placed(volume.name, volume_of(request, pod, volume, host_paths, ""))
            for volume in pod.spec.volumes
        }

    def _placed(self, name: str, volume: Files | Directory | Missing) -> Directory | Missing:
        own = f"{self._directory}/volumes/{layout.component(name)}"
        if isinstance(volume, Missing):
            return volume
        if isinstance(volume, Files):
            if volume.secret:
                own = f"{self._memory or self._directory}/secrets/{name}"
                self.passing.append(own)
            self.directories.append(own)
            self.files += [FileRecord(f"{own}/{file.path}", file.data, file.mode) for file in volume.files]
            return Directory(own, read_only=True)
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

    def mounts(self, container: manifest.Container, env: Mapping[str, str], *, inputs: bool) -> tuple[MountRecord, ...]:
        """What a container mounts, with the input artifacts if it sees them.

        Raises:
            PodError: A volume does not exist, or a path leaves it.
            ContainerError: A volume cannot be had.
        """
        found: list[MountRecord] = []
        for mount in container.volume_mounts:
            volume = self._volumes.get(mount.name)
            if volume is None:
                text = f"container {container.name!r} mounts volume {mount.name!r}, which the pod does not have"
                raise PodError(text)
            if isinstance(volume, Missing):
                raise ContainerError(volume.message)
            inside = sub_path(expand(mount.sub_path_expr, env) if mount.sub_path_expr else mount.sub_path)
            source = f"{volume.path}/{inside}" if inside else volume.path
            if inside and all(file.path != source for file in self.files) and not os.path.isfile(source):
                self.directories.append(source)
            target = posixpath.normpath("/" + mount.mount_path.lstrip("/"))
            found.append(MountRecord(source, target, mount.read_only or volume.read_only))
        if inputs:
            found += self._input_mounts(found)
        found.append(MountRecord(f"{self._directory}/argo", posixpath.dirname(PROGRESS_FILE)))
        found.sort(key=lambda item: item.target.count("/"))
        return tuple(found)

    def _input_mounts(self, mounts: Sequence[MountRecord]) -> list[MountRecord]:
        """One for each input artifact that no volume covers; the executor makes the sources."""
        folder = layout.inputs_directory(self._directory)
        return [
            MountRecord(f"{folder}/{number}", path)
            for number, path in enumerate(posixpath.normpath(text) for text in self._inputs)
            if not any(path == item.target or path.startswith(item.target.rstrip("/") + "/") for item in mounts)
        ]
