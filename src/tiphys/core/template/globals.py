"""The flat variables that every template of a workflow sees: ``spec/data.md`` 1.1."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from msgspec.structs import replace

from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.objects.moments import rfc3339_of_zone
from tiphys.core.template import ambient
from tiphys.core.template.compile import CompiledText, compile_text
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope, ScopeValue

#: The characters of ``workflow.creationTimestamp.<c>``.
FORMAT_CHARACTERS = "BbmAadHIMSYypZzL"

#: Full English names; the short forms are their first three letters.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_SCHEDULED_TIME = "workflows.argoproj.io/scheduled-time"
#: Arguments that name each other are followed this far.
_DEEPEST = 10
#: The order in which Argo writes the fields of a parameter and of its ``valueFrom``.
_PARAMETER_FIELDS = ("name", "default", "value", "valueFrom", "globalName", "enum", "description")
_VALUE_FROM_FIELDS = (
    "path", "jsonPath", "jqFilter", "event", "parameter", "supplied", "configMapKeyRef", "default", "expression",
)  # fmt: skip


def workflow_variables(
    *,
    name: str,
    namespace: str,
    uid: str,
    created_at: datetime,
    spec: WorkflowSpec | None,
    parameters: Sequence[Parameter],
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
) -> dict[str, ScopeValue]:
    """The variables known when a workflow starts.

    Not among them: ``workflow.status``, ``.duration``, ``.failures`` and outputs (the engine adds them while it
    runs), parameters that come from a config map (the caller adds them when it has read it), and labels that
    ``workflowMetadata.labelsFrom`` will compute.

    Args:
        name: The object's name, namespace and UID.
        namespace: See ``name``.
        uid: See ``name``.
        created_at: Creation time with its zone.
        spec: The executed spec.
        parameters: The workflow's arguments as stored.
        labels: Labels of the object.
        annotations: Annotations of the object.

    Raises:
        TemplateError: a parameter has neither value nor ``valueFrom``.
    """
    values: dict[str, ScopeValue] = {
        "workflow.name": name,
        "workflow.namespace": namespace,
        "workflow.uid": uid,
        "workflow.mainEntrypoint": (spec.entrypoint if spec else None) or "",
        "workflow.serviceAccountName": (spec.service_account_name if spec else None) or "",
    }
    if _SCHEDULED_TIME in annotations:
        values["workflow.scheduledTime"] = annotations[_SCHEDULED_TIME]
    if spec is not None and spec.priority is not None:
        values["workflow.priority"] = str(spec.priority)
    values.update(timestamp_variables(created_at))
    values.update(parameter_variables(parameters))
    values.update(_metadata("annotations", annotations))
    metadata = spec.workflow_metadata if spec else None
    computed = (metadata.labels_from if metadata else None) or {}
    values.update(_metadata("labels", {key: value for key, value in labels.items() if key not in computed}))
    return values


def timestamp_variables(created_at: datetime) -> dict[str, ScopeValue]:
    """``workflow.creationTimestamp`` and all its forms."""
    base = "workflow.creationTimestamp"
    values: dict[str, ScopeValue] = {
        base: rfc3339_of_zone(created_at),
        f"{base}.RFC3339": rfc3339_of_zone(created_at),
        f"{base}.s": str(int(created_at.timestamp())),
    }
    for character in FORMAT_CHARACTERS:
        values[f"{base}.{character}"] = format_time(created_at, character)
    return values


def parameter_variables(parameters: Sequence[Parameter]) -> dict[str, ScopeValue]:
    """``workflow.parameters``, its JSON form and one variable for each parameter that has a value.

    Raises:
        TemplateError: a parameter has neither value nor ``valueFrom``.
    """
    text = parameters_json(parameters)
    values: dict[str, ScopeValue] = {"workflow.parameters": text, "workflow.parameters.json": text}
    for parameter in parameters:
        if parameter.value is not None:
            values[f"workflow.parameters.{parameter.name}"] = str(parameter.value)
        elif parameter.value_from is None:
            raise TemplateError(
                f"either value or valueFrom must be specified in order to set global parameter {parameter.name}"
            )
    return values


def resolved_parameters(
    declared: Sequence[Parameter], known: Mapping[str, ScopeValue], *, uid: str, created_at: datetime
) -> dict[str, ScopeValue]:
    """The variables of arguments whose values have tags, over all that is ``known`` when a workflow starts.

    An argument may name others, wherever they stand; those that name each other in a circle keep their tags, as does
    every tag that is not known yet.  Empty when no value has a tag.  For their expressions the time is that of the
    creation, and chance belongs to the UID: they are worked out again whenever the workflow is taken up.
    """
    texts = {f"workflow.parameters.{p.name}": compile_text(p.value) for p in declared if p.value and "{{" in p.value}
    if not texts:
        return {}
    values = dict(known)
    for _ in range(min(len(texts), _DEEPEST)):
        world = {ambient.NOW: ambient.moment(created_at), ambient.RANDOM: ambient.chance(None, uid)}
        scope = Scope(values, Scope(cast("dict[str, ScopeValue]", world)))
        found = {name: _rendered(text, scope) for name, text in texts.items()}
        if all(values.get(name) == value for name, value in found.items()):
            break
        values.update(found)
    resolved = [
        replace(p, value=cast(str, values[name])) if (name := f"workflow.parameters.{p.name}") in texts else p
        for p in declared
    ]
    return parameter_variables(resolved)


def _rendered(text: CompiledText, scope: Scope) -> str:
    try:
        return text.render(scope, Mode.LENIENT)
    except TemplateError:  # told where the argument is used
        return text.text


def metadata_variables(labels: Mapping[str, str], annotations: Mapping[str, str]) -> dict[str, ScopeValue]:
    """What ``workflowMetadata`` adds: one variable for each new label and annotation, not the JSON forms."""
    values: dict[str, ScopeValue] = {f"workflow.labels.{key}": value for key, value in labels.items()}
    values.update({f"workflow.annotations.{key}": value for key, value in annotations.items()})
    return values


def parameters_json(parameters: Sequence[Parameter]) -> str:
    """Parameters as Argo's encoder writes them; ``null`` when there are none."""
    if not parameters:
        return "null"
    return go_json([_parameter(parameter) for parameter in parameters])


