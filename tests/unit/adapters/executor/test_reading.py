"""Artifacts of what runs without containers."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tiphys.adapters.executor.reading import InputReader, LogKeeper
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ids import NodeId, NodeName, WorkflowUid
from tiphys.ports.runtime import PodKey, PodRequest

AT: JsonObject = {"file": {"key": "wf/main.log"}}
REQUEST = PodRequest(
    key=PodKey(WorkflowUid("u"), NodeId("n")),
    workflow="wf",
    namespace="argo",
    node_name=NodeName("wf"),
    pod_name="wf",
    manifest={},
    log_artifact=AT,
)


def test_a_log_that_was_archived_can_be_read(tmp_path: Path) -> None:
    options = {"home": str(tmp_path)}
    (kept,) = LogKeeper(options).keep(REQUEST, "one\nzwölf\n")
    assert kept == {**AT, "name": "main-logs"}
    asked = replace(REQUEST, input_artifacts=({**AT, "name": "x", "archive": {"none": {}}},))
    assert InputReader(options).read(asked, "x") == "one\nzwölf\n"


def test_why_a_log_cannot_be_archived_is_told(tmp_path: Path) -> None:
    (tmp_path / "artifacts").write_text("no directory")
    with pytest.raises(ArtifactError):
        LogKeeper({"home": str(tmp_path)}).keep(REQUEST, "one")


def test_an_input_that_there_is_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="there is no input artifact 'x'"):
        InputReader({"home": str(tmp_path)}).read(REQUEST, "x")
