"""Bodies in Kubernetes' protobuf form, in which kubectl sends objects of the kinds that it knows itself.

Only what kubectl makes without a file is read: reviews, ConfigMaps, Secrets, ServiceAccounts, Namespaces, roles,
bindings, tokens and options of deletions.  Answers are JSON, which such clients accept beside it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final, NamedTuple

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

MAGIC: Final = b"k8s\x00"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class UnreadableError(Exception):
    """The body is no message of a known kind."""


class Field(NamedTuple):
    """A field: its JSON name, and what it holds.

    ``form`` is ``text``, ``bytes``, ``int``, ``bool``, ``time``, ``texts`` and ``blobs`` (maps from text to text or
    bytes) or the name of a message.
    """

    name: str
    form: str = "text"
    many: bool = False


_ROLE: Final = {
    1: Field("metadata", "ObjectMeta"),
    2: Field("rules", "Rule", True),
    3: Field("aggregationRule", "Aggregation"),
}
_BINDING: Final = {
    1: Field("metadata", "ObjectMeta"),
    2: Field("subjects", "Subject", True),
    3: Field("roleRef", "RoleRef"),
}
#: Message → number of a field → the field.  The numbers are those of Kubernetes' published descriptions.
_MESSAGES: Final[dict[str, dict[int, Field]]] = {
    "ObjectMeta": {
        1: Field("name"), 2: Field("generateName"), 3: Field("namespace"), 5: Field("uid"), 6: Field("resourceVersion"),
        8: Field("creationTimestamp", "time"), 11: Field("labels", "texts"), 12: Field("annotations", "texts"),
        13: Field("ownerReferences", "Owner", True), 14: Field("finalizers", many=True),
    },
    "Owner": {
        1: Field("kind"), 3: Field("name"), 4: Field("uid"), 5: Field("apiVersion"), 6: Field("controller", "bool"),
        7: Field("blockOwnerDeletion", "bool"),
    },
    "SelfSubjectAccessReview": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "AccessSpec")},
    "AccessSpec": {1: Field("resourceAttributes", "Resource"), 2: Field("nonResourceAttributes", "Path")},
    "Resource": {
        1: Field("namespace"), 2: Field("verb"), 3: Field("group"), 4: Field("version"), 5: Field("resource"),
        6: Field("subresource"), 7: Field("name"),
    },
    "Path": {1: Field("path"), 2: Field("verb")},
    "SelfSubjectRulesReview": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "RulesSpec")},
    "RulesSpec": {1: Field("namespace")},
    "SelfSubjectReview": {1: Field("metadata", "ObjectMeta")},
    "ConfigMap": {
        1: Field("metadata", "ObjectMeta"), 2: Field("data", "texts"), 3: Field("binaryData", "blobs"),
        4: Field("immutable", "bool"),
    },
    "Secret": {
        1: Field("metadata", "ObjectMeta"), 2: Field("data", "blobs"), 3: Field("type"),
        4: Field("stringData", "texts"), 5: Field("immutable", "bool"),
    },
    "ServiceAccount": {
        1: Field("metadata", "ObjectMeta"), 2: Field("secrets", "Reference", True),
        3: Field("imagePullSecrets", "LocalReference", True), 4: Field("automountServiceAccountToken", "bool"),
    },
    "Reference": {1: Field("kind"), 2: Field("namespace"), 3: Field("name"), 4: Field("uid"), 5: Field("apiVersion")},
    "LocalReference": {1: Field("name")},
    "Namespace": {1: Field("metadata", "ObjectMeta")},
    "Role": {1: _ROLE[1], 2: _ROLE[2]},
    "ClusterRole": _ROLE,
    "Rule": {
        1: Field("verbs", many=True), 2: Field("apiGroups", many=True), 3: Field("resources", many=True),
        4: Field("resourceNames", many=True), 5: Field("nonResourceURLs", many=True),
    },
    "Aggregation": {1: Field("clusterRoleSelectors", "Selector", True)},
    "Selector": {1: Field("matchLabels", "texts"), 2: Field("matchExpressions", "Expression", True)},
    "Expression": {1: Field("key"), 2: Field("operator"), 3: Field("values", many=True)},
    "RoleBinding": _BINDING,
    "ClusterRoleBinding": _BINDING,
    "Subject": {1: Field("kind"), 2: Field("apiGroup"), 3: Field("name"), 4: Field("namespace")},
    "RoleRef": {1: Field("apiGroup"), 2: Field("kind"), 3: Field("name")},
    "TokenRequest": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "TokenSpec")},
    "TokenSpec": {1: Field("audiences", many=True), 4: Field("expirationSeconds", "int")},
    "DeleteOptions": {
        1: Field("gracePeriodSeconds", "int"), 2: Field("preconditions", "Preconditions"),
        3: Field("orphanDependents", "bool"), 4: Field("propagationPolicy"), 5: Field("dryRun", many=True),
    },
    "Preconditions": {1: Field("uid"), 2: Field("resourceVersion")},
}  # fmt: skip


def decode(body: bytes) -> JsonObject:
    """The object of a body, as its JSON would be.

    Raises:
        UnreadableError: the body is cut short, or its kind is not known here.
    """
    if not body.startswith(MAGIC):
        raise UnreadableError("the body does not begin as Kubernetes' protobuf does")
    envelope = dict(_fields(body[len(MAGIC) :]))
    kind_of = dict(_fields(_raw(envelope.get(1, b""))))
    version, kind = _text(kind_of.get(1, b"")), _text(kind_of.get(2, b""))
    if kind not in _MESSAGES or not version:
        raise UnreadableError(f"objects of kind {kind!r} are read as JSON only")
    return {"apiVersion": version, "kind": kind, **_message(kind, _raw(envelope.get(2, b"")))}


def _message(name: str, data: bytes) -> JsonObject:
    known = _MESSAGES[name]
    found: JsonObject = {}
    for number, value in _fields(data):
        field = known.get(number)
        if field is None:
            continue
        if field.form in ("texts", "blobs"):
            entry = dict(_fields(_raw(value)))
            kept = found.setdefault(field.name, {})
            item = _raw(entry.get(2, b""))
            if isinstance(kept, dict):
                kept[_text(entry.get(1, b""))] = (
                    _text(item) if field.form == "texts" else base64.b64encode(item).decode()
                )
        elif field.many:
            several = found.setdefault(field.name, [])
            if isinstance(several, list):
                several.append(_value(field.form, value))
        else:
            found[field.name] = _value(field.form, value)
    # Go writes empty texts where JSON has nothing.
    return {key: value for key, value in found.items() if value not in ("", None)}


def _value(form: str, value: int | bytes) -> JsonValue:
    if form == "text":
        return _text(value)
    if form == "bool":
        return bool(value)
    if form == "int":
        number = value if isinstance(value, int) else 0
        return number - (1 << 64) if number >> 63 else number
    if form == "time":
        return None  # the server's to say
    return _message(form, _raw(value))


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field; numbers and bytes as they are."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == _BYTES:
            size, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise UnreadableError("the body has a field of an unknown form")
        if at + size > len(data):
            raise UnreadableError("the body is cut short")
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise UnreadableError("the body is cut short")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise UnreadableError("the body has a number without an end")


def _raw(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise UnreadableError("the body has a number where it should not")
    return value


def _text(value: int | bytes) -> str:
    try:
        return _raw(value).decode()
    except UnicodeDecodeError:
        raise UnreadableError("the body has a text that is not UTF-8") from None
