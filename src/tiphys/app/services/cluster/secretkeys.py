"""Keys of Secrets that the server's configuration or a flag names."""

from __future__ import annotations

import base64

from msgspec import Struct

from tiphys.errors import NotFoundError, UsageError
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import ObjectRef, Objects
from tiphys.secret import Secret


class KeyRef(Struct, frozen=True):
    """A key of a Secret."""

    name: str
    key: str


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
