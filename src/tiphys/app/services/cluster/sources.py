"""What pods refer to by name, looked up when they start."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping

import msgspec

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Catalogue
from tiphys.errors import TiphysError
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import ObjectRef, Objects
from tiphys.ports.runtime import PodSources
from tiphys.ports.store import ObjectKey, Store, StoredObject
from tiphys.secret import Secret

#: Fields that hold a reference to a key of an object (``{name, key}``), or to a whole one (``{name}``).
_SECRET_REFS = frozenset({"secretKeyRef", "secretRef", "secret"})
_CONFIG_MAP_REFS = frozenset({"configMapKeyRef", "configMapRef", "configMap"})
#: Each name of a field that refers to something has one of these in it; most pods refer to nothing.
_SIGNS = (b"ecret", b"onfigMap", b"persistentVolumeClaim")


class Sources:
    """Finds config maps, secrets and claims in the store.

    ``directory_of`` gives the directory of a claim's volume, and makes it.  ``cluster`` has the config maps and
    secrets where one is named; what it does not answer about is taken as missing.  ``pulls`` says whether images come
    from registries: only then an account's secrets for them are looked up.
    """

    def __init__(
        self,
        store: Store,
        directory_of: Callable[[StoredObject], str],
        cluster: Objects | None = None,
        *,
        pulls: bool = True,
    ) -> None:
        self._store = store
        self._directory_of = directory_of
        self._cluster = cluster
        self._pulls = pulls

    def of(self, namespace: str, *places: JsonValue, account: str = "") -> PodSources:
        """What all references in manifests, templates and artifacts lead to; what does not exist is left out.

        ``account`` is the ServiceAccount of the pod, empty for the namespace's ``default``.
        """
        found = _Names()
        if any(word in msgspec.json.encode(places) for word in _SIGNS):
            for place in places:
                found.gather(place)
        pull = self._pull_secrets(namespace, account or "default")
        found.secrets.update(pull)
        config_maps = {name: self._config_map(namespace, name) for name in sorted(found.config_maps)}
        secrets = {name: self.secret(namespace, name) for name in sorted(found.secrets)}
        claims = {name: self._claim(namespace, name) for name in sorted(found.claims)}
        return PodSources(
            config_maps={name: data for name, data in config_maps.items() if data is not None},
            secrets={name: data for name, data in secrets.items() if data is not None},
            claims={name: directory for name, directory in claims.items() if directory is not None},
            pull_secrets=pull,
        )

    def _pull_secrets(self, namespace: str, account: str) -> tuple[str, ...]:
        """The names of an account's secrets for registries of images; accounts of a cluster are not asked for."""
        if self._cluster is not None or not self._pulls:
            return ()
        item = self._object("ServiceAccount", namespace, account) or {}
        named = item.get("imagePullSecrets")
        references = named if isinstance(named, list) else []
        return tuple(str(one["name"]) for one in references if isinstance(one, dict) and one.get("name"))

    def _claim(self, namespace: str, name: str) -> str | None:
        stored = self._store.get(ObjectKey("PersistentVolumeClaim", namespace, name, ""))
        return self._directory_of(stored) if stored is not None else None

    def _config_map(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        item = self._object("ConfigMap", namespace, name)
        if item is None:
            return None
        plain = {key: str(value).encode() for key, value in _items(item.get("data"))}
        return {**plain, **{key: base64.b64decode(str(value)) for key, value in _items(item.get("binaryData"))}}

    def secret(self, namespace: str, name: str) -> Mapping[str, Secret] | None:
        """The values of a Secret; None when there is none."""
        item = self._object("Secret", namespace, name)
        if item is None:
            return None
        return {key: Secret(base64.b64decode(str(value))) for key, value in _items(item.get("data"))}

    def _object(self, kind: str, namespace: str, name: str) -> JsonObject | None:
        if self._cluster is not None:
            try:
                return self._cluster.get(OWNER, ObjectRef(Catalogue().of("v1", kind), namespace, name))
            except TiphysError as error:
                import logging

                said = "%s %s/%s cannot be read: %s"
                logging.getLogger(__name__).warning(said, kind, namespace, name, error.message)
                return None
        stored = self._store.get(ObjectKey(kind, namespace, name, ""))
        return manifest_of(stored) if stored is not None else None


def _items(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        yield from value.items()


class _Names:
    """The names of all that is referred to."""

    def __init__(self) -> None:
        self.config_maps: set[str] = set()
        self.secrets: set[str] = set()
        self.claims: set[str] = set()

    def gather(self, value: JsonValue) -> None:
        """Look through a value and all in it; for each pod anew, so it is one plain loop.

        Kubernetes names a reference by its field; Argo's artifacts end theirs in ``Secret`` (``accessKeySecret``).
        """
        waiting = [value]
        while waiting:
            found = waiting.pop()
            if isinstance(found, dict):
                for field, item in found.items():
                    if isinstance(item, (dict, list)):
                        self._reference(field, item)
                        waiting.append(item)
            elif isinstance(found, list):
                waiting += found

    def _reference(self, field: str, item: JsonValue) -> None:
        if field == "imagePullSecrets" and isinstance(item, list):
            self.secrets.update(str(one["name"]) for one in item if isinstance(one, dict) and one.get("name"))
        if not isinstance(item, dict):
            return
        name = item.get("name")
        if field == "persistentVolumeClaim" and item.get("claimName"):
            self.claims.add(str(item["claimName"]))
        elif (field in _CONFIG_MAP_REFS or field.endswith("ConfigMap")) and name:
            self.config_maps.add(str(name))
        elif field == "secret" and item.get("secretName"):
            self.secrets.add(str(item["secretName"]))
        elif (field in _SECRET_REFS or field.endswith(("Secret", "SecretRef"))) and name:
            self.secrets.add(str(name))
