"""kubectl's JSONPath templates."""

from __future__ import annotations

from typing import Any

import pytest

from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.kubepath import kubectl_jsonpath

PODS: Any = {
    "kind": "List",
    "items": [
        {"metadata": {"name": "a", "labels": {"app.io/x": "1"}}, "status": {"phase": "Running", "restarts": 3}},
        {"metadata": {"name": "b"}, "status": {"phase": "Failed", "restarts": 0, "ready": True}},
        {"metadata": {"name": "c"}, "status": {"phase": "Running", "load": 1000000.0, "note": None}},
    ],
}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{.kind}", "List"),
        ("{ .kind }", "List"),
        ("kind={.kind};", "kind=List;"),
        (".kind", ".kind"),
        ("{$.kind}", "List"),
        ("{@.kind}", "List"),
        ("{.items[0].metadata.name}", "a"),
        ("{.items[-1].metadata.name}", "c"),
        ("{.items[*].metadata.name}", "a b c"),
        ("{.items[0:2].metadata.name}", "a b"),
        ("{.items[1:].metadata.name}", "b c"),
        ("{.items[::2].metadata.name}", "a c"),
        ("{.items[0,2].metadata.name}", "a c"),
        ("{.items[0]['metadata','status']['name','phase']}", "a Running"),
        ("{.items[1].metadata}", '{"name":"b"}'),
        ("{.items[0].metadata.labels}", '{"app.io/x":"1"}'),
        (r"{.items[0].metadata.labels.app\.io/x}", "1"),
        ("{.items[0].metadata.labels['app.io/x']}", "1"),
        ("{.items[0].status.restarts}", "3"),
        ("{.items[1].status.ready}", "true"),
        ("{.items[2].status.load}", "1e+06"),
        ("{.items[2].status.note}", "null"),
        ("{.nope}", ""),
        ("{.items[0].nope.deeper}", ""),
        ("{..name}", "a b c"),
        ("{.items[?(@.status.phase=='Running')].metadata.name}", "a c"),
        ('{.items[?(@.status.phase != "Running")].metadata.name}', "b"),
        ("{.items[?(@.status.restarts>2)].metadata.name}", "a"),
        ("{.items[?(@.status.restarts<=0)].metadata.name}", "b"),
        ("{.items[?(@.status.ready)].metadata.name}", "b"),
        ("{.items[?(@.status.ready==true)].metadata.name}", "b"),
        ('{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}', "a\tRunning\nb\tFailed\nc\tRunning\n"),
        ("{range .items[*]}[{range .metadata}{.name}{end}]{end}", "[a][b][c]"),
        ("{range .items[*]}{$.kind} {end}", "List List List "),
        ("{'a'}{\"b\"}{1}{true}", "ab1true"),
        ("{'}'}", "}"),
        ("", ""),
        ("{.items[0:0]}", ""),
        ("{.items[0].status.*}", "Running 3"),
    ],
)
def test_result(text: str, result: str) -> None:
    assert kubectl_jsonpath(text, PODS) == result


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{.kind", "unclosed action"),
        ("{end}", "not in range, nothing to end"),
        ("{range .items[*]}x", "range without end"),
        ("{foo}", "unrecognized identifier foo"),
        ("{.items[}", "unterminated array"),
        ("{.items[x]}", "invalid array index x"),
        ("{.items[9]}", "array index out of bounds: index 9, length 3"),
        ("{.items[2:1]}", "starting index 2 is greater than ending index 1"),
        ("{.kind[0]}", "List is not array or slice"),
        ("{.items[?(@.status.phase>1)]}", "incompatible types for comparison"),
        ("{" + ".items[?(@" * 40, "un"),
    ],
)
def test_error(text: str, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem.replace("(", r"\(")):
        kubectl_jsonpath(text, PODS)
