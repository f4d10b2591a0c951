"""What a pod of several main containers needs to know of its template."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from tiphys.adapters.pods.manifest import CONTAINER_SET, read
from tiphys.adapters.pods.sets import ContainerSet, container_set
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.testing.contracts.runtime import request_of

CONTAINERS: list[JsonObject] = [{"name": "a"}, {"name": "b", "dependencies": ["a"]}]


@pytest.mark.parametrize("annotated", [True, False])
def test_containers_are_tried_as_often_as_the_template_says(annotated: bool) -> None:
    needs = {"a": (), "b": ("a",)}
    metadata: JsonObject = {"annotations": {CONTAINER_SET: msgspec.json.encode(needs).decode()}} if annotated else {}
    template = {"containerSet": {"containers": CONTAINERS, "retryStrategy": {"retries": "3", "duration": "1m"}}}
    request = request_of("p", {"metadata": metadata, "spec": {"containers": [{"name": "a"}, {"name": "b"}]}})
    request = replace(request, template=msgspec.json.decode(msgspec.json.encode(template)))
    assert container_set(request, read(request.manifest)) == ContainerSet(needs, attempts=3, pause=60.0)


def test_other_pods_have_no_set() -> None:
    request = request_of("p", {"spec": {"containers": [{"name": "main"}]}})
    assert container_set(request, read(request.manifest)) is None
