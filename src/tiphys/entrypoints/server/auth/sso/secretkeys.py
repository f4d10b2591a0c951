"""Keys of Secrets that the configuration names."""

from __future__ import annotations

import base64

from tiphys.entrypoints.server.auth.sso.config import KeyRef
from tiphys.errors import NotFoundError, UsageError
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import ObjectRef, Objects
from tiphys.secret import Secret


def value_of(objects: Objects, namespace: str, ref: KeyRef) -> Secret:
    """The value of a key.

    Raises:
        UsageError: there is no such Secret, or it has no such key.
    """
    try:
        found = objects.get(OWNER, ObjectRef(objects.catalogue().of("v1", "Secret"), namespace, ref.name))
    except NotFoundError:
        raise UsageError(f"the Secret {ref.name!r} is missing in {namespace!r}", "make it with tiphys apply") from None
    data = found.get("data")
    value = data.get(ref.key) if isinstance(data, dict) else None
    if not isinstance(value, str):
        raise UsageError(f"the Secret {ref.name!r} has no key {ref.key!r}")
    return Secret(base64.b64decode(value).strip())
