"""Workflows tried with mocked steps in virtual time, as a user's own tests do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.errors import UsageError
from tiphys.testing.fake_runtime import Outcome
from tiphys.testing.trial import Trial, error, fail, ok

DEPLOY = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: deploy}
spec:
  entrypoint: main
  onExit: note
  arguments: {parameters: [{name: env, value: test}]}
  templates:
  - name: main
    steps:
    - - {name: build, template: build}
    - - {name: approve, template: gate, when: "{{workflow.parameters.env}} == prod"}
    - - name: push
        template: push
        withItems: [eu, us]
        arguments: {parameters: [{name: image, value: "{{steps.build.outputs.parameters.image}}-{{item}}"}]}
    outputs: {parameters: [{name: image, valueFrom: {parameter: "{{steps.build.outputs.parameters.image}}"}}]}
  - name: build
    retryStrategy: {limit: 2, backoff: {duration: 1m, factor: 2}}
    container: {image: none, command: [build]}
    outputs: {parameters: [{name: image, valueFrom: {path: /tmp/image}}]}
  - name: gate
    suspend: {}
    outputs: {parameters: [{name: who, valueFrom: {supplied: {}, default: nobody}}]}
  - name: push
    inputs: {parameters: [{name: image}]}
    container: {image: none, command: [push, "{{inputs.parameters.image}}"]}
  - name: note
    container: {image: none, command: [note, "{{workflow.status}}"]}
"""


def test_attempts_items_and_outputs_are_mocked_and_waits_cost_nothing() -> None:
    trial = Trial(DEPLOY, mocks={"build": [fail(), ok(image="v1")], "push": ok(seconds=30)})
    assert (trial.phase, trial.message) == ("Succeeded", "")
    assert trial.outputs == {"image": "v1"}
    assert trial.inputs_of("push(1:us)") == {"image": "v1-us"}
    assert trial.started == [
        "deploy[0].build(0)", "deploy[0].build(1)", "deploy[2].push(0:eu)", "deploy[2].push(1:us)", "deploy.onExit",
    ]  # fmt: skip
    assert trial.seconds == 60 + 30
    assert trial.phases["deploy[1].approve"] == "Skipped"


def test_a_failure_ends_it_with_argos_message() -> None:
    trial = Trial(DEPLOY, mocks={"build": ok(image="v1"), "push": [ok(), fail(3)]})
    assert trial.node("push(1:us)").message == "main: Error (exit code 3)"
    assert trial.message == f"child '{trial.node('push(1:us)').id}' failed"
    assert trial.started[-1] == "deploy.onExit"


def test_a_person_lets_it_go_on() -> None:
    trial = Trial(DEPLOY, parameters={"env": "prod"}, mocks={"template:build": ok(image="v2")})
    assert (trial.phase, trial.node("approve").phase) == ("Running", "Running")
    assert len(trial.started) == 1
    trial.resume("approve", who="me")
    assert trial.phase == "Succeeded"
    assert trial.outputs_of("approve") == {"who": "me"}


def test_mocks_of_nothing_and_bad_manifests_are_refused() -> None:
    with pytest.raises(UsageError, match="the mock 'biuld' is for nothing in the workflow"):
        Trial(DEPLOY, mocks={"biuld": ok()})
    with pytest.raises(ManifestError, match="there is no template named 'nope'"):
        Trial(DEPLOY.replace("onExit: note", "onExit: nope"))
    with pytest.raises(UsageError, match="has no Workflow"):
        Trial("kind: ConfigMap\nmetadata: {name: a}\n")
    with pytest.raises(UsageError, match="there is no node 'x'"):
        Trial(DEPLOY).node("x")


def test_files_with_templates_and_config_maps(tmp_path: Path, run_workflow: type[Trial]) -> None:
    main, library = tmp_path / "main.yaml", tmp_path / "library.yaml"
    main.write_text(
        """
kind: Workflow
metadata: {generateName: uses-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: size, valueFrom: {configMapKeyRef: {name: sizes, key: small}}}]}
  templates:
  - name: main
    dag:
      tasks:
      - name: a
        templateRef: {name: lib, template: leaf}
        arguments: {parameters: [{name: size, value: "{{workflow.parameters.size}}"}]}
      - {name: b, depends: a.Failed, templateRef: {name: lib, template: leaf}}
"""
    )
    library.write_text(
        """
kind: WorkflowTemplate
metadata: {name: lib}
spec:
  templates:
  - name: leaf
    inputs: {parameters: [{name: size, default: none}]}
    container: {image: none, command: [x]}
---
kind: ConfigMap
metadata: {name: sizes, labels: {workflows.argoproj.io/configmap-type: Parameter}}
data: {small: "5"}
"""
    )
    trial = run_workflow(main, mocks={"a": error("gone")}, library=[library])
    assert trial.inputs_of("a") == {"size": "5"}
    assert (trial.node("a").phase, trial.node("a").message, trial.node("b").phase) == ("Error", "gone", "Omitted")
    assert trial.phase == "Error"


def test_locks_deadlines_and_suspensions_pass_in_virtual_time() -> None:
    trial = Trial(
        """
        kind: Workflow
        metadata: {name: wf}
        spec:
          entrypoint: main
          activeDeadlineSeconds: 7200
          templates:
          - name: main
            dag:
              tasks:
              - {name: sleep, template: sleep}
              - {name: one, template: locked, depends: sleep}
              - {name: two, template: locked, depends: sleep}
              - {name: long, template: long, depends: one && two}
          - {name: sleep, suspend: {duration: 1h}}
          - {name: locked, synchronization: {mutexes: [{name: m}]}, container: {image: none, command: [x]}}
          - {name: long, container: {image: none, command: [x]}}
        """,
        mocks={"one": ok(seconds=600), "two": ok(seconds=600), "long": ok(seconds=9999)},
    )
    assert trial.phases["wf.two"] == "Succeeded"
    assert (trial.node("long").phase, trial.node("long").message) == ("Failed", "Step exceeded its deadline")
    assert trial.seconds == 7200


def test_a_pod_that_never_ends_is_told() -> None:
    with pytest.raises(UsageError, match=r"nothing can happen any more: deploy\[0\].build\(0\)"):
        Trial(DEPLOY, mocks={"build": Outcome(seconds=None)})


def test_the_test_in_the_readme_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[3]
    code = (root / "README.md").read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    monkeypatch.chdir(root / "examples" / "testing")
    names: dict[str, Callable[[type[Trial]], None]] = {}
    exec(code, names)
    names["test_the_second_attempt_is_deployed"](Trial)
