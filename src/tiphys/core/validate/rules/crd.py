"""What the schemas of Argo's custom resources refuse when an object is created (``spec/data.md`` 20).

``argo lint --offline`` finds none of it.  Lint warns, because the cluster would refuse the object; a workflow that is
about to run is refused where the rule is about what it means, not about how much a cluster stores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.kinds import Kind
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.objects import KINDS
from tiphys.core.manifest.shapes import ListOf, MapOf, RecordOf, StepGroups
from tiphys.core.manifest.source import Path, dotted
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.kinds import TYPES

_LOCATIONS: Final = ("artifactory", "azure", "file", "gcs", "git", "hdfs", "http", "oss", "plugin", "raw", "s3")
_TYPE_FIELDS: Final = tuple(field for _, field, _ in TYPES)
_NAME: Final = "^[a-zA-Z0-9][-a-zA-Z0-9]*$"
_METRIC: Final = "^[a-zA-Z_][a-zA-Z0-9_]*$"


class Broken(NamedTuple):
    """A rule that does not hold: where below the record, what the server says, whether running makes no sense."""

    field: tuple[str | int, ...]
    text: str
    fatal: bool = True


Rule = Callable[[JsonObject], Iterator[Broken]]


def check_document(context: Context) -> None:
    """Report every rule that the document breaks, unless an error stands at the same place already."""
    document = context.document
    known = {finding.path for finding in context.findings}
    objects = {path[:length] for path in known for length in range(len(path))}
    root = record_kind(KINDS[document.kind])
    for path, broken in _walk(root, document.data, ()):
        place = (*path, *broken.field)
        if place in known or path in known or (place in objects and not broken.field):
            continue
        text = f"{dotted(place)}: {broken.text}"
        argo = f'{document.kind}.argoproj.io "{document.name}" is invalid: {text}'
        if context.options.submit and broken.fatal:
            context.error(Code.CLUSTER_SCHEMA, Site(path=place), argo, message=text)
        else:
            context.warn(Code.CLUSTER_SCHEMA, Site(path=place), f"a cluster refuses this: {text}")


def _walk(kind: Kind, data: JsonValue, path: Path) -> Iterator[tuple[Path, Broken]]:
    """The broken rules of a value and of all that is in it."""
    if isinstance(kind, RecordOf) and isinstance(data, dict):
        for rule in RULES.get(kind.record.__name__, ()):
            yield from ((path, broken) for broken in rule(data))
        table = kind.table()
        for name, value in data.items():
            if name in table and isinstance(value, (dict, list)):
                yield from _walk(table[name].kind, value, (*path, name))
    elif isinstance(kind, ListOf | StepGroups) and isinstance(data, list):
        item = ListOf("", "", item=kind.step) if isinstance(kind, StepGroups) else kind.item
        for at, value in enumerate(data):
            yield from _walk(item, value, (*path, at))
    elif isinstance(kind, MapOf) and isinstance(data, dict):
        for name, value in data.items():
            yield from _walk(kind.item, value, (*path, name))


def _says(text: str) -> str:
    return f'Invalid value: "object": {text}'


def _at_most_one(fields: Sequence[str], text: str) -> Rule:
    def rule(data: JsonObject) -> Iterator[Broken]:
        if sum(data.get(field) is not None for field in fields) > 1:
            yield Broken((), _says(text))

    return rule


def _leaf_only(field: str, text: str) -> Rule:
    def rule(data: JsonObject) -> Iterator[Broken]:
        if data.get(field) not in (None, "") and (data.get("steps") is not None or data.get("dag") is not None):
            yield Broken((field,), _says(text))

    return rule


def _required(*fields: str) -> Rule:
    def rule(data: JsonObject) -> Iterator[Broken]:
        yield from (Broken((field,), "Required value") for field in fields if data.get(field) is None)

    return rule


def _one_of(field: str, *words: str) -> Rule:
    shown = ", ".join(f'"{word}"' for word in words)

    def rule(data: JsonObject) -> Iterator[Broken]:
        value = data.get(field)
        if isinstance(value, str) and value not in words and "{{" not in value:
            yield Broken((field,), f'Unsupported value: "{value}": supported values: {shown}')

    return rule


def _minimum(field: str, smallest: int, largest: int | None = None) -> Rule:
    def rule(data: JsonObject) -> Iterator[Broken]:
        value = data.get(field)
        if not isinstance(value, int) or isinstance(value, bool):
            return
        if value < smallest:
            yield Broken((field,), f"Invalid value: {value}: should be greater than or equal to {smallest}")
        if largest is not None and value > largest:
            yield Broken((field,), f"Invalid value: {value}: should be less than or equal to {largest}")

    return rule


def _items(field: str, smallest: int = 0, largest: int | None = None) -> Rule:
    def rule(data: JsonObject) -> Iterator[Broken]:
        value = data.get(field)
        if not isinstance(value, list):
            return
        if len(value) < smallest:
            yield Broken((field,), f"Invalid value: {len(value)}: should have at least {smallest} items")
        if largest is not None and len(value) > largest:
            yield Broken((field,), f"Too many: {len(value)}: must have at most {largest} items", fatal=False)

    return rule


def _text(field: str, pattern: str | None = None, *, shortest: int = 0, longest: int | None = None) -> Rule:
    def rule(data: JsonObject) -> Iterator[Broken]:
        value = data.get(field)
        if not isinstance(value, str):
            return
        if pattern is not None and not re.search(pattern, value):
            yield Broken((field,), f"Invalid value: \"{value}\": should match '{pattern}'", fatal=False)
        if len(value) < shortest:
            yield Broken((field,), f'Invalid value: "{value}": should be at least {shortest} chars long', fatal=False)
        if longest is not None and len(value) > longest:
            yield Broken((field,), f"Too long: may not be more than {longest} bytes", fatal=False)

    return rule


def _task(data: JsonObject) -> Iterator[Broken]:
    depends, older = bool(data.get("depends")), bool(data.get("dependencies"))
    if depends and older:
        yield Broken((), _says("cannot use both 'depends' and 'dependencies'"))
    if depends and data.get("continueOn") is not None:
        yield Broken(("continueOn",), _says("cannot use 'continueOn' when using 'depends'"))
    if (depends or older) and re.match("[0-9]", str(data.get("name", ""))):
        text = "task name cannot begin with a digit when using 'depends' or 'dependencies'"
        yield Broken(("name",), _says(text))


def _gauge(data: JsonObject) -> Iterator[Broken]:
    if data.get("realtime") is True and "resourcesDuration." in str(data.get("value", "")):
        yield Broken((), _says("'resourcesDuration.*' metrics cannot be used in real-time gauges"))


_WHERE: Final = _at_most_one(_LOCATIONS, "at most one artifact location can be specified")
_GC: Final = _one_of("strategy", "", "OnWorkflowCompletion", "OnWorkflowDeletion", "Never")
_VALUE: Final = _text("value", shortest=1)
#: The rules of each record, in the order of the table in the specification.
RULES: Final[dict[str, tuple[Rule, ...]]] = {
    "Artifact": (_WHERE, _required("name"), _text("name", "^[-a-zA-Z0-9_{}.]+$"), _minimum("mode", 0, 511)),
    "ArtifactLocation": (_WHERE,),
    "ArtifactPaths": (_WHERE,),
    "Template": (
        _at_most_one(_TYPE_FIELDS, "template must have at most one template type"),
        _leaf_only("timeout", "timeout cannot be applied to steps or dag templates"),
        _leaf_only("activeDeadlineSeconds", "activeDeadlineSeconds is only valid for leaf templates"),
        _items("steps", 1),
        _minimum("parallelism", 1),
        _text("name", _NAME, longest=128),
    ),
    "Sequence": (_at_most_one(("count", "end"), "only one of count or end can be defined"),),
    "ResourceTemplate": (
        _at_most_one(("manifest", "manifestFrom"), "only one of manifest or manifestFrom can be specified"),
        _required("action"),
        _one_of("action", "get", "create", "apply", "delete", "replace", "patch"),
        _one_of("mergeStrategy", "strategic", "merge", "json"),
    ),
    "DAGTask": (_task, _required("name"), _text("name", _NAME, longest=128)),
    "WorkflowStep": (_text("name", _NAME, longest=128),),
    "DAGTemplate": (_items("tasks", 1, 200),),
    "Parameter": (_required("name"), _text("name", "^[-a-zA-Z0-9_]+$"), _items("enum", 1)),
    "Inputs": (_items("parameters", largest=500),),
    "WorkflowSpec": (_items("templates", largest=200), _minimum("parallelism", 1)),
    "CronWorkflowSpec": (
        _required("schedules", "workflowSpec"),
        _items("schedules", 1),
        _one_of("concurrencyPolicy", "", "Allow", "Forbid", "Replace"),
        _minimum("startingDeadlineSeconds", 0),
    ),
    "Metrics": (_items("prometheus", largest=100),),
    "Prometheus": (_required("help", "name"), _text("name", _METRIC), _text("help", shortest=1)),
    "MetricLabel": (_text("key", _METRIC),),
    "Gauge": (_gauge, _text("value", shortest=1, longest=256), _one_of("operation", "Set", "Add", "Sub")),
    "Counter": (_VALUE,),
    "Histogram": (_VALUE,),
    "PodGC": (_one_of("strategy", "", "OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"),),
    "ArtifactGC": (_GC,),
    "WorkflowLevelArtifactGC": (_GC,),
    "RetryStrategy": (_one_of("retryPolicy", "", "Always", "OnFailure", "OnError", "OnTransientError"),),
    "S3Artifact": (_one_of("addressingStyle", "", "path", "virtual-hosted"),),
    "SecretKeySelector": (_required("key"),),
    "GitArtifact": (_required("repo"),),
    "HTTPArtifact": (_required("url"),),
    "HTTP": (_required("url"),),
    "RawArtifact": (_required("data"),),
    "HDFSArtifact": (_required("path"),),
    "GCSArtifact": (_required("key"),),
    "OSSArtifact": (_required("key"),),
    "PluginArtifact": (_required("key"),),
    "AzureArtifact": (_required("blob", "container", "endpoint"),),
}
