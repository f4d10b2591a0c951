"""Server-side apply: what is removed, kept and refused when several managers apply one object."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.managed import Applying, applied, fields_of, managers_of
from tiphys.core.objects.patches import apply
from tiphys.errors import ConflictError


def by(manager: str, *, force: bool = False, now: str = "2026-01-01T00:00:00Z", strategic: bool = True) -> Applying:
    return Applying(manager=manager, now=now, strategic=strategic, force=force)


def config(data: JsonObject, **metadata: object) -> JsonObject:
    own = cast(JsonObject, {"name": "c", **metadata})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": own, **({"data": data} if data else {})}


def content(manifest: JsonObject) -> JsonObject:
    metadata = cast(JsonObject, manifest["metadata"])
    return {**manifest, "metadata": {key: each for key, each in metadata.items() if key != "managedFields"}}


def test_what_a_manager_applies_no_more_goes_unless_others_apply_it_too() -> None:
    first = applied(None, config({"a": "1", "b": "2", "c": "3"}), by("one"))
    second = applied(first, config({"b": "2", "d": "4"}), by("two"))
    third = applied(second, config({"a": "1"}), by("one"))
    assert third["data"] == {"a": "1", "b": "2", "d": "4"}
    assert applied(third, config({}), by("two"))["data"] == {"a": "1"}
    assert "data" not in applied(applied(third, config({}), by("two")), config({}), by("one"))


def test_fields_that_nobody_applied_stay() -> None:
    live = config({"a": "1", "theirs": "x"})
    made = applied(applied(live, config({"a": "1", "b": "2"}), by("one")), config({"a": "1"}), by("one"))
    assert made["data"] == {"a": "1", "theirs": "x"}


def test_what_kubectl_applied_before_is_its_own_and_nobody_elses() -> None:
    """kubectl itself then applies the annotation alone, as a manager of another name."""
    live = apply(None, config({"a": "1", "b": "2"}), strategic=True)
    moved = applied(live, config({"a": "1"}), by("kubectl"))
    assert moved["data"] == {"a": "1"}
    annotations = cast(JsonObject, moved["metadata"])["annotations"]
    kept = applied(moved, config({}, annotations=annotations), by("kubectl-last-applied"))
    assert kept["data"] == {"a": "1"}


def test_other_values_of_other_managers_are_a_conflict_that_force_decides() -> None:
    live = applied(None, config({"a": "1", "b": "2", "c": "3"}), by("one"))
    with pytest.raises(ConflictError) as refused:
        applied(live, config({"a": "9", "b": "8", "c": "3"}), by("two"))
    assert refused.value.message == 'Apply failed with 2 conflicts: conflict with "one": .data.a, .data.b'
    forced = applied(live, config({"a": "9", "c": "3"}), by("two", force=True))
    assert forced["data"] == {"a": "9", "b": "2", "c": "3"}
    assert managers_of(forced) == {
        "one": {"f:data": {"f:b": {}, "f:c": {}}},
        "two": {"f:data": {"f:a": {}, "f:c": {}}},
    }


def test_elements_of_lists_are_told_apart_by_their_names() -> None:
    def pod(*names: str, image: str = "x") -> JsonObject:
        containers = [cast(JsonObject, {"name": name, "image": image}) for name in names]
        spec: JsonObject = {"containers": list(containers)}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "finalizers": [*names]}, "spec": spec}

    both = applied(applied(None, pod("a", "b"), by("one")), pod("c"), by("two"))
    left = applied(both, pod("b"), by("one"))
    assert content(left) == content(pod("b", "c"))
    with pytest.raises(ConflictError, match=r'conflict with "two": \.spec\.containers\[name="c"\]\.image'):
        applied(left, pod("c", image="y"), by("one"))


def test_lists_of_custom_resources_are_one_value() -> None:
    assert fields_of({"spec": {"volumes": [{"name": "a"}]}}, strategic=False) == {"f:spec": {"f:volumes": {}}}


def test_the_same_again_changes_nothing_but_a_change_has_a_new_time() -> None:
    first = applied(None, config({"a": "1"}), by("one"))
    assert applied(first, config({"a": "1"}), by("one", now="2027-01-01T00:00:00Z")) == first
    [entry] = cast(
        list[JsonObject],
        cast(JsonObject, applied(first, config({"a": "2"}), by("one", now="later"))["metadata"])["managedFields"],
    )
    assert entry["time"] == "later"


DATA = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2"]))


@given(before=DATA, after=DATA, other=DATA)
def test_the_last_manifest_of_a_manager_is_all_that_is_left_of_it(
    before: dict[str, str], after: dict[str, str], other: dict[str, str]
) -> None:
    live = applied(None, config({**other}), by("other"))
    live = applied(live, config({**before}), by("one", force=True))
    live = applied(live, config({**after}), by("one", force=True))
    data = cast(dict[str, str], live.get("data", {}))
    assert {key: data[key] for key in after} == after
    taken = {key for key in before if key in other and before[key] != other[key]}
    assert data.keys() == after.keys() | (other.keys() - taken)
