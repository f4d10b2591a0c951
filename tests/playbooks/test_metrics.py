"""Metrics that a manifest declares, told as data (``spec/engine.md`` 28.1)."""

from __future__ import annotations

from tests.playbooks.conftest import Tell
from tiphys.core.engine.measurement import Metric
from tiphys.core.engine.step import Step

COUNTED = """
metrics:
  prometheus:
  - name: done
    help: how often
    labels: [{key: status, value: "{{status}}"}, {key: code, value: "{{exitCode}}"}]
    counter: {value: "1"}
  - name: failures
    help: how often it failed
    when: "{{status}} == Failed"
    counter: {value: "1"}
  - name: took
    help: how long
    histogram: {value: "{{duration}}", buckets: [1, 10.5]}
  - name: running
    help: how long so far
    gauge: {realtime: true, value: "{{duration}}"}
  - name: size
    help: how much
    gauge: {value: "{{outputs.parameters.size}}", operation: Add}
container: {image: i, command: [x]}
outputs: {parameters: [{name: size, valueFrom: {path: /n}}]}
"""


def told_once(step: Step) -> tuple[Metric, ...]:
    """What is told besides the gauges of what goes on, which restored runs tell again."""
    return tuple(metric for metric in step.metrics if metric.since is None)


def test_a_node_tells_its_metrics_when_it_ends_and_its_running_gauges_when_it_begins(tell: Tell) -> None:
    book = tell(COUNTED)
    running = Metric(name="running", help="how long so far", kind="gauge", since=book.now, node="wf")
    assert book.step.metrics == (running,)
    step = book.succeed("wf", parameters={"size": "7"}, seconds=4)
    assert told_once(step) == (
        Metric(name="done", help="how often", kind="counter", labels=(("status", "Succeeded"), ("code", "0")), value=1),
        Metric(name="took", help="how long", kind="histogram", value=4, buckets=(1, 10.5)),
        Metric(name="size", help="how much", kind="gauge", value=7, operation="Add"),
    )
    assert book.workflow.metric_errors == ()


def test_what_cannot_be_told_becomes_a_condition_and_the_workflow_goes_on(tell: Tell) -> None:
    book = tell(COUNTED)
    step = book.fail("wf")
    assert [metric.name for metric in told_once(step)] == ["done", "failures", "took"]
    assert book.workflow.metric_errors == (
        "unable to substitute parameters for metric 'size': failed to resolve {{outputs.parameters.size}}",
    )
    assert book.phase == "Failed"


def test_a_workflow_tells_its_metrics_at_its_beginning_and_end(tell: Tell) -> None:
    book = tell(
        "container: {image: i, command: [x]}",
        spec="""
        metrics:
          prometheus:
          - {name: wf_running, help: h, gauge: {realtime: true, value: "{{workflow.duration}}"}}
          - name: wf_done
            help: h
            labels: [{key: s, value: "{{workflow.status}}"}]
            gauge: {value: "{{workflow.duration}}"}
          - {name: wrong, help: h, gauge: {realtime: true, value: "{{workflow.name}}"}}
        """,
    )
    assert [(metric.name, metric.since) for metric in book.step.metrics] == [("wf_running", book.now)]
    assert book.workflow.metric_errors == (
        "could not construct metric 'wrong': '{{workflow.name}}' is not available as a real time metric",
    )
    step = book.succeed("wf", seconds=2)
    assert told_once(step) == (Metric(name="wf_done", help="h", kind="gauge", labels=(("s", "Succeeded"),), value=2),)


def test_attempts_and_the_retry_node_each_tell(tell: Tell) -> None:
    book = tell(
        """
        retryStrategy: {limit: 1}
        metrics: {prometheus: [{name: count, help: h, counter: {value: "1"}}]}
        container: {image: i, command: [x]}
        """
    )
    assert len(book.fail("wf(0)").metrics) == 1
    assert len(book.succeed("wf(1)").metrics) == 2
