"""sprig: versions, and what constraints say of them."""

from __future__ import annotations

import pytest

from tiphys.core.expr.compile import compile_expression
from tiphys.core.expr.program import ExprError


def run(text: str) -> object:
    return compile_expression(text).run({})


@pytest.mark.parametrize(
    ("constraint", "version", "holds"),
    [
        ("^0.2.3", "0.2.9", True),
        ("^0.2.3", "0.3.0", False),
        ("^0.0.3", "0.0.4", False),
        ("~0.0.0", "5.0.0", True),
        ("*", "0.0.1", True),
        (">*", "0.0.0", False),
        (">1.2", "1.2.5", False),
        ("<=1.2", "1.2.5", True),
        ("!=1.x", "1.9.0", False),
        ("!=1.2.3", "1.2.4", True),
        ("=1.2.3", "v1.2.3+build", True),
        (">= 1.0.0 < 2.0.0", "1.5.0-alpha", False),
        (">= 1.0.0 < 2.0.0-0", "1.5.0-alpha", True),
        ("!=1.0.0", "1.1.0-alpha", False),
        ("1.0.0-alpha.2", "1.0.0-alpha.10", False),
        (">1.0.0-alpha.2", "1.0.0-alpha.10", True),
        ("1 || >=3, <4", "3.1.0", True),
    ],
)
def test_constraints(constraint: str, version: str, holds: bool) -> None:
    assert run(f"sprig.semverCompare('{constraint}', '{version}')") is holds


@pytest.mark.parametrize(
    ("constraint", "named"), [("", ""), (">>1", ">>1"), ("1 || x.y", " x.y"), (">1<2", ">1<2"), ("1,,2", "1,,2")]
)
def test_an_improper_constraint_is_named(constraint: str, named: str) -> None:
    with pytest.raises(ExprError) as caught:
        run(f"sprig.semverCompare('{constraint}', '1.0.0')")
    assert caught.value.message.splitlines()[0] == f"improper constraint: {named} (1:7)"


@pytest.mark.parametrize("version", ["1.2.3.4", "1.2.3-", "1.2.3-a..b", "x", ""])
def test_what_is_no_version(version: str) -> None:
    with pytest.raises(ExprError, match="Invalid Semantic Version"):
        run(f"sprig.semver('{version}')")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sprig.semver('1.2.3').Compare(sprig.semver('1.10.0'))", -1),
        ("sprig.semver('1.2.3').GreaterThan(sprig.semver('1.2.3-rc'))", True),
        ("string(sprig.semver('1.2.3-rc').IncPatch())", "1.2.3"),
        ("string(sprig.semver('1.2.3').IncPatch().IncMinor())", "1.3.0"),
        ("toJson({v: sprig.semver('v1.2')})", '{"v":"1.2.0"}'),
        ("sprig.semver('v1.2').Original()", "v1.2"),
    ],
)
def test_methods_of_versions(text: str, value: object) -> None:
    assert run(text) == value
