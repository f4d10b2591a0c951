"""Runs that nothing can move any more end in Error and say what they hang on (``docs/engine.md``)."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell

DAEMON = "- {name: db, daemon: true, container: {image: a, command: [db]}}"
STUCK = "the workflow cannot make progress: node {} is Running and nothing is running or awaited"
FILLED = STUCK + " but daemons ({}), which fill the places of `parallelism` that {} waits for"


@pytest.mark.parametrize("where", ["spec", "template"])
def test_daemons_that_fill_all_places_are_named(tell: Tell, where: str) -> None:
    limit = "parallelism: 1\n"
    steps = "steps: [[{name: d, template: db}], [{name: a, template: echo}]]"
    book = tell(steps, spec=limit, more=DAEMON) if where == "spec" else tell(limit + steps, more=DAEMON)
    pod = book.find("d")
    book.ready("d")
    text = FILLED.format("wf[1] (StepGroup)", "wf[0].d", "wf[1].a")
    assert (book.phase, book.message, book.killed) == ("Error", text, [pod])
    assert (book.node("wf[1]").phase, book.node("wf[1]").message) == ("Error", text)
    assert (book.node("wf[0].d").phase, book.node("wf[0].d").daemoned) == ("Succeeded", None)


def test_no_more_than_some_of_many_daemons_are_named(tell: Tell) -> None:
    book = tell(
        "dag: {tasks: [{name: d, template: db, withSequence: {count: 7}}, {name: a, template: echo, depends: d}]}",
        spec="parallelism: 7",
        more=DAEMON,
    )
    book.ready("d(0:0)")
    for number in range(1, 7):
        assert book.phase == "Running"
        book.ready(f"d({number}:{number})")
    named = ", ".join(f"wf.d({number}:{number})" for number in range(5))
    assert book.message == FILLED.format("wf (DAG)", f"{named}, …", "wf.a")


def test_a_daemon_that_leaves_a_place_holds_nobody_up(tell: Tell) -> None:
    book = tell("steps: [[{name: d, template: db}], [{name: a, template: echo}]]", spec="parallelism: 2", more=DAEMON)
    book.ready("d")
    assert book.started == ["d", "a"]
    book.succeed("a")
    assert (book.phase, book.message) == ("Succeeded", "")


def test_what_waits_behind_daemons_starts_once_one_of_them_ends(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: d, template: db}, {name: b, template: echo}], [{name: a, template: echo}]]",
        spec="parallelism: 2",
        more=DAEMON,
    )
    book.ready("d")
    book.succeed("b")
    assert book.started == ["d", "a"]
    book.succeed("a")
    assert book.phase == "Succeeded"
