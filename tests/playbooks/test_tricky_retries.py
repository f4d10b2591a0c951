"""Cases 40 to 49 of ``spec/engine.md`` 32: retries."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell
from tiphys.testing.playbook import Playbook


def leaf(tell: Tell, strategy: str) -> Playbook:
    return tell(f"retryStrategy: {strategy}\ncontainer: {{image: a}}")


def test_case_40_no_limit(tell: Tell) -> None:
    book = leaf(tell, "{}")
    for number in range(12):
        book.fail(f"wf({number})")
        assert book.started == [f"wf({number + 1})"]


def test_case_41_a_lost_pod(tell: Tell) -> None:
    book = leaf(tell, "{limit: 2}")
    book.lose("wf(0)")
    assert (book.node("wf").phase, book.node("wf").message) == ("Error", "pod deleted")
    book = leaf(tell, "{limit: 2, retryPolicy: Always}")
    book.lose("wf(0)")
    assert book.started == ["wf(1)"]


def test_case_42_an_expression_over_the_exit_code(tell: Tell) -> None:
    book = leaf(tell, '{limit: 2, expression: "asInt(lastRetry.exitCode) != 3"}')
    book.fail("wf(0)", exit_code=3)
    root = book.node("wf")
    assert (root.phase, root.message, len(root.children or ())) == (
        "Failed",
        "retryStrategy.expression evaluated to false",
        1,
    )


def test_case_43_an_expression_after_an_error_without_exit_code(tell: Tell) -> None:
    book = leaf(tell, "{limit: 2, expression: \"lastRetry.exitCode == '-1'\"}")
    book.lose("wf(0)")
    assert book.started == ["wf(1)"]


def test_case_44_backoff_without_a_limit_waits_as_documented(tell: Tell) -> None:
    book = leaf(tell, '{backoff: {duration: "2", factor: 2, maxDuration: 1m}}')
    for number, wait in enumerate((2, 4, 8, 16)):
        book.fail(f"wf({number})")
        assert book.started == []
        book.advance(seconds=wait)
    book.fail("wf(4)")
    assert (book.phase, book.message) == ("Failed", "Backoff would exceed max duration limit")


def test_case_45_a_wait_that_ends_too_late_is_not_begun(tell: Tell) -> None:
    book = leaf(tell, "{limit: 10, backoff: {duration: 1m, factor: 10, maxDuration: 5m}}")
    book.fail("wf(0)")
    assert book.node("wf").message == "Backoff for 1 minute 0 seconds"
    book.advance(seconds=60)
    book.fail("wf(1)")
    assert (book.phase, book.message) == ("Failed", "Backoff would exceed max duration limit")


def test_case_46_the_cap(tell: Tell) -> None:
    book = leaf(tell, "{limit: 3, backoff: {duration: 5m, factor: 2, cap: 11m}}")
    messages = []
    for number, minutes in enumerate((5, 10, 11)):
        book.fail(f"wf({number})")
        messages.append(book.node("wf").message)
        book.advance(seconds=60 * minutes)
    assert messages == [f"Backoff for {minutes} minutes 0 seconds" for minutes in (5, 10, 11)]
    book.fail("wf(3)")
    assert book.message == "No more retries left"


def test_case_47_stopping_during_an_attempt(tell: Tell) -> None:
    book = leaf(tell, "{limit: 2}")
    book.shut_down("Stop")
    assert book.node("wf(0)").message == "workflow shutdown with strategy:  Stop"
    assert (book.node("wf").phase, book.node("wf").message) == ("Failed", "Stopped with strategy 'Stop'")
    assert (book.phase, book.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_case_48_a_limit_that_is_no_number(tell: Tell) -> None:
    book = tell(
        "inputs: {parameters: [{name: number, value: two}]}\n"
        "retryStrategy: {limit: '{{inputs.parameters.number}}'}\ncontainer: {image: a}"
    )
    book.fail("wf(0)")
    assert (book.node("wf").phase, book.node("wf").message) == ("Error", "value 'two' cannot be resolved to an int")
    assert (book.phase, book.message) == (
        "Error",
        "error in entry template execution: value 'two' cannot be resolved to an int",
    )


@pytest.mark.parametrize("good", [True, False])
def test_case_49_a_second_whole_dag(tell: Tell, good: bool) -> None:
    book = tell("retryStrategy: {limit: 1}\ndag: {tasks: [{name: A, template: echo}]}")
    book.fail("wf(0).A")
    assert {"wf(0)", "wf(0).A", "wf(1)", "wf(1).A"} < set(book.phases())
    (book.succeed if good else book.fail)("wf(1).A")
    assert book.phase == ("Succeeded" if good else "Failed")
    assert book.phases()["wf(0)"] == "Failed"
