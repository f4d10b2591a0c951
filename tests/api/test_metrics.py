"""``/metrics`` of a real server: all of Argo's names, what manifests declare, the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.api.conftest import Running, running
from tests.waiting import PATIENCE, until
from tiphys.entrypoints.settings import load
from tiphys.errors import UsageError
from tiphys.ports.instruments import INSTRUMENTS

CONFIG = """
metricsConfig:
  metricsTTL: 10m
  temporality: Cumulative
  modifiers:
    resource_rate_limiter_latency: {disabled: true}
    operation_duration_seconds: {histogramBuckets: [0.5, 2.0]}
    pods_total_count: {disabledAttributes: [namespace]}
"""
TEMPLATE = """
metadata: {name: measured}
spec:
  entrypoint: main
  synchronization: {mutexes: [{name: m}]}
  templates:
  - name: main
    metrics:
      prometheus:
      - name: steps_done
        help: h
        labels: [{key: how, value: "{{status}}"}]
        counter: {value: "1"}
      - {name: broken, help: h, counter: {value: "{{outputs.result}}"}}
    container: {image: x, command: [COMMAND]}
"""
CRON = """
metadata: {name: often}
spec:
  schedules: ["@every 1s"]
  concurrencyPolicy: Forbid
  workflowSpec:
    entrypoint: main
    templates:
    - {name: main, steps: [[{name: made, template: made, continueOn: {failed: true}}, {name: wait, template: wait}]]}
    - {name: wait, suspend: {}}
    - name: made
      resource:
        action: create
        manifest: |
          {apiVersion: v1, kind: ConfigMap, metadata: {generateName: made-}}
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("metrics")
    (home / "config.yaml").write_text(CONFIG)
    with running(home, environment={"ARGO_SERVER_METRICS_AUTH": "false"}) as server:
        yield server


def series(server: Running) -> dict[str, float]:
    lines = [
        line
        for line in httpx.get(f"{server.url}/metrics", timeout=PATIENCE).text.splitlines()
        if not line.startswith("#")
    ]
    return {
        name.removeprefix("argo_workflows_"): float(value)
        for name, _, value in (each.rpartition(" ") for each in lines)
    }


def shown(server: Running, holds: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """The series once something holds of them."""
    return until(lambda: series(server), holds)


def post(server: Running, path: str, body: dict[str, Any]) -> dict[str, Any]:
    with server.client() as client:
        answer = client.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def test_every_name_of_argo_is_there_and_nobody_needs_a_token_where_that_is_configured(measured: Running) -> None:
    text = httpx.get(f"{measured.url}/metrics", timeout=PATIENCE).text
    shown = {name for name, item in INSTRUMENTS.items() if f"# TYPE argo_workflows_{name} {item.kind}\n" in text}
    assert set(INSTRUMENTS) - shown == {"resource_rate_limiter_latency"}
    assert 'argo_workflows_error_count{cause="OperationPanic"} 0.0' in text
    assert "argo_workflows_is_leader 1.0" in text
    assert 'version="v4.1.2"' in text


def test_workflows_pods_templates_locks_and_what_manifests_declare(measured: Running) -> None:
    body = yaml.safe_load(TEMPLATE.replace("COMMAND", "'true'"))
    post(measured, "workflow-templates/default", {"template": body})
    made = post(
        measured,
        "workflows/default/submit",
        {"namespace": "default", "resourceKind": "WorkflowTemplate", "resourceName": "measured"},
    )
    workflow = measured.finished(made["metadata"]["name"])
    assert [item["message"] for item in workflow["status"]["conditions"] if item["type"] == "MetricsError"] == [
        "unable to substitute parameters for metric 'broken': failed to resolve {{outputs.result}}"
    ]
    found = series(measured)
    template = 'cluster_scope="false",name="measured",namespace="default"'
    lock = 'lock_name="default/Mutex/m",namespace="default",storage="configmap",type="mutex"'
    assert {name: found[name] for name in found if "measured" in name and "runtime" not in name} == {
        f'workflowtemplate_triggered_total{{{template},phase="{phase}"}}': 1.0
        for phase in ("New", "Running", "Succeeded")
    }
    assert found[f"workflowtemplate_runtime_count{{{template}}}"] == 1
    assert found[f"locks_taken_total{{{lock}}}"] == 1
    assert found['steps_done{how="Succeeded"}'] == 1
    assert found['pods_total_count{phase="Succeeded"}'] == 1
    assert found['total_count{namespace="default",phase="Succeeded"}'] == 1
    assert found['gauge{phase="Succeeded"}'] == 1
    assert found['queue_adds_count{queue_name="workflow_queue"}'] >= 2
    assert found["operation_duration_seconds_count"] >= 2
    assert {name for name in found if name.startswith("operation_duration_seconds_bucket")} == {
        f'operation_duration_seconds_bucket{{le="{bound}"}}' for bound in ("0.5", "2", "+Inf")
    }


def test_schedules_objects_and_locks_that_are_waited_for(measured: Running) -> None:
    post(measured, "cron-workflows/default", {"cronWorkflow": yaml.safe_load(CRON)})
    policy = 'cronworkflows_concurrencypolicy_triggered{concurrency_policy="Forbid",name="often",namespace="default"}'
    made = 'k8s_request_total{kind="configmaps",status_code="403",verb="Create"}'
    found = shown(measured, lambda found: min(found.get(policy, 0), found.get(made, 0)) >= 1)
    assert found['cronworkflows_triggered_total{name="often",namespace="default"}'] == 1
    assert found[made] == 1  # nobody has given the ServiceAccount a right
    assert found['queue_adds_count{queue_name="cron_wf_queue"}'] >= 1
    with measured.client() as client:
        assert client.put("/api/v1/cron-workflows/default/often/suspend", json={}).status_code == 200
    body = yaml.safe_load(TEMPLATE.replace("[COMMAND]", "[sleep, '60']").replace("{name: m}", "{name: waited}"))
    names = [
        post(measured, "workflows/default", {"workflow": {**body, "metadata": {"name": name}}})["metadata"]["name"]
        for name in ("first", "second")
    ]
    lock = 'lock_name="default/Mutex/waited",namespace="default",storage="configmap",type="mutex"'
    found = shown(measured, lambda found: found.get(f"locks_pending{{{lock}}}") == 1)
    assert found[f"locks_held{{{lock}}}"] == 1
    running = 'pods_gauge{phase="Running"}'
    found = shown(measured, lambda found: found[running] == 1)
    assert found['workflow_condition{status="True",type="PodRunning"}'] == 1
    with measured.client() as client:
        for name in reversed(names):
            assert client.put(f"/api/v1/workflows/default/{name}/terminate", json={}).status_code == 200
    for name in names:
        measured.finished(name)
    assert series(measured)['queue_adds_count{queue_name="pod_cleanup_queue"}'] >= 1


def test_a_wrong_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("metricsConfig: {modifiers: {pods_total: {disabled: true}}}")
    with pytest.raises(UsageError, match=r"metricsConfig\.modifiers\.pods_total: there is no such metric"):
        load(home=tmp_path, environment={})
