from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.globals import (
    FORMAT_CHARACTERS,
    format_time,
    metadata_variables,
    parameters_json,
    timestamp_variables,
    workflow_variables,
)
from tiphys.core.template.scope import ScopeValue

CREATED = datetime(2024, 3, 1, 10, 11, 12, 345_678, tzinfo=UTC)


def variables(spec: dict[str, object], labels: dict[str, str] | None = None) -> dict[str, ScopeValue]:
    decoded = msgspec.convert(spec, WorkflowSpec)
    parameters = (decoded.arguments.parameters if decoded.arguments else None) or ()
    return workflow_variables(
        name="wf",
        namespace="ns",
        uid="u",
        created_at=CREATED,
        spec=decoded,
        parameters=parameters,
        labels=labels or {},
        annotations={"workflows.argoproj.io/scheduled-time": "2024-01-01T00:00:00Z"},
    )


def test_names_and_metadata() -> None:
    values = variables({"entrypoint": "main", "priority": 5}, {"b": "<2>", "a": "1"})
    assert values["workflow.name"] == "wf"
    assert values["workflow.namespace"] == "ns"
    assert values["workflow.uid"] == "u"
    assert values["workflow.mainEntrypoint"] == "main"
    assert values["workflow.serviceAccountName"] == ""
    assert values["workflow.priority"] == "5"
    assert values["workflow.scheduledTime"] == "2024-01-01T00:00:00Z"
    assert values["workflow.labels"] == values["workflow.labels.json"] == r'{"a":"1","b":"\u003c2\u003e"}'
    assert values["workflow.labels.b"] == "<2>"
    assert values["workflow.parameters"] == "null"
    assert "workflow.status" not in values


def test_priority_only_when_set() -> None:
    assert "workflow.priority" not in variables({"entrypoint": "main"})


def test_parameters() -> None:
    values = variables({"arguments": {"parameters": [{"name": "b", "value": "x&y"}, {"name": "a", "value": "1"}]}})
    assert values["workflow.parameters.b"] == "x&y"
    assert values["workflow.parameters.json"] == r'[{"name":"b","value":"x\u0026y"},{"name":"a","value":"1"}]'


def test_parameter_fields_are_in_the_order_of_the_api() -> None:
    source = {
        "enum": ["1"],
        "value": "1",
        "name": "p",
        "default": "0",
        "valueFrom": {"default": "d", "configMapKeyRef": {"name": "c", "key": "k"}},
    }
    text = parameters_json([msgspec.convert(source, Parameter)])
    assert list(msgspec.json.decode(text)[0]) == ["name", "default", "value", "valueFrom", "enum"]
    assert list(msgspec.json.decode(text)[0]["valueFrom"]) == ["configMapKeyRef", "default"]


def test_parameter_without_value() -> None:
    with pytest.raises(TemplateError) as caught:
        variables({"arguments": {"parameters": [{"name": "p"}]}})
    assert str(caught.value) == "either value or valueFrom must be specified in order to set global parameter p"
    later = variables(
        {"arguments": {"parameters": [{"name": "p", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}]}}
    )
    assert "workflow.parameters.p" not in later


def test_computed_labels_are_left_out() -> None:
    spec: dict[str, object] = {"workflowMetadata": {"labelsFrom": {"a": {"expression": "1"}}}}
    values = variables(spec, {"a": "old", "b": "2"})
    assert "workflow.labels.a" not in values
    assert values["workflow.labels.b"] == "2"
    assert metadata_variables({"a": "new"}, {"n": "1"}) == {"workflow.labels.a": "new", "workflow.annotations.n": "1"}


def test_timestamps() -> None:
    values = timestamp_variables(CREATED)
    assert values["workflow.creationTimestamp"] == "2024-03-01T10:11:12Z"
    assert values["workflow.creationTimestamp.RFC3339"] == "2024-03-01T10:11:12Z"
    assert values["workflow.creationTimestamp.s"] == "1709287872"
    forms = {character: values[f"workflow.creationTimestamp.{character}"] for character in FORMAT_CHARACTERS}
    assert forms == {
        "B": "March",
        "b": "Mar",
        "m": "03",
        "A": "Friday",
        "a": "Fri",
        "d": "01",
        "H": "10",
        "I": "10",
        "M": "11",
        "S": "12",
        "Y": "2024",
        "y": "24",
        "p": "AM",
        "Z": "UTC",
        "z": "+0000",
        "L": ".345",
    }


def test_offsets_and_the_twelve_hour_clock() -> None:
    moment = datetime(999, 1, 2, 0, 0, 0, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    assert format_time(moment, "z") == "-0330"
    assert format_time(moment, "I") == "12"
    assert format_time(moment.replace(hour=12), "p") == "PM"
