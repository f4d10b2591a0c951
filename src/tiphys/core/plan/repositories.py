"""Which artifact repository a workflow uses (``spec/data.md`` 5.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct, field

from tiphys.core.manifest.model.artifact import ArtifactRepository, ArtifactRepositoryRef, ArtifactRepositoryRefStatus
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.yaml import YamlError, parse
from tiphys.errors import TiphysError

CONFIG_MAP = "artifact-repositories"
#: The annotation of a config map that names the key to take when none is asked for.
DEFAULT_KEY = "workflows.argoproj.io/default-artifact-repository"


class RepositoryError(Exception):
    """No repository can be used; the text is Argo's."""


class RepositoryMap(Struct, frozen=True):
    """A config map with repositories, each the YAML text of one."""

    data: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


#: (namespace, name) → config map, None when there is none; a TiphysError when nobody answers.
MapLookup = Callable[[str, str], RepositoryMap | None]


def choose_repository(
    reference: ArtifactRepositoryRef | None,
    namespaces: tuple[str, str],
    maps: MapLookup,
    default: JsonObject | None,
) -> ArtifactRepositoryRefStatus:
    """The repository of a workflow, as its status keeps it.

    Args:
        reference: What the spec asks for.
        namespaces: The workflow's and the controller's.
        maps: Where config maps are found.
        default: The controller's own repository; None when it is configured with none.

    Raises:
        RepositoryError: what is asked for does not exist, or is no repository.
    """
    for namespace in namespaces if reference is not None else namespaces[:1]:
        found = _find(reference, namespace, maps)
        if found is not None:
            return found
    if reference is not None:
        raise RepositoryError(
            f'failed to find any artifact repository for artifact repository ref "{_shown(reference)}"'
        )
    return ArtifactRepositoryRefStatus(default=True, artifact_repository=_record(default or {}))


def _find(
    reference: ArtifactRepositoryRef | None, namespace: str, maps: MapLookup
) -> ArtifactRepositoryRefStatus | None:
    """The repository of a namespace; None when its config map, or the key in it, is missing."""
    name = (reference.config_map if reference is not None else None) or CONFIG_MAP
    try:
        found = maps(namespace, name)
    except TiphysError as error:
        raise RepositoryError(
            f'error getting config map for artifact repository ref "{namespace}/{_shown(reference)}": {error.message}'
        ) from None
    if found is None:
        return None
    key = (reference.key if reference is not None else None) or found.annotations.get(DEFAULT_KEY) or ""
    text = found.data.get(key)
    if text is None:
        return None
    try:
        documents = parse(text)
        repository = _record(documents[0].data if documents else {})
    except (YamlError, msgspec.ValidationError) as error:
        reason = error.message if isinstance(error, YamlError) else str(error)
        where = f"{namespace}/{_shown(reference)}"
        raise RepositoryError(
            f'failed to unmarshall config map key "{key}" for artifact repository ref "{where}": {reason}'
        ) from None
    return ArtifactRepositoryRefStatus(namespace=namespace, config_map=name, key=key, artifact_repository=repository)


def _record(data: object) -> ArtifactRepository:
    return msgspec.convert(data, ArtifactRepository) if data else ArtifactRepository()


def _shown(reference: ArtifactRepositoryRef | None) -> str:
    """A reference as Argo's messages show it."""
    return f"{reference.config_map or ''}#{reference.key or ''}" if reference is not None else "nil"
