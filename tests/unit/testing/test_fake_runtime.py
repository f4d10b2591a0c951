"""The fake runtime: scripts per pod, virtual time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tiphys.errors import UsageError
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.runtime import key_of, request_of, run
from tiphys.testing.fake_runtime import FakeRuntime, Outcome


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime(VirtualClock())


def test_outcomes_follow_each_other_and_the_last_one_stays(runtime: FakeRuntime) -> None:
    runtime.on("*", Outcome(exit_code=9))
    runtime.on("flaky*", Outcome(exit_code=1), Outcome(exit_code=2), Outcome())
    phases = [run(runtime, request_of(name, {})).phase for name in ("flaky0", "other", "flaky1", "flaky2", "flaky3")]
    assert phases == ["Failed", "Failed", "Failed", "Succeeded", "Succeeded"]
    assert [request.node_name for request in runtime.started] == ["flaky0", "other", "flaky1", "flaky2", "flaky3"]


def test_poll_moves_the_clock_to_what_happens_next(runtime: FakeRuntime) -> None:
    begin = runtime.clock.now()
    runtime.on("slow", Outcome(seconds=100))
    runtime.start(request_of("slow", {}))
    assert [report.phase for report in runtime.poll(5)] == ["Running"]
    assert list(runtime.poll(5)) == [] and runtime.clock.now() - begin == timedelta(seconds=5)
    (report,) = runtime.poll(None)
    assert report.phase == "Succeeded" and runtime.clock.now() - begin == timedelta(seconds=100)
    assert report.containers[0].finished_at == runtime.clock.now()
    assert list(runtime.poll(None)) == []


def test_stubborn_pods_live_until_the_grace_is_over(runtime: FakeRuntime) -> None:
    runtime.on("*", Outcome(seconds=None, ignores_term=True))
    runtime.start(request_of("a", {}))
    runtime.kill(key_of("a"), 30)
    assert [report.phase for report in runtime.poll(29)] == ["Running"]
    assert list(runtime.poll(29)) == []
    (report,) = runtime.poll(29)
    assert report.containers[0].exit_code == 137 and runtime.killed == [(key_of("a"), 30)]


def test_refused_and_lost_pods(runtime: FakeRuntime) -> None:
    runtime.on("refused", Outcome(refusal="no"))
    runtime.on("lost", Outcome(seconds=3, lost=True))
    refused, lost = run(runtime, request_of("refused", {})), run(runtime, request_of("lost", {}))
    assert (refused.phase, refused.message, refused.containers) == ("Failed", "no", ())
    assert (lost.phase, lost.lost, lost.outputs) == ("Failed", True, None)


def test_a_deadline_in_the_future_waits_for_its_moment(runtime: FakeRuntime) -> None:
    runtime.on("*", Outcome(seconds=None))
    deadline = runtime.clock.now() + timedelta(seconds=10)
    report = run(runtime, replace(request_of("a", {}), deadline=deadline, deadline_message="late"))
    assert report.message == "late" and runtime.clock.now() == deadline and runtime.running() == []


def test_a_rule_without_outcome_is_refused(runtime: FakeRuntime) -> None:
    with pytest.raises(UsageError, match="needs an outcome"):
        runtime.on("*")
