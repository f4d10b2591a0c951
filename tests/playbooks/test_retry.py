"""Retry: attempts, policies, waiting (``spec/engine.md`` 15), in virtual time."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell
from tiphys.testing.playbook import START, Playbook

LEAF = "container: {image: alpine, command: ['false']}"


def leaf(tell: Tell, strategy: str) -> Playbook:
    return tell(f"retryStrategy: {strategy}\n{LEAF}", name="rt")


def waits(book: Playbook, attempts: int) -> list[float]:
    """Fail attempts one after the other and tell how long each next one had to be waited for."""
    found = []
    for number in range(attempts):
        book.fail(f"rt({number})")
        if book.step.wake_at is None:
            break
        found.append((book.step.wake_at - book.now).total_seconds())
        book.advance(seconds=found[-1])
    return found


def test_limit_plus_one_attempts(tell: Tell) -> None:
    book = leaf(tell, "{limit: 1}")
    assert book.pod("rt(0)").pod_name == "rt-main-602118590"
    book.fail("rt(0)")
    assert book.pod("rt(1)").pod_name == "rt-main-1071744827"
    book.fail("rt(1)")
    root = book.node("rt")
    assert (root.type, root.phase, root.message) == ("Retry", "Failed", "No more retries left")
    assert root.children == ("rt-602118590", "rt-1071744827")
    assert (book.phase, book.message, book.workflow.progress) == ("Failed", "No more retries left", "0/2")
    flag = book.node("rt(0)").node_flag
    assert flag is not None
    assert flag.retried


def test_success_after_a_failure(tell: Tell) -> None:
    book = leaf(tell, "{limit: 2}")
    book.fail("rt(0)")
    book.succeed("rt(1)")
    assert (book.phase, book.message, book.workflow.progress) == ("Succeeded", "", "1/2")


def test_limit_zero_is_one_attempt(tell: Tell) -> None:
    book = leaf(tell, "{limit: 0}")
    book.fail("rt(0)")
    assert book.message == "No more retries left"


def test_no_limit_retries_for_ever(tell: Tell) -> None:
    book = leaf(tell, "{}")
    for number in range(20):
        book.fail(f"rt({number})")
    assert book.started == ["rt(20)"]


def test_a_lost_pod_is_an_error_that_the_default_policy_does_not_retry(tell: Tell) -> None:
    book = leaf(tell, "{limit: 2}")
    book.lose("rt(0)")
    assert (book.node("rt").phase, book.node("rt").message) == ("Error", "pod deleted")


@pytest.mark.parametrize(
    ("policy", "failed", "lost"), [("Always", 1, 1), ("OnFailure", 1, 0), ("OnError", 0, 1), ("OnTransientError", 0, 0)]
)
def test_policies(tell: Tell, policy: str, failed: int, lost: int) -> None:
    strategy = f"{{limit: 2, retryPolicy: {policy}}}"
    book = leaf(tell, strategy)
    book.fail("rt(0)")
    assert len(book.started) == failed
    book = leaf(tell, strategy)
    book.lose("rt(0)")
    assert len(book.started) == lost


def test_an_unknown_policy(tell: Tell) -> None:
    book = leaf(tell, "{limit: 2, retryPolicy: Sometimes}")
    book.fail("rt(0)")
    assert (book.phase, book.node("rt").message) == ("Error", "Sometimes is not a valid RetryPolicy")


def test_backoff_doubles_and_shows_itself(tell: Tell) -> None:
    book = leaf(tell, '{limit: 3, backoff: {duration: "5", factor: 2}}')
    messages = []
    for number in range(3):
        book.fail(f"rt({number})")
        messages.append(book.node("rt").message)
        assert book.step.wake_at is not None
        book.advance(seconds=(book.step.wake_at - book.now).total_seconds() - 1)
        assert book.started == []
        book.advance(seconds=1)
    assert messages == ["Backoff for 5 seconds", "Backoff for 10 seconds", "Backoff for 20 seconds"]
    book.fail("rt(3)")
    assert book.message == "No more retries left"


def test_the_cap_bounds_one_wait(tell: Tell) -> None:
    book = leaf(tell, '{limit: 3, backoff: {duration: 5m, factor: "2", cap: 11m}}')
    assert waits(book, 3) == [300, 600, 660]


def test_ten_seconds_doubled_within_a_minute_ends_before_the_third_retry(tell: Tell) -> None:
    book = leaf(tell, '{limit: 10, backoff: {duration: "10", factor: "2", maxDuration: 1m}}')
    assert waits(book, 4) == [10, 20]
    assert (book.phase, book.message) == ("Failed", "Backoff would exceed max duration limit")
    assert (book.now - START).total_seconds() == 30
    assert len(book.node("rt").children or ()) == 3


def test_ten_seconds_times_one_and_a_half_reaches_the_third_retry(tell: Tell) -> None:
    book = leaf(tell, '{limit: 10, backoff: {duration: "10", factor: 1.5, maxDuration: 1m}}')
    assert waits(book, 5) == [10, 15, 22.5]
    assert book.message == "Backoff would exceed max duration limit"
    assert len(book.node("rt").children or ()) == 4


def test_backoff_without_a_limit_waits(tell: Tell) -> None:
    book = leaf(tell, '{backoff: {duration: "2", factor: 2, maxDuration: 1m}}')
    assert waits(book, 10) == [2, 4, 8, 16]
    assert book.message == "Backoff would exceed max duration limit"


def test_a_slow_attempt_exceeds_the_longest_time(tell: Tell) -> None:
    book = leaf(tell, '{limit: 10, backoff: {duration: "10", maxDuration: 1m}}')
    book.fail("rt(0)", seconds=61)
    assert book.message == "Max duration limit exceeded"


def test_later_attempts_get_the_deadline(tell: Tell) -> None:
    book = leaf(tell, '{limit: 10, backoff: {duration: "10", maxDuration: 1m}}')
    assert book.pod("rt(0)").deadline is None
    book.fail("rt(0)")
    book.advance(seconds=10)
    deadline = book.pod("rt(1)").deadline
    assert deadline is not None
    assert (deadline - START).total_seconds() == 60
    assert book.pod("rt(1)").deadline_message == "Step exceeded its deadline"


def test_a_backoff_without_duration(tell: Tell) -> None:
    book = leaf(tell, "{limit: 2, backoff: {factor: 2}}")
    book.fail("rt(0)")
    assert book.node("rt").message == "no base duration specified for retryStrategy"
    assert book.phase == "Error"


def test_a_limit_that_is_no_number(tell: Tell) -> None:
    book = tell(
        f"inputs: {{parameters: [{{name: number, value: two}}]}}\nretryStrategy: {{limit: '{{{{inputs.parameters.number}}}}'}}\n{LEAF}",
        name="rt",
    )
    book.fail("rt(0)")
    assert book.phase == "Error"
    assert book.message == "error in entry template execution: value 'two' cannot be resolved to an int"


def test_expression_sees_the_last_attempt(tell: Tell) -> None:
    book = leaf(tell, '{limit: 5, expression: "asInt(lastRetry.exitCode) != 3"}')
    book.fail("rt(0)", exit_code=1)
    assert book.started == ["rt(1)"]
    book.fail("rt(1)", exit_code=3)
    assert book.message == "retryStrategy.expression evaluated to false"


def test_an_expression_can_read_the_duration_as_an_integer(tell: Tell) -> None:
    book = leaf(tell, '{limit: 5, expression: "asInt(lastRetry.duration) < 2"}')
    book.advance(seconds=1.5)
    book.fail("rt(0)")
    assert book.started == ["rt(1)"]
    book.advance(seconds=2.5)
    book.fail("rt(1)")
    assert book.message == "retryStrategy.expression evaluated to false"


def test_expression_after_an_error_sees_minus_one(tell: Tell) -> None:
    book = leaf(tell, "{limit: 5, expression: \"lastRetry.exitCode == '-1' && lastRetry.status == 'Error'\"}")
    book.lose("rt(0)")
    assert book.started == ["rt(1)"]


def test_attempts_know_their_number_and_the_last_one(tell: Tell) -> None:
    book = tell(
        "retryStrategy: {limit: 2}\n"
        'container: {image: alpine, command: [sh, "{{retries}}", "{{lastRetry.exitCode}}", "{{lastRetry.status}}", "{{pod.name}}"]}',
        name="rt",
    )
    assert book.main("rt(0)")["command"] == ["sh", "0", "0", "", "rt-main-602118590"]
    book.fail("rt(0)", exit_code=7)
    assert book.main("rt(1)")["command"] == ["sh", "1", "7", "Failed", "rt-main-1071744827"]


def test_a_retried_dag_starts_afresh(tell: Tell) -> None:
    book = tell("retryStrategy: {limit: 1}\ndag: {tasks: [{name: A, template: echo}]}")
    book.fail("wf(0).A")
    assert book.phases() == {
        "wf": "Running",
        "wf(0)": "Failed",
        "wf(0).A": "Failed",
        "wf(1)": "Running",
        "wf(1).A": "Pending",
    }
    book.succeed("wf(1).A")
    assert book.phase == "Succeeded"


def test_workflow_level_strategy_covers_every_template(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}", spec="retryStrategy: {limit: 1}")
    assert {name: node.type for name, node in book.nodes().items()} == {
        "wf": "Retry", "wf(0)": "Steps", "wf(0)[0]": "StepGroup", "wf(0)[0].a": "Retry", "wf(0)[0].a(0)": "Pod",
    }  # fmt: skip


def test_results_of_a_retried_step_come_from_the_last_attempt(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: gen
            inline:
              retryStrategy: {limit: 1}
              script: {image: alpine, command: [sh], source: echo}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.gen.outputs.result}}"}]}}
        """
    )
    book.fail("gen(0)")
    assert book.pod("gen(1)").capture_result
    book.succeed("gen(1)", result="second")
    assert book.main("use")["command"] == ["echo", "second"]
    outputs = book.node("wf[0].gen").outputs
    assert outputs is not None
    assert (outputs.result, outputs.exit_code) == ("second", "0")
    assert book.node("wf[0].gen").children == (book.node("gen(0)").id, book.node("gen(1)").id)
    assert book.node("gen(1)").children == (book.node("wf[1]").id,)


