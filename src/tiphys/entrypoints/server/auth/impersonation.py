"""Acting as somebody else (``kubectl --as``), for those who have the right ``impersonate``."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tiphys.errors import ForbiddenError, UsageError
from tiphys.ports.identity import Access, Authorizer, Principal, service_account

_PREFIX = "impersonate-"


def impersonated(authorizer: Authorizer, principal: Principal, headers: Mapping[str, str]) -> Principal:
    """Who the request wants to be; the caller itself where it says nothing.

    Raises:
        ForbiddenError: the caller may not be that user or of that group.
        UsageError: it names a group and no user.
    """
    user, group = headers.get(f"{_PREFIX}user", ""), headers.get(f"{_PREFIX}group", "")
    if not user:
        if any(name.startswith(_PREFIX) for name in headers):
            raise UsageError("requested groups or a uid without impersonating a user")
        return principal
    wanted = Principal(name=user, groups=("system:authenticated",))
    account = wanted.service_account
    if account is not None:
        wanted = service_account(*account)
        _check(authorizer, principal, "serviceaccounts", account[1], account[0])
    else:
        _check(authorizer, principal, "users", user)
    if group:
        _check(authorizer, principal, "groups", group)
        wanted = replace(wanted, groups=(*wanted.groups, group))
    return wanted


def _check(authorizer: Authorizer, principal: Principal, resource: str, name: str, namespace: str = "") -> None:
    access = Access(verb="impersonate", resource=resource, group="", namespace=namespace, name=name)
    if not authorizer.allowed(principal, access):
        raise ForbiddenError(
            f'{resource} "{name}" is forbidden: User "{principal.name}" cannot impersonate resource "{resource}" '
            f'in API group "" at the cluster scope'
        )
