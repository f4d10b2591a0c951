"""Which output artifacts are removed, when, and as whom."""

from __future__ import annotations

import msgspec
import pytest

from tiphys.core.engine.artifactgc import COMPLETION, DELETION, Remover, doomed, failure, is_wanted, with_deleted
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.strategy import Condition
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowSpec

REPOSITORY: JsonObject = {"s3": {"bucket": "b", "endpoint": "e"}}


def spec_of(**fields: object) -> WorkflowSpec:
    return msgspec.convert({"entrypoint": "main", **fields}, WorkflowSpec)


def pod(*artifacts: JsonObject, kind: str = "Pod") -> NodeStatus:
    return msgspec.convert(
        {"id": "wf-1", "name": "wf", "type": kind, "outputs": {"artifacts": list(artifacts)}}, NodeStatus
    )


def artifact(name: str, **fields: JsonValue) -> JsonObject:
    return {"name": name, "s3": {"key": f"k/{name}"}, **fields}


def names(spec: WorkflowSpec, *nodes: NodeStatus, strategy: str = COMPLETION) -> list[str]:
    return [found.name for found in doomed(spec, nodes, REPOSITORY, frozenset({strategy}))]


@pytest.mark.parametrize(
    ("common", "own", "removed_at"),
    [
        (None, None, set()),
        (COMPLETION, None, {COMPLETION}),
        (DELETION, None, {DELETION}),
        (DELETION, COMPLETION, {COMPLETION}),
        (None, DELETION, {DELETION}),
        (COMPLETION, "Never", set()),
    ],
)
def test_the_strategy_of_an_artifact_comes_before_the_workflow_s(
    common: str | None, own: str | None, removed_at: set[str]
) -> None:
    spec = spec_of(artifactGC={"strategy": common}) if common is not None else spec_of()
    node = pod(artifact("a", artifactGC={"strategy": own}) if own is not None else artifact("a"))
    assert {each for each in (COMPLETION, DELETION) if names(spec, node, strategy=each)} == removed_at


def test_what_is_gone_is_not_removed_again_and_only_pods_have_artifacts_of_their_own() -> None:
    spec = spec_of(artifactGC={"strategy": COMPLETION})
    assert names(spec, pod(artifact("a"), artifact("b", deleted=True))) == ["a"]
    assert names(spec, pod(artifact("a"), kind="Steps"), pod(artifact("c"))) == ["c"]


def test_the_location_is_completed_by_the_repository_and_one_that_cannot_be_is_left_alone() -> None:
    spec = spec_of(artifactGC={"strategy": COMPLETION})
    (found,) = doomed(spec, [pod(artifact("a"))], REPOSITORY, frozenset({COMPLETION}))
    assert found.artifact["s3"] == {"bucket": "b", "endpoint": "e", "key": "k/a"}
    assert (found.node_id, found.node_name) == ("wf-1", "wf")
    assert names(spec, pod({"name": "nowhere"})) == []


def test_who_removes_it() -> None:
    spec = spec_of(
        artifactGC={"strategy": COMPLETION, "serviceAccountName": "all", "podMetadata": {"labels": {"x": "1"}}}
    )
    own = artifact("b", artifactGC={"serviceAccountName": "one", "podMetadata": {"annotations": {"y": "2"}}})
    found = doomed(spec, [pod(artifact("a"), own)], REPOSITORY, frozenset({COMPLETION}))
    assert [each.remover for each in found] == [Remover("all", (("x", "1"),)), Remover("one", (), (("y", "2"),))]
    assert len({each.remover.digest for each in found}) == 2


@pytest.mark.parametrize(
    ("common", "own", "wanted"),
    [("", "", False), ("Never", "", False), (COMPLETION, "", True), ("", DELETION, True), ("", "Never", False)],
)
def test_a_workflow_waits_for_the_removal_only_if_something_may_be_removed(common: str, own: str, wanted: bool) -> None:
    output = {"name": "a", "path": "/a", "artifactGC": {"strategy": own}}
    template = {"name": "main", "container": {"image": "i"}, "outputs": {"artifacts": [output]}}
    spec = spec_of(artifactGC={"strategy": common}, templates=[template])
    assert is_wanted(spec, Workflow(spec=spec)) is wanted


def test_what_was_removed_is_marked() -> None:
    after = with_deleted(pod(artifact("a"), artifact("b")), frozenset({"b"}))
    assert after.outputs is not None
    assert [(each.name, bool(each.deleted)) for each in after.outputs.artifacts or ()] == [("a", False), ("b", True)]
    bare = NodeStatus(id="n", name="n", type="Pod")
    assert with_deleted(bare, frozenset({"a"})) is bare


def test_only_the_last_failure_is_told() -> None:
    other = Condition(type="PodRunning", status="False")
    first = failure((other,), "no bucket")
    assert failure(first, "no right") == (other, Condition(type="ArtifactGCError", status="True", message="no right"))
