"""DAGs: order, depends, omission, assessment (``spec/engine.md`` 14)."""

from __future__ import annotations

from tests.playbooks.conftest import Tell

DIAMOND = """
dag:
  tasks:
  - {name: A, template: echo}
  - {name: B, depends: A, template: echo}
  - {name: C, depends: A, template: echo}
  - {name: D, depends: %s, template: echo}
"""


def test_diamond(tell: Tell) -> None:
    book = tell(DIAMOND % "B && C", name="dia")
    assert book.started == ["A"]
    book.succeed("A")
    assert book.started == ["B", "C"]
    book.succeed("C")
    assert book.started == ["B"]
    book.succeed("B")
    book.succeed("D")
    assert book.phase == "Succeeded"
    assert book.node("dia.D").id == "dia-4089604471"
    assert book.node("dia").outbound_nodes == ("dia-4089604471",)
    assert book.node("dia.B").children == book.node("dia.C").children == ("dia-4089604471",)


def test_a_failed_branch_omits_what_depends_on_it(tell: Tell) -> None:
    book = tell(DIAMOND % "B && C", name="dia")
    book.succeed("A")
    book.fail("B")
    assert book.phase == "Running"
    book.succeed("C")
    assert (book.phase, book.message) == ("Failed", "")
    node = book.node("dia.D")
    assert (node.type, node.phase, node.message) == ("Skipped", "Omitted", "omitted: depends condition not met")
    assert book.node("dia").message is None


def test_a_task_that_handles_the_failure_saves_the_dag(tell: Tell) -> None:
    book = tell(DIAMOND % '"(B.Failed || B.Errored) && C"')
    book.succeed("A")
    book.fail("B")
    book.succeed("C")
    assert book.started == ["D"]
    book.succeed("D")
    assert book.phase == "Succeeded"


def test_omission_is_inherited(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: A, template: echo}
          - {name: B, depends: A, template: echo}
          - {name: C, depends: B, template: echo}
        """
    )
    book.fail("A")
    assert book.phases() == {"wf": "Failed", "wf.A": "Failed", "wf.B": "Omitted", "wf.C": "Omitted"}
    assert book.phase == "Failed"


def test_depends_on_failure_of_a_success_is_omitted_and_succeeds(tell: Tell) -> None:
    book = tell("dag:\n  tasks:\n  - {name: A, template: echo}\n  - {name: B, depends: A.Failed, template: echo}")
    book.succeed("A")
    assert (book.phase, book.phases()["wf.B"]) == ("Succeeded", "Omitted")


def test_dependencies_and_continue_on(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: A, template: echo, continueOn: {failed: true}}
          - {name: B, dependencies: [A], template: echo}
        """
    )
    book.fail("A")
    assert book.started == ["B"]
    book.succeed("B")
    assert book.phase == "Succeeded"


def test_a_failed_leaf_with_continue_on_does_not_fail_the_dag(tell: Tell) -> None:
    book = tell("dag:\n  tasks:\n  - {name: A, template: echo, continueOn: {failed: true}}")
    book.fail("A")
    assert book.phase == "Succeeded"


def test_an_error_stays_an_error(tell: Tell) -> None:
    book = tell("dag:\n  tasks:\n  - {name: A, template: echo}")
    book.lose("A")
    assert (book.phase, book.node("wf").phase) == ("Error", "Error")


def test_independent_branches_go_on_after_a_failure(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: X, template: echo}
          - {name: Y1, template: echo}
          - {name: Y2, depends: Y1, template: echo}
        """
    )
    assert book.started == ["X", "Y1"]
    book.fail("X")
    book.succeed("Y1")
    assert (book.phase, book.started) == ("Running", ["Y2"])
    book.succeed("Y2")
    assert book.phase == "Failed"


def test_a_loop_task_has_a_group(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: A, template: echo}
          - {name: B, depends: A, template: echo, withItems: [x, 'y']}
          - {name: C, depends: B, template: echo}
        """,
        name="dia",
    )
    book.succeed("A")
    group = book.node("dia.B")
    assert (group.type, group.id, group.phase) == ("TaskGroup", "dia-4056049233", "Running")
    assert book.node("dia.A").children == ("dia-4056049233",)
    assert group.children == ("dia-3268163814", "dia-3585466482")
    book.succeed("B(0:x)")
    book.succeed("B(1:y)")
    assert book.node("dia.B").phase == "Succeeded"
    assert book.node("dia.B(0:x)").children == book.node("dia.B(1:y)").children == (book.node("dia.C").id,)
    book.succeed("C")
    assert book.phase == "Succeeded"


