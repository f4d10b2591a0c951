"""Objects that stand in the file of a workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.examples.test_examples import EXAMPLES, tiphys

REFUSED = """\
apiVersion: v1
kind: Secret
metadata: {name: early}
stringData: {a: b}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
  entrypoint: nowhere
  templates: [{name: main, suspend: {}}]
"""
REPLACED = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: greeting}
data: {text: WORD}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
  entrypoint: main
  templates:
  - name: main
    container:
      image: busybox
      command: [sh, -c, 'test "$TEXT" = WORD']
      env: [{name: TEXT, valueFrom: {configMapKeyRef: {name: greeting, key: text}}}]
"""


def names(home: Path, kind: str) -> list[str]:
    return tiphys(home, "get-object", kind, "-o", "name").stdout.split()


def test_they_are_applied_and_stay(tmp_path: Path) -> None:
    file = str(EXAMPLES / "77-one-file.yaml")
    first = tiphys(tmp_path, "run", file)
    assert (first.returncode, first.stderr) == (0, "")
    assert names(tmp_path, "secrets") == ["secret/one-file"]
    assert names(tmp_path, "roles") == ["role.rbac.authorization.k8s.io/counter"]
    assert tiphys(tmp_path, "run", file).returncode == 0
    assert len(names(tmp_path, "configmaps")) == 2


def test_the_file_comes_before_what_is_stored(tmp_path: Path) -> None:
    for text in ("hello", "goodbye"):
        (tmp_path / "w.yaml").write_text(REPLACED.replace("WORD", text))
        done = tiphys(tmp_path / "home", "run", str(tmp_path / "w.yaml"))
        assert done.returncode == 0, done.stderr
    shown = tiphys(tmp_path / "home", "get-object", "configmap", "greeting", "-o", "json").stdout
    assert json.loads(shown)["data"] == {"text": "goodbye"}


def test_nothing_is_kept_beside_a_workflow_that_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(REFUSED)
    done = tiphys(tmp_path / "home", "run", str(tmp_path / "w.yaml"))
    assert done.returncode == 2
    assert names(tmp_path / "home", "secrets") == []


def test_submit_keeps_them_too_but_not_in_a_trial(tmp_path: Path) -> None:
    file = str(EXAMPLES / "77-one-file.yaml")
    trial = tiphys(tmp_path, "submit", file, "--dry-run", "-o", "name")
    assert trial.returncode == 0
    assert 'documents of kind "Secret" are ignored' in trial.stderr
    assert names(tmp_path, "secrets") == []
    assert tiphys(tmp_path, "submit", file, "--wait").returncode == 0
    assert names(tmp_path, "secrets") == ["secret/one-file"]


APPLIED = """\
apiVersion: batch/v1
kind: Job
metadata: {name: count}
spec:
  completions: 2
  template:
    spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["true"]}]}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: applied}
spec: {entrypoint: a, templates: [{name: a, container: {image: busybox, command: ["true"]}}]}
"""


def test_what_is_applied_runs_although_nothing_else_does(tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text(APPLIED)
    assert tiphys(tmp_path / "home", "apply", "-f", str(tmp_path / "o.yaml")).returncode == 0
    job: dict[str, Any] = {}
    while "completionTime" not in job.get("status", {}):
        job = json.loads(tiphys(tmp_path / "home", "get-object", "job", "count", "-o", "json").stdout)
    assert (job["status"]["succeeded"], job["status"]["conditions"][0]["type"]) == (2, "Complete")
    assert tiphys(tmp_path / "home", "wait", "applied").returncode == 0
    assert (tmp_path / "home" / "drivers" / "default.jobs.log").read_text() == ""


CHILD = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: kid}
spec:
  entrypoint: main
  templates: [{name: main, container: {image: busybox, command: [echo, hi]}}]
"""
RIGHTS = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: maker}
rules: [{apiGroups: [argoproj.io], resources: [workflows], verbs: [create, get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: maker}
roleRef: {kind: Role, name: maker, apiGroup: rbac.authorization.k8s.io}
subjects: [{kind: ServiceAccount, name: default}]
"""
PARENT = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: parent}
spec:
  entrypoint: main
  templates:
  - name: main
    resource:
      action: create
      successCondition: status.phase == Succeeded
      failureCondition: status.phase in (Failed, Error)
      manifest: |
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: {generateName: child-}
        spec: {workflowTemplateRef: {name: kid}}
"""


@pytest.mark.parametrize("kept", [True, False], ids=["of the data directory", "of the file"])
def test_a_workflow_that_a_step_makes_sees_the_templates(tmp_path: Path, kept: bool) -> None:
    (tmp_path / "kid.yaml").write_text(CHILD)
    (tmp_path / "w.yaml").write_text("---\n".join([RIGHTS, PARENT] if kept else [RIGHTS, CHILD, PARENT]))
    if kept:
        assert tiphys(tmp_path, "template", "create", str(tmp_path / "kid.yaml")).returncode == 0
    done = tiphys(tmp_path, "run", str(tmp_path / "w.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert tiphys(tmp_path, "template", "list", "-o", "name").stdout.split() == (["kid"] if kept else [])
