"""Values as text."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tiphys.core.expr.format import go_string, render, to_json
from tiphys.core.expr.structs import NullList
from tiphys.core.expr.values import Duration, Time

MOMENT = Time(1_704_164_645_000_000_000)


@pytest.mark.parametrize(
    ("value", "json", "text"),
    [
        (None, "null", "<nil>"),
        (True, "true", "true"),
        (1, "1", "1"),
        (1.0, "1", "1"),
        (-0.0, "-0", "-0"),
        (0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"),
        (100000.0, "100000", "100000"),
        (1e6, "1000000", "1e+06"),
        (123456789.0, "123456789", "1.23456789e+08"),
        (1e20, "100000000000000000000", "1e+20"),
        (1e21, "1e+21", "1e+21"),
        (1e-6, "0.000001", "1e-06"),
        (1e-7, "1e-7", "1e-07"),
        (0.0001, "0.0001", "0.0001"),
        (1.5e300, "1.5e+300", "1.5e+300"),
        ("a\n<", '"a\\n\\u003c"', "a\n<"),
        ("\u2028\x07", '"\\u2028\\u0007"', "\u2028\x07"),
        ([1, "a", None], '[1,"a",null]', "[1 a <nil>]"),
        (NullList(), "null", "[]"),
        ({"b": 2, "a": [1.0]}, '{"a":[1],"b":2}', "map[a:[1] b:2]"),
        (b"ab", '"YWI="', "[97 98]"),
        (Duration(90_000_000_000), "90000000000", "1m30s"),
        (MOMENT, '"2024-01-02T03:04:05Z"', "2024-01-02 03:04:05 +0000 UTC"),
    ],
)
def test_forms(value: Any, json: str, text: str) -> None:
    assert to_json(value) == json
    assert go_string(value) == text


def test_render_inserts_strings_as_they_are() -> None:
    assert render('say "hi" <') == 'say "hi" <'
    assert render(["<"]) == '["\\u003c"]'
    assert render(MOMENT) == "2024-01-02T03:04:05Z"
    assert render(b"ab") == "YWI="


@pytest.mark.parametrize(("value", "message"), [(math.inf, "+Inf"), (-math.inf, "-Inf"), (math.nan, "NaN")])
def test_infinities_have_no_json(value: float, message: str) -> None:
    with pytest.raises(ValueError, match=f"json: unsupported value: {message.replace('+', '[+]')}"):
        to_json(value)


def test_functions_have_no_json() -> None:
    from tiphys.core.expr.builtins.catalogue import argo_functions

    with pytest.raises(ValueError, match="json: unsupported type: func"):
        to_json(argo_functions(False)["asInt"])


def test_cut_code_points_become_replacement_characters() -> None:
    assert to_json("h\udcc3") == '"h\\ufffd"'
    assert render("h\udcc3") == "h\ufffd"
