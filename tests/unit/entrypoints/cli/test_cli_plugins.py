"""``executor-plugin build``: files as Argo's command makes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.entrypoints.cli.conftest import Run

from tiphys.core.manifest.yaml import parse

PLUGIN = """
apiVersion: argoproj.io/v1alpha1
kind: ExecutorPlugin
metadata:
  name: hello
  annotations: {workflows.argoproj.io/description: Says hello.}
spec:
  sidecar:
    automountServiceAccountToken: true
    container:
      name: hello
      command: [python, -c]
      image: python:alpine
      ports: [{containerPort: 4355}]
      securityContext: {runAsNonRoot: true}
      resources: {requests: {cpu: 1m}, limits: {cpu: 2m}}
"""


def test_a_plugin_becomes_a_config_map(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plugin.yaml").write_text(PLUGIN)
    (tmp_path / "server.py").write_text("a\nb\n")
    config_map, readme = tmp_path / "hello-executor-plugin-configmap.yaml", tmp_path / "README.md"
    assert run("executor-plugin", "build", str(tmp_path)) == (0, f"{config_map} created\n{readme} created\n", "")
    text = config_map.read_text()
    assert text.startswith("# This is an auto-generated file. DO NOT EDIT\napiVersion: v1\n")
    made = parse(text)[0].data
    assert isinstance(made, dict) and isinstance(made["data"], dict)
    assert made["metadata"] == {
        "name": "hello-executor-plugin",
        "annotations": {"workflows.argoproj.io/description": "Says hello."},
        "labels": {"workflows.argoproj.io/configmap-type": "ExecutorPlugin"},
    }
    assert made["data"]["sidecar.automountServiceAccountToken"] == "true"
    assert str(made["data"]["sidecar.container"]).startswith("args:\n- |\n  a\n  b\ncommand:\n- python\n- -c\n")
    assert "Says hello." in readme.read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ports: [{containerPort: 4355}]", "", "sidecar is invalid: at least one port is mandatory"),
        ("requests: {cpu: 1m}, ", "", "sidecar is invalid: resources requests are mandatory"),
        (", limits: {cpu: 2m}", "", "sidecar is invalid: resources limits are mandatory"),
        ("securityContext: {runAsNonRoot: true}", "", "sidecar is invalid: security context is mandatory"),
        ("spec:", "foo:", 'unknown field "foo"'),
        ("name: hello\n  ann", "ann", "metadata name is mandatory"),
        ("kind:", "kind: [", "not YAML"),
    ],
)
def test_what_is_no_plugin_is_refused(run: Run, tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "plugin.yaml").write_text(PLUGIN.replace(old, new, 1))
    code, out, err = run("executor-plugin", "build", str(tmp_path))
    assert (code, out, message in err) == (1, "", True), err
    assert not (tmp_path / "README.md").exists()


def test_one_program_at_most(run: Run, tmp_path: Path) -> None:
    assert "plugin.yaml: no such file or directory" in run("executor-plugin", "build", str(tmp_path))[2]
    for name in ("server.py", "server.sh"):
        (tmp_path / name).write_text("")
    assert "has more than one server.* file" in run("executor-plugin", "build", str(tmp_path))[2]
