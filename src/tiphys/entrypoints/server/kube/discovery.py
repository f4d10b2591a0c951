"""Which groups, versions and kinds there are."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Kind
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.kube.answers import kinds_of, no_such_path
from tiphys.entrypoints.server.kube.reviews import IDENTITY_VERSIONS
from tiphys.entrypoints.server.parts import Parts

_VERBS: list[JsonValue] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
_REVIEWS = {
    "authorization.k8s.io": (
        ("SelfSubjectAccessReview", "selfsubjectaccessreviews"),
        ("SelfSubjectRulesReview", "selfsubjectrulesreviews"),
    ),
    "authentication.k8s.io": (("SelfSubjectReview", "selfsubjectreviews"),),
}
#: What ``kubectl get all`` shows.
_ALL = frozenset({("", "pods"), ("", "services"), ("batch", "jobs")})
#: Subresources, by group and resource: name, kind and verbs.
_SUBRESOURCES: dict[tuple[str, str], tuple[str, str, list[JsonValue]]] = {
    ("", "pods"): ("log", "Pod", ["get"]),
    ("", "serviceaccounts"): ("token", "TokenRequest", ["create"]),
}


def core_versions(_parts: Parts, _call: Call) -> JsonValue:
    """``/api``."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def groups(parts: Parts, _call: Call) -> JsonValue:
    """``/apis``."""
    found = {(kind.group, kind.version) for kind in kinds_of(parts) if kind.group}
    names: set[tuple[str, Sequence[str]]] = {(group, (version,)) for group, version in found}
    names |= {(group, _versions_of_reviews(group)) for group in _REVIEWS}
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(*item) for item in sorted(names)]}


def group(parts: Parts, call: Call) -> JsonValue:
    """``/apis/GROUP``."""
    wanted = call.path["group"]
    found = [kind.version for kind in kinds_of(parts) if kind.group == wanted][:1] or _versions_of_reviews(wanted)
    if not found:
        return no_such_path(parts, call)
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(wanted, found)}


def resources(parts: Parts, call: Call) -> JsonValue:
    """``/api/v1`` and ``/apis/GROUP/VERSION``."""
    name, version = call.path.get("group", ""), call.path.get("version", "v1")
    found: list[JsonValue] = []
    for kind in kinds_of(parts):
        if (kind.group, kind.version) == (name, version):
            found += _resources(kind)
    if version in _versions_of_reviews(name):
        for kind_name, resource in _REVIEWS[name]:
            found.append(_entry(resource, kind_name, namespaced=False, verbs=["create"]))
    if not found:
        return no_such_path(parts, call)
    place = f"{name}/{version}" if name else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": place, "resources": found}


def version(parts: Parts, _call: Call) -> JsonValue:
    """``/version``: a Kubernetes version that clients of today take for a peer."""
    return {
        "major": "1",
        "minor": "32",
        "gitVersion": f"v1.32.0+tiphys.{parts.options.version.removeprefix('v')}",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "cpython",
        "platform": "linux/amd64",
    }


def _versions_of_reviews(group: str) -> Sequence[str]:
    """The versions of a group of reviews, the preferred one first; none of other groups."""
    if group not in _REVIEWS:
        return ()
    return IDENTITY_VERSIONS if group == "authentication.k8s.io" else ("v1",)


def _group(name: str, versions: Sequence[str]) -> JsonObject:
    places: list[JsonValue] = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": places, "preferredVersion": places[0]}


def _resources(kind: Kind) -> list[JsonValue]:
    entry = _entry(kind.resource, kind.kind, namespaced=kind.namespaced, verbs=_VERBS)
    if kind.short:
        entry["shortNames"] = [*kind.short]
    if kind.group == "argoproj.io":
        entry["categories"] = ["argo"]
    if (kind.group, kind.resource) in _ALL:
        entry["categories"] = ["all"]
    found: list[JsonValue] = [entry]
    extra = _SUBRESOURCES.get((kind.group, kind.resource))
    if extra is not None:
        found.append(_entry(f"{kind.resource}/{extra[0]}", extra[1], namespaced=True, verbs=extra[2]))
    return found


def _entry(name: str, kind: str, *, namespaced: bool, verbs: list[JsonValue]) -> JsonObject:
    return {"name": name, "singularName": kind.lower(), "namespaced": namespaced, "kind": kind, "verbs": verbs}