def test_any_succeeded_and_all_failed(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: L, template: echo, withItems: [x, 'y']}
          - {name: any, depends: L.AnySucceeded, template: echo}
          - {name: none, depends: L.AllFailed, template: echo}
        """
    )
    book.fail("L(0:x)")
    book.succeed("L(1:y)")
    assert book.node("wf.L").phase == "Failed"
    assert book.started == ["any"]
    assert book.phases()["wf.none"] == "Omitted"


def test_targets_limit_what_runs(tell: Tell) -> None:
    book = tell(
        """
        dag:
          target: "B D"
          tasks:
          - {name: A, template: echo}
          - {name: B, depends: A, template: echo}
          - {name: C, template: echo}
          - {name: D, template: echo}
          - {name: E, depends: B, template: echo}
        """
    )
    assert sorted(book.started) == ["A", "D"]
    book.succeed("A")
    book.succeed("D")
    book.succeed("B")
    assert book.phase == "Succeeded"
    assert set(book.phases()) == {"wf", "wf.A", "wf.B", "wf.D"}


def test_results_of_ancestors_are_in_scope(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: A, template: script}
          - {name: B, depends: A, template: echo}
          - {name: C, depends: B, template: echo, when: "{{tasks.A.outputs.result}} == go", arguments: {parameters: [{name: m, value: "{{tasks.A.outputs.result}}"}]}}
          - {name: D, depends: C, template: echo, when: "{{tasks.C.status}} == Skipped"}
        """
    )
    book.succeed("A", result="stop")
    book.succeed("B")
    assert book.node("wf.C").message == "when 'stop == go' evaluated false"
    assert book.started == ["D"]


def test_names_with_dashes(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: my-task, template: echo}
          - {name: other-task, template: echo}
          - {name: last, depends: "my-task.Succeeded && !other-task.Skipped", template: echo}
        """
    )
    book.succeed("my-task", "other-task")
    assert book.started == ["last"]


def test_an_unreadable_when_is_an_error_node(tell: Tell) -> None:
    book = tell('dag:\n  tasks:\n  - {name: A, template: echo, when: "foo bar == x"}')
    node = book.node("wf.A")
    assert (node.type, node.phase) == ("Skipped", "Error")
    assert (node.message or "").startswith("Invalid 'when' expression 'foo bar == x': ")
    assert (book.phase, book.message) == ("Error", "")


def test_outputs_of_a_dag(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - name: call
            inline:
              outputs: {parameters: [{name: p, valueFrom: {parameter: "{{tasks.make.outputs.result}}"}}]}
              dag: {tasks: [{name: make, template: script}]}
          - {name: use, depends: call, template: echo, arguments: {parameters: [{name: m, value: "{{tasks.call.outputs.parameters.p}}"}]}}
        """
    )
    book.succeed("make", result="r")
    assert book.main("use")["command"] == ["echo", "r"]


def test_nodes_are_made_in_the_order_of_their_tasks(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: A, template: echo}
          - {name: B, template: echo, depends: A}
          - {name: C, template: echo, depends: A.Failed}
          - {name: D, template: echo, depends: A}
        """
    )
    book.succeed("A")
    assert [name for name in book.phases() if name != "wf"] == ["wf.A", "wf.B", "wf.C", "wf.D"]
    assert book.node("A").children == tuple(book.node(name).id for name in "BCD")
