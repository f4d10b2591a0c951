"""Data becomes records: coercion, wrong types and Argo's texts for them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tiphys.core.manifest import decode
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.model import artifact, cron, events, meta, pod, strategy, template, workflow
from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.workflow import Workflow

_RECORDS = sorted(
    (
        value
        for module in (artifact, cron, events, meta, pod, strategy, template, workflow)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Record) and value is not Record
    ),
    key=lambda record: record.__name__,
)


def texts(spec: Any, kind: type[Record] = Workflow) -> list[str | None]:
    found = decode.check(kind, {"spec": spec})
    return [decode.argo_text(kind, problem) for problem in found.problems]


def template_texts(**fields: Any) -> list[str | None]:
    return texts({"templates": [fields]})


@pytest.mark.parametrize("record", _RECORDS)
def test_every_field_of_every_record_can_be_read(record: type[Record]) -> None:
    table = record_kind(record).table()
    assert sorted(table) == sorted(record.__struct_encode_fields__)
    assert all(field.kind.go and field.kind.expected for field in table.values())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (1, "1"),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (12345678901234567890, "12345678901234567000"),
        ({"a": 1}, ""),
        ([1], ""),
        (None, None),
    ],
)
def test_any_string(value: Any, text: str | None) -> None:
    found = decode.check(Parameter, {"name": "p", "value": value, "enum": [value]})
    assert found.record == Parameter(name="p", value=text, enum=(text or "",))


def test_null_is_zero_inside_lists_and_maps_and_absent_elsewhere() -> None:
    data: Any = {"metadata": {"name": None, "labels": {"a": None}, "ownerReferences": [None]}, "spec": None}
    found = decode.check(Workflow, data).record
    owner = meta.OwnerReference()
    assert found == Workflow(metadata=meta.ObjectMeta(labels={"a": ""}, owner_references=(owner,)))


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"entrypoint": ["a"]}, "array into Go struct field WorkflowSpec.spec.entrypoint of type string"),
        ({"entrypoint": True}, "bool into Go struct field WorkflowSpec.spec.entrypoint of type string"),
        (
            {"templates": {"a": "b"}},
            "object into Go struct field WorkflowSpec.spec.templates of type []v1alpha1.Template",
        ),
        ({"templates": ["a"]}, "string into Go struct field WorkflowSpec.spec.templates of type v1alpha1.Template"),
        ({"parallelism": "2"}, "string into Go struct field WorkflowSpec.spec.parallelism of type int64"),
        ({"parallelism": 1.5}, "number 1.5 into Go struct field WorkflowSpec.spec.parallelism of type int64"),
        ({"priority": 2**31}, "number 2147483648 into Go struct field WorkflowSpec.spec.priority of type int32"),
        ({"suspend": "yes"}, "string into Go struct field WorkflowSpec.spec.suspend of type bool"),
        ({"hooks": []}, "array into Go struct field WorkflowSpec.spec.hooks of type v1alpha1.LifecycleHooks"),
        (
            {"hooks": {"exit": {"template": 1}}},
            "number into Go struct field LifecycleHook.spec.hooks.template of type string",
        ),
        (
            {"podGC": {"labelSelector": {"matchLabels": ["a"]}}},
            "array into Go struct field LabelSelector.spec.podGC.labelSelector.matchLabels of type map[string]string",
        ),
        ([], "array into Go struct field Workflow.spec of type v1alpha1.WorkflowSpec"),
    ],
)
def test_wrong_types_of_a_spec(spec: Any, text: str) -> None:
    assert texts(spec) == [f"json: cannot unmarshal {text}"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"container": {"env": [{"name": "A", "value": 1}]}},
            "number into Go struct field EnvVar.spec.templates.container.env.value of type string",
        ),
        (
            {"container": {"command": "a"}},
            "string into Go struct field Container.spec.templates.container.command of type []string",
        ),
        ({"container": "a"}, "string into Go struct field Template.spec.templates.container of type v1.Container"),
        (
            {"container": {"imagePullPolicy": 1}},
            "number into Go struct field Container.spec.templates.container.imagePullPolicy of type v1.PullPolicy",
        ),
        (
            {"container": {"livenessProbe": {"httpGet": {"httpHeaders": [{"name": 1}]}}}},
            "number into Go struct field HTTPHeader.spec.templates.container.livenessProbe.httpGet.httpHeaders.name of type string",
        ),
        (
            {"plugin": "abc"},
            "string into Go struct field Template.spec.templates.plugin of type map[string]interface {}",
        ),
        (
            {"http": {"timeoutSeconds": "5"}},
            "string into Go struct field HTTP.spec.templates.http.timeoutSeconds of type int64",
        ),
        (
            {"suspend": {"duration": 10}},
            "number into Go struct field SuspendTemplate.spec.templates.suspend.duration of type string",
        ),
        (
            {"retryStrategy": {"limit": 1.5}},
            "number 1.5 into Go struct field RetryStrategy.spec.templates.retryStrategy.limit of type int32",
        ),
        (
            {"retryStrategy": {"limit": True}},
            "bool into Go struct field RetryStrategy.spec.templates.retryStrategy.limit of type int32",
        ),
        (
            {"steps": [[{"withItems": "abc"}]]},
            "string into Go struct field Template.spec.templates.steps of type []v1alpha1.Item",
        ),
        (
            {"steps": [[{"inline": {"steps": [{}]}}]]},
            "object into Go struct field Template.spec.templates.steps of type []map[string]interface {}",
        ),
        (
            {"dag": {"tasks": [[]]}},
            "array into Go struct field DAGTemplate.spec.templates.dag.tasks of type v1alpha1.DAGTask",
        ),
        ({"nodeSelector": {"a": 1}}, "number into Go struct field Template.spec.templates.nodeSelector of type string"),
    ],
)
def test_wrong_types_of_a_template(fields: dict[str, Any], text: str) -> None:
    assert template_texts(**fields) == [f"json: cannot unmarshal {text}"]


def test_a_document_that_is_no_object() -> None:
    (problem,) = decode.check(Workflow, [1]).problems
    assert decode.argo_text(Workflow, problem) == "json: cannot unmarshal array into Go value of type v1alpha1.Workflow"


@pytest.mark.parametrize(("count", "plugin"), [(0, {}), (2, {"a": {}, "b": {}})])
def test_a_plugin_has_one_key(count: int, plugin: Any) -> None:
    assert template_texts(plugin=plugin) == [f"expected exactly one key, got {count}"]
    assert template_texts(plugin={"a": {"b": 1}}) == []


@pytest.mark.parametrize("quantity", ["1", "100Mi", "1.5", "-1", "+1", ".5", "5.", "500m", "1e3", "2E-3", "1E", 1, 1.5])
def test_quantities(quantity: Any) -> None:
    assert template_texts(container={"resources": {"limits": {"cpu": quantity}}}) == []


_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ("abc", _FORMAT),
        ("", _FORMAT),
        ("1 Gi", _FORMAT),
        ("1Mb", _FORMAT),
        ("{{x}}", _FORMAT),
        (True, _FORMAT),
        ([1], _FORMAT),
        ("1mm", "unable to parse quantity's suffix"),
        ("1MI", _FORMAT),
        ("1KK", "unable to parse quantity's suffix"),
    ],
)
def test_bad_quantities(quantity: Any, text: str) -> None:
    assert template_texts(container={"resources": {"requests": {"memory": quantity}}}) == [text]


def test_a_fractional_factor_is_kept_as_text() -> None:
    data: Any = {"spec": {"retryStrategy": {"backoff": {"factor": 1.5}, "limit": "{{x}}"}}}
    found = decode.check(Workflow, data).record
    assert found is not None and found.spec and found.spec.retry_strategy and found.spec.retry_strategy.backoff
    assert found.spec.retry_strategy.backoff.factor == "1.5"
    assert found.spec.retry_strategy.limit == "{{x}}"


def test_times_and_bytes() -> None:
    good: Any = {"metadata": {"creationTimestamp": "2026-01-31T12:00:00.5+01:00"}}
    assert decode.check(Workflow, good).problems == ()
    (problem,) = decode.check(Workflow, {"metadata": {"creationTimestamp": "abc"}}).problems
    said = 'parsing time "abc" as "2006-01-02T15:04:05Z07:00": cannot parse "abc" as "2006"'
    assert decode.argo_text(Workflow, problem) == said
    (problem,) = decode.check(Workflow, {"metadata": {"creationTimestamp": 5}}).problems
    said = "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string"
    assert decode.argo_text(Workflow, problem) == said
    assert template_texts(http={"bodyFrom": {"bytes": "aGk="}}) == []
    (problem,) = decode.check(Workflow, {"spec": {"templates": [{"http": {"bodyFrom": {"bytes": "*"}}}]}}).problems
    assert problem.message == 'expected bytes in base64, found the string "*"'


def test_hints_say_what_to_write() -> None:
    data: Any = {
        "metadata": {"labels": {"a": 1, "b": True}},
        "spec": {
            "parallelism": "2",
            "suspend": "true",
            "priority": 2**40,
            "templates": [{"container": {"args": 'a "b"'}}],
        },
    }
    assert [problem.hint for problem in decode.check(Workflow, data).problems] == [
        'put it in quotes: "1"',
        'put it in quotes: "true"',
        "write it without quotes: 2",
        "write it without quotes: true",
        "from -2147483648 to 2147483647",
        'write a list: ["a \\"b\\""]',
    ]


def test_trusted_data_is_decoded_without_coercion() -> None:
    assert decode.decode(Parameter, {"name": "p", "value": "1"}) == Parameter(name="p", value="1")
    with pytest.raises(msgspec.ValidationError):
        decode.decode(Parameter, {"name": "p", "value": 1})
