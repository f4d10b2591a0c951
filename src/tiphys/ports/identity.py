"""Who acts, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue


class Principal(Struct, frozen=True, kw_only=True):
    """Somebody who acts: a person, a ServiceAccount, or Tiphys itself.

    ``name`` and ``groups`` are Kubernetes' user name and groups (``system:serviceaccount:<namespace>:<name>`` for a
    ServiceAccount).  ``unrestricted`` marks the owner of the data directory and Tiphys itself: they may do all.
    ``claims`` are those of the token that they signed in with; empty without one.
    """

    name: str
    groups: tuple[str, ...] = ()
    unrestricted: bool = False
    claims: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def service_account(self) -> tuple[str, str] | None:
        """Namespace and name of the ServiceAccount that this is, or None."""
        parts = self.name.split(":")
        if len(parts) != 4 or parts[:2] != ["system", "serviceaccount"]:
            return None
        return parts[2], parts[3]


#: The owner of the data directory: whoever runs the command line on it.
OWNER = Principal(name="system:admin", groups=("system:masters", "system:authenticated"), unrestricted=True)


def service_account(namespace: str, name: str) -> Principal:
    """The principal of a ServiceAccount."""
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    return Principal(name=f"system:serviceaccount:{namespace}:{name}", groups=groups)


class Access(Struct, frozen=True, kw_only=True):
    """What somebody wants to do: a verb on a resource (plural, ``pods/log`` for a subresource) of an API group.

    ``namespace`` is empty for cluster-scoped resources and for all namespaces; ``name`` is empty for a whole kind.
    """

    verb: str
    resource: str
    group: str = "argoproj.io"
    namespace: str = ""
    name: str = ""


class Authorizer(Protocol):
    """Decides by Kubernetes' RBAC rules; deny is the default."""

    def allowed(self, principal: Principal, access: Access) -> bool:
        """Whether a principal may do this now."""

    def rules(self, principal: Principal, namespace: str) -> Sequence[JsonObject]:
        """The rules that hold for a principal in a namespace; empty stands for the whole cluster."""
