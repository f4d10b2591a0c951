"""Changes of objects as Kubernetes takes them: JSON merge patch, JSON patch, strategic merge, apply.

All functions leave their arguments as they are and answer with a new object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.errors import UsageError

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
#: Lists of objects that a strategic merge joins element by element, with the field that tells elements apart.
MERGE_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "conditions": ("type",),
    "containers": ("name",),
    "env": ("name",),
    "ephemeralContainers": ("name",),
    "hostAliases": ("ip",),
    "imagePullSecrets": ("name",),
    "initContainers": ("name",),
    "ownerReferences": ("uid",),
    "podIPs": ("ip",),
    "ports": ("containerPort", "port"),
    "resourceClaims": ("name",),
    "secrets": ("name",),
    "topologySpreadConstraints": ("topologyKey",),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
#: Lists that a strategic merge takes for sets.
MERGED_SETS: Final = frozenset({"finalizers"})
_DIRECTIVE: Final = "$patch"
_RETAINED: Final = "$retainKeys"
_REMOVE: Final = "$deleteFromPrimitiveList/"
_ORDER: Final = "$setElementOrder/"
_MOST_OPERATIONS: Final = 10_000


def merge_patch(target: JsonValue, patch: JsonValue) -> JsonValue:
    """JSON merge patch (RFC 7386): null removes, objects are merged, everything else is replaced."""
    if not isinstance(patch, dict):
        return patch
    merged: JsonObject = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def strategic_patch(target: JsonValue, patch: JsonValue) -> JsonValue:
    """Strategic merge patch with the directives ``$patch``, ``$retainKeys`` and ``$deleteFromPrimitiveList``."""
    return _strategic_map(target if isinstance(target, dict) else {}, patch) if isinstance(patch, dict) else patch


def check_elements(patch: JsonValue) -> None:
    """Refuse a patch whose lists of objects could not be joined.

    Raises:
        UsageError: an element of such a list is no object, or lacks the field that tells elements apart.
    """
    if not isinstance(patch, dict):
        return
    for name, value in patch.items():
        keys, items = MERGE_KEYS.get(name, ()), value if isinstance(value, list) else []
        for item in items if keys else ():
            if not isinstance(item, dict):
                raise UsageError(f"an element of {name} is no map")
            if item != {_DIRECTIVE: "replace"} and not any(key in item for key in keys):
                raise UsageError(f"an element of {name} has no {keys[0]}")
            check_elements(item)
        check_elements(value)


def _strategic_map(target: JsonObject, patch: JsonObject) -> JsonObject:
    directive, retained = patch.get(_DIRECTIVE), patch.get(_RETAINED)
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != _DIRECTIVE}
    if directive == "delete":
        return {}
    merged = {key: value for key, value in target.items() if not isinstance(retained, list) or key in retained}
    for key, value in patch.items():
        if key.startswith(_ORDER) or key in (_DIRECTIVE, _RETAINED):
            continue
        if key.startswith(_REMOVE):
            name = key.removeprefix(_REMOVE)
            old = merged.get(name)
            if isinstance(old, list) and isinstance(value, list):
                merged[name] = [item for item in old if item not in value]
        elif value is None:
            merged.pop(key, None)
        else:
            merged[key] = _strategic_field(key, merged.get(key), value)
    return merged


def _strategic_field(name: str, old: JsonValue, new: JsonValue) -> JsonValue:
    if not isinstance(new, list):
        return strategic_patch(old, new)
    before = old if isinstance(old, list) else []
    if name in MERGED_SETS:
        return [*before, *(item for item in new if item not in before)]
    keys = MERGE_KEYS.get(name, ())
    items = [item for item in new if isinstance(item, dict)]
    key = next((key for key in keys if items and all(key in item or _DIRECTIVE in item for item in items)), None)
    if key is None or len(items) != len(new):
        return new
    return _strategic_list(key, before, items)


def _strategic_list(key: str, old: list[JsonValue], new: list[JsonObject]) -> list[JsonValue]:
    if {_DIRECTIVE: "replace"} in new:
        return [item for item in new if _DIRECTIVE not in item]
    merged: list[JsonValue] = list(old)
    for item in new:
        same = [known for known in merged if isinstance(known, dict) and known.get(key) == item.get(key)]
        if item.get(_DIRECTIVE) == "delete":
            merged = [known for known in merged if known not in same]
        elif same:
            merged[merged.index(same[0])] = _strategic_map(same[0], item)
        else:
            merged.append(_strategic_map({}, item))
    return merged


def json_patch(target: JsonValue, operations: JsonValue) -> JsonValue:
    """JSON patch (RFC 6902).

    Raises:
        UsageError: the operations are malformed, a path leads nowhere, or a test fails.
    """
    if not isinstance(operations, list) or len(operations) > _MOST_OPERATIONS:
        raise UsageError("a JSON patch is a list of operations")
    document: JsonValue = _copy(target)
    for operation in operations:
        if not isinstance(operation, dict):
            raise UsageError("an operation of a JSON patch is an object")
        document = _operate(document, operation)
    return document


def _operate(document: JsonValue, operation: JsonObject) -> JsonValue:
    name, path = operation.get("op"), operation.get("path")
    if not isinstance(path, str):
        raise UsageError(f"the operation {name!r} of a JSON patch has no path")
    if name in ("add", "replace", "test") and "value" not in operation:
        raise UsageError(f"{name} operation of a JSON patch has no value", None, path)
    if name == "add":
        return _add(document, path, _copy(operation["value"]))
    if name == "remove":
        return _remove(document, path)
    if name == "replace":
        _at(document, path)
        return _put(document, path, _copy(operation["value"]))
    if name == "test":
        if _at(document, path) != operation["value"]:
            raise UsageError(f"testing value {path} failed")
        return document
    source = operation.get("from")
    if name not in ("move", "copy") or not isinstance(source, str):
        raise UsageError(f"unknown operation {name!r} of a JSON patch")
    value = _copy(_at(document, source))
    return _add(_remove(document, source) if name == "move" else document, path, value)


def _tokens(path: str) -> list[str]:
    if path == "":
        return []
    if not path.startswith("/"):
        raise UsageError(f"the path {path!r} of a JSON patch does not begin with /")
    return [token.replace("~1", "/").replace("~0", "~") for token in path[1:].split("/")]


def _at(document: JsonValue, path: str) -> JsonValue:
    found = document
    for token in _tokens(path):
        found = _child(found, token, path)
    return found


def _child(parent: JsonValue, token: str, path: str) -> JsonValue:
    if isinstance(parent, dict) and token in parent:
        return parent[token]
    if isinstance(parent, list):
        return parent[_index(token, len(parent) - 1, path)]
    raise UsageError(f"the path {path!r} of a JSON patch leads nowhere")


def _index(token: str, largest: int, path: str) -> int:
    if token.isdecimal() and token.isascii() and int(token) <= largest:
        return int(token)
    raise UsageError(f"the path {path!r} of a JSON patch leads nowhere")


def _parent(document: JsonValue, path: str) -> tuple[JsonValue, str]:
    last = _tokens(path)[-1]
    return _at(document, path.rpartition("/")[0]), last


def _add(document: JsonValue, path: str, value: JsonValue) -> JsonValue:
    if path == "":
        return value
    parent, token = _parent(document, path)
    if isinstance(parent, list):
        parent.insert(len(parent) if token == "-" else _index(token, len(parent), path), value)
        return document
    return _put(document, path, value)


def _put(document: JsonValue, path: str, value: JsonValue) -> JsonValue:
    if path == "":
        return value
    parent, token = _parent(document, path)
    if isinstance(parent, dict):
        parent[token] = value
    elif isinstance(parent, list):
        parent[_index(token, len(parent) - 1, path)] = value
    else:
        raise UsageError(f"the path {path!r} of a JSON patch leads nowhere")
    return document


def _remove(document: JsonValue, path: str) -> JsonValue:
    _at(document, path)
    if path == "":
        return None
    parent, token = _parent(document, path)
    if isinstance(parent, dict):
        del parent[token]
    elif isinstance(parent, list):
        del parent[int(token)]
    return document


def _copy(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def apply(live: JsonObject | None, wanted: JsonObject, *, strategic: bool) -> JsonObject:
    """What ``kubectl apply`` makes of a live object.

    What the last applied manifest had and ``wanted`` has not is removed, the rest of the live object stays.  The
    manifest is remembered in an annotation.
    """
    remembered = _without_record(wanted)
    marked = _with_record(wanted, msgspec.json.encode(remembered).decode() + "\n")
    if live is None:
        return marked
    patch = _with_removals(last_applied(live), marked)
    merged = strategic_patch(live, patch) if strategic else merge_patch(live, patch)
    return merged if isinstance(merged, dict) else marked


def _annotations(value: JsonObject) -> JsonObject:
    metadata = value.get("metadata")
    found = metadata.get("annotations") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _with_record(value: JsonObject, record: str | None) -> JsonObject:
    metadata = value.get("metadata")
    annotations = {key: item for key, item in _annotations(value).items() if key != LAST_APPLIED}
    if record is not None:
        annotations[LAST_APPLIED] = record
    own: JsonObject = dict(metadata) if isinstance(metadata, dict) else {}
    own["annotations"] = annotations
    return {**value, "metadata": own}


def _without_record(value: JsonObject) -> JsonObject:
    return _with_record(value, None) if LAST_APPLIED in _annotations(value) else value


def last_applied(live: JsonObject) -> JsonObject:
    """The manifest that a client applied last, as its annotation says; empty where it says nothing."""
    text = _annotations(live).get(LAST_APPLIED)
    try:
        found = msgspec.json.decode(text) if isinstance(text, str) else {}
    except msgspec.DecodeError:
        found = {}
    return found if isinstance(found, dict) else {}


def _with_removals(before: JsonObject, after: JsonObject) -> JsonObject:
    """``after`` as a patch: null for each field that ``before`` had and ``after`` has not."""
    patch: JsonObject = {}
    for key, value in after.items():
        old = before.get(key)
        patch[key] = _with_removals(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    patch.update({key: None for key in before if key not in after})
    return patch
