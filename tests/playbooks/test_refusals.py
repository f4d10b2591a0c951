"""What the engine itself cannot carry out, and how whoever called it shows that (``spec/engine.md`` 9, 12.2, 17)."""

from __future__ import annotations

from tests.playbooks.conftest import Tell

BAD = """
- name: bad
  container: {image: a, command: [x], volumeMounts: [{name: none, mountPath: /x}]}
"""
TEXT = "volume 'none' not found in workflow spec"


def test_a_step_whose_pod_cannot_be_made_makes_its_group_err_once_its_siblings_are_over(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: bad}, {name: b, template: echo}]]", more=BAD)
    assert (book.node("a").phase, book.node("a").message) == ("Error", TEXT)
    book.succeed("b")
    text = f"step group deemed errored due to child wf[0].a error: {TEXT}"
    assert (book.node("wf[0]").phase, book.node("wf[0]").message) == ("Error", text)
    assert (book.phase, book.message) == ("Failed", text)


def test_a_task_whose_pod_cannot_be_made_says_so_at_once(tell: Tell) -> None:
    book = tell("dag: {tasks: [{name: a, template: bad}, {name: b, template: echo}]}", more=BAD)
    assert (book.node("a").phase, book.node("a").message) == ("Error", f"task 'wf.a' errored: {TEXT}")
    book.succeed("b")
    assert (book.phase, book.message) == ("Error", "")


def test_only_a_policy_about_errors_retries_what_could_not_begin(tell: Tell) -> None:
    once = tell("steps: [[{name: a, template: bad}]]", more=BAD + "  retryStrategy: {limit: 2, retryPolicy: OnFailure}")
    assert once.message == f"step group deemed errored due to child wf[0].a error: {TEXT}"
    assert [name for name in once.phases() if name.startswith("wf[0].a(")] == ["wf[0].a(0)"]
    again = tell("steps: [[{name: a, template: bad}]]", more=BAD + "  retryStrategy: {limit: 2, retryPolicy: Always}")
    assert (again.node("a").message, again.message) == ("No more retries left", f"child '{again.node('a').id}' failed")


def test_outputs_that_cannot_be_collected_are_an_error_of_the_caller(tell: Tell) -> None:
    inner = """
    - name: inner
      steps: [[{name: a, template: echo}]]
      outputs: {parameters: [{name: o, valueFrom: {parameter: "{{steps.a.outputs.parameters.x}}"}}]}
    """
    book = tell("steps: [[{name: call, template: inner}]]", more=inner)
    book.succeed("a")
    text = 'Unable to resolve: "steps.a.outputs.parameters.x"'
    assert (book.node("call").phase, book.node("call").message) == ("Error", text)
    assert book.message == f"step group deemed errored due to child wf[0].call error: {text}"


def test_a_suspend_step_without_a_readable_duration(tell: Tell) -> None:
    book = tell("steps: [[{name: a, inline: {suspend: {duration: soon}}}]]")
    text = 'unable to parse soon as a duration: time: invalid duration "soon"'
    assert book.message == f"step group deemed errored due to child wf[0].a error: {text}"


def test_endless_recursion_fails_its_callers_one_by_one(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: main}]]")
    assert (book.phase, book.message) == ("Failed", f"child '{book.node('wf[0].a').id}' failed")


def test_items_that_are_none_are_an_error_of_the_group(tell: Tell) -> None:
    text = "withParam value could not be parsed as a JSON list: nope: invalid character 'o' in literal null (expecting 'u')"
    book = tell("steps: [[{name: a, template: echo, withParam: nope}]]")
    assert (book.node("wf[0]").phase, book.message) == ("Error", text)
    book = tell("dag: {tasks: [{name: a, template: echo, withParam: nope}]}")
    assert (book.node("a").phase, book.node("a").type, book.node("a").message) == ("Error", "Skipped", text)


HOOK = "hooks: {x: {expression: 'nope.foo == 1', template: echo}}"
UNKNOWN = "unknown name nope (1:1)\n | nope.foo == 1\n | ^"


def test_a_hook_of_a_step_that_cannot_be_decided_about_errs_after_the_step(tell: Tell) -> None:
    book = tell(f"steps: [[{{name: a, template: echo, {HOOK}}}, {{name: b, template: echo}}]]")
    book.succeed("b")
    assert book.phase == "Running"
    book.succeed("a")
    assert (book.node("a").phase, book.node("wf[0]").phase) == ("Succeeded", "Error")
    assert (book.phase, book.message) == ("Failed", UNKNOWN)


def test_a_hook_of_a_task_that_cannot_be_decided_about_errs_after_the_task(tell: Tell) -> None:
    book = tell(f"dag: {{tasks: [{{name: a, template: echo, {HOOK}}}, {{name: b, template: echo, depends: a}}]}}")
    book.begin("a")
    book.succeed("a")
    assert (book.node("a").message, book.node("b").phase, book.phase) == (UNKNOWN, "Error", "Error")


