"""The methods of the generated ``argo-workflows`` package, each once, against a real server.

Its services for Argo Events are left out: Tiphys has no sensors and event sources.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.conftest import Running

# The generated code is old: it uses what Python and its libraries have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

META = {"apiVersion": "argoproj.io/v1alpha1"}
SPEC = {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "busybox", "command": ["true"]}}]}
NAMESPACE = {"namespace": "default"}
#: The package reads an answer to its end: a watch has one when it was asked for.
SOON = {"list_options_timeout_seconds": "1", **NAMESPACE}
#: Bodies are plain data that the package makes its records of; answers have fields that are newer than it.
_AS_DATA = {"_spec_property_naming": True, "_check_return_type": False}


class Service:
    """One class of the package; it remembers which of its methods were called."""

    def __init__(self, client: Any, module: str) -> None:
        name = "".join(part.title() for part in module.split("_"))
        self._api = getattr(importlib.import_module(f"argo_workflows.api.{module}"), name)(client)
        self.called: set[str] = set()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self.called.add(name)

        def call(**values: Any) -> Any:
            return getattr(self._api, name)(**_AS_DATA, **values)

        return call

    def lines(self, method: str, /, **values: Any) -> list[Any]:
        """The results of a stream that ends."""
        response = getattr(self, method)(_preload_content=False, **values)
        return [json.loads(line)["result"] for line in response.data.splitlines() if line]

    @property
    def methods(self) -> set[str]:
        """Every method there is."""
        return {name for name, _ in inspect.getmembers(self._api, inspect.ismethod) if not name.startswith("_")}


@pytest.fixture
def service(server: Running) -> Iterator[Callable[[str], Service]]:
    import argo_workflows

    configuration = argo_workflows.Configuration(host=server.url)
    with argo_workflows.ApiClient(configuration, "Authorization", f"Bearer {server.token}") as client:
        yield lambda module: Service(client, module)


def workflow(name: str, template: dict[str, Any] | None = None) -> dict[str, Any]:
    spec = {**SPEC, "templates": [{"name": "main", **template}]} if template else SPEC
    return {**META, "kind": "Workflow", "metadata": {"name": name, "labels": {"gs-team": "green"}}, "spec": spec}


def runs(*command: str) -> dict[str, Any]:
    return {"container": {"image": "busybox", "command": list(command)}}


def test_workflows(server: Running, service: Callable[[str], Service]) -> None:
    api = service("workflow_service_api")
    body = {"workflow": workflow("gs-echo", runs("echo", "generated"))}
    assert api.lint_workflow(body=body, **NAMESPACE).metadata["name"] == "gs-echo"
    api.create_workflow(body=body, **NAMESPACE)
    chosen = {"list_options_field_selector": "metadata.name=gs-echo", **NAMESPACE}
    server.finished("gs-echo")
    assert api.get_workflow(name="gs-echo", **NAMESPACE).status["phase"] == "Succeeded"
    assert [each["metadata"]["name"] for each in api.list_workflows(**chosen).items] == ["gs-echo"]
    log = {"name": "gs-echo", "log_options_container": "main", **NAMESPACE}
    assert [line["content"] for line in api.lines("workflow_logs", **log)] == ["generated"]
    assert [line["content"] for line in api.lines("pod_logs", pod_name="gs-echo", **log)] == ["generated"]
    seen = api.lines("watch_workflows", **SOON, list_options_field_selector="metadata.name=gs-echo")
    assert [(each["type"], each["object"]["status"]["phase"]) for each in seen] == [("ADDED", "Succeeded")]
    assert {each["kind"] for each in api.lines("watch_events", **SOON)} <= {"Event"}
    again = api.resubmit_workflow(name="gs-echo", body={"memoized": False}, **NAMESPACE).metadata["name"]
    server.finished(again)
    api.delete_workflow(name="gs-echo", **NAMESPACE)

    api.create_workflow(body={"workflow": workflow("gs-asks", {"suspend": {}})}, **NAMESPACE)
    api.set_workflow(name="gs-asks", body={"nodeFieldSelector": "displayName=gs-asks", "message": "said"}, **NAMESPACE)
    assert api.suspend_workflow(name="gs-asks", body={}, **NAMESPACE).spec["suspend"] is True
    api.resume_workflow(name="gs-asks", body={}, **NAMESPACE)
    assert "said" in server.finished("gs-asks")["status"]["nodes"]["gs-asks"]["message"]

    for name in ("gs-stops", "gs-ends"):
        api.create_workflow(body={"workflow": workflow(name, runs("sleep", "600"))}, **NAMESPACE)
    api.stop_workflow(name="gs-stops", body={}, **NAMESPACE)
    api.terminate_workflow(name="gs-ends", body={}, **NAMESPACE)
    assert {server.finished(name)["status"]["phase"] for name in ("gs-stops", "gs-ends")} == {"Failed"}
    api.retry_workflow(name="gs-ends", body={}, **NAMESPACE)
    api.terminate_workflow(name="gs-ends", body={}, **NAMESPACE)
    server.finished("gs-ends")

    template = {"metadata": {"name": "gs-source"}, "spec": SPEC}
    service("workflow_template_service_api").create_workflow_template(body={"template": template}, **NAMESPACE)
    wanted = {"resourceKind": "WorkflowTemplate", "resourceName": "gs-source"}
    server.finished(api.submit_workflow(body=wanted, **NAMESPACE).metadata["name"])
    assert api.called == api.methods


@pytest.mark.parametrize("kind", ["workflow_template", "cluster_workflow_template"])
def test_templates(service: Callable[[str], Service], kind: str) -> None:
    api = service(f"{kind}_service_api")
    place = {} if kind.startswith("cluster") else NAMESPACE
    body = {"template": {"metadata": {"name": "gs-kept"}, "spec": SPEC}}
    getattr(api, f"lint_{kind}")(body=body, **place)
    getattr(api, f"create_{kind}")(body=body, **place)
    kept = getattr(api, f"get_{kind}")(name="gs-kept", **place)
    changed = {"template": {"metadata": dict(kept.metadata), "spec": {**SPEC, "priority": 3}}}
    assert getattr(api, f"update_{kind}")(name="gs-kept", body=changed, **place).spec["priority"] == 3
    assert "gs-kept" in [each["metadata"]["name"] for each in getattr(api, f"list_{kind}s")(**place).items]
    getattr(api, f"delete_{kind}")(name="gs-kept", **place)
    assert api.called == api.methods


def test_cron_workflows(service: Callable[[str], Service]) -> None:
    api = service("cron_workflow_service_api")
    cron: dict[str, Any] = {"metadata": {"name": "gs-cron"}, "spec": {"schedules": ["0 0 1 1 *"], "workflowSpec": SPEC}}
    api.lint_cron_workflow(body={"cronWorkflow": cron}, **NAMESPACE)
    api.create_cron_workflow(body={"cronWorkflow": cron}, **NAMESPACE)
    kept = api.get_cron_workflow(name="gs-cron", **NAMESPACE)
    changed = {"metadata": dict(kept.metadata), "spec": {**cron["spec"], "schedules": ["0 0 2 2 *"]}}
    updated = api.update_cron_workflow(name="gs-cron", body={"cronWorkflow": changed}, **NAMESPACE)
    assert updated.spec["schedules"] == ["0 0 2 2 *"]
    assert api.suspend_cron_workflow(name="gs-cron", body={}, **NAMESPACE).spec["suspend"] is True
    assert not api.resume_cron_workflow(name="gs-cron", body={}, **NAMESPACE).spec.get("suspend")
    assert "gs-cron" in [each["metadata"]["name"] for each in api.list_cron_workflows(**NAMESPACE).items]
    api.delete_cron_workflow(name="gs-cron", **NAMESPACE)
    assert api.called == api.methods


def test_the_archive_and_artifacts(server: Running, service: Callable[[str], Service]) -> None:
    given = {"name": "given", "path": "/tmp/given", "raw": {"data": "generated"}}
    made = {"name": "made", "path": "/tmp/made", "archive": {"none": {}}}
    template = {
        "inputs": {"artifacts": [given]},
        "outputs": {"artifacts": [made]},
        **runs("cp", "/tmp/given", "/tmp/made"),
    }
    live = service("workflow_service_api")
    live.create_workflow(body={"workflow": workflow("gs-old", template)}, **NAMESPACE)
    uid = server.finished("gs-old")["metadata"]["uid"]

    files = service("artifact_service_api")
    place = {"node_id": "gs-old", "artifact_name": "made"}
    entered = {"node_id": "gs-old", "artifact_name": "given"}
    found = [
        files.get_output_artifact(name="gs-old", **NAMESPACE, **place),
        files.get_output_artifact_by_uid(uid=uid, **place),
        files.get_input_artifact(name="gs-old", **NAMESPACE, **entered),
        files.get_input_artifact_by_uid(uid=uid, **entered),
    ]
    live.delete_workflow(name="gs-old", **NAMESPACE)
    kept = {"id_discriminator": "archived-workflows", "id": uid, "artifact_discriminator": "outputs"}
    found.append(files.get_artifact_file(**kept, **NAMESPACE, **place))
    for file in found:
        with file:
            assert file.read() == b"generated"
    assert files.called == files.methods

    api = service("archived_workflow_service_api")
    assert api.get_archived_workflow(uid=uid).metadata["name"] == "gs-old"
    listed = api.list_archived_workflows(list_options_label_selector="gs-team=green", **NAMESPACE)
    assert uid in [each["metadata"]["uid"] for each in listed.items]
    assert "gs-team" in api.list_archived_workflow_label_keys(**NAMESPACE).items
    values = api.list_archived_workflow_label_values(list_options_label_selector="gs-team", **NAMESPACE)
    assert values.items == ["green"]
    again = api.resubmit_archived_workflow(uid=uid, body={**NAMESPACE, "name": "gs-old"})
    server.finished(again.metadata["name"])
    from argo_workflows.exceptions import ApiException

    with pytest.raises(ApiException, match="To retry a succeeded workflow"):
        api.retry_archived_workflow(uid=uid, body=NAMESPACE)
    api.delete_archived_workflow(uid=uid)
    assert api.called == api.methods


def test_information_and_events(service: Callable[[str], Service]) -> None:
    info = service("info_service_api")
    assert info.get_version().version.startswith("v")
    assert info.get_info()["nav_color"] == "#123456"
    assert info.get_user_info()["subject"] == "system:admin"
    info.collect_event(body={"name": "opened"})
    assert info.called == info.methods
    events = service("event_service_api")
    assert events.list_workflow_event_bindings(**NAMESPACE).metadata is not None
    events.receive_event(discriminator="gs", body={"nobody": "listens"}, **NAMESPACE)
    assert events.called == events.methods
