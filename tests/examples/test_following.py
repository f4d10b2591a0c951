"""`run --log` shows what a step prints while it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.examples.test_examples import ROOT

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: following}}
spec:
  entrypoint: main
  templates:
  - name: main
    container: {{image: busybox, command: [sh, -c, "echo begun; until test -e {seen}; do sleep 0.1; done"]}}
"""


def test_a_line_is_shown_before_the_step_has_ended(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    (tmp_path / "w.yaml").write_text(WORKFLOW.format(seen=seen))
    environment = {**os.environ, "TIPHYS_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "tiphys", "run", str(tmp_path / "w.yaml"), "--log", "--runtime", "process"]
    with subprocess.Popen(
        command, env={**environment, "TIPHYS_SANDBOX": "off"}, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        shown = next((line for line in running.stdout if "begun" in line), None)
        seen.touch()
        running.communicate()
    assert (shown, running.returncode) == ("following: begun\n", 0)
