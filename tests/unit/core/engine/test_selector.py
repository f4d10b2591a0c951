"""Node field selectors (``spec/engine.md`` 18.4)."""

from __future__ import annotations

import msgspec
import pytest

from tiphys.core.engine.selector import SelectorError, parse_selector
from tiphys.core.manifest.model.workflow import NodeStatus

NODE = msgspec.convert(
    {
        "id": "wf-1",
        "name": "wf[0].approve",
        "displayName": "approve",
        "templateName": "gate",
        "phase": "Running",
        "templateRef": {"name": "lib", "template": "gate"},
        "inputs": {"parameters": [{"name": "a.b", "value": "x,y"}]},
    },
    NodeStatus,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("displayName=approve", True),
        ("displayName==approve", True),
        ("displayName!=approve", False),
        ("name=wf[0].approve,phase=Running", True),
        ("name=wf[0].approve,phase=Failed", False),
        ("id=wf-1,templateName=gate,", True),
        ("templateRef.name=lib,templateRef.template=gate", True),
        (r"inputs.parameters.a.b.value=x\,y", True),
        ("inputs.parameters.nope.value=", True),
        ("unknown=x", False),
        ("unknown!=x", True),
    ],
)
def test_matches(text: str, expected: bool) -> None:
    assert parse_selector(text).matches(NODE) is expected


@pytest.mark.parametrize("text", ["approve", "a=b,c", "phase=a=b", "x!y"])
def test_what_is_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(SelectorError, match="unable to parse node field selector"):
        parse_selector(text)
