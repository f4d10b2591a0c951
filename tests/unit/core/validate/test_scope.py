"""Which names a place can read."""

from __future__ import annotations

import pytest

from tiphys.core.validate.scope import PLACEHOLDER, Names, Offer


def _names() -> Names:
    root = Names(None, {"workflow.name": None, "workflow.parameters.p": "v"})
    names = Names(root, {"inputs.parameters.i": None})
    names.offers["steps.a"] = Offer(frozenset(("status", "outputs.parameters.o")))
    names.offers["steps.b"] = Offer(unknown=True)
    names.open.add("item.")
    return names


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("workflow.name", True),
        ("workflow.names", False),
        ("steps.a.status", True),
        ("steps.a.outputs.parameters.o", True),
        ("steps.a.outputs.result", False),
        ("steps.b.anything.at.all", True),
        ("steps.c.status", False),
        ("item.x", True),
        ("steps", False),
        ("", False),
    ],
)
def test_contains(name: str, known: bool) -> None:
    assert (name in _names()) == known


def test_expand_keeps_what_only_the_run_knows() -> None:
    text = "{{workflow.parameters.p}}-{{inputs.parameters.i}}-{{steps.a.status}}-{{nope}}"
    assert _names().expand(text) == f"v-{PLACEHOLDER}-{{{{steps.a.status}}}}-{{{{nope}}}}"


def test_unresolved_shows_tags_as_written() -> None:
    names = _names()
    assert list(names.unresolved("{{ steps.z.id }} {{foo}} {{=steps.z}} {{outputs.x}}")) == [" steps.z.id "]
    assert list(names.unresolved("{{inputs.parameters.{{workflow.parameters.p}}}}")) == ["inputs.parameters.v"]
    assert list(names.unresolved("{{steps.{{workflow.parameters.p}}.id}}")) == ["steps.v.id"]


def test_tags_in_the_middle_of_a_name() -> None:
    names = _names()
    names.values["inputs.parameters.which"] = "a"
    assert list(names.unresolved("{{steps.{{inputs.parameters.which}}.outputs.parameters.o}}")) == []
    assert list(names.unresolved("{{steps.{{inputs.parameters.which}}.outputs.result}}")) == ["steps.a.outputs.result"]


def test_inner_offer_hides_the_outer_one() -> None:
    inner = Names(_names())
    inner.offers["steps.a"] = Offer(frozenset(("id",)))
    assert "steps.a.id" in inner
    assert "steps.a.status" not in inner
