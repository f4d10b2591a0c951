from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.patches import LAST_APPLIED, apply, check_elements, json_patch, merge_patch, strategic_patch
from tiphys.errors import UsageError


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a"], {"a": "b"}, {"a": "b"}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(target: JsonValue, patch: JsonValue, result: JsonValue) -> None:
    assert merge_patch(target, patch) == result


POD: JsonObject = {
    "metadata": {"finalizers": ["a"], "labels": {"x": "1"}},
    "spec": {
        "containers": [{"name": "main", "image": "a", "args": ["1"]}, {"name": "side", "image": "b"}],
        "tolerations": [{"key": "x"}],
    },
}


@pytest.mark.parametrize(
    ("patch", "path", "result"),
    [
        ({"metadata": {"labels": {"y": "2"}}}, "metadata.labels", {"x": "1", "y": "2"}),
        ({"metadata": {"labels": {"x": None}}}, "metadata.labels", {}),
        ({"metadata": {"labels": {"$patch": "replace", "z": "3"}}}, "metadata.labels", {"z": "3"}),
        ({"metadata": {"finalizers": ["b", "a"]}}, "metadata.finalizers", ["a", "b"]),
        ({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}, "metadata.finalizers", []),
        (
            {"spec": {"containers": [{"name": "side", "image": "c"}, {"name": "new"}]}},
            "spec.containers",
            [{"name": "main", "image": "a", "args": ["1"]}, {"name": "side", "image": "c"}, {"name": "new"}],
        ),
        (
            {"spec": {"containers": [{"name": "main", "args": ["2"]}]}},
            "spec.containers",
            [{"name": "main", "image": "a", "args": ["2"]}, {"name": "side", "image": "b"}],
        ),
        (
            {"spec": {"containers": [{"name": "main", "$patch": "delete"}]}},
            "spec.containers",
            [{"name": "side", "image": "b"}],
        ),
        ({"spec": {"containers": [{"$patch": "replace"}, {"name": "one"}]}}, "spec.containers", [{"name": "one"}]),
        ({"spec": {"tolerations": [{"key": "y"}]}}, "spec.tolerations", [{"key": "y"}]),
    ],
)
def test_strategic_patch(patch: JsonValue, path: str, result: JsonValue) -> None:
    found = strategic_patch(POD, patch)
    for key in path.split("."):
        assert isinstance(found, dict)
        found = found[key]
    assert found == result


@pytest.mark.parametrize(
    ("operations", "result"),
    [
        ([{"op": "add", "path": "/b", "value": 2}], {"a": [1, 2], "b": 2}),
        ([{"op": "add", "path": "/a/-", "value": 3}], {"a": [1, 2, 3]}),
        ([{"op": "add", "path": "/a/0", "value": 0}], {"a": [0, 1, 2]}),
        ([{"op": "add", "path": "", "value": 7}], 7),
        ([{"op": "remove", "path": "/a/0"}], {"a": [2]}),
        ([{"op": "replace", "path": "/a/1", "value": None}], {"a": [1, None]}),
        ([{"op": "move", "from": "/a/0", "path": "/b"}], {"a": [2], "b": 1}),
        ([{"op": "copy", "from": "/a", "path": "/c"}, {"op": "remove", "path": "/c/0"}], {"a": [1, 2], "c": [2]}),
        ([{"op": "add", "path": "/x~1y~0z", "value": 1}], {"a": [1, 2], "x/y~z": 1}),
        ([{"op": "test", "path": "/a", "value": [1, 2]}], {"a": [1, 2]}),
    ],
)
def test_json_patch(operations: JsonValue, result: JsonValue) -> None:
    target: JsonObject = {"a": [1, 2]}
    assert json_patch(target, operations) == result
    assert target == {"a": [1, 2]}


@pytest.mark.parametrize(
    "operations",
    [
        {},
        ["x"],
        [{"op": "add", "path": "/b"}],
        [{"op": "add", "value": 1}],
        [{"op": "add", "path": "b", "value": 1}],
        [{"op": "add", "path": "/a/3", "value": 1}],
        [{"op": "add", "path": "/x/y", "value": 1}],
        [{"op": "add", "path": "/a/0/y", "value": 1}],
        [{"op": "remove", "path": "/b"}],
        [{"op": "remove", "path": "/a/-"}],
        [{"op": "replace", "path": "/b", "value": 1}],
        [{"op": "test", "path": "/a", "value": 1}],
        [{"op": "move", "path": "/b"}],
        [{"op": "explode", "path": "/a"}],
    ],
)
def test_wrong_json_patches_are_refused(operations: JsonValue) -> None:
    with pytest.raises(UsageError):
        json_patch({"a": [1, 2]}, operations)


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(values, values)
def test_merge_patch_twice_is_once(target: JsonValue, patch: JsonValue) -> None:
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once


def test_apply_remembers_removes_and_keeps() -> None:
    first: JsonObject = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1", "b": "2"}}
    live = apply(None, first, strategic=True)
    assert live["data"] == first["data"]
    live = {**live, "data": {"a": "1", "b": "2", "foreign": "3"}}
    second: JsonObject = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "9"}}
    again = apply(live, second, strategic=True)
    assert again["data"] == {"a": "9", "foreign": "3"}
    metadata = again["metadata"]
    assert isinstance(metadata, dict)
    annotations = metadata["annotations"]
    assert isinstance(annotations, dict)
    assert annotations[LAST_APPLIED] == '{"kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"9"}}\n'
    assert apply(again, second, strategic=True) == again


def test_keys_that_are_not_retained_go() -> None:
    before: JsonObject = {"containers": [{"name": "main", "image": "a", "env": [{"name": "B", "value": "b"}]}]}
    patch: JsonObject = {"containers": [{"name": "main", "$retainKeys": ["name", "image", "args"], "args": ["x"]}]}
    assert strategic_patch(before, patch) == {"containers": [{"name": "main", "image": "a", "args": ["x"]}]}


def test_a_deleted_map_is_empty_and_an_element_without_its_key_is_refused() -> None:
    assert strategic_patch({"spec": {"a": {"b": 1}}}, {"spec": {"a": {"$patch": "delete"}}}) == {"spec": {"a": {}}}
    check_elements({"containers": [{"name": "main", "env": [{"$patch": "replace"}, {"name": "A"}]}]})
    patches: list[JsonObject] = [{"containers": [{"$patch": "delete"}]}, {"spec": {"volumes": ["x"]}}]
    for patch in patches:
        with pytest.raises(UsageError, match=r"an element of (containers|volumes)"):
            check_elements(patch)
