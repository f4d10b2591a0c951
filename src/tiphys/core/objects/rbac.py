"""Kubernetes' RBAC: does any rule that is bound to somebody allow what they want?  Deny is the default.

Pure: roles and bindings come in as the objects that they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.selectors import label_selector, matches

_ALL = "*"


class Wanted(Struct, frozen=True, kw_only=True):
    """What somebody wants to do.  ``resource`` is a plural, with the subresource behind a slash."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


class Rights(Protocol):
    """Where roles and bindings come from."""

    def role(self, namespace: str, name: str) -> JsonObject | None:
        """A Role."""

    def cluster_role(self, name: str) -> JsonObject | None:
        """A ClusterRole."""

    def cluster_roles(self) -> Sequence[JsonObject]:
        """All ClusterRoles, for aggregation."""

    def role_bindings(self, namespace: str) -> Sequence[JsonObject]:
        """The RoleBindings of a namespace."""

    def cluster_role_bindings(self) -> Sequence[JsonObject]:
        """All ClusterRoleBindings."""


def allowed(user: str, groups: Sequence[str], wanted: Wanted, rights: Rights) -> bool:
    """Whether a user may do this: a ClusterRoleBinding allows it everywhere, a RoleBinding in its namespace."""
    return any(rule_allows(rule, wanted) for rule in rules_of(user, groups, wanted.namespace, rights))


def rules_of(user: str, groups: Sequence[str], namespace: str, rights: Rights) -> Iterator[JsonObject]:
    """All rules that hold for a user in a namespace; empty stands for the whole cluster."""
    for binding in rights.cluster_role_bindings():
        if _binds(binding, user, groups, ""):
            yield from _role_rules(binding, "", rights)
    if namespace:
        for binding in rights.role_bindings(namespace):
            if _binds(binding, user, groups, namespace):
                yield from _role_rules(binding, namespace, rights)


def rule_allows(rule: JsonObject, wanted: Wanted) -> bool:
    """Whether one rule allows this.

    ``*`` stands for everything; ``*/scale`` for a subresource of every resource.  A rule that names objects never
    allows what has no name yet (``create``) or is about many (``list``).
    """
    names = _texts(rule.get("resourceNames"))
    return (
        _has(_texts(rule.get("verbs")), wanted.verb)
        and _has(_texts(rule.get("apiGroups")), wanted.group)
        and _has_resource(_texts(rule.get("resources")), wanted.resource)
        and (not names or (wanted.name != "" and wanted.name in names))
    )


def uncovered(given: Iterable[JsonObject], own: Sequence[JsonObject]) -> JsonObject | None:
    """The first of the rules ``given`` that allows something which no rule of ``own`` allows; None when there is none.

    Nobody may give rights that they do not have: each verb on each resource of each group, for each name, must be
    covered by one rule.
    """
    for rule in given:
        names = _texts(rule.get("resourceNames")) or [""]
        wanted = (
            Wanted(verb=verb, group=group, resource=resource, name=name)
            for verb in _texts(rule.get("verbs"))
            for group in _texts(rule.get("apiGroups"))
            for resource in _texts(rule.get("resources"))
            for name in names
        )
        if not all(any(rule_allows(mine, one) for mine in own) for one in wanted):
            return rule
        if rule.get("nonResourceURLs") and not any(_ALL in _texts(mine.get("nonResourceURLs")) for mine in own):
            return rule
    return None


def _has(values: Sequence[str], value: str) -> bool:
    return _ALL in values or value in values


def _has_resource(values: Sequence[str], resource: str) -> bool:
    subresource = resource.partition("/")[2]
    return _has(values, resource) or (subresource != "" and f"*/{subresource}" in values)


def _binds(binding: JsonObject, user: str, groups: Sequence[str], namespace: str) -> bool:
    return any(_is_subject(subject, user, groups, namespace) for subject in _objects(binding.get("subjects")))


def _is_subject(subject: JsonObject, user: str, groups: Sequence[str], namespace: str) -> bool:
    kind, name = subject.get("kind"), subject.get("name")
    if kind == "User":
        return name in (user, _ALL)
    if kind == "Group":
        return name in groups
    if kind == "ServiceAccount":
        return user == f"system:serviceaccount:{subject.get('namespace') or namespace}:{name}"
    return False


def _role_rules(binding: JsonObject, namespace: str, rights: Rights) -> Iterator[JsonObject]:
    ref = binding.get("roleRef")
    if not isinstance(ref, dict):
        return
    name = str(ref.get("name") or "")
    if ref.get("kind") == "ClusterRole":
        role = rights.cluster_role(name)
        if role is not None:
            yield from cluster_role_rules(role, rights.cluster_roles)
    elif ref.get("kind") == "Role" and namespace:
        role = rights.role(namespace, name)
        if role is not None:
            yield from _objects(role.get("rules"))


class _All(Protocol):
    def __call__(self) -> Sequence[JsonObject]: ...


def cluster_role_rules(role: JsonObject, everyone: _All) -> Iterator[JsonObject]:
    """The rules of a ClusterRole; an aggregated one has those of all roles that its selectors match."""
    yield from _objects(role.get("rules"))
    aggregation = role.get("aggregationRule")
    if not isinstance(aggregation, dict):
        return
    selectors = [label_selector(item) for item in _objects(aggregation.get("clusterRoleSelectors"))]
    for other in everyone():
        metadata = other.get("metadata")
        labels = metadata.get("labels") if isinstance(metadata, dict) else None
        found = {key: str(value) for key, value in labels.items()} if isinstance(labels, dict) else {}
        if other is not role and any(matches(selector, found) for selector in selectors):
            yield from _objects(other.get("rules"))


def allows_path(rule: JsonObject, verb: str, path: str) -> bool:
    """Whether a rule allows a verb on a path that is no resource; ``*`` at its end stands for any rest."""
    urls, verbs = _texts(rule.get("nonResourceURLs")), _texts(rule.get("verbs"))
    if not {_ALL, verb}.intersection(verbs):
        return False
    return any(url == path or (url.endswith(_ALL) and path.startswith(url[:-1])) for url in urls)


def _texts(value: JsonValue) -> Sequence[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _objects(value: JsonValue) -> Iterable[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
