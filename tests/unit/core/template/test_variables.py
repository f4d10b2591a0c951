from tiphys.core.template.variables import Place, at, catalogue, complete, find, known
from tiphys.core.template.variablespage import render_page


def test_size_and_order() -> None:
    keys = [variable.key for variable in catalogue()]
    assert len(keys) == len(set(keys)) == 83
    assert keys == sorted(keys)
    assert all(variable.places and variable.phases and variable.meaning for variable in catalogue())


def test_known() -> None:
    assert known("workflow.name", Place.POD)
    assert known("workflow.labels.app.kubernetes.io/name", Place.STEP)
    assert known("steps.my-step.outputs.parameters.p", Place.STEP)
    assert known("tasks.a.status", Place.DAG_OUTPUTS)
    assert known("item.a.b", Place.TASK)
    assert known("workflow.creationTimestamp.Y", Place.METRIC)
    assert known("workflow.failures", Place.EXIT_HANDLER)


def test_not_known() -> None:
    assert not known("workflow.nope", Place.POD)
    assert not known("workflow.creationTimestamp.x", Place.POD)
    assert not known("steps.a.status", Place.POD)
    assert not known("tasks.a.status", Place.STEP)
    assert not known("steps.a.b.status", Place.STEP)
    assert not known("item", Place.POD)
    assert not known("workflow.failures", Place.POD)
    assert not known("pod.name", Place.STEP)
    assert not known("cronworkflow.name", Place.POD)
    assert not known("", Place.POD)


def test_find_lists_the_literal_entry_first() -> None:
    assert [variable.key for variable in find("workflow.labels.json")] == [
        "workflow.labels.json",
        "workflow.labels.<name>",
    ]
    assert {variable.type for variable in find("steps.a.outputs.result")} == {"string", "json"}


def test_completion() -> None:
    keys = [variable.key for variable in complete("steps.a.out", Place.STEP)]
    assert "steps.<name>.outputs.result" in keys
    assert all(key.split(".")[2] == "outputs" for key in keys)
    assert [variable.key for variable in complete("workflow.na", Place.POD)] == ["workflow.name", "workflow.namespace"]
    assert complete("steps.", Place.POD) == tuple(v for v in at(Place.POD) if v.key.startswith("steps."))


def test_page_lists_every_variable() -> None:
    page = render_page()
    assert all(f"| `{variable.key}` |" in page for variable in catalogue())
    assert page.count("\n## ") == 11
