"""The volumes of a pod as binds of host paths: an engine knows nothing else."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from tiphys.adapters.pods import manifest
from tiphys.adapters.pods.argo import PROGRESS_FILE
from tiphys.adapters.pods.downward import Addresses
from tiphys.adapters.pods.placing import PodVolumes
from tiphys.adapters.pods.volumes import Directory, Files
from tiphys.adapters.runtimes.container.addresses import machine_address
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import MountRecord
from tiphys.ports.runtime import PodRequest


class EngineVolumes(PodVolumes):
    """The volumes of one pod for an engine.

    ``passing`` are directories that hold secrets, in memory where the machine has such a place; they go with the pod.
    """

    def __init__(
        self, request: PodRequest, pod: manifest.Pod, host_paths: Sequence[str], directory: str, home: str
    ) -> None:
        self.passing: list[str] = []
        self._inputs = [str(item["path"]) for item in request.input_artifacts if item.get("path")]
        super().__init__(request, pod, host_paths, directory, home, Addresses("", machine_address()))
        self.directories.append(f"{directory}/argo")
        self.shared.append(f"{directory}/argo")
        if self._inputs:
            self.directories.append(layout.inputs_directory(directory))

    def _files_at(self, name: str, own: str, volume: Files) -> Directory:
        if volume.secret:
            own = f"{self._memory() or self._directory}/secrets/{name}"
            self.passing.append(own)
        return self._write(own, volume)

    def mounts(self, container: manifest.Container, env: Mapping[str, str], *, inputs: bool) -> tuple[MountRecord, ...]:
        """What a container mounts, with the input artifacts if it sees them.

        Raises:
            PodError: A volume does not exist, or a path leaves it.
            ContainerError: A volume cannot be had.
        """
        found: list[MountRecord] = []
        for mount in container.volume_mounts:
            item = self._mounted(container, mount, env)
            assert isinstance(item.volume, Directory)  # every volume of an engine is one
            source = self._source(item.volume, item.inside)
            found.append(MountRecord(source, item.target, mount.read_only or item.volume.read_only))
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
