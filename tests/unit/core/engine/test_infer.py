"""What becomes of the node of a pod that ended (``spec/engine.md`` 10.4), with the helper container that clusters have."""

from __future__ import annotations

import pytest

from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.engine.nodes.pod import infer
from tiphys.ids import NodeId


def ended(name: str, role: str, code: int, reason: str = "Error", message: str = "") -> Container:
    return Container(name=name, role=role, exit_code=code, reason=reason if code else "Completed", message=message)


def running(name: str, role: str) -> Container:
    return Container(name=name, role=role, state="running")


MAIN, WAIT = ended("main", "main", 0), ended("wait", "aux", 0)


@pytest.mark.parametrize(
    ("containers", "phase", "message"),
    [
        ((MAIN, ended("wait", "aux", 137, "OOMKilled")), "Error", "wait: OOMKilled (exit code 137)"),
        ((ended("main", "main", 137, "OOMKilled"), WAIT), "Failed", "main: OOMKilled (exit code 137)"),
        ((ended("main", "main", 65), ended("supervisor", "aux", 1, message="refused")), "Error", "supervisor: Error (exit code 1): refused"),
        ((MAIN, WAIT, ended("side", "sidecar", 137)), "Succeeded", ""),
        ((MAIN, running("wait", "aux")), "Failed", "pod failed: wait container did not complete successfully"),
        ((running("main", "main"), WAIT), "Failed", "pod failed: main container did not complete successfully"),
        (
            (running("main", "main"), running("wait", "aux")),
            "Failed",
            "pod failed: neither main nor wait container completed successfully",
        ),
    ],
)  # fmt: skip
def test_a_failed_pod(containers: tuple[Container, ...], phase: str, message: str) -> None:
    event = PodChanged(node_id=NodeId("n"), phase="Failed", containers=containers)
    assert infer(event, lambda: "p namespace n") == (phase, message)