def test_a_hook_of_the_workflow_that_cannot_be_decided_about_errs_after_its_nodes(tell: Tell) -> None:
    more = '- {name: tells, container: {image: a, command: [echo, "{{workflow.status}}"]}}'
    book = tell("steps: [[{name: a, template: echo}]]", spec=f"{HOOK}\nonExit: tells", more=more)
    assert book.started == ["a"]
    book.succeed("a")
    assert book.main("wf.onExit")["command"] == ["echo", "Error"]
    book.succeed("wf.onExit")
    assert (book.node("wf").phase, book.phase, book.message) == ("Succeeded", "Error", UNKNOWN)


def test_an_exit_handler_that_cannot_begin_is_an_error_whatever_happened_before(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: echo}]]", spec="onExit: bad", more=BAD)
    book.fail("a")
    assert (book.phase, book.message) == ("Error", f"error in exit template execution : {TEXT}")


def test_hooks_get_no_arguments_of_the_workflow_but_exit_handlers_do(tell: Tell) -> None:
    arguments = "arguments: {parameters: [{name: m, value: mine}]}"
    hooks = "hooks: {x: {expression: 'true', template: echo}, exit: {template: echo}}"
    book = tell(f"steps: [[{{name: a, template: echo, {hooks}}}]]", spec=f"{arguments}\n{hooks}")
    assert book.main("a.hooks.x")["command"] == book.main("wf.hooks.x")["command"] == ["echo", "hi"]
    book.succeed("a", "a.hooks.x", "wf.hooks.x")
    assert book.main("a.onExit")["command"] == ["echo", "mine"]
    book.succeed("a.onExit")
    assert book.main("wf.onExit")["command"] == ["echo", "mine"]


def test_results_of_a_loop_are_put_together_as_they_were_written(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: gen, template: script, withItems: [1, 2]}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.gen.outputs.result}}"}]}}
        """
    )
    book.succeed("gen(0:1)", result='{"b": 1.50, "a": "x  y"}')
    book.succeed("gen(1:2)", result=" [1e3, true]")
    assert book.main("use")["command"] == ["echo", '[{"b":1.50,"a":"x  y"},[1e3,true]]']


NAMED = """
- name: named
  metadata: {annotations: {workflows.argoproj.io/display-name: "%s"}}
  retryStrategy: {limit: 1}
  inputs: {parameters: [{name: p}]}
  container: {image: a, command: [x]}
"""
PASS = "arguments: {parameters: [{name: p, value: one}]}"


def test_a_template_names_its_nodes_but_not_their_attempts(tell: Tell) -> None:
    book = tell(f"steps: [[{{name: a, template: named, {PASS}}}]]", more=NAMED % "nice-{{inputs.parameters.p}}")
    assert (book.node("wf[0].a").display_name, book.node("wf[0].a(0)").display_name) == ("nice-one", "a(0)")


def test_a_display_name_that_is_none_is_an_error(tell: Tell) -> None:
    text = "displayName must match the regex ^[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]$"
    book = tell(f"steps: [[{{name: a, template: named, {PASS}}}]]", more=NAMED % "not nice")
    assert (book.node("a").type, book.node("a").phase, book.started) == ("Retry", "Error", [])
    assert book.message == f"step group deemed errored due to child wf[0].a error: {text}"
    book = tell(f"dag: {{tasks: [{{name: a, template: named, {PASS}}}]}}", spec="parallelism: 1", more=NAMED % "-")
    assert (book.node("a").message, book.phase) == (f"task 'wf.a' errored: {text}", "Error")


def test_a_key_that_an_item_lacks_is_an_error_of_the_loop(tell: Tell) -> None:
    step = '{name: a, template: echo, withItems: [{x: 1}], arguments: {parameters: [{name: m, value: "{{item.y}}"}]}}'
    book = tell(f"steps: [[{step}]]")
    assert (book.node("wf[0]").phase, book.message) == ("Error", "failed to resolve {{item.y}}")


def test_the_exit_handler_of_what_could_not_begin_runs_for_a_task_but_not_for_a_step(tell: Tell) -> None:
    handler = "hooks: {exit: {template: echo}}"
    steps = tell(f"steps: [[{{name: a, template: bad, {handler}}}]]", more=BAD)
    assert (steps.phase, "wf[0].a.onExit" in steps.phases()) == ("Failed", False)
    dag = tell(f"dag: {{tasks: [{{name: a, template: bad, {handler}}}]}}", more=BAD)
    assert dag.started == ["a.onExit"]


def test_a_path_with_a_malformed_expression_is_an_error_of_its_node(tell: Tell) -> None:
    book = tell('outputs: {parameters: [{name: o, valueFrom: {path: "/x{{=1 +}}"}}]}\ncontainer: {image: a}')
    assert book.phase == "Error"
    assert book.message.startswith(
        "error in entry template execution: failed to evaluate expression: unexpected token EOF"
    )
