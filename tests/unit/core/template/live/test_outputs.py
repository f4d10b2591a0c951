"""Output parameters of resource templates."""

from __future__ import annotations

from typing import Any

import pytest

from tiphys.core.manifest.model.arguments import ValueFrom
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.jqfilter import jq_filter
from tiphys.core.template.live.outputs import output_value

JOB: Any = {
    "metadata": {"name": "j", "big": 12345678901234567890},
    "status": {"succeeded": 1, "rate": 0.5, "parts": ["x", 1]},
}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (".metadata.name", "j"),
        (".status.succeeded", "1"),
        (".status.rate", "0.5"),
        (".status.parts", '["x",1]'),
        (".status.parts[]", "x\n1"),
        (".metadata.big", "12345678901234567000"),
        ("{b: 1, a: {d: null, c: true}}", '{"a":{"c":true,"d":null},"b":1}'),
        (".nope", "null"),
        ("empty", ""),
        ('"  padded\\n\\n"', "padded"),
        ('"<&>"', "<&>"),
        ("def f: .status; f | keys", '["parts","rate","succeeded"]'),
        (".status.succeeded # a comment", "1"),
        ("env, $ENV", "{}\n{}"),
        ("1e3, 1.0, 1e21, 1e-7", "1000\n1\n1e+21\n1e-7"),
    ],
)
def test_jq(text: str, result: str) -> None:
    assert jq_filter(text, JOB) == result


@pytest.mark.parametrize(
    "text", [".a.", "(", 'import "a" as a; .', ".status.parts.x", 'error("no")', "input", ") | (."]
)
def test_a_filter_that_fails(text: str) -> None:
    with pytest.raises(TemplateError, match=r"^jq: .+"):
        jq_filter(text, JOB)


def test_json_path_wins() -> None:
    assert output_value(ValueFrom(json_path="{.metadata.name}", jq_filter=".status"), JOB) == "j"
    assert output_value(ValueFrom(jq_filter=".status.succeeded"), JOB) == "1"


def test_the_default_counts_only_without_an_object() -> None:
    assert output_value(ValueFrom(json_path="{.nope}", default="d"), JOB) == ""
    assert output_value(ValueFrom(json_path="{.nope}", default="d"), None) == "d"
    assert output_value(ValueFrom(json_path="{.nope}"), None) == ""
    with pytest.raises(TemplateError):
        output_value(ValueFrom(jq_filter="(", default="d"), JOB)
