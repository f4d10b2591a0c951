"""Templates and schedules must have the shape of their kind before they are stored."""

from __future__ import annotations

import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.cluster.collect import Collector
from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.cluster.objects import LocalObjects
from tiphys.app.services.cluster.rights import StoredRights
from tiphys.app.services.cluster.shapes import SHAPED, ShapeRules
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Kind
from tiphys.errors import InvalidObjectError
from tiphys.ports.identity import OWNER
from tiphys.testing.clock import VirtualClock


def template(kind: Kind, parameters: JsonValue) -> JsonObject:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind.kind,
        "metadata": {"name": "a"},
        "spec": {"arguments": {"parameters": parameters}},
    }


@pytest.mark.parametrize("kind", SHAPED[:2], ids=lambda kind: kind.kind)
def test_a_field_of_another_type_is_refused_in_the_words_of_the_api_server(kind: Kind) -> None:
    clock = VirtualClock()
    store = MemoryStore(clock)
    rules: dict[tuple[str, str], KindRules] = {(kind.group, kind.kind): ShapeRules(kind)}
    objects = LocalObjects(store, clock, StoredRights(store), Collector(store), rules)
    with pytest.raises(InvalidObjectError) as error:
        objects.create(OWNER, template(kind, {"p": "x"}), "default")
    start = f'{kind.kind}.argoproj.io "a" is invalid: .spec.arguments.parameters: expected list, found a mapping'
    assert error.value.message == start
    made = objects.create(OWNER, template(kind, [{"name": "p"}]), "default")
    changed: JsonObject = {**made, "spec": {"arguments": []}}
    with pytest.raises(InvalidObjectError, match=r"\.spec\.arguments: expected map"):
        objects.update(OWNER, changed, "default")
