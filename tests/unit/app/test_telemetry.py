"""What the controller tells of its work, number by number; the rest is told by a real server in ``tests/api``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import tiphys
from tiphys.adapters.metrics.registry import MetricRegistry
from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.measures import Measures
from tiphys.app.services.telemetry import CRONS, Telemetry
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowStatus
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.instruments import INSTRUMENTS
from tiphys.ports.runtime import PodKey, PodReport
from tiphys.testing.clock import VirtualClock

START = datetime(2026, 1, 1, tzinfo=UTC)
KEY = PodKey(WorkflowUid("u"), NodeId("n"))
#: Argo's names that are shown and stay at nothing, as ``docs/differences.md`` says.
NEVER = {
    "client_rate_limiter_latency": "requests are not limited by rate",
    "deprecated_feature": "nothing that v4.1.2 still takes is deprecated here",
    "pod_restarts_total": "pods always begin",
}


def series(telemetry: Telemetry, now: datetime) -> dict[str, float]:
    """All that is shown, without the prefix of Argo's."""
    assert isinstance(telemetry.metrics, MetricRegistry)
    lines = telemetry.metrics.text(list(telemetry.readings(now))).splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name.removeprefix("argo_workflows_"): float(value) for name, _, value in pairs}


def test_a_queue_tells_how_long_it_is_and_how_long_things_take() -> None:
    telemetry = Telemetry(MetricRegistry(VirtualClock(START)))
    queue, name, now = telemetry.queues[CRONS], f'{{queue_name="{CRONS}"}}', START
    for item in ("a", "b", "a"):
        queue.add(item, now)
    found = series(telemetry, now)
    assert (found[f"queue_adds_count{name}"], found[f"queue_depth_gauge{name}"]) == (2, 2)
    busy = f'workers_busy_count{{worker_type="{CRONS}"}}'
    assert (found[busy], found[f"queue_longest_running{name}"]) == (0, 0)
    queue.start("a", now + timedelta(seconds=2))
    found = series(telemetry, now + timedelta(seconds=5))
    assert (found[f"queue_depth_gauge{name}"], found[busy]) == (1, 1)
    assert (found[f"queue_latency_sum{name}"], found[f"queue_latency_count{name}"]) == (2, 1)
    assert found[f"queue_longest_running{name}"] == found[f"queue_unfinished_work{name}"] == 3
    queue.done(now + timedelta(seconds=6), again=True)
    found = series(telemetry, now + timedelta(seconds=9))
    assert (found[f"queue_duration_sum{name}"], found[f"queue_retries{name}"]) == (4, 1)
    assert (found[busy], found[f"queue_unfinished_work{name}"]) == (0, 0)


def test_a_pod_of_which_nothing_is_left_is_counted() -> None:
    telemetry = Telemetry(MetricRegistry(VirtualClock(START)))
    telemetry.asked(KEY, START)
    telemetry.started(KEY, START + timedelta(seconds=3))
    telemetry.reported(PodReport(key=KEY, phase="Running"), START + timedelta(seconds=4))
    telemetry.reported(PodReport(key=KEY, phase="Failed", lost=True), START + timedelta(seconds=60))
    found = series(telemetry, START)
    assert found['pod_missing{node_phase="Running",recently_started="false"}'] == 1
    assert found["resource_rate_limiter_latency_sum"] == 3


def test_a_pod_that_waits_is_counted_once_for_each_reason() -> None:
    clock = VirtualClock(START)
    telemetry = Telemetry(MetricRegistry(clock))
    measures = Measures(MemoryStore(clock), clock, telemetry)
    workflow = Workflow(metadata=ObjectMeta(uid="u", namespace="ns"), status=WorkflowStatus(phase="Running"))
    for said in ("", "ErrImagePull: a", "ErrImagePull: b", "Unschedulable: c"):
        node = NodeStatus(id="n", name="n", type="Pod", phase="Pending", message=said)
        measures.changed(workflow, [node])
    found = series(telemetry, START)
    assert {name: found[name] for name in found if name.startswith("pod_pending_count")} == {
        'pod_pending_count{namespace="ns",reason="ErrImagePull"}': 1,
        'pod_pending_count{namespace="ns",reason="Unschedulable"}': 1,
    }
    assert found['pods_total_count{namespace="ns",phase="Pending"}'] == 1


def test_every_instrument_is_played_or_it_is_known_why_not() -> None:
    root = Path(tiphys.__file__).parent
    text = "".join(
        path.read_text() for folder in ("app", "adapters", "entrypoints") for path in (root / folder).rglob("*.py")
    )
    assert {name for name in INSTRUMENTS if f'"{name}"' not in text} == set(NEVER)
