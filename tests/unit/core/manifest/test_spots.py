"""Offsets become lines and columns."""

from __future__ import annotations

import pytest

from tiphys.core.manifest.spots import Lines, ListSpot, MapSpot, Tree


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, "f:1:1"), (2, "f:1:3"), (3, "f:2:1"), (4, "f:3:1"), (6, "f:3:3"), (99, "f:3:3"), (-1, "f:1:1")],
)
def test_spans(offset: int, place: str) -> None:
    assert str(Lines("f", "ab\n\ncd").span(offset)) == place


def test_lines_lose_their_breaks() -> None:
    lines = Lines("f", "a\r\nb\n")
    assert [lines.line(number) for number in (1, 2, 3)] == ["a", "b", ""]


def test_a_path_leads_to_the_nearest_place() -> None:
    tree = Tree(Lines("f", "a: [x, y]"), MapSpot(0, {"a": (0, ListSpot(3, [4, 7]))}))
    assert [tree.span(path).column for path in [(), ("a",), ("a", 1), ("a", 5), ("a", "b"), ("z",)]] == [
        1,
        4,
        8,
        4,
        4,
        1,
    ]
    assert [tree.key_span(path).column for path in [(), ("a",), ("a", 1), ("z",)]] == [1, 1, 8, 1]
