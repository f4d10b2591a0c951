"""Where the input artifacts of a pod lie (``spec/data.md`` 4.3, 7.1)."""

from __future__ import annotations

import pytest

from tiphys.core.engine.artifacts import staged
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.plan.location import LocationError
from tiphys.core.plan.model import Repository
from tiphys.core.template.compile import compile_tree

REPOSITORY = Repository(location=compile_tree({}), storage={})


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        ({}, "template artifact location not set"),
        ({"raw": {"data": "x"}}, "key unsupported: cannot set key for raw artifact"),
        ({"git": {"repo": "x"}}, "key unsupported: cannot set key on git artifact"),
    ],
)
def test_a_key_needs_a_storage_that_knows_keys(archive: JsonObject, reason: str) -> None:
    with pytest.raises(LocationError) as caught:
        staged([{"name": "a", "s3": {"key": "k"}}], [], archive, REPOSITORY)
    assert str(caught.value) == f"failed to load artifact 'a': {reason}"
