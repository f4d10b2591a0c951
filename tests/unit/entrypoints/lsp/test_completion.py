"""What the language server offers at a place."""

from __future__ import annotations

from tests.unit.entrypoints.lsp.editing import MARK, WORKFLOW, accepted, completed, mark

LIBRARY = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: shared}
spec:
  templates:
  - name: greet
    inputs: {parameters: [{name: whom}]}
    container: {image: busybox}
"""


def replaced(old: str, new: str) -> str:
    assert WORKFLOW.count(old) == 1
    return WORKFLOW.replace(old, new)


def test_fields_that_are_not_there_yet_are_offered() -> None:
    found = completed(replaced("  - name: use\n    inputs", f"  - name: use\n    {MARK}\n    inputs"))
    assert found["retryStrategy"] == "retryStrategy:"
    assert found["timeout"] == "timeout: "
    assert "container" not in found
    assert "entrypoint" not in found


def test_a_field_that_is_typed_halfway_is_completed() -> None:
    text = replaced("  - name: use\n    inputs", f"  - name: use\n    retr{MARK}\n    inputs")
    assert "\n    retryStrategy:\n    inputs" in accepted(text, "retryStrategy")


def test_words_of_a_field() -> None:
    text = replaced(
        "  - name: use\n    inputs", f"  - name: use\n    retryStrategy:\n      retryPolicy: {MARK}\n    inputs"
    )
    assert set(completed(text)) == {"Always", "OnFailure", "OnError", "OnTransientError"}


def test_a_value_right_after_the_colon_gets_its_space() -> None:
    assert completed(replaced("  entrypoint: main", f"  entrypoint:{MARK}"))["main"] == " main"


def test_names_of_templates() -> None:
    assert set(completed(replaced("template: make\n", f"template: {MARK}\n"))) == {"main", "make", "use"}


def test_templates_of_other_files() -> None:
    text = replaced("template: make\n", f"templateRef:\n          name: {MARK}\n")
    assert set(completed(text, LIBRARY)) == {"shared"}
    text = replaced("template: make\n", f"templateRef:\n          name: shared\n          template: {MARK}\n")
    assert set(completed(text, LIBRARY)) == {"greet"}


def test_inputs_of_the_template_that_is_called() -> None:
    text = replaced(
        '          - name: size\n            value: "1"\n', f"          - name: size\n          - name: {MARK}\n"
    )
    assert set(completed(text)) == {"shade"}


def test_tasks_in_depends_and_their_results() -> None:
    assert set(completed(replaced("depends: make-it", f"depends: {MARK}"))) == {"make-it"}
    assert "Succeeded" in completed(replaced("depends: make-it", f"depends: make-it.{MARK}"))


def test_tasks_in_dependencies() -> None:
    assert set(completed(replaced("depends: make-it", f"dependencies: [{MARK}]"))) == {"make-it"}


def test_variables_that_are_valid_at_the_place() -> None:
    found = completed(mark('value: "{{'))
    assert {"tasks.make-it.outputs.parameters.thing", "workflow.parameters.colour", "tasks.make-it.status"} <= set(
        found
    )
    assert not [name for name in found if name.startswith(("inputs.parameters.", "steps.make", "tasks.use."))]


def test_variables_in_the_source_of_a_script() -> None:
    found = completed(mark('print("{{'))
    assert {"inputs.parameters.size", "inputs.parameters.shade", "pod.name"} <= set(found)
    assert "inputs.parameters.what" not in found
    assert not [name for name in found if name.startswith("tasks.make")]


def test_a_tag_that_is_not_closed_yet() -> None:
    text = replaced('args: ["{{inputs.parameters.what}}"]', f'args: ["{{{{inputs.{MARK}')
    assert "inputs.parameters.what" in completed(text)
    assert accepted(text, "inputs.parameters.what").endswith('args: ["{{inputs.parameters.what\n')


def test_an_expression_gets_functions_and_brackets() -> None:
    found = completed(replaced("{{tasks.make-it.outputs.parameters.thing}}", f"{{{{={MARK}"))
    assert {"toJson(", "len(", "tasks['make-it'].outputs.parameters.thing"} <= set(found)


def test_names_in_a_bare_expression() -> None:
    text = replaced(
        "  - name: use\n    inputs", f"  - name: use\n    retryStrategy:\n      expression: last{MARK}\n    inputs"
    )
    assert "lastRetry.exitCode" in completed(text)


def test_nothing_in_a_comment_and_in_plain_text() -> None:
    assert completed(WORKFLOW + f"# a {MARK}") == {}
    assert completed(mark("image: busy")) == {}


def test_an_empty_file_offers_the_top_fields() -> None:
    assert {"apiVersion", "kind", "metadata", "spec"} <= set(completed(MARK))
    assert "CronWorkflow" in completed(f"kind: {MARK}")
