"""The client that is generated from Argo's own swagger file (``argo-workflows`` on PyPI), against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import Running
from tests.waiting import until

# The generated code is old: it uses what Python and its libraries have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(server: Running) -> Iterator[Any]:
    import argo_workflows

    configuration = argo_workflows.Configuration(host=server.url)
    with argo_workflows.ApiClient(configuration, "Authorization", f"Bearer {server.token}") as client:
        yield client


def manifest(name: str) -> Any:
    from argo_workflows.model.container import Container
    from argo_workflows.model.io_argoproj_workflow_v1alpha1_template import IoArgoprojWorkflowV1alpha1Template
    from argo_workflows.model.io_argoproj_workflow_v1alpha1_workflow import IoArgoprojWorkflowV1alpha1Workflow
    from argo_workflows.model.io_argoproj_workflow_v1alpha1_workflow_spec import IoArgoprojWorkflowV1alpha1WorkflowSpec
    from argo_workflows.model.object_meta import ObjectMeta

    container = Container(image="busybox", command=["echo"], args=["generated"])
    template = IoArgoprojWorkflowV1alpha1Template(name="main", container=container)
    spec = IoArgoprojWorkflowV1alpha1WorkflowSpec(entrypoint="main", templates=[template])
    return IoArgoprojWorkflowV1alpha1Workflow(metadata=ObjectMeta(name=name), spec=spec)


def test_workflows_through_the_generated_client(server: Running, client: Any) -> None:
    from argo_workflows.api.workflow_service_api import WorkflowServiceApi
    from argo_workflows.exceptions import NotFoundException
    from argo_workflows.model.io_argoproj_workflow_v1alpha1_workflow_create_request import (
        IoArgoprojWorkflowV1alpha1WorkflowCreateRequest,
    )

    api = WorkflowServiceApi(client)
    request = IoArgoprojWorkflowV1alpha1WorkflowCreateRequest(workflow=manifest("generated"))
    made = api.create_workflow(namespace="default", body=request, _check_return_type=False)
    assert made.metadata["name"] == "generated"
    found = until(
        lambda: api.get_workflow(namespace="default", name="generated", _check_return_type=False),
        lambda workflow: workflow.status.get("finishedAt"),
    )
    assert found.status["phase"] == "Succeeded"
    listed = api.list_workflows(namespace="default", list_options_limit="100", _check_return_type=False)
    assert "generated" in [item["metadata"]["name"] for item in listed["items"]]
    api.delete_workflow(namespace="default", name="generated", _check_return_type=False)
    with pytest.raises(NotFoundException):
        api.get_workflow(namespace="default", name="never-there", _check_return_type=False)


def test_version_and_info_through_the_generated_client(client: Any) -> None:
    from argo_workflows.api.info_service_api import InfoServiceApi

    api = InfoServiceApi(client)
    assert api.get_version(_check_return_type=False)["version"].startswith("v")
    assert api.get_info(_check_return_type=False)["nav_color"] == "#123456"
