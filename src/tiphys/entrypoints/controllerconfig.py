"""The configuration file, with the keys of Argo's ``workflow-controller-configmap``: plainly or as that ConfigMap.

A cluster's configuration can be used as it is.  Keys of Argo that this version does not honour are listed in
``ControllerConfig.ignored``; keys that Argo does not know either are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from msgspec import Struct, field

from tiphys.app.services.eventconfig import EventConfig
from tiphys.core.engine.durations import parse_go_duration
from tiphys.core.plan.poddefaults import POD_DEFAULTS, PodDefaults
from tiphys.entrypoints.metricsconfig import metrics_config
from tiphys.entrypoints.persistenceconfig import archive_of, database_of, unused
from tiphys.errors import UsageError
from tiphys.ports.instruments import MetricsConfig
from tiphys.secret import Secret

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonObject

KEYS = frozenset(
    {
        "artifactRepository",
        "columns",
        "images",
        "instanceID",
        "links",
        "mainContainer",
        "memoizationSingleFlight",
        "metricsConfig",
        "namespace",
        "namespaceParallelism",
        "nodeEvents",
        "navColor",
        "parallelism",
        "persistence",
        "podGCDeleteDelayDuration",
        "podGCGracePeriodSeconds",
        "retentionPolicy",
        "sso",
        "workflowDefaults",
        "workflowEvents",
        "workflowRestrictions",
    }
)
_ARGO_KEYS = frozenset(
    [
        "artifactDrivers",
        "disableAgentPodCreation",
        "executor",
        "failedPodRestart",
        "initialDelay",
        "initlessPod",
        "kubeConfig",
        "podSpecLogStrategy",
        "resourceRateLimit",
        "synchronization",
        "telemetryConfig",
    ]
)
_WORKFLOW_KEYS = frozenset({"apiVersion", "kind", "metadata", "spec"})
_LABEL_VALUE = r"(?a)[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"


class ImageCommand(Struct, frozen=True, forbid_unknown_fields=True):
    """What a container without ``command`` runs: the entry point of its image, and the command where it has no args."""

    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()


class ControllerConfig(Struct, frozen=True, kw_only=True):
    """What the configuration file says.

    ``parallelism`` limits the workflows that run at once, ``namespace_parallelism`` those of one namespace; None is
    without limit.  ``workflow_defaults`` is a partial Workflow, not yet decoded, ``artifact_repository`` an
    ArtifactRepository; without one artifacts lie in the data directory.  ``template_referencing`` is empty,
    ``Strict`` or ``Secure``.  ``archive`` keeps finished workflows that are deleted, for ``archive_seconds`` (0: for
    ever).  ``links``, ``columns`` and ``nav_color`` are for the user interface.  ``single_flight`` makes nodes
    whose keys of memoization are equal wait for the first one.  ``retention`` is how many finished workflows of each
    phase are kept; None: all.  ``archive_selector`` is the LabelSelector of those that the archive keeps.  ``pods`` is
    said of pods where manifests say nothing.  ``database`` is the URL of a PostgreSQL database.
    ``images`` says what images run, where nobody can look into them.
    """

    parallelism: int | None = None
    namespace_parallelism: int | None = None
    workflow_defaults: JsonObject = field(default_factory=dict)
    template_referencing: str = ""
    artifact_repository: JsonObject | None = None
    archive: bool = False
    database: Secret | None = None
    archive_seconds: float = 0
    links: tuple[JsonObject, ...] = ()
    columns: tuple[JsonObject, ...] = ()
    nav_color: str = ""
    single_flight: bool = True
    sso: JsonObject | None = None
    instance: str = ""
    retention: Mapping[str, int] | None = None
    archive_selector: JsonObject = field(default_factory=dict)
    managed_namespace: str = ""
    metrics: MetricsConfig = field(default_factory=MetricsConfig)
    events: EventConfig = field(default_factory=EventConfig)
    pods: PodDefaults = POD_DEFAULTS
    images: Mapping[str, ImageCommand] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def parse_controller(text: str, file: str, *, database: bool = True) -> ControllerConfig:
    """The configuration in the text of a file; ``file`` names it in errors.

    ``database`` False does not look at the database that it names: another one is used.

    Raises:
        UsageError: the text is not YAML, or a key is unknown or has a wrong value.
    """
    documents = _documents(text, file)
    keys = _keys(documents[0] if documents else None, file)
    unknown = sorted(keys.keys() - KEYS - _ARGO_KEYS)
    if unknown:
        hint = f"Tiphys honours {', '.join(sorted(KEYS))}; other keys of Argo's controller may stand there"
        raise UsageError(f"unknown key {unknown[0]!r}", hint, file)
    persistence = _inner("persistence", keys, file)
    archive, archive_seconds = archive_of(persistence, file)
    metrics, unused_metrics = metrics_config(_inner("metricsConfig", keys, file), file)
    return ControllerConfig(
        metrics=metrics,
        events=_events(keys, file),
        pods=_pods(keys, file),
        images={image: _image(image, entry, file) for image, entry in _inner("images", keys, file).items()},
        sso=cast("JsonObject", _mapping(keys["sso"], "sso", file)) if keys.get("sso") else None,
        archive=archive,
        database=database_of(persistence, documents[1:], file) if database else None,
        archive_seconds=archive_seconds,
        links=_records("links", keys, file, ("name", "scope", "url", "target")),
        columns=_records("columns", keys, file, ("name", "type", "key")),
        archive_selector=cast(
            "JsonObject", _mapping(persistence.get("archiveLabelSelector"), "persistence.archiveLabelSelector", file)
        ),
        retention=_retention(keys, file),
        nav_color=str(keys.get("navColor") or ""),
        instance=_label("instanceID", keys, file),
        managed_namespace=_label("namespace", keys, file),
        parallelism=_limit("parallelism", keys, file),
        namespace_parallelism=_limit("namespaceParallelism", keys, file),
        workflow_defaults=_workflow_defaults(keys.get("workflowDefaults"), file),
        artifact_repository=_artifact_repository(keys.get("artifactRepository"), file),
        template_referencing=_template_referencing(keys.get("workflowRestrictions"), file),
        single_flight=_switch("memoizationSingleFlight", keys, file),
        ignored=tuple(sorted({*(keys.keys() & _ARGO_KEYS), *unused_metrics, *unused(persistence)})),
    )


def _yaml(text: str, file: str) -> object:
    documents = _documents(text, file)
    return documents[0] if documents else None


def _documents(text: str, file: str) -> list[object]:
    from tiphys.core.manifest.yaml import YamlError, parse

    try:
        documents = parse(text)
    except YamlError as error:
        raise UsageError(f"not YAML: {error.message}", where=f"{file}:{error.place(text)}") from error
    return [document.data for document in documents]


def _keys(document: object, file: str) -> Mapping[str, object]:
    """The keys of a plain file or of a ConfigMap, whose values are YAML text; its key ``config`` holds them all."""
    plain = _mapping(document, "the file", file)
    if plain.get("kind") != "ConfigMap":
        return plain
    data = _mapping(plain.get("data"), "data", file)
    keys: dict[str, object] = {}
    for key, value in data.items():
        if not isinstance(value, str):
            raise UsageError(f"data.{key} must be text, as in every ConfigMap", None, file)
        inner = _yaml(value, f"{file} (data.{key})")
        if key == "config":
            keys.update(_mapping(inner, "data.config", file))
        else:
            keys[key] = inner
    return keys


def _mapping(value: object, what: str, file: str) -> dict[str, object]:
    """A mapping with text as keys; nothing at all is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise UsageError(f"{what} must be a mapping", None, file)
    return value


