"""Strict and Secure: what a workflow may set beside a template that somebody has hardened."""

from __future__ import annotations

from typing import Any

import pytest
from tests.property.test_round_trip import values
from tools.generate_allow_list import DENIED, FIELDS, allowed

from tiphys.core.manifest.decode import check
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec, WorkflowStatus
from tiphys.core.plan.allowed import ALLOWED
from tiphys.core.plan.merge import merge_specs
from tiphys.core.plan.restrictions import TemplateReferencing, enforce, forbidden, verify_unchanged
from tiphys.errors import UsageError

STRICT, SECURE, OFF = TemplateReferencing.STRICT, TemplateReferencing.SECURE, TemplateReferencing.OFF


def spec(**fields: Any) -> WorkflowSpec:
    found = check(WorkflowSpec, {"workflowTemplateRef": {"name": "x"}, **fields})
    assert found.record is not None, found.problems
    return found.record


def workflow(body: WorkflowSpec) -> Workflow:
    return Workflow(metadata=ObjectMeta(name="w"), spec=body)


def example(field: str) -> Any:
    """Some value of a field of the spec that is not empty."""
    from hypothesis import HealthCheck, Phase, find, settings

    kind = record_kind(WorkflowSpec).table()[field].kind
    quick = settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    return find(values(kind, 1), bool, settings=quick)


@pytest.mark.parametrize("field", sorted(record_kind(WorkflowSpec).table()))
def test_every_field_of_the_schema_is_refused_unless_it_was_reviewed(field: str) -> None:
    """A field that is new in the schema is refused until somebody puts it on the list."""
    refused = forbidden(spec(**{field: example(field)}))
    if field in FIELDS:
        assert all("." in name for name in refused), refused
    else:
        assert len(refused) == 1


def test_the_list_is_the_one_that_the_tool_makes() -> None:
    assert sorted(ALLOWED) == allowed()
    assert not [leaf for leaf in ALLOWED if leaf.startswith(DENIED)]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"podSpecPatch": "{}", "hostNetwork": True}, ["HostNetwork", "PodSpecPatch"]),
        ({"serviceAccountName": "admin"}, ["ServiceAccountName"]),
        ({"securityContext": {"runAsUser": 0}}, ["SecurityContext"]),
        ({"dnsPolicy": "Default"}, ["DNSPolicy"]),
        ({"artifactGC": {"strategy": "Never"}}, []),
        ({"artifactGC": {"podSpecPatch": "{}"}}, ["ArtifactGC.PodSpecPatch"]),
        ({"artifactGC": {"serviceAccountName": "a"}}, ["ArtifactGC.ServiceAccountName"]),
        ({"artifactGC": {"podMetadata": {"labels": {"a": "b"}}}}, ["ArtifactGC.PodMetadata.Labels.A"]),
        (
            {"arguments": {"artifacts": [{"name": "a", "artifactGC": {"serviceAccountName": "a"}}]}},
            ["Arguments.Artifacts.ArtifactGC.ServiceAccountName"],
        ),
        ({"arguments": {"parameters": [{"name": "a", "value": "b"}]}, "entrypoint": "e"}, []),
        ({"workflowMetadata": {"labels": {"a.b/c": "d"}, "labelsFrom": {"x": {"expression": "1"}}}}, []),
        ({"podGC": {}}, []),
        ({"templateDefaults": {"container": {"image": "evil"}}}, ["TemplateDefaults"]),
    ],
)
def test_what_is_refused(fields: dict[str, Any], refused: list[str]) -> None:
    assert list(forbidden(spec(**fields))) == refused


def test_texts() -> None:
    with pytest.raises(UsageError, match=r"workflows must use workflowTemplateRef to be executed when the controller"):
        enforce(workflow(WorkflowSpec(entrypoint="a")), STRICT)
    with pytest.raises(UsageError) as error:
        enforce(workflow(spec(podSpecPatch="{}", hostNetwork=True)), SECURE)
    wanted = "fields [HostNetwork PodSpecPatch] are not permitted when using workflowTemplateRef with templateReferencing restriction"
    assert wanted in str(error.value)
    enforce(workflow(spec(priority=1)), SECURE)
    enforce(workflow(WorkflowSpec(pod_spec_patch="{}")), OFF)


@pytest.mark.parametrize("name", ["hostNetwork", "HostNetwork"])
def test_fields_that_the_administrator_allows_too(name: str) -> None:
    assert forbidden(spec(hostNetwork=True), (name,)) == ()


def test_secure_refuses_a_spec_that_was_changed_while_it_ran() -> None:
    body = spec(arguments={"parameters": [{"name": "a", "value": "1"}]})
    stored = merge_specs(body, WorkflowSpec(entrypoint="main", parallelism=2))
    started = Workflow(spec=body, status=WorkflowStatus(stored_workflow_template_spec=stored))
    verify_unchanged(started)
    verify_unchanged(
        Workflow(
            spec=spec(arguments={"parameters": [{"name": "a", "value": "1"}]}, suspend=True), status=started.status
        )
    )
    changed = Workflow(spec=spec(arguments={"parameters": [{"name": "a", "value": "2"}]}), status=started.status)
    with pytest.raises(UsageError, match="WorkflowSpec may not change during execution"):
        verify_unchanged(changed)
    verify_unchanged(Workflow(spec=body))
