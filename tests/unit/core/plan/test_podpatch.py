"""``podSpecPatch`` over plain data."""

from __future__ import annotations

import pytest

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.plan.podpatch import PatchError, parse_patch, patched

SPEC: JsonObject = {
    "containers": [{"name": "main", "args": ["a"], "env": [{"name": "A", "value": "1"}]}, {"name": "side"}],
    "nodeSelector": {"a": "1", "b": "2"},
    "tolerations": [{"key": "x"}],
}


@pytest.mark.parametrize(
    ("patch", "field", "expected"),
    [
        ("nodeSelector: {b: null, c: '3'}", "nodeSelector", {"a": "1", "c": "3"}),
        ("nodeSelector: {$patch: replace, c: '3'}", "nodeSelector", {"c": "3"}),
        ("nodeSelector: null", "nodeSelector", None),
        ("tolerations: [{key: z}]", "tolerations", [{"key": "z"}]),
        ("containers: [{name: side, $patch: delete}]", "containers", SPEC["containers"][:1]),  # type: ignore[index]
        ("containers: [{name: new, image: i}, {$patch: replace}]", "containers", [{"name": "new", "image": "i"}]),
        (
            "containers: [{name: main, args: [b], env: [{name: B, value: '2'}]}]",
            "containers",
            [
                {"name": "main", "args": ["b"], "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
                {"name": "side"},
            ],
        ),
    ],
)
def test_maps_and_keyed_lists_merge_and_the_rest_is_replaced(patch: str, field: str, expected: object) -> None:
    before = str(SPEC)
    assert patched(SPEC, parse_patch(patch)).get(field) == expected
    assert str(SPEC) == before


@pytest.mark.parametrize("patch", ["[1]", "a: [", "a: 1\n---\nb: 2", "containers: [{image: i}]", "containers: [x]"])
def test_what_is_no_patch_is_refused(patch: str) -> None:
    with pytest.raises(PatchError, match="podSpecPatch"):
        patched(SPEC, parse_patch(patch))


def test_an_empty_patch_changes_nothing() -> None:
    assert patched(SPEC, parse_patch("")) == SPEC


def test_keys_that_are_not_retained_go() -> None:
    before: JsonObject = {"containers": [{"name": "main", "image": "a", "env": [{"name": "B", "value": "b"}]}]}
    patch: JsonObject = {"containers": [{"name": "main", "$retainKeys": ["name", "image", "args"], "args": ["x"]}]}
    assert patched(before, patch) == {"containers": [{"name": "main", "image": "a", "args": ["x"]}]}
