"""Write `src/tiphys/core/manifest/model/` from the JSON schema of the Argo kinds.

Run by hand when the schema changes: ``python tools/generate_model.py ../shared/spec/schema.json``.
Only names, types and requiredness are taken from the schema; descriptions are not.  What is ours is in ``OWN``.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

Json = dict[str, object]

ARGO = "io.argoproj.workflow.v1alpha1."
ROOTS = (
    "Workflow WorkflowTemplate ClusterWorkflowTemplate CronWorkflow WorkflowEventBinding "
    "WorkflowTaskSet WorkflowTaskResult WorkflowArtifactGCTask"
).split()

#: module -> (docstring, names of Argo definitions). Order = import order, one direction.
MODULES: dict[str, tuple[str, str]] = {
    "meta": ("Kubernetes object metadata and selectors.", "Metadata"),
    "pod": ("Kubernetes types used inside pods: containers, volumes, security, scheduling.", ""),
    "artifact": (
        "Artifacts, their locations and repositories.",
        "ArchiveStrategy Artifact ArtifactGC ArtifactLocation ArtifactPaths ArtifactRepository ArtifactRepositoryRef "
        "ArtifactRepositoryRefStatus ArtifactoryArtifact ArtifactoryArtifactRepository AzureArtifact "
        "AzureArtifactRepository BasicAuth ClientCertAuth CreateS3BucketOptions FileArtifact GCSArtifact GCSArtifactRepository "
        "GitArtifact HDFSArtifact HDFSArtifactRepository HTTPArtifact HTTPAuth Header NoneStrategy OAuth2Auth "
        "OAuth2EndpointParam OSSArtifact OSSArtifactRepository OSSLifecycleRule PluginArtifact "
        "PluginArtifactRepository RawArtifact S3Artifact S3ArtifactRepository S3EncryptionOptions TarStrategy ZipStrategy ArtGCStatus",
    ),
    "arguments": (
        "Parameters, arguments, inputs, outputs and loop sources.",
        "Parameter ValueFrom SuppliedValueFrom Event Arguments Inputs Outputs Sequence",
    ),
    "strategy": (
        "Retry, time, garbage collection, locks, memoization, hooks and metrics.",
        "Backoff Cache Condition ContainerSetRetryStrategy ContinueOn Counter ExecutorConfig Gauge Histogram "
        "LabelValueFrom LifecycleHook MemoizationStatus Memoize Metadata MetricLabel Metrics Mutex MutexHolding "
        "MutexStatus NodeFlag NodeSynchronizationStatus PodGC Prometheus RetryAffinity RetryNodeAntiAffinity "
        "RetryStrategy SemaphoreHolding SemaphoreRef SemaphoreStatus SyncDatabaseRef Synchronization "
        "SynchronizationStatus TTLStrategy TemplateRef VolumeClaimGC WorkflowLevelArtifactGC WorkflowMetadata "
        "WorkflowTemplateRef",
    ),
    "template": (
        "Templates of every kind, steps and tasks.",
        "ContainerNode ContainerSetTemplate DAGTask DAGTemplate Data DataSource ExecutorPlugin ExecutorPluginSidecar "
        "ExecutorPluginSpec HTTP HTTPBodySource HTTPHeader HTTPHeaderSource ManifestFrom ResourceTemplate "
        "ScriptTemplate SuspendTemplate Template TransformationStep UserContainer WorkflowStep",
    ),
    "workflow": (
        "Workflow, WorkflowTemplate, ClusterWorkflowTemplate and the status of a run.",
        "Workflow WorkflowSpec WorkflowStatus NodeStatus WorkflowTemplate ClusterWorkflowTemplate",
    ),
    "cron": ("CronWorkflow.", "CronWorkflow CronWorkflowSpec CronWorkflowStatus StopStrategy"),
    "events": ("WorkflowEventBinding.", "Submit WorkflowEventBinding WorkflowEventBindingSpec"),
    "exchange": (
        "What the controller and its helpers (agent, executor, collector of artifacts) tell each other.",
        "WorkflowTaskSet WorkflowTaskSetSpec WorkflowTaskSetStatus NodeResult WorkflowTaskResult WorkflowArtifactGCTask "
        "ArtifactGCSpec ArtifactNodeSpec ArtifactGCStatus ArtifactResultNodeStatus ArtifactResult",
    ),
}


def ref(name: str) -> Json:
    """A reference to a definition of Argo's."""
    return {"$ref": f"#/definitions/{ARGO}{name}"}


def obj(**properties: Json) -> Json:
    """The definition of a record."""
    return {"type": "object", "properties": properties}


