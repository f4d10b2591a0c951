"""Paths of artifacts (``spec/data.md`` 4.2)."""

from __future__ import annotations

import pytest

from tiphys.adapters.executor.paths import clean_path
from tiphys.errors import ArtifactError


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tmp/a", "/tmp/a"), ("/tmp//a/", "/tmp/a"), ("/tmp/./a", "/tmp/a"), ("//tmp/a", "/tmp/a"),
        ("/tmp/x/../a", None), ("/tmp/../tmp/a", "/tmp/a"), ("/tmp/../tmp", None), ("/tmp/..", None), ("/..", None),
        ("/../etc", "/etc"), ("a/b", "a/b"), ("a/../../b", None), ("/a/..b/c", "/a/..b/c"), ("/tmp/x/../x/a", "/tmp/x/a"),
    ],
)  # fmt: skip
def test_a_path_stays_below_its_first_climb(path: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ArtifactError, match=r"Directory traversal is not permitted"):
            clean_path("n", path)
    else:
        assert clean_path("n", path) == expected
