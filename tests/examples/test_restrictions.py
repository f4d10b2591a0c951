"""``templateReferencing: Strict`` through the command line: only what was made from a template runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.examples.test_examples import tiphys

TEMPLATE = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: hardened}
spec:
  entrypoint: main
  templates:
    - name: main
      suspend: {duration: "0"}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
"""


@pytest.mark.parametrize(
    ("spec", "refused"),
    [
        ("workflowTemplateRef: {name: hardened}\n  priority: 3", ""),
        ("workflowTemplateRef: {name: hardened}\n  podSpecPatch: '{}'", "fields [PodSpecPatch] are not permitted"),
        ("workflowTemplateRef: {name: hardened}\n  hostNetwork: true", "fields [HostNetwork] are not permitted"),
        (
            "entrypoint: a\n  templates: [{name: a, suspend: {}}]",
            "workflows must use workflowTemplateRef to be executed",
        ),
    ],
)
@pytest.mark.parametrize("mode", ["Strict", "Secure"])
def test_restrictions(mode: str, spec: str, refused: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(f"workflowRestrictions: {{templateReferencing: {mode}}}\n")
    file = tmp_path / "w.yaml"
    file.write_text(f"{TEMPLATE}  {spec}\n")
    done = tiphys(tmp_path, "run", str(file), "-o", "json")
    if refused:
        assert (done.returncode, done.stdout) == (2, "")
        assert refused in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["status"]["phase"] == "Succeeded"
