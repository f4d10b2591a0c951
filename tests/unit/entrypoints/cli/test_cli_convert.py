"""``tiphys convert``: old manifests in today's form, and what it cannot read."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from tests.unit.entrypoints.cli.conftest import Run

CRON = """
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: c}
spec:
  schedule: "0 3 * * *"
  schedules: ["0 4 * * *"]
  workflowSpec:
    entrypoint: main
    synchronization: {mutex: {name: m}}
    templates: [{name: main, suspend: {}, synchronization: {semaphore: {database: {key: k}}}}]
---
kind: ConfigMap
apiVersion: v1
data: {a: b}
"""


def test_old_fields_become_lists_and_other_kinds_pass(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "cron.yaml").write_text(CRON)
    code, out, err = run("convert", str(tmp_path), "-o", "json")
    assert (code, err) == (0, "")
    cron, config_map = map(json.loads, out.splitlines())
    spec = cron["spec"]["workflowSpec"]
    assert (cron["spec"]["schedules"], spec["synchronization"]) == (["0 3 * * *"], {"mutexes": [{"name": "m"}]})
    assert "schedule" not in cron["spec"]
    assert spec["templates"][0]["synchronization"] == {"semaphores": [{"database": {"key": "k"}}]}
    assert config_map == {"kind": "ConfigMap", "apiVersion": "v1", "data": {"a": "b"}}


def test_json_becomes_yaml_unless_it_is_to_stay(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"kind": "ConfigMap", "apiVersion": "v1"}'))
    assert run("convert", "-") == (0, "---\napiVersion: v1\nkind: ConfigMap\n", "")


def test_what_cannot_be_converted_is_named_with_its_place(run: Run, tmp_path: Path) -> None:
    bad, binary = tmp_path / "bad.yaml", tmp_path / "binary.yaml"
    bad.write_text("a: 1\nb: [\n")
    binary.write_bytes(b"\xff\x00")
    code, out, err = run("convert", str(bad))
    assert (code, out) == (1, "")
    assert f"error: error converting {bad}: not valid YAML: did not find expected node content" in err
    assert f"\n  at {bad}:3:1\n" in err
    assert f"error converting {binary}: it is not UTF-8 text" in run("convert", str(binary))[2]
    assert "error: nowhere.yaml cannot be read: no such file or directory" in run("convert", "nowhere.yaml")[2]
