"""Simple tags of a record, in the order in which Argo's linter meets them.

Argo scans the JSON text of an object, whose keys stand in the order of declaration of its Go types.  Records have
their fields in alphabetical order, so the order of the types that carry tags is written down here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import msgspec

from tiphys.core.manifest.source import Path
from tiphys.core.template.tagscan import tags

_CONTAINER = ("name", "image", "command", "args", "workingDir", "ports", "envFrom", "env", "resources", "volumeMounts")
_LOCATION = ("archiveLogs", "s3", "git", "http", "artifactory", "hdfs", "raw", "oss", "gcs", "azure", "plugin", "file")
_CALL = ("name", "template", "inline", "arguments", "templateRef")
_LOOP = ("withItems", "withParam", "withSequence", "when", "continueOn", "onExit", "hooks")

#: JSON names that come first, in this order; all others follow alphabetically.
_ORDER: dict[str, tuple[str, ...]] = {
    "Template": (
        *("name", "inputs", "outputs", "nodeSelector", "affinity", "metadata", "daemon", "steps", "container"),
        *("containerSet", "script", "resource", "dag", "suspend", "data", "http", "plugin", "volumes"),
        *("initContainers", "sidecars", "archiveLocation", "activeDeadlineSeconds", "retryStrategy", "parallelism"),
        *("failFast", "tolerations", "schedulerName", "priorityClassName", "serviceAccountName"),
        *("automountServiceAccountToken", "executor", "hostAliases", "securityContext", "podSpecPatch", "metrics"),
        *("synchronization", "memoize", "timeout", "annotations", "pendingTimeout"),
    ),
    "WorkflowStep": (*_CALL, *_LOOP),
    "DAGTask": (*_CALL, "dependencies", *_LOOP[:-1], "depends", "hooks"),
    "Inputs": ("parameters", "artifacts"),
    "Outputs": ("parameters", "artifacts", "result", "exitCode"),
    "Arguments": ("parameters", "artifacts"),
    "Parameter": ("name", "default", "value", "valueFrom", "globalName", "enum", "description"),
    "Artifact": ("name", "path", "mode", "from", *_LOCATION, "globalName", "archive", "optional", "subPath"),
    "ValueFrom": ("path", "jsonPath", "jqFilter", "event", "parameter", "supplied", "configMapKeyRef", "default"),
    "Container": _CONTAINER,
    "ContainerNode": _CONTAINER,
    "UserContainer": _CONTAINER,
    "ScriptTemplate": (*_CONTAINER, "workingDir", "source"),
    "HTTP": ("method", "url", "headers", "timeoutSeconds", "successCondition", "body", "bodyFrom"),
    "ResourceTemplate": ("action", "mergeStrategy", "manifest", "manifestFrom", "setOwnerReference"),
    "EnvVar": ("name", "value", "valueFrom"),
    "TemplateRef": ("name", "template", "clusterScope"),
    "LifecycleHook": ("template", "arguments", "templateRef", "expression"),
    "ContainerSetTemplate": ("containers", "volumeMounts", "retryStrategy"),
    "DAGTemplate": ("target", "tasks", "failFast"),
    "RetryStrategy": ("limit", "retryPolicy", "backoff", "affinity", "expression"),
}


def simple_tags(text: str) -> Iterator[str]:
    """The texts between braces of the simple tags, as written; expression tags are skipped.

    >>> list(simple_tags("{{a}} {{=b}} {{ c }}"))
    ['a', ' c ']
    """
    return (tag.content for tag in tags(text) if tag.kind == "simple") if "{{" in text else iter(())


@functools.cache
def _fields(record: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    """Attribute and JSON name of every field, in Argo's order."""
    first = _ORDER.get(record.__name__, ())
    pairs = zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True)
    rank = {name: at for at, name in enumerate(dict.fromkeys(first))}
    return tuple(sorted(pairs, key=lambda pair: (rank.get(pair[1], len(rank)), pair[1])))


def tagged_strings(root: object, skip: frozenset[str] = frozenset()) -> Iterator[tuple[Path, str]]:
    """Every string (and map key) below ``root`` that contains an opening of a tag, with its path.

    ``skip`` names top-level JSON fields that are left out.
    """
    return ((path, text) for path, text in strings(root, skip) if "{{" in text)


def strings(root: object, skip: frozenset[str] = frozenset()) -> Iterator[tuple[Path, str]]:
    """Every string below ``root``, and every map key with a tag, with its path."""
    stack: list[tuple[Path, object]] = [((), root)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            yield path, value
            continue
        parts = _parts(value)
        stack.extend(((*path, key), item) for key, item in reversed(parts) if path or key not in skip)


def _parts(value: object) -> list[tuple[str | int, object]]:
    """What a value consists of, in the order of its JSON text; keys of maps that carry a tag are parts too."""
    if isinstance(value, msgspec.Struct):
        found = ((name, getattr(value, attribute)) for attribute, name in _fields(type(value)))
        return [(name, item) for name, item in found if item is not None]
    if isinstance(value, dict):
        parts: list[tuple[str | int, object]] = []
        for key in sorted(map(str, value)):
            if "{{" in key:
                parts.append((key, key))
            parts.append((key, value.get(key)))
        return parts
    if isinstance(value, list | tuple):
        return list(enumerate(value))
    return []
