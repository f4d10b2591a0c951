"""The ClusterRoles that every cluster has: ``cluster-admin``, ``admin``, ``edit``, ``view``.

They hold as long as no stored ClusterRole has their name.  As in a cluster on which Argo is installed, the last three
include Argo's kinds.
"""

from __future__ import annotations

from typing import Final

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import ARGO, RBAC

_READ: Final = ("get", "list", "watch")
_WRITE: Final = ("create", "delete", "deletecollection", "patch", "update")
_CORE: Final = ("configmaps", "events", "persistentvolumeclaims", "pods", "pods/log", "pods/status", "services")
_ARGO: Final = (
    "workflows", "workflows/finalizers", "workfloweventbindings", "workfloweventbindings/finalizers",
    "workflowtemplates", "workflowtemplates/finalizers", "cronworkflows", "cronworkflows/finalizers",
    "clusterworkflowtemplates", "clusterworkflowtemplates/finalizers", "workflowtasksets",
    "workflowtasksets/finalizers", "workflowtaskresults", "workflowtaskresults/finalizers",
)  # fmt: skip


def _rule(groups: tuple[str, ...], resources: tuple[str, ...], verbs: tuple[str, ...]) -> JsonValue:
    return {"apiGroups": list(groups), "resources": list(resources), "verbs": list(verbs)}


def _role(name: str, *rules: JsonValue) -> JsonObject:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}},
        "rules": list(rules),
    }


def default_cluster_roles() -> dict[str, JsonObject]:
    """The roles by name."""
    both = (*_READ, *_WRITE)
    view = (_rule(("",), (*_CORE, "serviceaccounts"), _READ), _rule(("apps", "batch"), ("*",), _READ))
    edit = (
        _rule(("",), (*_CORE, "pods/exec", "secrets", "serviceaccounts"), both),
        _rule(("apps", "batch"), ("*",), both),
        _rule((ARGO,), _ARGO, both),
    )
    roles = (
        _role("cluster-admin", _rule(("*",), ("*",), ("*",))),
        _role("admin", *edit, _rule((RBAC,), ("roles", "rolebindings"), both)),
        _role("edit", *edit),
        _role("view", *view, _rule((ARGO,), _ARGO, _READ)),
    )
    return {str(role["metadata"]["name"]): role for role in roles if isinstance(role["metadata"], dict)}
