"""The reference results for every dialect of expressions, and recorded unit tests; skipped where there is no corpus."""

import json
from typing import Any

import pytest
from tests.conformance.case import Case
from tests.conformance.corpus import CORPUS, present
from tests.conformance.sets import expressions

from tiphys.core.template.errors import TemplateError
from tiphys.core.template.expression import compile_program
from tiphys.core.template.nested import exists
from tiphys.core.template.references import reference_name, resolve_reference
from tiphys.core.template.scope import Scope
from tiphys.core.template.tagscan import tags

CALLS = CORPUS / "controller/cases/util_template"

pytestmark = pytest.mark.skipif(not present(), reason=f"no corpus at {CORPUS}")


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id) for case in (expressions.cases(CORPUS) if present() else ())]
)
def test_expressions(case: Case) -> None:
    """Every dialect; the cases that are known to differ must do so."""
    outcome = expressions.run(case)
    assert outcome.stated > 0
    if case.id in expressions.DIFFERENT:
        assert outcome.differences
    else:
        assert outcome.differences == ()


def _calls(name: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each call of a recorded unit test with what was expected of it."""
    if not CALLS.exists():
        return []
    steps = json.loads((CALLS / f"{name}.json").read_text())["steps"]
    found = []
    for call in (step for step in steps if step["op"] == "call"):
        expects = [step["expect"] for step in steps if step["op"] == "assert" and step["expect"]]
        mine = [e for e in expects if e.get("step") == call["id"] or e.get("select", {}).get("call") == call["id"]]
        found.append((call, mine))
    return found


@pytest.mark.parametrize(("call", "expects"), _calls("Test_ResolveVar"))
def test_recorded_references(call: dict[str, Any], expects: list[dict[str, Any]]) -> None:
    text, values = call["args"]
    wanted = [expect for expect in expects if "value" in expect]
    assert wanted
    try:
        answers = [reference_name(text), resolve_reference(text, Scope(values or {}))]
    except TemplateError as error:
        assert [expect["value"] for expect in wanted] == [str(error)]
    else:
        assert all(expect["value"] == answers[expect["select"]["ret"]] for expect in wanted)


@pytest.mark.parametrize(("call", "expects"), _calls("Test_getIdentifiers"))
def test_recorded_identifiers(call: dict[str, Any], expects: list[dict[str, Any]]) -> None:
    found = compile_program(call["args"][0], "").identifiers.required
    assert [sorted(found)] == [sorted(expect["value"]) for expect in expects if "value" in expect]


@pytest.mark.parametrize(("call", "expects"), _calls("Test_hasVarInEnv"))
def test_recorded_presence(call: dict[str, Any], expects: list[dict[str, Any]]) -> None:
    values, name = call["args"]
    if name == "obj.Value" and values["obj"]:
        pytest.skip("a Go struct whose field names the recording lost")
    assert [expect["op"] for expect in expects] == ["true" if exists(Scope(values), name) else "false"]


@pytest.mark.parametrize(("call", "expects"), _calls("Test_parseTag"))
def test_recorded_kinds(call: dict[str, Any], expects: list[dict[str, Any]]) -> None:
    (tag,) = tags(f"{{{{{call['args'][0]}}}}}")
    answers = ["=" if tag.kind == "expression" else "", tag.content]
    assert [expect["value"] for expect in expects] == answers