def map_of(item: Json) -> Json:
    """A mapping from names to something."""
    return {"type": "object", "additionalProperties": item}


TEXT: Json = {"type": "string"}
_RESULT: dict[str, Json] = {"message": TEXT, "outputs": ref("Outputs"), "phase": TEXT, "progress": TEXT}
_HEAD: dict[str, Json] = {
    "apiVersion": TEXT,
    "kind": TEXT,
    "metadata": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"},
}
#: Kinds that only Argo's own parts write; its JSON schema does not have them.
MORE: dict[str, Json] = {
    "WorkflowTaskSet": obj(**_HEAD, spec=ref("WorkflowTaskSetSpec"), status=ref("WorkflowTaskSetStatus")),
    "WorkflowTaskSetSpec": obj(tasks=map_of(ref("Template"))),
    "WorkflowTaskSetStatus": obj(nodes=map_of(ref("NodeResult"))),
    "NodeResult": obj(**_RESULT),
    "WorkflowTaskResult": obj(**_HEAD, **_RESULT),
    "WorkflowArtifactGCTask": obj(**_HEAD, spec=ref("ArtifactGCSpec"), status=ref("ArtifactGCStatus")),
    "ArtifactGCSpec": obj(artifactsByNode=map_of(ref("ArtifactNodeSpec"))),
    "ArtifactNodeSpec": obj(archiveLocation=ref("ArtifactLocation"), artifacts=map_of(ref("Artifact"))),
    "ArtifactGCStatus": obj(artifactResultsByNode=map_of(ref("ArtifactResultNodeStatus"))),
    "ArtifactResultNodeStatus": obj(artifactResults=map_of(ref("ArtifactResult"))),
    "ArtifactResult": {**obj(error=TEXT, name=TEXT, success={"type": "boolean"}), "required": ["name"]},
}
#: Definitions that Argo does not have: artifacts that are kept in the data directory.
OWN: dict[str, Json] = {
    ARGO + "FileArtifact": {"type": "object", "required": ["key"], "properties": {"key": {"type": "string"}}},
}
#: Argo definitions that have fields of ours: name -> fields.
OWN_FIELDS: dict[str, Json] = {
    ARGO + name: {"file": {"$ref": "#/definitions/" + ARGO + "FileArtifact"}}
    for name in ("Artifact", "ArtifactLocation", "ArtifactPaths")
}
SCALARS = {"string": "str", "integer": "int", "boolean": "bool", "number": "float"}
#: Definitions that are not records: name -> annotation (declared in ``scalars.py``).
ALIASES = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "Quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "IntOrString",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "Time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "Time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "JsonObject",
    ARGO + "Item": "Item",
    ARGO + "Amount": "Amount",
    ARGO + "Plugin": "JsonObject",
}
#: Fields whose Go type is AnyString although the schema says string.
ANY_STRING = {("Parameter", "value"), ("Parameter", "default"), ("Parameter", "enum"), ("ValueFrom", "default")}
#: Integer fields that Go holds in 64 bits; the others have 32. The schema does not tell.
INT64 = set(
    "activeDeadlineSeconds deletionGracePeriodSeconds estimatedDuration expirationSeconds failed fsGroup generation "
    "parallelism runAsGroup runAsUser seconds startingDeadlineSeconds succeeded terminationGracePeriodSeconds "
    "tolerationSeconds".split()
)
#: Integer fields whose size differs from that of others of their name.
INTEGERS = {("HTTP", "timeoutSeconds"): "Int64", ("GitArtifact", "depth"): "Uint64"}


def class_name(definition: str) -> str:
    """The Go type name: the last path component."""
    if definition == "io.k8s.api.core.v1.HTTPHeader":  # Argo has a type of the same name
        return "ProbeHTTPHeader"
    return definition.rsplit(".", 1)[-1]


def snake(name: str) -> str:
    """A JSON field name as a Python attribute."""
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower().replace("-", "_").replace("$", "")
    return text + "_" if keyword.iskeyword(text) else text


def camel(attribute: str) -> str:
    """What msgspec's ``rename='camel'`` makes of an attribute."""
    head, *rest = attribute.strip("_").split("_")
    return head + "".join(part.title() for part in rest)


def module_of(definition: str) -> str:
    """The module that a definition is written to."""
    if ".apimachinery." in definition:
        return "meta"
    if definition.startswith("io.k8s.api."):
        return "pod"
    name = class_name(definition)
    for module, (_, names) in MODULES.items():
        if name in names.split():
            return module
    raise SystemExit(f"no module for {definition}")


