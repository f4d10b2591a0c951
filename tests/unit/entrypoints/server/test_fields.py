"""The ``fields`` parameter."""

from __future__ import annotations

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.fields import Fields

LIST: JsonObject = {
    "metadata": {"rv": "1"},
    "items": [{"metadata": {"name": "a", "uid": "u"}, "status": {"nodes": {"x": 1}, "phase": "Failed"}}],
}


def test_no_fields_keep_everything() -> None:
    assert Fields.parse("").clean(LIST) == LIST


def test_an_include_list_keeps_what_it_names_through_arrays() -> None:
    fields = Fields.parse("metadata,items.metadata.name,items.status.phase")
    assert fields.clean(LIST) == {
        "metadata": {"rv": "1"},
        "items": [{"metadata": {"name": "a"}, "status": {"phase": "Failed"}}],
    }


def test_an_exclude_list_drops_exactly_what_it_names() -> None:
    kept = Fields.parse("-items.status.nodes,metadata").clean(LIST)
    assert kept == {"items": [{"metadata": {"name": "a", "uid": "u"}, "status": {"phase": "Failed"}}]}


def test_what_is_not_wanted_need_not_be_loaded() -> None:
    assert not Fields.parse("items.status.phase").wants("items", "status", "nodes")
    assert Fields.parse("items.status").wants("items", "status", "nodes")
    assert not Fields.parse("-items.status.nodes").wants("items", "status", "nodes")
    assert Fields.parse("-items.status.nodes.x").wants("items", "status", "nodes")
    assert Fields.parse("items.metadata").below("items").paths == (("metadata",),)
