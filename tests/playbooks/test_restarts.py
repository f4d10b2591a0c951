"""What a restored run must not forget, beside what the stories told twice show already."""

from __future__ import annotations

import msgspec

from tests.playbooks.conftest import Tell
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.engine.run import Run
from tiphys.ids import NodeId


def test_a_hook_after_a_skipped_step_sees_that_its_output_is_absent(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: producer, template: produce, when: "false"}
        - - name: work
            template: echo
            hooks:
              exit:
                template: consume
                arguments:
                  parameters:
                  - {name: in, value: "{{steps.producer.outputs.parameters.msg}}"}
                  - {name: other, value: "{{= steps.producer.outputs.parameters.msg ?? 'own'}}"}
        """,
        more="""
        - name: produce
          outputs: {parameters: [{name: msg, valueFrom: {path: /tmp/out}}]}
          container: {image: a}
        - name: consume
          inputs: {parameters: [{name: in, default: fallback}, {name: other}]}
          container: {image: a, command: [echo, "{{inputs.parameters.in}}", "{{inputs.parameters.other}}"]}
        """,
    )
    book.succeed("work")
    assert book.main("work.onExit")["command"] == ["echo", "fallback", "own"]


def test_a_run_restored_with_a_shutdown_obeys_it(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: echo}, {name: b, inline: {suspend: {}}}]]")
    stopped = msgspec.structs.replace(book.workflow, shutdown="Stop")
    book.run = Run.restore(book.plan, stopped, list(book.rows.values()), book.now)
    book.workflow = stopped
    book.advance()
    assert book.node("a").message == "workflow shutdown with strategy:  Stop"
    assert book.node("b").message == "Stopped with strategy 'Stop'"
    assert (book.phase, book.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_pods_go_where_the_calling_template_says(tell: Tell) -> None:
    book = tell(
        """
        nodeSelector: {pool: "{{workflow.name}}"}
        tolerations: [{key: pool}]
        steps:
        - - {name: a, template: echo}
          - {name: b, template: own}
        """,
        more="- {name: own, nodeSelector: {pool: own}, container: {image: a}}",
    )
    a, b = book.pod("a").manifest["spec"], book.pod("b").manifest["spec"]
    assert isinstance(a, dict)
    assert isinstance(b, dict)
    assert a["nodeSelector"] == {"pool": "wf"}
    assert msgspec.to_builtins(a["tolerations"]) == [{"key": "pool"}]
    assert b["nodeSelector"] == {"pool": "own"}


def test_a_triggered_hook_that_waits_for_its_place_survives_a_restart_and_a_fast_failure(tell: Tell) -> None:
    book = tell(
        """
        failFast: true
        steps: [[{name: a, template: echo, hooks: {seen: {template: echo, expression: 'steps.a.status == "Running"'}}}]]
        """,
        spec="parallelism: 1",
    )
    book.begin("a")
    assert book.started == ["a"]
    book.fail("a")
    assert (book.phase, book.started) == ("Running", ["a.hooks.seen"])
    book.succeed("a.hooks.seen")
    assert (book.phase, book.node("a").phase) == ("Failed", "Failed")


def test_failing_fast_waits_for_the_hooks_of_what_failed(tell: Tell) -> None:
    hooks = "{exit: {template: echo}, seen: {template: echo, expression: 'steps.a.status == \"Running\"'}}"
    book = tell(
        f"failFast: true\nsteps: [[{{name: a, template: echo, hooks: {hooks}}}, {{name: b, template: echo, when: 'false'}}]]",
        spec="parallelism: 1\nhooks: {watch: {template: echo, expression: 'workflow.status == \"Running\"'}}",
    )
    book.fail("a")
    while book.started:
        book.succeed(book.started[0])
    assert (book.phase, set(book.phases().values())) == ("Failed", {"Failed", "Skipped", "Succeeded"})
    assert {"wf.hooks.watch", "wf[0].a.onExit", "wf[0].a.hooks.seen"} < set(book.phases())


def test_a_daemon_that_is_down_ends_with_its_template(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: d, template: serve}, {name: a, template: echo}], [{name: b, template: echo}]]",
        more="- {name: serve, daemon: true, container: {image: a}}",
    )
    up = Container(name="main", role="main", state="running", ready=True)
    daemon = book.find("d")
    book.advance(PodChanged(node_id=daemon, phase="Running", containers=(up,)))
    book.succeed("a")
    book.advance(PodChanged(node_id=daemon, phase="Pending"))
    book.succeed("b")
    assert (book.phase, book.node("d").phase) == ("Succeeded", "Succeeded")
    assert daemon in book.killed


def test_hooks_of_the_workflow_see_the_end_of_a_daemon_beside_its_exit_handler(tell: Tell) -> None:
    book = tell(
        "daemon: true\ncontainer: {image: a}",
        more="- {name: after, steps: [[{name: x, template: produce}]]}\n"
        "- {name: produce, outputs: {parameters: [{name: out, valueFrom: {path: /out}}]}, container: {image: a}}",
        spec="onExit: after\nhooks: {watch: {template: echo, expression: 'workflow.status == \"Failed\"'}}",
    )
    up = Container(name="main", role="main", state="running", ready=True)
    book.advance(PodChanged(node_id=NodeId("wf"), phase="Running", containers=(up,)))
    book.fail("wf")
    assert book.started == ["x", "wf.hooks.watch"]
    book.succeed("x", parameters={"out": "1"})
    book.succeed("wf.hooks.watch")
    outputs = book.node("x").outputs
    assert outputs is not None
    assert [parameter.value for parameter in outputs.parameters or ()] == ["1"]
    assert book.phase == "Failed"
