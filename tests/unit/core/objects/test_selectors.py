from __future__ import annotations

import pytest

from tiphys.core.objects.selectors import matches, parse_selector
from tiphys.errors import UsageError

LABELS = {"a": "1", "app.kubernetes.io/name": "web", "empty": "", "n": "-5"}


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", []),
        ("  ", []),
        ("a", ["a"]),
        ("! a", ["!a"]),
        ("a=1", ["a=1"]),
        ("a == 1", ["a==1"]),
        ("a!=1", ["a!=1"]),
        ("a=", ["a="]),
        ("a=,b", ["a=", "b"]),
        ("b in (y, x,x),a", ["a", "b in (x,y)"]),
        ("b notin(x)", ["b notin (x)"]),
        ("b in ()", ["b in ()"]),
        ("b in (,x)", ["b in (,x)"]),
        ("status.failed > 3", ["status.failed>3"]),
        ("a<4", ["a<4"]),
        ("in in (in)", ["in in (in)"]),
        ("metadata.labels.x", ["metadata.labels.x"]),
    ],
)
def test_selectors_are_read(text: str, printed: list[str]) -> None:
    assert [str(requirement) for requirement in parse_selector(text)] == printed


@pytest.mark.parametrize(
    "text",
    [
        "=",
        "a b",
        "a in x",
        "a in (x",
        "a in (x y)",
        "a=1 b",
        "a,",
        ",a",
        "a>x",
        "a>",
        "!",
        "!=1",
        "(a)",
        "a=(",
        "a in (=)",
    ],
)
def test_what_is_no_selector_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="unable to parse requirement"):
        parse_selector(text)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", True),
        ("a", True),
        ("!a", False),
        ("b", False),
        ("!b", True),
        ("a=1", True),
        ("a=2", False),
        ("b=1", False),
        ("b!=1", True),
        ("a!=1", False),
        ("a in (1,2),app.kubernetes.io/name=web", True),
        ("a in (2)", False),
        ("b in (2)", False),
        ("b notin (2)", True),
        ("a notin (1)", False),
        ("empty=", True),
        ("empty", True),
        ("a>0", True),
        ("a>1", False),
        ("n<0", True),
        ("empty>0", False),
        ("b<9", False),
    ],
)
def test_selectors_hold_or_not(text: str, holds: bool) -> None:
    assert matches(parse_selector(text), LABELS) is holds