def _limit(key: str, keys: Mapping[str, object], file: str) -> int | None:
    """A number of workflows; 0 is without limit, as for Argo."""
    value = keys.get(key)
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UsageError(f"{key} must be a whole number of at least 0, not {value!r}", None, file)
    return value or None


def _artifact_repository(value: object, file: str) -> JsonObject | None:
    if isinstance(value, str):
        value = _yaml(value, f"{file} (artifactRepository)")
    repository = _mapping(value, "artifactRepository", file)
    if not repository:
        return None
    from tiphys.core.manifest.model.artifact import ArtifactRepository

    return _typed(ArtifactRepository, "artifactRepository", repository, file)


def _typed(record: type[Struct], what: str, value: dict[str, object], file: str) -> JsonObject:
    """The value, whose keys and types are a record's.

    Raises:
        UsageError: they are not.
    """
    import msgspec

    unknown = sorted(value.keys() - {item.encode_name for item in msgspec.structs.fields(record)})
    if unknown:
        raise UsageError(f"{what} has an unknown key {unknown[0]!r}", None, file)
    try:
        msgspec.convert(value, record)
    except msgspec.ValidationError as error:
        raise UsageError(f"{what}: {error}", None, file) from None
    return cast("JsonObject", value)


def _inner(key: str, keys: Mapping[str, object], file: str) -> dict[str, object]:
    """A key that is a mapping, or the text of one."""
    value = keys.get(key)
    if isinstance(value, str):
        value = _yaml(value, f"{file} ({key})")
    return _mapping(value, key, file)


def _retention(keys: Mapping[str, object], file: str) -> Mapping[str, int] | None:
    """How many finished workflows of each phase are kept; where there is a policy, a class that it lacks keeps none."""
    if keys.get("retentionPolicy") is None:
        return None
    policy = _inner("retentionPolicy", keys, file)
    found = {}
    for key, phase in (("completed", "Succeeded"), ("failed", "Failed"), ("errored", "Error")):
        value = policy.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise UsageError(f"retentionPolicy.{key} must be a number that is not negative, not {value!r}", None, file)
        found[phase] = value
    return found


