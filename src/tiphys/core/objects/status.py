"""What Kubernetes says when it refuses something: reasons, codes and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import Kind
from tiphys.errors import (
    AlreadyExistsError,
    Category,
    ConflictError,
    ForbiddenError,
    InvalidObjectError,
    NotFoundError,
    TiphysError,
)

if TYPE_CHECKING:
    from tiphys.core.objects.rbac import Wanted

_REASONS: Final = {
    Category.INVALID: ("BadRequest", 400),
    Category.UNSUPPORTED: ("BadRequest", 400),
    Category.NOT_FOUND: ("NotFound", 404),
    Category.CONFLICT: ("Conflict", 409),
    Category.GONE: ("Expired", 410),
    Category.FORBIDDEN: ("Forbidden", 403),
    Category.UNAVAILABLE: ("ServiceUnavailable", 503),
    Category.INTERNAL: ("InternalError", 500),
}


def reason_of(error: TiphysError) -> tuple[str, int]:
    """Reason and HTTP status of an error."""
    if isinstance(error, AlreadyExistsError):
        return "AlreadyExists", 409
    if isinstance(error, InvalidObjectError):
        return "Invalid", 422
    return _REASONS[error.category]


def status_of(error: TiphysError) -> JsonObject:
    """The ``Status`` object that a Kubernetes-style API answers with."""
    reason, code = reason_of(error)
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": error.message,
        "reason": reason,
        "code": code,
    }


def kubectl_text(error: TiphysError, doing: str = "") -> str:
    """The line that kubectl prints; ``doing`` is what it was about, such as ``error when creating "x.yaml"``."""
    reason, _ = reason_of(error)
    middle = f"{doing}: " if doing else ""
    if reason == "Invalid":
        return f"The {error.message}" if not doing else f"{middle}{error.message}"
    return f"Error from server ({reason}): {middle}{error.message}"


def not_found(kind: Kind, name: str) -> NotFoundError:
    """There is no such object."""
    return NotFoundError(f'{kind.qualified} "{name}" not found')


def already_exists(kind: Kind, name: str) -> AlreadyExistsError:
    """The name is taken."""
    return AlreadyExistsError(f'{kind.qualified} "{name}" already exists')


def modified(kind: Kind, name: str) -> ConflictError:
    """Somebody else was first."""
    return ConflictError(
        f'Operation cannot be fulfilled on {kind.qualified} "{name}": the object has been modified; please apply '
        "your changes to the latest version and try again"
    )


def invalid(kind: Kind, name: str, problem: str) -> InvalidObjectError:
    """The object may not be as it is; ``problem`` begins with the path of the field."""
    kind_name = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    return InvalidObjectError(f'{kind_name} "{name}" is invalid: {problem}')


def forbidden(user: str, kind: Kind, wanted: Wanted) -> ForbiddenError:
    """A principal has no right to do this."""
    resource = wanted.resource
    head = f"{kind.qualified} is forbidden" if not wanted.name else f'{kind.qualified} "{wanted.name}" is forbidden'
    place = f'in the namespace "{wanted.namespace}"' if wanted.namespace else "at the cluster scope"
    return ForbiddenError(
        f'{head}: User "{user}" cannot {wanted.verb} resource "{resource}" in API group "{wanted.group}" {place}',
        f"give it a Role with the verb {wanted.verb} on {kind.qualified} and a RoleBinding (tiphys apply -f)",
    )