def references(node: object) -> Iterator[str]:
    """Every definition that a schema node refers to."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield str(node["$ref"]).removeprefix("#/definitions/")
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def reachable(definitions: dict[str, Json]) -> list[str]:
    """Definitions below the roots, in schema order."""
    seen: set[str] = set()
    queue = [ARGO + root for root in ROOTS if ARGO + root in definitions]
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue.extend(references(definitions[name]))
    return [name for name in definitions if name in seen]


def annotation(schema: Json, definitions: dict[str, Json]) -> str:
    """The Python type of a schema node."""
    if "$ref" in schema:
        target = str(schema["$ref"]).removeprefix("#/definitions/")
        if target in ALIASES:
            return ALIASES[target]
        if definitions[target].get("type") == "array":
            return annotation(definitions[target], definitions)
        return class_name(target)
    kind = schema.get("type")
    if kind == "array":
        return f"tuple[{annotation(cast(Json, schema['items']), definitions)}, ...]"
    if kind == "object":
        extra = schema.get("additionalProperties")
        return f"dict[str, {annotation(cast(Json, extra), definitions)}]" if extra else "JsonObject"
    if schema.get("format") == "byte":
        return "Base64"
    return SCALARS[str(kind)] if kind else "JsonValue"


def field_line(owner: str, name: str, schema: Json, required: bool, definitions: dict[str, Json]) -> str:
    """One attribute of a record."""
    kind = annotation(schema, definitions)
    if (owner, name) in ANY_STRING:
        kind = kind.replace("str", "AnyString")
    if kind == "int":
        kind = INTEGERS.get((owner, name)) or ("Int64" if name in INT64 else "Int32")
    attribute = snake(name)
    default = '""' if required and kind == "str" else "None"
    shown = kind if default == '""' else f"{kind} | None"
    if camel(attribute) != name:
        return f'    {attribute}: {shown} = field(default={default}, name="{name}")'
    return f"    {attribute}: {shown} = {default}"


def record(definition: str, definitions: dict[str, Json]) -> str:
    """The class for one definition."""
    schema = definitions[definition]
    owner = class_name(definition)
    required = cast(list[str], schema.get("required", []))
    properties = cast(dict[str, Json], schema.get("properties", {}))
    lines = [
        f"class {owner}(Record, frozen=True, kw_only=True):",
        f'    """``{owner}`` of the {"Argo" if ARGO in definition else "Kubernetes"} API."""',
        "",
    ]
    lines += [field_line(owner, name, value, name in required, definitions) for name, value in properties.items()]
    return "\n".join(lines).rstrip()


def with_own(definitions: dict[str, Json]) -> dict[str, Json]:
    """Argo's definitions with ours, sorted as Argo's are."""
    found = {**definitions, **{ARGO + name: definition for name, definition in MORE.items()}, **OWN}
    for name, fields in OWN_FIELDS.items():
        properties = {**cast(dict[str, Json], found[name]["properties"]), **fields}
        found[name] = {**found[name], "properties": dict(sorted(properties.items()))}
    return dict(sorted(found.items()))


def main() -> None:
    """Write one module per group."""
    definitions = with_own(cast(dict[str, Json], json.loads(Path(sys.argv[1]).read_text())["definitions"]))
    out = Path(__file__).parent.parent / "src/tiphys/core/manifest/model"
    records = [
        name for name in reachable(definitions) if name not in ALIASES and definitions[name].get("type") != "array"
    ]
    home = {class_name(name): module_of(name) for name in records}
    if len(home) != len(records):
        raise SystemExit("two definitions share a class name")
    order = list(MODULES)
    for module, (doc, _) in MODULES.items():
        members = [name for name in records if module_of(name) == module]
        body = "\n\n\n".join(record(name, definitions) for name in members)
        words = set(re.findall(r"\w+", re.sub(r'""".*?"""|"[^"]*"', "", body)))
        imports = ["from __future__ import annotations", ""]
        if "field" in words:
            imports += ["from msgspec import field", ""]
        scalars = sorted(words & {*ALIASES.values(), "AnyString", "Base64", "Int32", "Int64", "JsonValue", "Uint64"})
        for other in order:
            names = sorted(words & {n for n, m in home.items() if m == other})
            if names and other != module:
                if order.index(other) > order.index(module):
                    raise SystemExit(f"{module} needs {names} of {other}: imports must point one way")
                imports.append(f"from tiphys.core.manifest.model.{other} import {', '.join(names)}")
        imports.append("from tiphys.core.manifest.model.record import Record")
        if scalars:
            imports.append(f"from tiphys.core.manifest.model.scalars import {', '.join(scalars)}")
        (out / f"{module}.py").write_text(f'"""{doc}"""\n\n' + "\n".join(imports) + "\n\n\n" + body + "\n")


if __name__ == "__main__":
    main()