def _records(key: str, keys: Mapping[str, object], file: str, names: tuple[str, ...]) -> tuple[JsonObject, ...]:
    """A list of mappings of texts; other keys of them are refused."""
    value = keys.get(key)
    if isinstance(value, str):
        value = _yaml(value, f"{file} ({key})")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise UsageError(f"{key} must be a list", None, file)
    found = []
    for item in value:
        entry = _mapping(item, f"an entry of {key}", file)
        if entry.keys() - set(names) or not all(isinstance(text, str) for text in entry.values()):
            raise UsageError(f"an entry of {key} has only the texts {', '.join(names)}", None, file)
        found.append(cast("JsonObject", entry))
    return tuple(found)


def _label(key: str, keys: Mapping[str, object], file: str) -> str:
    """A key that may stand in a label; empty where it is not said."""
    value = keys.get(key) or ""
    if not isinstance(value, str) or (value and not re.fullmatch(_LABEL_VALUE, value)):
        raise UsageError(f"{key} must be a name, not {value!r}", None, file)
    return value


def _events(keys: Mapping[str, object], file: str) -> EventConfig:
    """Which events of workflows and nodes are told."""
    nodes = _inner("nodeEvents", keys, file)
    return EventConfig(
        workflows=_switch("enabled", _inner("workflowEvents", keys, file), file),
        nodes=_switch("enabled", nodes, file),
        as_pods=_switch("sendAsPod", {"sendAsPod": False, **nodes}, file),
    )


def _pods(keys: Mapping[str, object], file: str) -> PodDefaults:
    """What pods do where their manifests do not say it."""
    delay, grace = keys.get("podGCDeleteDelayDuration"), keys.get("podGCGracePeriodSeconds")
    if delay is not None:
        try:
            parse_go_duration(str(delay))
        except ValueError as error:
            raise UsageError(f"podGCDeleteDelayDuration: {error}", "a duration is written 5s or 1m30s", file) from None
    if grace is not None and (not isinstance(grace, int) or isinstance(grace, bool) or grace < 0):
        raise UsageError(f"podGCGracePeriodSeconds must be a whole number of at least 0, not {grace!r}", None, file)
    return PodDefaults(
        delete_delay=POD_DEFAULTS.delete_delay if delay is None else str(delay),
        grace_seconds=grace,
        main_container=_main_container(keys, file),
    )


def _main_container(keys: Mapping[str, object], file: str) -> JsonObject:
    """What main containers have where their templates do not say it; it needs neither name nor image."""
    defaults = _inner("mainContainer", keys, file)
    if not defaults:
        return {}
    from tiphys.core.manifest.model.pod import Container

    return _typed(Container, "mainContainer", defaults, file)


def _image(name: str, entry: object, file: str) -> ImageCommand:
    import msgspec

    try:
        return msgspec.convert(_mapping(entry, f"images.{name}", file), ImageCommand, strict=True)
    except msgspec.ValidationError as error:
        raise UsageError(f"images.{name}: {error}", "an image has the lists entrypoint and cmd", file) from None


def _switch(key: str, keys: Mapping[str, object], file: str) -> bool:
    """A key that is true where it is not said."""
    value = keys.get(key, True)
    if not isinstance(value, bool):
        raise UsageError(f"{key} must be true or false, not {value!r}", None, file)
    return value


def _workflow_defaults(value: object, file: str) -> JsonObject:
    if isinstance(value, str):
        value = _yaml(value, f"{file} (workflowDefaults)")
    defaults = _mapping(value, "workflowDefaults", file)
    unknown = sorted(defaults.keys() - _WORKFLOW_KEYS)
    if unknown:
        hint = "it is a partial Workflow: metadata and spec"
        raise UsageError(f"workflowDefaults has an unknown key {unknown[0]!r}", hint, file)
    for key in ("metadata", "spec"):
        _mapping(defaults.get(key), f"workflowDefaults.{key}", file)
    return cast("JsonObject", defaults)


def _template_referencing(value: object, file: str) -> str:
    if isinstance(value, str):
        value = _yaml(value, f"{file} (workflowRestrictions)")
    restrictions = _mapping(value, "workflowRestrictions", file)
    unknown = sorted(restrictions.keys() - {"templateReferencing"})
    if unknown:
        raise UsageError(f"workflowRestrictions has an unknown key {unknown[0]!r}", "it has templateReferencing", file)
    mode = restrictions.get("templateReferencing") or ""
    if mode not in ("", "Strict", "Secure"):
        raise UsageError(f"templateReferencing must be Strict or Secure, not {mode!r}", None, file)
    return str(mode)
