"""Nobody gives rights that they do not have: roles and bindings of others than the owner are held against theirs."""

from __future__ import annotations

from tiphys.app.services.cluster.rights import StoredRights
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import RBAC, Kind
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.rbac import cluster_role_rules, rules_of, uncovered
from tiphys.errors import ForbiddenError
from tiphys.ports.identity import Access, Principal


def check_escalation(principal: Principal, kind: Kind, manifest: JsonObject, rights: StoredRights) -> None:
    """Refuse a Role with more rights than the principal's own, or a binding of such a role.

    The verbs ``escalate`` (on roles) and ``bind`` (on the role that is bound) allow it all the same, as in Kubernetes.

    Raises:
        ForbiddenError: with Kubernetes' text.
    """
    if kind.group != RBAC or principal.unrestricted:
        return
    name = text(metadata_of(manifest), "name")
    namespace = text(metadata_of(manifest), "namespace")
    rules, verb, target = _given(kind, manifest, namespace, rights)
    resource, role = target
    access = Access(verb=verb, resource=resource, group=RBAC, namespace=namespace, name=role)
    if rights.allowed(principal, access):
        return
    missing = uncovered(rules, list(rules_of(principal.name, principal.groups, namespace, rights)))
    if missing is not None:
        raise ForbiddenError(
            f'{kind.qualified} "{name}" is forbidden: user "{principal.name}" (groups={list(principal.groups)}) is '
            f"attempting to grant RBAC permissions not currently held: {missing}"
        )


def _given(
    kind: Kind, manifest: JsonObject, namespace: str, rights: StoredRights
) -> tuple[list[JsonObject], str, tuple[str, str]]:
    """The rules that an object gives, and the verb and the role with which that is allowed without having them."""
    name = text(metadata_of(manifest), "name")
    if kind.kind in ("Role", "ClusterRole"):
        return list(cluster_role_rules(manifest, rights.cluster_roles)), "escalate", (kind.resource, name)
    ref = manifest.get("roleRef")
    of_cluster = isinstance(ref, dict) and ref.get("kind") == "ClusterRole"
    role_name = str(ref.get("name")) if isinstance(ref, dict) else ""
    role = rights.cluster_role(role_name) if of_cluster else rights.role(namespace, role_name)
    rules = list(cluster_role_rules(role, rights.cluster_roles)) if role is not None else []
    return rules, "bind", ("clusterroles" if of_cluster else "roles", role_name)