def test_stopping_while_an_attempt_runs(tell: Tell) -> None:
    book = leaf(tell, "{limit: 2}")
    book.shut_down("Stop")
    assert book.node("rt(0)").message == "workflow shutdown with strategy:  Stop"
    assert book.node("rt").message == "Stopped with strategy 'Stop'"
    assert (book.phase, book.message) == ("Failed", "Stopped with strategy 'Stop'")
    assert book.killed == [book.node("rt(0)").id]


def test_stopping_during_a_backoff(tell: Tell) -> None:
    book = leaf(tell, '{limit: 2, backoff: {duration: "60"}}')
    book.fail("rt(0)")
    book.shut_down("Stop")
    assert (book.phase, book.node("rt").message) == ("Failed", "Stopped with strategy 'Stop'")


def test_attempts_see_the_name_of_their_step(tell: Tell) -> None:
    more = '- {name: r, retryStrategy: {limit: 1}, container: {image: a, command: [x, "{{node.name}}", "{{retries}}"]}}'
    book = tell("steps: [[{name: a, template: r}]]", more=more)
    book.fail("a(0)")
    assert book.main("a(1)")["command"] == ["x", "wf[0].a", "1"]


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("{expression: '{{=retries'}", 'Cannot find end tag="}}" in the template='),
        ("{limit: '{{=1'}", 'Cannot find end tag="}}" in the template='),
        ("{limit: '1_0'}", "value '1_0' cannot be resolved to an int"),
        ("{limit: 5, backoff: {duration: 1s, factor: nan}}", "value 'nan' cannot be resolved to an int"),
        ("{limit: 5, backoff: {duration: 1s, factor: inf}}", "value 'inf' cannot be resolved to an int"),
    ],
)
def test_a_strategy_that_cannot_be_read_is_an_error_of_the_node(tell: Tell, strategy: str, message: str) -> None:
    book = tell(f"retryStrategy: {strategy}\n{LEAF}", name="rt")
    book.fail(*book.started)  # none where the pod cannot be made either
    assert book.phase == "Error"
    assert message in book.message
