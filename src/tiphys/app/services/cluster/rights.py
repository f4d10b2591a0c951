"""The rights of principals: RBAC over the stored roles and bindings."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.app.services.paging import rows
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.default_roles import default_cluster_roles
from tiphys.core.objects.kinds import RBAC
from tiphys.core.objects.rbac import Wanted, allowed, rules_of
from tiphys.ports.identity import Access, Principal
from tiphys.ports.store import ListOptions, ObjectKey, Store

#: Members of this group may do everything, as in every cluster.
_MASTERS = "system:masters"
_EVERYTHING: Sequence[JsonObject] = (
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
    {"verbs": ["*"], "nonResourceURLs": ["*"]},
)


class StoredRights:
    """Implements ``core.objects.rbac.Rights`` and ``ports.identity.Authorizer``; asks the store anew each time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def allowed(self, principal: Principal, access: Access) -> bool:
        """Whether a principal may do this now."""
        if principal.unrestricted or _MASTERS in principal.groups:
            return True
        wanted = Wanted(
            verb=access.verb,
            group=access.group,
            resource=access.resource,
            namespace=access.namespace,
            name=access.name,
        )
        return allowed(principal.name, principal.groups, wanted, self)

    def rules(self, principal: Principal, namespace: str) -> Sequence[JsonObject]:
        """The rules that hold for a principal in a namespace."""
        if principal.unrestricted or _MASTERS in principal.groups:
            return _EVERYTHING
        return list(rules_of(principal.name, principal.groups, namespace, self))

    def role(self, namespace: str, name: str) -> JsonObject | None:
        """A Role."""
        return self._get("Role", namespace, name)

    def cluster_role(self, name: str) -> JsonObject | None:
        """A ClusterRole; a stored one comes before the one of that name that every cluster has."""
        return self._get("ClusterRole", "", name) or default_cluster_roles().get(name)

    def cluster_roles(self) -> Sequence[JsonObject]:
        """All stored ClusterRoles."""
        return self._list("ClusterRole", None)

    def role_bindings(self, namespace: str) -> Sequence[JsonObject]:
        """The RoleBindings of a namespace."""
        return self._list("RoleBinding", namespace)

    def cluster_role_bindings(self) -> Sequence[JsonObject]:
        """All ClusterRoleBindings."""
        return self._list("ClusterRoleBinding", None)

    def _get(self, kind: str, namespace: str, name: str) -> JsonObject | None:
        stored = self._store.get(ObjectKey(kind, namespace, name, RBAC))
        return manifest_of(stored) if stored is not None else None

    def _list(self, kind: str, namespace: str | None) -> Sequence[JsonObject]:
        options = ListOptions(kind=kind, group=RBAC, namespace=namespace)
        return [manifest_of(stored) for stored in rows(self._store, options)]
