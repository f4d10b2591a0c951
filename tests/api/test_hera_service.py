"""Every method of Hera's ``WorkflowsService`` once, against a real server: none is left out, or the last test says so."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hera.exceptions import NotFound
from hera.workflows import WorkflowsService, models
from hera.workflows.models.sync import CreateSyncLimitRequest, SyncConfigType, UpdateSyncLimitRequest

from tests.api.conftest import Running

# Hera itself uses what pydantic has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

WORKFLOWS = {
    *("create_workflow", "get_workflow", "get_workflow_link", "list_workflows", "lint_workflow", "delete_workflow"),
    *("submit_workflow", "resubmit_workflow", "retry_workflow", "suspend_workflow", "resume_workflow"),
    *("set_workflow", "stop_workflow", "terminate_workflow", "workflow_logs", "pod_logs"),
}
ARTIFACTS = {
    *("get_artifact_file", "get_output_artifact", "get_output_artifact_by_uid"),
    *("get_input_artifact", "get_input_artifact_by_uid"),
}
ARCHIVE = {
    *("get_archived_workflow", "list_archived_workflows", "delete_archived_workflow", "retry_archived_workflow"),
    *("resubmit_archived_workflow", "list_archived_workflow_label_keys", "list_archived_workflow_label_values"),
}
LIMITS = {"create_sync_limit", "get_sync_limit", "update_sync_limit", "delete_sync_limit"}
SERVER = {"get_info", "get_version", "get_user_info", "close"}


def definitions(kind: str, *more: str) -> set[str]:
    """The methods for a kind that is stored."""
    verbs = ("create", "get", "update", "lint", "delete")
    return {*(f"{verb}_{kind}" for verb in verbs), f"list_{kind}s", *more}


#: Kinds of templates, and what Hera's methods call them.
TEMPLATES = {"WorkflowTemplate": "workflow_template", "ClusterWorkflowTemplate": "cluster_workflow_template"}
CRONS = definitions("cron_workflow", "suspend_cron_workflow", "resume_cron_workflow", "get_cron_workflow_link")


class Recording:
    """A service that remembers which of its methods were called."""

    def __init__(self, service: WorkflowsService) -> None:
        self.plain = service
        self.called: set[str] = set()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self.called.add(name)
        method: Callable[..., Any] = getattr(self.plain, name)
        return method


@pytest.fixture
def service(server: Running) -> Iterator[Recording]:
    yield Recording(WorkflowsService(host=server.url, token=server.token, verify_ssl=False, namespace="default"))


def workflow(name: str, template: models.Template, **labels: str) -> models.Workflow:
    meta = models.ObjectMeta(name=name, labels=labels or None)
    return models.Workflow(metadata=meta, spec=models.WorkflowSpec(entrypoint=template.name, templates=[template]))


def runs(*command: str) -> models.Template:
    return models.Template(name="main", container=models.Container(image="busybox", command=list(command)))


WAITS = models.Template(
    name="main",
    suspend=models.SuspendTemplate(),
    outputs=models.Outputs(
        parameters=[models.Parameter(name="who", value_from=models.ValueFrom(supplied=models.SuppliedValueFrom()))]
    ),
)


def test_workflows(server: Running, service: Recording) -> None:
    echo = workflow("hs-echo", runs("echo", "hera"))
    assert service.lint_workflow(models.WorkflowLintRequest(workflow=echo)).metadata.name == "hs-echo"
    service.create_workflow(models.WorkflowCreateRequest(workflow=echo))
    uid = server.finished("hs-echo")["metadata"]["uid"]
    assert service.get_workflow("hs-echo", uid=uid).status.phase == "Succeeded"
    assert service.get_workflow_link("hs-echo").endswith("/workflows/default/hs-echo?tab=workflow")
    listed = service.list_workflows(field_selector="metadata.name=hs-echo", fields="items.metadata.name")
    assert [each.metadata.name for each in listed.items] == ["hs-echo"]
    service.workflow_logs("hs-echo", container="main", grep="hera")
    service.pod_logs("hs-echo", "hs-echo", container="main")
    again = service.resubmit_workflow("hs-echo", models.WorkflowResubmitRequest(memoized=False))
    assert again.metadata.name.startswith("hs-echo-")
    service.delete_workflow("hs-echo", force=True)
    with pytest.raises(NotFound):
        service.get_workflow("hs-echo", uid="no-such-uid")

    service.create_workflow(models.WorkflowCreateRequest(workflow=workflow("hs-asks", WAITS)))
    chosen = "displayName=hs-asks"
    values = '{"who": "hera"}'
    request = models.WorkflowSetRequest(node_field_selector=chosen, output_parameters=values, message="said")
    service.set_workflow("hs-asks", request)
    assert service.suspend_workflow("hs-asks", models.WorkflowSuspendRequest()).spec.suspend is True
    service.resume_workflow("hs-asks", models.WorkflowResumeRequest())
    done = server.finished("hs-asks")
    assert done["status"]["nodes"]["hs-asks"]["outputs"]["parameters"][0]["value"] == "hera"

    for name, end in (("hs-stops", service.stop_workflow), ("hs-ends", service.terminate_workflow)):
        service.create_workflow(models.WorkflowCreateRequest(workflow=workflow(name, runs("sleep", "600"))))
        kind = models.WorkflowStopRequest if name == "hs-stops" else models.WorkflowTerminateRequest
        end(name, kind())
        assert server.finished(name)["status"]["phase"] == "Failed"
    service.retry_workflow("hs-ends", models.WorkflowRetryRequest())
    service.terminate_workflow("hs-ends", models.WorkflowTerminateRequest())
    server.finished("hs-ends")

    template = models.WorkflowTemplate(
        metadata=models.ObjectMeta(name="hs-source"),
        spec=models.WorkflowSpec(entrypoint="main", templates=[runs("true")]),
    )
    service.plain.create_workflow_template(models.WorkflowTemplateCreateRequest(template=template))
    options = models.SubmitOpts(generate_name="hs-made-", labels="a=b")
    made = service.submit_workflow(
        models.WorkflowSubmitRequest(
            resource_kind="WorkflowTemplate", resource_name="hs-source", submit_options=options
        )
    )
    assert server.finished(made.metadata.name)["metadata"]["labels"]["a"] == "b"
    assert service.called == WORKFLOWS


def test_artifacts(server: Running, service: Recording) -> None:
    given = models.Artifact(name="given", path="/tmp/given", raw=models.RawArtifact(data="from hera"))
    template = models.Template(
        name="main",
        inputs=models.Inputs(artifacts=[given]),
        outputs=models.Outputs(
            artifacts=[
                models.Artifact(
                    name="made", path="/tmp/made", archive=models.ArchiveStrategy(none=models.NoneStrategy())
                )
            ]
        ),
        container=models.Container(
            image="busybox", command=["sh", "-c", "cat /tmp/given > /tmp/made; echo >> /tmp/made"]
        ),
    )
    service.plain.create_workflow(models.WorkflowCreateRequest(workflow=workflow("hs-artifacts", template)))
    done = server.finished("hs-artifacts")
    assert done["status"]["phase"] == "Succeeded"
    uid, node = done["metadata"]["uid"], "hs-artifacts"
    # Hera writes bytes out as Python does.
    assert service.get_output_artifact("hs-artifacts", node, "made") == str(b"from hera\n")
    assert service.get_artifact_file("workflows", "hs-artifacts", node, "made", "outputs") == str(b"from hera\n")
    assert service.get_input_artifact("hs-artifacts", node, "given") == str(b"from hera")
    service.plain.delete_workflow("hs-artifacts")
    assert service.get_output_artifact_by_uid(uid, node, "made") == str(b"from hera\n")
    assert service.get_input_artifact_by_uid(uid, node, "given") == str(b"from hera")
    assert service.called == ARTIFACTS


def test_the_archive(server: Running, service: Recording) -> None:
    label = {"hs-team": "red"}
    manifest = workflow("hs-old", runs("false"), **label)
    service.plain.create_workflow(models.WorkflowCreateRequest(workflow=manifest))
    uid = server.finished("hs-old")["metadata"]["uid"]
    service.plain.delete_workflow("hs-old")
    assert service.get_archived_workflow(uid).metadata.name == "hs-old"
    listed = service.list_archived_workflows(label_selector="hs-team=red", namespace="default")
    assert [each.metadata.uid for each in listed.items] == [uid]
    assert "hs-team" in service.list_archived_workflow_label_keys().items
    assert service.list_archived_workflow_label_values(label_selector="hs-team").items == ["red"]
    request = models.ResubmitArchivedWorkflowRequest(namespace="default", memoized=False)
    again = service.resubmit_archived_workflow(uid, request)
    server.finished(again.metadata.name)
    service.retry_archived_workflow(uid, models.RetryArchivedWorkflowRequest(namespace="default"))
    server.finished("hs-old")
    service.plain.delete_workflow("hs-old")
    service.delete_archived_workflow(uid)
    with pytest.raises(NotFound):
        service.get_archived_workflow(uid)
    assert service.called == ARCHIVE


@pytest.mark.parametrize(("kind", "method"), TEMPLATES.items())
def test_templates(service: Recording, kind: str, method: str) -> None:
    name = f"hs-{method.replace('_', '-')}"
    spec = models.WorkflowSpec(entrypoint="main", templates=[runs("true")])
    template = getattr(models, kind)(metadata=models.ObjectMeta(name=name), spec=spec)
    getattr(service, f"lint_{method}")(getattr(models, f"{kind}LintRequest")(template=template))
    getattr(service, f"create_{method}")(getattr(models, f"{kind}CreateRequest")(template=template))
    kept = getattr(service, f"get_{method}")(name)
    kept.spec.priority = 3
    request = getattr(models, f"{kind}UpdateRequest")(template=kept)
    assert getattr(service, f"update_{method}")(name, request).spec.priority == 3
    # Hera asks by a pattern for those of a namespace only.
    pattern = {"name_pattern": name} if kind == "WorkflowTemplate" else {}
    listed = [each.metadata.name for each in getattr(service, f"list_{method}s")(**pattern).items]
    assert name in listed and (not pattern or listed == [name])
    getattr(service, f"delete_{method}")(name)
    assert service.called == definitions(method)


def test_cron_workflows(service: Recording) -> None:
    spec = models.CronWorkflowSpec(
        schedules=["0 0 1 1 *"], workflow_spec=models.WorkflowSpec(entrypoint="main", templates=[runs("true")])
    )
    cron = models.CronWorkflow(metadata=models.ObjectMeta(name="hs-cron"), spec=spec)
    service.lint_cron_workflow(models.LintCronWorkflowRequest(cron_workflow=cron))
    service.create_cron_workflow(models.CreateCronWorkflowRequest(cron_workflow=cron))
    kept = service.get_cron_workflow("hs-cron")
    assert service.get_cron_workflow_link("hs-cron").endswith("/cron-workflows/default/hs-cron")
    kept.spec.schedules = ["0 0 2 2 *"]
    changed = service.update_cron_workflow("hs-cron", models.UpdateCronWorkflowRequest(cron_workflow=kept))
    assert changed.spec.schedules == ["0 0 2 2 *"]
    assert service.suspend_cron_workflow("hs-cron", models.CronWorkflowSuspendRequest()).spec.suspend is True
    assert not service.resume_cron_workflow("hs-cron", models.CronWorkflowResumeRequest()).spec.suspend
    assert "hs-cron" in [each.metadata.name for each in service.list_cron_workflows().items]
    service.delete_cron_workflow("hs-cron")
    assert service.called == CRONS


def test_limits_of_semaphores(server: Running, service: Recording) -> None:
    def limit() -> object:
        """Hera throws the answers away."""
        with server.client() as client:
            found = client.get("/api/v1/sync/default/hs", params={"type": "CONFIGMAP", "cmName": "hs-limits"})
        return found.json().get("limit")

    service.create_sync_limit(
        CreateSyncLimitRequest(key="hs", limit=2, cm_name="hs-limits", type=SyncConfigType.configmap)
    )
    service.get_sync_limit("hs", type_="CONFIGMAP", cm_name="hs-limits")
    assert limit() == 2
    service.update_sync_limit("hs", UpdateSyncLimitRequest(limit=5, cm_name="hs-limits", type=SyncConfigType.configmap))
    assert limit() == 5
    service.delete_sync_limit("hs", type_="CONFIGMAP", cm_name="hs-limits")
    assert limit() is None
    assert service.called == LIMITS


def test_the_server_itself(service: Recording) -> None:
    assert service.get_version().version.startswith("v")
    assert service.get_info().nav_color == "#123456"
    assert service.get_user_info().subject == "system:admin"
    service.close()
    assert service.called == SERVER


def test_no_method_is_left_out() -> None:
    every = {name for name, _ in inspect.getmembers(WorkflowsService, inspect.isfunction) if not name.startswith("_")}
    templates = set().union(*map(definitions, TEMPLATES.values()))
    assert every == (WORKFLOWS | ARTIFACTS | ARCHIVE | templates | CRONS | LIMITS | SERVER)
