import pytest

from tiphys.core.template.nested import environment, exists
from tiphys.core.template.scope import Scope, ScopeValue


def test_dotted_names_become_maps() -> None:
    env = environment(Scope({"workflow.name": "wf", "steps.my-step.outputs.result": "42", "item": "x"}))
    assert env["workflow"] == {"name": "wf"}
    assert env["steps"]["my-step"]["outputs"]["result"] == "42"  # type: ignore[index, call-overload]
    assert env["item"] == "x"
    assert set(env) == {"workflow", "steps", "item"}
    assert len(env) == 3
    assert "nope" not in env
    with pytest.raises(KeyError):
        env["nope"]


def test_label_keys_are_split_at_dots() -> None:
    env = environment(Scope({"workflow.labels.app.kubernetes.io/name": "web"}))
    assert env["workflow"] == {"labels": {"app": {"kubernetes": {"io/name": "web"}}}}


def test_nested_names_win_over_the_value() -> None:
    scope = Scope({"a": "top", "a-b": "other", "a.b": "nested", "a.b.c": "deep"})
    assert environment(scope)["a"] == {"b": {"c": "deep"}}
    assert environment(scope)["a-b"] == "other"


def test_conflicts_across_scopes() -> None:
    scope = Scope({"inputs.parameters": "[]"}).child({"inputs.parameters.p": "v"})
    assert environment(scope)["inputs"] == {"parameters": {"p": "v"}}
    assert environment(Scope({"inputs.parameters": "[]"}))["inputs"] == {"parameters": "[]"}


def test_nearest_scope_decides() -> None:
    scope = Scope({"a.x": "far", "a.y": "far"}).child({"a.x": "near"})
    assert environment(scope)["a"] == {"x": "near", "y": "far"}


@pytest.mark.parametrize("others", [0, 1000])
def test_growing_and_changing_maps_are_seen(others: int) -> None:
    values: dict[str, ScopeValue] = {f"others.o{number}": "" for number in range(others)}
    values["a.x"] = "1"
    scope = Scope(values)
    assert environment(scope)["a"] == {"x": "1"}
    values["a.y.z"] = "2"
    values["a.x"] = "3"
    assert environment(scope)["a"] == {"x": "3", "y": {"z": "2"}}
    del values["a.x"]
    values["b"] = "4"
    assert environment(scope)["a"] == {"y": {"z": "2"}}
    assert environment(scope)["b"] == "4"
    values.clear()
    assert not environment(scope)


def test_exists() -> None:
    scope = Scope({"a.b": None, "m": {"k": {"z": 1}}, "steps.s.status": "x"})
    present = ["a", "a.b", "m", "m.k", "m.k.z", "steps", "steps.s"]
    assert [exists(scope, name) for name in present] == [True] * len(present)
    absent = ["b", "a.c", "a.b.c", "m.q", "steps.t", "steps.s.status.x", ""]
    assert [exists(scope, name) for name in absent] == [False] * len(absent)


def test_artifacts_have_go_field_names() -> None:
    artifact: ScopeValue = {"name": "x", "s3": {"key": "k"}}
    env = environment(Scope({"steps.a.outputs.artifacts.x": artifact}))
    view = env["steps"]["a"]["outputs"]["artifacts"]["x"]  # type: ignore[index, call-overload]
    assert view["Name"] == "x"  # type: ignore[index, call-overload]
    assert view["S3"]["Key"] == "k"  # type: ignore[index, call-overload]
    assert view.artifact is artifact  # type: ignore[union-attr]
