"""`kill -9` while steps make objects and wait for them: nothing is made twice, Jobs and child workflows go on."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

OBJECTS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: default}]
"""
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: maker}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: map, template: map, withSequence: {count: 4}, arguments: {parameters: [{name: number, value: "{{item}}"}]}}
      - {name: child, template: child}
      - {name: job, template: job}
  - name: map
    inputs: {parameters: [{name: number}]}
    resource:
      action: create
      manifest: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {generateName: "map-{{inputs.parameters.number}}-"}
  - name: child
    resource:
      action: create
      successCondition: status.phase == Succeeded
      failureCondition: status.phase in (Failed, Error)
      manifest: |
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: {generateName: child-}
        spec:
          entrypoint: mark
          volumes: [{name: out, hostPath: {path: FOLDER}}]
          templates:
          - name: mark
            container:
              image: none
              command: [sh, -c, "echo child >> /out/marks; sleep 0.5"]
              volumeMounts: [{name: out, mountPath: /out}]
  - name: job
    resource:
      action: create
      successCondition: status.succeeded > 2
      failureCondition: status.failed > 0
      manifest: |
        apiVersion: batch/v1
        kind: Job
        metadata: {generateName: job-}
        spec:
          completions: 3
          parallelism: 2
          template:
            spec:
              restartPolicy: Never
              volumes: [{name: out, hostPath: {path: FOLDER}}]
              containers:
              - name: mark
                image: none
                command: [sh, -c, "echo job >> /out/marks; sleep 0.3"]
                volumeMounts: [{name: out, mountPath: /out}]
"""


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_made_twice(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder, home = tmp_path / "out", tmp_path / "home"
    folder.mkdir()
    (tmp_path / "rights.yaml").write_text(OBJECTS)
    (tmp_path / "maker.yaml").write_text(WORKFLOW.replace("FOLDER", str(folder)))
    environment = {**os.environ, "TIPHYS_HOME": str(home), "TIPHYS_HOST_PATHS": str(folder)}
    tiphys = [sys.executable, "-m", "tiphys"]
    subprocess.run([*tiphys, "apply", "-f", str(tmp_path / "rights.yaml")], env=environment, check=True)
    for moment in sorted(chance.sample(range(1, 11), 4)):
        process = subprocess.Popen(
            [*tiphys, "run", str(tmp_path / "maker.yaml")], env=environment, stdout=subprocess.DEVNULL
        )
        give_up = time.monotonic() + PATIENCE
        while progress(home, folder) < moment and process.poll() is None and time.monotonic() < give_up:
            time.sleep(0.002)
        process.kill()
        process.wait()
    unfinished = "maker", *children(tiphys, environment)
    for name in unfinished:
        subprocess.run([*tiphys, "run", "--resume", name], env=environment, timeout=PATIENCE, check=True)
    marks = (folder / "marks").read_text().split()
    assert Counter(marks) == {"child": 1, "job": 3}
    assert len(names(tiphys, environment, "configmaps")) == 4
    assert len(names(tiphys, environment, "jobs")) == 1
    assert len(names(tiphys, environment, "workflows")) == 2


def progress(home: Path, folder: Path) -> int:
    """How many nodes have a record and how many pods have begun: ten in all."""
    file = folder / "marks"
    marks = len(file.read_text().split()) if file.exists() else 0
    return len(list((home / "leaves").rglob("*.json"))) + marks


def names(tiphys: list[str], environment: dict[str, str], kind: str) -> list[str]:
    shown = subprocess.run(
        [*tiphys, "get-object", kind, "-o", "json"], env=environment, capture_output=True, text=True, check=True
    )
    return [item["metadata"]["name"] for item in json.loads(shown.stdout)["items"]]


def children(tiphys: list[str], environment: dict[str, str]) -> list[str]:
    return [name for name in names(tiphys, environment, "workflows") if name.startswith("child-")]
