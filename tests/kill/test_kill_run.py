"""`kill -9` of `tiphys run` in the middle: nothing is lost and no step runs twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

STEPS = 50
#: Twenty kills in all, at moments that differ from run to run of the parameter, not of the test.
ROUNDS, KILLS = 4, 5
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: fifty}}
spec:
  entrypoint: main
  volumes: [{{name: out, hostPath: {{path: {folder}}}}}]
  templates:
  - name: main
    steps:
{groups}
  - name: mark
    inputs: {{parameters: [{{name: number}}]}}
    script:
      image: none
      command: [sh]
      volumeMounts: [{{name: out, mountPath: /out}}]
      source: |
        echo {{{{inputs.parameters.number}}}} >> /out/marks
        sleep 0.0$(( {{{{inputs.parameters.number}}}} % 5 ))
"""


def manifest(folder: Path) -> str:
    groups = "\n".join(
        f"    - - name: g{group}\n        template: mark\n"
        f"        withSequence: {{start: {group * 5}, count: 5}}\n"
        '        arguments: {parameters: [{name: number, value: "{{item}}"}]}'
        for group in range(STEPS // 5)
    )
    return WORKFLOW.format(folder=folder, groups=groups)


def marks(folder: Path) -> list[int]:
    file = folder / "marks"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_step_runs_exactly_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder, home, file = tmp_path / "out", tmp_path / "home", tmp_path / "fifty.yaml"
    folder.mkdir()
    file.write_text(manifest(folder))
    environment = {**os.environ, "TIPHYS_HOME": str(home), "TIPHYS_HOST_PATHS": str(folder)}
    command = [sys.executable, "-m", "tiphys", "run"]
    arguments = [str(file)]
    for wanted in sorted(chance.sample(range(STEPS - 2), KILLS)):
        process = subprocess.Popen([*command, *arguments], env=environment, stdout=subprocess.DEVNULL)
        try:
            give_up = time.monotonic() + PATIENCE
            while len(marks(folder)) <= wanted and process.poll() is None and time.monotonic() < give_up:
                time.sleep(0.002)
            time.sleep(chance.random() * 0.03)
        finally:
            process.kill()
            process.wait()
        # Half of the time by name, half of the time by running the same file again.
        arguments = ["--resume", "fifty"] if chance.random() < 0.5 else [str(file)]
        time.sleep(chance.choice([0, 0, 0.2]))
    command += ["--resume", "fifty"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert "Succeeded" in done.stdout
    assert Counter(marks(folder)) == Counter(range(STEPS))
