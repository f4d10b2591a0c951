"""The kinds of a cluster, asked for when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Catalogue, Kind, split_api_version
from tiphys.errors import NotFoundError

#: Gives the answer to a GET of a path.
Get = Callable[[str], JsonObject]


class ClusterKinds(Catalogue):
    """Kinds by the discovery of an API server; each group is asked for once."""

    def __init__(self, get: Get) -> None:
        super().__init__()
        self._get = get
        self._groups: dict[str, list[Kind]] = {}

    def of(self, api_version: str, kind: str) -> Kind:
        """The kind of a manifest as the cluster knows it."""
        found = next((each for each in self._kinds_of(api_version) if each.kind == kind), None)
        return found or super().of(api_version, kind)

    def find(self, word: str) -> Kind | None:
        """The kind that a person names; of several groups the core one, then that of the first name."""
        name, _, rest = word.lower().partition(".")
        for kind in self.all():
            if name not in (kind.resource, kind.kind.lower(), *kind.short):
                continue
            if not rest or rest in (kind.group, f"{kind.version}.{kind.group}", kind.version):
                return kind
        return None

    def all(self) -> tuple[Kind, ...]:
        """All kinds that the cluster serves, in the version it prefers."""
        groups = self._get("/apis").get("groups")
        versions = ["v1", *(_preferred(group) for group in (groups if isinstance(groups, list) else []))]
        return tuple(kind for version in versions if version for kind in self._kinds_of(version))

    def _kinds_of(self, api_version: str) -> list[Kind]:
        if api_version not in self._groups:
            path = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            try:
                listed = self._get(path).get("resources")
            except NotFoundError:
                return []
            self._groups[api_version] = list(_kinds(api_version, listed))
        return self._groups[api_version]


def _preferred(group: JsonValue) -> str:
    preferred = group.get("preferredVersion") if isinstance(group, dict) else None
    return str(preferred.get("groupVersion") or "") if isinstance(preferred, dict) else ""


def _kinds(api_version: str, listed: JsonValue) -> Iterator[Kind]:
    group, version = split_api_version(api_version)
    for item in listed if isinstance(listed, list) else []:
        if not isinstance(item, dict) or "/" in str(item.get("name")):
            continue
        short = item.get("shortNames")
        yield Kind(
            group,
            version,
            str(item.get("kind")),
            str(item.get("name")),
            bool(item.get("namespaced")),
            tuple(str(each) for each in short) if isinstance(short, list) else (),
        )