def go_json(value: object) -> str:
    """Compact JSON with ``<``, ``>`` and ``&`` escaped, as Go's encoder writes it; key order is kept."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028")):
        text = text.replace(character, escape)
    return text.replace("\u2029", "\\u2029")


def format_time(moment: datetime, character: str) -> str:
    """One strftime field in English, whatever the locale; ``L`` is the milliseconds with their dot."""
    month, day, half = _MONTHS[moment.month - 1], _DAYS[moment.weekday()], "AM" if moment.hour < 12 else "PM"
    fields = {
        "B": month,
        "b": month[:3],
        "m": f"{moment.month:02d}",
        "A": day,
        "a": day[:3],
        "d": f"{moment.day:02d}",
        "H": f"{moment.hour:02d}",
        "I": f"{(moment.hour + 11) % 12 + 1:02d}",
        "M": f"{moment.minute:02d}",
        "S": f"{moment.second:02d}",
        "Y": f"{moment.year:04d}",
        "y": f"{moment.year % 100:02d}",
        "p": half,
        "Z": moment.tzname() or "UTC",
        "z": _offset(moment),
        "L": f".{moment.microsecond // 1000:03d}",
    }
    return fields[character]


def _offset(moment: datetime) -> str:
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02d}{minutes % 60:02d}"


def _metadata(kind: str, entries: Mapping[str, str]) -> dict[str, ScopeValue]:
    text = go_json(dict(sorted(entries.items())))
    values: dict[str, ScopeValue] = {f"workflow.{kind}": text, f"workflow.{kind}.json": text}
    values.update({f"workflow.{kind}.{key}": value for key, value in entries.items()})
    return values


def _parameter(parameter: Parameter) -> dict[str, JsonValue]:
    import msgspec

    fields = cast("dict[str, JsonValue]", msgspec.to_builtins(parameter))
    value_from = fields.get("valueFrom")
    if isinstance(value_from, dict):
        fields["valueFrom"] = {key: value_from[key] for key in _VALUE_FROM_FIELDS if value_from.get(key) is not None}
    return {key: fields[key] for key in _PARAMETER_FIELDS if fields.get(key) is not None}
