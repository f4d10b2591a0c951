"""Hera, a client that nobody here wrote: workflows made in Python, against a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hera.exceptions import AlreadyExists, NotFound
from hera.workflows import (
    Container,
    CronWorkflow,
    Parameter,
    Step,
    Steps,
    Workflow,
    WorkflowsService,
    WorkflowTemplate,
    models,
)

from tests.api.conftest import Running

# Hera itself uses what pydantic has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


@pytest.fixture
def service(server: Running) -> Iterator[WorkflowsService]:
    yield WorkflowsService(host=server.url, token=server.token, verify_ssl=False, namespace="default")


def greeting(service: WorkflowsService, name: str) -> Workflow:
    """Two steps, of which the second takes an argument."""
    with Workflow(name=name, entrypoint="main", namespace="default", workflows_service=service) as workflow:
        say = Container(
            name="say",
            image="busybox",
            command=["sh", "-c", "echo hello {{inputs.parameters.who}}"],
            inputs=[Parameter(name="who", value="world")],
        )
        with Steps(name="main"):
            Step(name="first", template=say)
            Step(name="second", template=say, arguments={"who": "hera"})
    return workflow


def test_a_workflow_made_in_python_runs_and_is_read_again(server: Running, service: WorkflowsService) -> None:
    workflow = greeting(service, "hera-runs")
    created = workflow.create()
    assert isinstance(created, models.Workflow)
    server.finished("hera-runs")
    found = service.get_workflow("hera-runs")
    assert found.status is not None
    assert found.status.phase == "Succeeded"
    assert {node.display_name for node in (found.status.nodes or {}).values()} >= {"first", "second"}
    with pytest.raises(AlreadyExists):
        workflow.create()


def test_lint_list_delete_and_errors(server: Running, service: WorkflowsService) -> None:
    workflow = greeting(service, "hera-listed")
    assert workflow.lint().metadata.name == "hera-listed"
    workflow.create()
    server.finished("hera-listed")
    names = [item.metadata.name for item in service.list_workflows().items or ()]
    assert "hera-listed" in names
    service.delete_workflow("hera-listed")
    with pytest.raises(NotFound):
        service.get_workflow("hera-nowhere")


def test_logs_are_lines_of_json(server: Running, service: WorkflowsService) -> None:
    name = server.submit("echo", "one line", name="hera-logs")
    server.finished(name)
    # Hera reads the whole answer as one JSON object, so it can read one line only, and nothing of that.
    assert service.workflow_logs(name, container="main").content is None
    with server.client() as client:
        lines = client.get(f"/api/v1/workflows/default/{name}/log").text.splitlines()
    assert [json.loads(line)["result"]["content"] for line in lines] == ["one line"]


def test_templates_and_what_is_submitted_from_them(server: Running, service: WorkflowsService) -> None:
    with WorkflowTemplate(
        name="hera-template", entrypoint="say", workflows_service=service, namespace="default"
    ) as kept:
        Container(name="say", image="busybox", command=["echo", "{{workflow.parameters.word}}"])
        kept.arguments = [Parameter(name="word", value="hi")]
    kept.create()
    assert service.get_workflow_template("hera-template").spec.entrypoint == "say"
    assert [item.metadata.name for item in service.list_workflow_templates().items or ()].count("hera-template") == 1
    submitted = service.submit_workflow(
        models.WorkflowSubmitRequest(
            resource_kind="WorkflowTemplate",
            resource_name="hera-template",
            submit_options=models.SubmitOpts(parameters=["word=there"]),
        )
    )
    assert server.finished(str(submitted.metadata.name))["status"]["phase"] == "Succeeded"
    kept.update()
    service.delete_workflow_template("hera-template")


def test_cron_workflows(service: WorkflowsService) -> None:
    with CronWorkflow(
        name="hera-cron", entrypoint="say", schedules=["0 0 1 1 *"], workflows_service=service, namespace="default"
    ) as cron:
        Container(name="say", image="busybox", command=["true"])
    cron.create()
    assert service.suspend_cron_workflow("hera-cron", models.CronWorkflowSuspendRequest()).spec.suspend is True
    assert not service.resume_cron_workflow("hera-cron", models.CronWorkflowResumeRequest()).spec.suspend
    assert service.get_cron_workflow("hera-cron").spec.schedules == ["0 0 1 1 *"]
    service.delete_cron_workflow("hera-cron")


def test_the_archive_keeps_what_is_deleted(server: Running, service: WorkflowsService) -> None:
    name = server.submit("true", name="hera-archived", labels={"team": "blue"})
    uid = server.finished(name)["metadata"]["uid"]
    service.delete_workflow(name)
    listed = service.list_archived_workflows(label_selector="team=blue")
    assert uid in [item.metadata.uid for item in listed.items or ()]
    assert service.get_archived_workflow(uid).status.phase == "Succeeded"  # type: ignore[union-attr]
    service.delete_archived_workflow(uid)
    with pytest.raises(NotFound):
        service.get_archived_workflow(uid)


def test_what_failed_is_retried(server: Running, service: WorkflowsService) -> None:
    name = server.submit("false", name="hera-fails")
    assert server.finished(name)["status"]["phase"] == "Failed"
    again = service.retry_workflow(name, models.WorkflowRetryRequest())
    assert again.metadata.name == name
    assert server.finished(name)["status"]["phase"] == "Failed"


def test_info_version_and_who_i_am(service: WorkflowsService) -> None:
    assert service.get_version().version.startswith("v")
    assert service.get_user_info().subject == "system:admin"
    links = service.get_info().links or []
    assert [link.name for link in links] == ["Logs"]
