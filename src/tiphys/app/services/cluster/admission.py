"""What kinds demand of their objects, and what they fill in, as the API server does it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import RBAC, Kind
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.status import invalid

_ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}", re.ASCII)
_DATA_KEY_TEXT = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"


def admit(kind: Kind, manifest: JsonObject, live: JsonObject | None) -> JsonObject:
    """The manifest as it is to be kept; ``live`` is what it replaces.

    Raises:
        InvalidObjectError: the kind does not allow it.
    """
    rule = _RULES.get((kind.group, kind.kind))
    return rule(kind, manifest, live) if rule is not None else manifest


def _name(manifest: JsonObject) -> str:
    return text(metadata_of(manifest), "name")


def _values(kind: Kind, manifest: JsonObject, key: str) -> JsonObject:
    """A map of data whose keys are checked."""
    found = manifest.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise invalid(kind, _name(manifest), f"{key}: Invalid value: must be a map")
    for name, value in found.items():
        if not _DATA_KEY.fullmatch(name):
            raise invalid(kind, _name(manifest), f'{key}[{name}]: Invalid value: "{name}": {_DATA_KEY_TEXT}')
        if not isinstance(value, str):
            raise invalid(kind, _name(manifest), f"{key}[{name}]: Invalid value: must be a string")
    return found


def _frozen(kind: Kind, manifest: JsonObject, live: JsonObject | None, keys: tuple[str, ...]) -> None:
    if live is None or live.get("immutable") is not True:
        return
    if manifest.get("immutable") is not True:
        raise invalid(kind, _name(manifest), "immutable: Forbidden: field is immutable when `immutable` is set")
    for key in keys:
        if (manifest.get(key) or {}) != (live.get(key) or {}):
            raise invalid(kind, _name(manifest), f"{key}: Forbidden: field is immutable when `immutable` is set")


def _config_map(kind: Kind, manifest: JsonObject, live: JsonObject | None) -> JsonObject:
    _values(kind, manifest, "data")
    _decoded(kind, manifest, "binaryData")
    _frozen(kind, manifest, live, ("data", "binaryData"))
    return manifest


def _decoded(kind: Kind, manifest: JsonObject, key: str) -> Mapping[str, JsonValue]:
    values = _values(kind, manifest, key)
    for name, value in values.items():
        try:
            base64.b64decode(str(value), validate=True)
        except (binascii.Error, ValueError):
            raise invalid(kind, _name(manifest), f"{key}[{name}]: Invalid value: illegal base64 data") from None
    return values


def _secret(kind: Kind, manifest: JsonObject, live: JsonObject | None) -> JsonObject:
    """``stringData`` becomes ``data``; the type is Opaque unless it is said."""
    data = dict(_decoded(kind, manifest, "data"))
    for name, value in _values(kind, manifest, "stringData").items():
        data[name] = base64.b64encode(str(value).encode()).decode()
    kept: JsonObject = {key: value for key, value in manifest.items() if key not in ("stringData", "data")}
    kept["type"] = manifest.get("type") or (live or {}).get("type") or "Opaque"
    if data:
        kept["data"] = data
    if live is not None and live.get("type") != kept["type"]:
        raise invalid(kind, _name(manifest), f'type: Invalid value: "{kept["type"]}": field is immutable')
    _frozen(kind, kept, live, ("data",))
    return kept


def _binding(kind: Kind, manifest: JsonObject, live: JsonObject | None) -> JsonObject:
    ref = manifest.get("roleRef")
    if not isinstance(ref, dict) or not ref.get("name") or ref.get("kind") not in ("Role", "ClusterRole"):
        raise invalid(kind, _name(manifest), "roleRef: Required value: kind (Role or ClusterRole) and name are needed")
    if live is not None and live.get("roleRef") != ref:
        raise invalid(kind, _name(manifest), "roleRef: Invalid value: cannot change roleRef")
    return manifest


def _role(kind: Kind, manifest: JsonObject, live: JsonObject | None) -> JsonObject:
    rules = manifest.get("rules")
    for at, rule in enumerate(rules if isinstance(rules, list) else []):
        verbs = rule.get("verbs") if isinstance(rule, dict) else None
        if not isinstance(verbs, list) or not verbs:
            raise invalid(
                kind, _name(manifest), f"rules[{at}].verbs: Required value: verbs must contain at least one value"
            )
    return manifest


def _job(kind: Kind, manifest: JsonObject, live: JsonObject | None) -> JsonObject:
    spec = manifest.get("spec")
    template = spec.get("template") if isinstance(spec, dict) else None
    pod = template.get("spec") if isinstance(template, dict) else None
    if not isinstance(spec, dict) or not isinstance(pod, dict) or not isinstance(pod.get("containers"), list):
        raise invalid(kind, _name(manifest), "spec.template.spec.containers: Required value")
    if pod.get("restartPolicy") not in ("Never", "OnFailure"):
        problem = 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'
        raise invalid(kind, _name(manifest), problem)
    if live is not None:
        before = live.get("spec")
        if isinstance(before, dict) and before.get("template") != template:
            raise invalid(kind, _name(manifest), "spec.template: Invalid value: field is immutable")
        return manifest
    return {**manifest, "spec": {"completions": 1, "parallelism": 1, "backoffLimit": 6, **spec}, "status": {}}


def _claim(kind: Kind, manifest: JsonObject, live: JsonObject | None) -> JsonObject:
    """A claim is bound at once: it is a directory of this machine."""
    spec = manifest.get("spec")
    if not isinstance(spec, dict):
        raise invalid(kind, _name(manifest), "spec: Required value")
    modes = spec.get("accessModes")
    for mode in modes if isinstance(modes, list) else ():
        if mode not in _ACCESS_MODES:
            known = ", ".join(f'"{each}"' for each in _ACCESS_MODES)
            problem = f'spec.accessModes: Unsupported value: "{mode}": supported values: {known}'
            raise invalid(kind, _name(manifest), problem)
    resources = spec.get("resources")
    requests = resources.get("requests") if isinstance(resources, dict) else None
    status: JsonObject = {"phase": "Bound", "accessModes": spec.get("accessModes") or ["ReadWriteOnce"]}
    if isinstance(requests, dict):
        status["capacity"] = requests
    return {**manifest, "status": status}


_RULES: Mapping[tuple[str, str], Callable[[Kind, JsonObject, JsonObject | None], JsonObject]] = {
    ("", "ConfigMap"): _config_map,
    ("", "Secret"): _secret,
    ("", "PersistentVolumeClaim"): _claim,
    ("batch", "Job"): _job,
    (RBAC, "Role"): _role,
    (RBAC, "ClusterRole"): _role,
    (RBAC, "RoleBinding"): _binding,
    (RBAC, "ClusterRoleBinding"): _binding,
}
