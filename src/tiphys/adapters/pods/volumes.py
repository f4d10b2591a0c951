"""The volumes of a pod: directories of the host, and files made of ConfigMaps, Secrets and the pod itself."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence

from msgspec import Struct

from tiphys.adapters.pods.downward import Addresses, field, resource
from tiphys.adapters.pods.manifest import Container, FilesSource, Item, Pod, Volume
from tiphys.adapters.pods.problems import ContainerError, PodError
from tiphys.adapters.pods.quantities import quantity
from tiphys.ports.runtime import PodRequest

_MODE = 0o644
#: Types of ``hostPath`` whose directory is made: kubelets make it for the first, container runtimes for the second.
_MADE = frozenset({"DirectoryOrCreate", ""})


class FileItem(Struct, frozen=True):
    """One file of a volume; ``path`` is relative to the volume."""

    path: str
    data: bytes
    mode: int


class Files(Struct, frozen=True):
    """A volume of files; ``secret`` ones must not be written to a disk."""

    files: tuple[FileItem, ...]
    secret: bool


class Directory(Struct, frozen=True):
    """A volume that is a directory or a file of the host.

    ``made``: it is the pod's own and made empty; ``memory``: best kept in memory; ``create``: it is made if missing.
    ``limit`` is how many bytes may lie there; None: as many as there is room for.
    """

    path: str
    made: bool = False
    memory: bool = False
    create: bool = False
    read_only: bool = False
    limit: int | None = None


class Missing(Struct, frozen=True):
    """A volume that cannot be had; who mounts it cannot be created."""

    message: str


def volume_of(
    request: PodRequest, pod: Pod, volume: Volume, host_paths: Sequence[str], addresses: Addresses
) -> Files | Directory | Missing:
    """What a volume is on this machine; an empty path for those that are the pod's own.

    Raises:
        PodError: A directory of the host that the configuration does not allow, or a kind that there is not.
    """
    if volume.empty_dir is not None:
        limit = volume.empty_dir.size_limit
        return Directory(
            "",
            made=True,
            memory=volume.empty_dir.medium == "Memory",
            limit=int(quantity(limit)) or None if limit is not None else None,
        )
    if volume.host_path is not None:
        return _host_path(volume.host_path.path, volume.host_path.type, host_paths)
    claim = volume.persistent_volume_claim
    if claim is not None:
        path = request.sources.claims.get(claim.claim_name)
        if path is None:
            raise PodError(f'persistentvolumeclaim "{claim.claim_name}" not found')
        return Directory(path, create=True, read_only=claim.read_only)
    try:
        return _files(request, pod, volume, addresses)
    except ContainerError as error:
        return Missing(f'MountVolume.SetUp failed for volume "{volume.name}" : {error}')


def _host_path(text: str, kind: str, host_paths: Sequence[str]) -> Directory:
    path = os.path.realpath(text)
    roots = [os.path.realpath(root) for root in host_paths]
    if not any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots):
        raise PodError(f"hostPath {text!r} is not below a directory that the configuration allows")
    if kind == "Directory" and not os.path.isdir(path):
        raise PodError(f"hostPath type check failed: {text} is not a directory")
    if kind == "File" and not os.path.isfile(path):
        raise PodError(f"hostPath type check failed: {text} is not a file")
    return Directory(path, create=kind in _MADE and not os.path.exists(path))


def _files(request: PodRequest, pod: Pod, volume: Volume, addresses: Addresses) -> Files:
    reader = _Reader(request, pod, addresses)
    if volume.secret is not None:
        return Files(reader.secret(volume.secret, volume.secret.default_mode), secret=True)
    if volume.config_map is not None:
        return Files(reader.config_map(volume.config_map, volume.config_map.default_mode), secret=False)
    if volume.downward_api is not None:
        return Files(reader.downward(volume.downward_api, volume.downward_api.default_mode), secret=False)
    if volume.projected is None:
        raise PodError(f"volume {volume.name!r} is of a kind that there is not on one machine")
    files: dict[str, FileItem] = {}
    mode = volume.projected.default_mode
    for source in volume.projected.sources:
        found: tuple[FileItem, ...] = ()
        if source.secret is not None:
            found = reader.secret(source.secret, mode)
        elif source.config_map is not None:
            found = reader.config_map(source.config_map, mode)
        elif source.downward_api is not None:
            found = reader.downward(source.downward_api, mode)
        files |= {item.path: item for item in found}
    return Files(tuple(files.values()), secret=any(source.secret for source in volume.projected.sources))


class _Reader:
    """Makes files of one pod's sources."""

    def __init__(self, request: PodRequest, pod: Pod, addresses: Addresses) -> None:
        self._request = request
        self._pod = pod
        self._addresses = addresses

    def secret(self, source: FilesSource, mode: int | None) -> tuple[FileItem, ...]:
        name = source.secret_name or source.name
        found = self._request.sources.secrets.get(name)
        values = None if found is None else {key: value.reveal() for key, value in found.items()}
        return _keys(values, source, mode, f'secret "{name}" not found')

    def config_map(self, source: FilesSource, mode: int | None) -> tuple[FileItem, ...]:
        values = self._request.sources.config_maps.get(source.name)
        return _keys(values, source, mode, f'configmap "{source.name}" not found')

    def downward(self, source: FilesSource, mode: int | None) -> tuple[FileItem, ...]:
        return tuple(
            FileItem(_relative(item.path), self._text(item).encode(), _first(item.mode, mode)) for item in source.items
        )

    def _text(self, item: Item) -> str:
        if item.field_ref is not None:
            return field(self._request, self._pod, item.field_ref.field_path, self._addresses)
        if item.resource_field_ref is not None:
            return resource(self._pod, Container(name=""), item.resource_field_ref)
        return ""


def _keys(
    values: Mapping[str, bytes] | None, source: FilesSource, mode: int | None, missing: str
) -> tuple[FileItem, ...]:
    if values is None:
        if source.optional:
            return ()
        raise ContainerError(missing)
    mode = _first(source.default_mode, mode)
    if not source.items:
        return tuple(FileItem(_relative(key), data, mode) for key, data in values.items())
    for item in source.items:
        if item.key not in values and not source.optional:
            raise ContainerError(f"references non-existent config key: {item.key}")
    return tuple(
        FileItem(_relative(item.path), values[item.key], _first(item.mode, mode))
        for item in source.items
        if item.key in values
    )


def _first(*modes: int | None) -> int:
    return next((mode for mode in modes if mode is not None), _MODE)


def _relative(path: str) -> str:
    """The path of a file of a volume.

    Raises:
        PodError: It leaves the volume.
    """
    clean = posixpath.normpath(path)
    if not path or clean.startswith(("/", "..")) or clean == ".":
        raise PodError(f"{path!r} is not a path in a volume")
    return clean


def sub_path(text: str) -> str:
    """The relative path of a ``subPath``.

    Raises:
        PodError: It leaves the volume.
    """
    if text.startswith("/") or ".." in text.split("/"):
        raise PodError(f"subPath {text!r} leaves its volume")
    return "" if text in {"", "."} else posixpath.normpath(text)
