"""What a runtime of templates without containers must do: ``ports/runtime.py`` as far as it applies.

Subclass ``LeafContract`` in a test module and give it a ``runtime`` fixture, and requests that end at once and that
wait for something.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.runtime import PodReport, PodRequest, PodRuntime
from tiphys.testing.contracts.runtime import UID, key_of, request_of

_PATIENCE = 120.0
ENDS = frozenset({"Succeeded", "Failed", "Error"})


def leaf(name: str, template: JsonObject) -> PodRequest:
    """A request for a template that runs without containers."""
    return replace(request_of(name, {}), template={"name": name, **template})


def until(runtime: PodRuntime, request: PodRequest) -> PodReport:
    """Poll until a node has ended."""
    while True:
        reports = runtime.poll(_PATIENCE)
        assert reports, f"nothing was reported of {request.key}"
        for report in reports:
            if report.key == request.key and report.phase in ENDS:
                return report


def run(runtime: PodRuntime, request: PodRequest) -> PodReport:
    """Start a node and wait for its end."""
    runtime.start(request)
    return until(runtime, request)


class LeafContract:
    """The sentences."""

    def ending(self, name: str) -> PodRequest:
        """A node that succeeds at once."""
        raise NotImplementedError

    def staying(self, name: str) -> PodRequest:
        """A node that waits."""
        raise NotImplementedError

    def test_a_node_ends_with_outputs(self, runtime: PodRuntime) -> None:
        report = run(runtime, self.ending("a"))
        assert (report.phase, report.message, report.lost) == ("Succeeded", "", False)
        assert report.outputs is not None and report.outputs.error is None

    #: The phase of a node that waits.
    waits = "Running"

    def test_a_waiting_node_is_reported_at_once(self, runtime: PodRuntime) -> None:
        runtime.start(self.staying("a"))
        (report,) = runtime.poll(_PATIENCE)
        assert (report.phase, report.outputs) == (self.waits, None)

    def test_a_key_that_ended_is_reported_again(self, runtime: PodRuntime) -> None:
        request = self.ending("a")
        assert run(runtime, request) == run(runtime, request)

    def test_kill_ends_a_waiting_node_and_ignores_others(self, runtime: PodRuntime) -> None:
        request = self.staying("a")
        runtime.start(request)
        runtime.kill(key_of("never"), 1)
        runtime.kill(request.key, 30)
        ended = until(runtime, request)
        assert ended.phase == "Failed"
        runtime.kill(request.key, 0)
        assert run(runtime, request) == ended

    def test_the_deadline_ends_a_node_with_its_message(self, runtime: PodRuntime) -> None:
        past = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=1)
        report = run(runtime, replace(self.staying("a"), deadline=past))
        assert (report.phase, report.reason) == ("Failed", "DeadlineExceeded")
        assert report.message == "Pod was active on the node longer than the specified deadline"

    def test_attach_reports_every_node_of_a_run_again(
        self, runtime: PodRuntime, reopen: Callable[[], PodRuntime]
    ) -> None:
        ended = run(runtime, self.ending("a"))
        waiting = self.staying("b")
        runtime.start(waiting)
        runtime.close()
        again = reopen()
        again.attach(UID)
        found = {report.key.node_id: report for report in again.poll(_PATIENCE)}
        assert found["a"] == ended  # type: ignore[index]
        assert found["b"].phase == self.waits  # type: ignore[index]
        again.kill(waiting.key, 0)
        assert until(again, waiting).phase == "Failed"
        again.close()

    def test_unknown_runs_and_nodes_have_nothing(self, runtime: PodRuntime) -> None:
        runtime.attach(WorkflowUid("never"))
        runtime.remove(WorkflowUid("never"))
        assert list(runtime.poll(0)) == []
        assert list(runtime.logs(UID, NodeId("never"), "main")) == []

    def test_poll_returns_when_it_is_woken(self, runtime: PodRuntime) -> None:
        runtime.wake()
        assert list(runtime.poll(_PATIENCE)) == []

    def test_remove_forgets_a_node_and_ends_what_waits(
        self, runtime: PodRuntime, reopen: Callable[[], PodRuntime]
    ) -> None:
        run(runtime, self.ending("a"))
        runtime.start(self.staying("b"))
        runtime.remove(UID)
        assert list(runtime.poll(0)) == []
        other = reopen()
        other.attach(UID)
        assert list(other.poll(0)) == []
        other.close()

    def test_containers_are_none_of_its_business(self, runtime: PodRuntime) -> None:
        assert list(runtime.check({"spec": {}})) == []
        assert list(runtime.warnings()) == []
        assert runtime.name
