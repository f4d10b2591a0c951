"""``podSpecPatch``: Kubernetes' strategic merge of a patch into the spec of a pod, over plain JSON data.

``strategic`` merges typed records, where what is empty says nothing; here null deletes a field, and ``$patch`` and
``$deleteFromPrimitiveList`` may direct the merge, as a person writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

#: Lists of a pod whose elements merge, with the field that tells elements apart; all others are replaced.
_KEYS: Mapping[str, str] = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "volumes": "name",
    "env": "name",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "ports": "containerPort",
    "topologySpreadConstraints": "topologyKey",
    "resourceClaims": "name",
}
_DIRECTIVE = "$patch"
_RETAINED = "$retainKeys"
_REMOVED = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


class PatchError(ValueError):
    """A patch cannot be applied."""


def parse_patch(text: str) -> JsonObject:
    """A patch as YAML or JSON text; an empty text changes nothing.

    Raises:
        PatchError: the text is neither, or no map.
    """
    from tiphys.core.manifest.yaml import YamlError, parse

    try:
        documents = parse(text)
    except YamlError as error:
        raise PatchError(f"podSpecPatch is neither YAML nor JSON: {error}") from None
    if not documents or documents[0].data is None:
        return {}
    data = documents[0].data
    if len(documents) > 1 or not isinstance(data, dict):
        raise PatchError("podSpecPatch must be one map of fields of a pod's spec")
    return data


def patched(spec: JsonObject, patch: JsonObject) -> JsonObject:
    """The spec with a patch applied; neither argument changes.

    Raises:
        PatchError: an element of a list lacks the field that tells elements apart.
    """
    directive = patch.get(_DIRECTIVE)
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != _DIRECTIVE}
    if directive == "delete":
        return {}
    retained = patch.get(_RETAINED)
    result = {key: value for key, value in spec.items() if not isinstance(retained, list) or key in retained}
    for key, value in patch.items():
        if key.startswith(_REMOVED):
            name = key.removeprefix(_REMOVED)
            result[name] = [item for item in _list(result.get(name)) if item not in _list(value)]
        elif key.startswith(_ORDER) or key in (_DIRECTIVE, _RETAINED):
            continue
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = _value(key, result.get(key), value)
    return result


def _value(key: str, old: JsonValue, new: JsonValue) -> JsonValue:
    if isinstance(new, dict):
        return patched(old if isinstance(old, dict) else {}, new)
    if isinstance(new, list) and key in _KEYS:
        return _elements(key, _list(old), new)
    return new


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _elements(name: str, old: list[JsonValue], new: list[JsonValue]) -> JsonValue:
    key = _KEYS[name]
    found = [item for item in old if isinstance(item, dict)]
    if {_DIRECTIVE: "replace"} in new:
        found = []
    for item in new:
        if not isinstance(item, dict):
            raise PatchError(f"podSpecPatch: an element of {name} is no map")
        if item == {_DIRECTIVE: "replace"}:
            continue
        if key not in item:
            raise PatchError(f"podSpecPatch: an element of {name} has no {key}")
        place = next((index for index, known in enumerate(found) if known.get(key) == item[key]), None)
        if item.get(_DIRECTIVE) == "delete":
            found = [known for known in found if known.get(key) != item[key]]
        elif place is None:
            found.append(patched({}, item))
        else:
            found[place] = patched(found[place], item)
    return cast(JsonValue, found)
