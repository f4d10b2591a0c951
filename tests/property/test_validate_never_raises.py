"""The checker answers for every document that can be decoded, and its answer is consistent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiphys.core.manifest.diagnostics import Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.model.cron import CronWorkflow
from tiphys.core.manifest.model.workflow import ClusterWorkflowTemplate, Workflow, WorkflowTemplate
from tiphys.core.manifest.source import Path, Span
from tiphys.core.validate.check import check_document
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Manifest

_NAMES = st.sampled_from(["a", "b", "c", "t", "main", "wait", "1x", "a_b", "", "{{item}}", "é"])
_REFERENCES = (
    *("steps.a.outputs.result", "tasks.b.status", "inputs.parameters.a", "workflow.name", "item", "item.k"),
    *("workflow.parameters.a", "workflow.outputs.parameters.g", "pod.name", "=a + 1", " ", "", "steps", "tasks."),
    *("inputs.parameters.{{item", "tasks.{{workflow.name", "workflow.parameters.", "steps..id"),
)
_TAGS = st.sampled_from(_REFERENCES).map(lambda name: "{{" + name + "}}")
_TEXTS = st.one_of(
    _NAMES, _TAGS, st.sampled_from(["{{", "}}{{", "{{tasks.", "x {{workflow.name", "/a/../..", "1d", "-1"])
)
_DEPENDS = st.sampled_from(
    ["a", "a && b", "!(a)", "a.Foo", "a.AnySucceeded || !b", "a &&", "((", "and", "a.Failed && !a.Failed"]
)
_WHENS = st.sampled_from(["", "{{steps.a.status}} == x", "(((", "'{{item}}' == 5", "a =~ '['", "{{=true}}", "!"])


def _some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


_VALUE_FROM = _some(
    {
        "path": _TEXTS,
        "parameter": _TEXTS,
        "expression": _TEXTS,
        "default": _TEXTS,
        "supplied": st.just({}),
        "configMapKeyRef": st.just({"name": "c", "key": "k"}),
    }
)
_PARAMETERS = st.lists(
    _some({"name": _NAMES, "value": _TEXTS, "default": _TEXTS, "enum": st.lists(_TEXTS, max_size=2)})
    | _some({"name": _NAMES, "valueFrom": _VALUE_FROM, "globalName": _TEXTS}),
    max_size=3,
)
_ARTIFACTS = st.lists(
    _some(
        {
            "name": _NAMES,
            "path": _TEXTS,
            "from": _TEXTS,
            "git": st.just({}),
            "hdfs": st.sampled_from([{}, {"addresses": ["h"], "path": "x"}]),
            "raw": st.just({"data": "d"}),
            "globalName": _TEXTS,
        }
    ),
    max_size=2,
)
_ARGUMENTS = _some({"parameters": _PARAMETERS, "artifacts": _ARTIFACTS})
_HOOKS = st.dictionaries(st.sampled_from(["exit", "h"]), _some({"template": _NAMES, "expression": _TEXTS}), max_size=2)
_LOOPS: dict[str, st.SearchStrategy[Any]] = {
    "withItems": st.lists(st.sampled_from([1, "a", None, {"k": 1}, [1, [2]], True]), max_size=3),
    "withParam": _TEXTS,
    "withSequence": _some({"count": _TEXTS, "end": st.integers()}),
}


def _call(inline: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "name": _NAMES,
        "template": _NAMES,
        "templateRef": _some({"name": _TEXTS, "template": _TEXTS, "clusterScope": st.booleans()}),
        "inline": inline,
        "arguments": _ARGUMENTS,
        "when": _WHENS,
        "hooks": _HOOKS,
        "onExit": _NAMES,
        **_LOOPS,
    }


def _template(inline: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    task = {"depends": _DEPENDS, "dependencies": st.lists(_NAMES, max_size=2), "continueOn": st.just({"failed": True})}
    container = _some({"image": _TEXTS, "name": _NAMES, "args": st.lists(_TEXTS, max_size=2)})
    return _some(
        {
            "name": _NAMES,
            "inputs": _ARGUMENTS,
            "outputs": _ARGUMENTS,
            "container": container,
            "script": _some({"image": _TEXTS, "source": _TEXTS}),
            "containerSet": st.fixed_dictionaries({"containers": st.lists(container, max_size=2)}),
            "steps": st.lists(st.lists(_some(_call(inline)), max_size=3), max_size=3),
            "dag": _some({"target": _TEXTS, "tasks": st.lists(_some({**_call(inline), **task}), max_size=4)}),
            "resource": _some({"action": st.sampled_from(["create", "get", "{{item}}"]), "manifest": _TEXTS}),
            "suspend": _some({"duration": _TEXTS}),
            "timeout": _TEXTS,
            "activeDeadlineSeconds": _TEXTS,
            "retryStrategy": _some({"retryPolicy": _TEXTS, "backoff": _some({"duration": _TEXTS})}),
            "metrics": st.just({"prometheus": [{}]}),
        }
    )


_TEMPLATES = _template(_template(st.nothing()))
_SPEC = _some(
    {
        "entrypoint": _NAMES,
        "onExit": _NAMES,
        "arguments": _ARGUMENTS,
        "templates": st.lists(_TEMPLATES, max_size=4),
        "hooks": _HOOKS,
        "workflowTemplateRef": _some({"name": _NAMES, "clusterScope": st.booleans()}),
        "podGC": _some({"strategy": _TEXTS}),
        "executorPlugins": st.just([{}]),
    }
)
_METADATA = _some({"name": _NAMES, "namespace": _NAMES, "labels": st.just({"{{x}}": "y"})})


class _Nowhere:
    def span(self, path: Path) -> Span:
        return Span("f", 1, 1)

    key_span = span


def _decode(kind: type[Manifest], data: dict[str, Any]) -> Document:
    manifest = msgspec.convert(data, kind)
    return Document(file="f", index=0, kind=kind.__name__, name="n", manifest=manifest, data=data, places=_Nowhere())


_PLAIN = st.sampled_from([Workflow, WorkflowTemplate, ClusterWorkflowTemplate])
_DOCUMENTS = st.builds(
    lambda kind, metadata, spec: _decode(kind, {"metadata": metadata, "spec": spec}), _PLAIN, _METADATA, _SPEC
) | st.builds(
    lambda schedule, spec: _decode(CronWorkflow, {"spec": {"schedules": [schedule], "workflowSpec": spec}}),
    st.text(max_size=12) | st.sampled_from(["* * * * *", "@every x", "1-2-3 * * * *", "*/0 * * * *", "TZ=x"]),
    _SPEC,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(_DOCUMENTS, min_size=1, max_size=2), st.booleans(), st.booleans())
def test_never_raises(documents: list[Document], lint: bool, submit: bool) -> None:
    library = Library(item.manifest for item in documents)
    options = CheckOptions(lint=lint, submit=submit, injection=True, timezone_exists=lambda _: False)
    for document in documents:
        report = check_document(document, library, options)
        assert check_document(document, library, options) == report
        errors = [item for item in report.diagnostics if item.severity is Severity.ERROR]
        assert (report.valid is not None) == (document.kind == "Workflow" and not errors)
        assert all(item.code.startswith("T2") and item.message and item.span for item in report.diagnostics)
