"""The reference results for tags, references, ``when`` and ``depends``; skipped where the corpus is absent."""

import functools
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tiphys.core.expr.values import Time
from tiphys.core.template.compile import compile_text, compile_tree
from tiphys.core.template.depends import RESULTS, TaskResult, from_dependencies, invalid_results, parse_depends
from tiphys.core.template.errors import MissingVariableError, TemplateError
from tiphys.core.template.expression import compile_program, compile_value
from tiphys.core.template.nested import exists
from tiphys.core.template.references import reference_name, resolve_reference
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.core.template.tagscan import tags
from tiphys.core.template.when import evaluate_when

CORPUS = Path(os.environ.get("TIPHYS_CORPUS", "/work/shared/corpus"))
FILE = CORPUS / "expressions.yaml"
CALLS = CORPUS / "controller/cases/util_template"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"no corpus at {CORPUS}")

#: Where Tiphys differs on purpose, and why.
DIFFERENT = {
    "template-escaping-014": "any character can be inserted; Argo makes invalid JSON of it",
    "template-raw-json-002": "a tag outside a string cannot occur: data is parsed before tags are looked for",
    "cron-when-007": "text is not JSON, so double quotes are fine inside an expression tag",
    "cron-when-013": "as 007",
    "cron-when-033": "as 007",
    "cron-when-010": "labels are reachable although labels.json exists",
    "cron-when-014": "labels.json is text, not bytes",
    "cron-when-027": "the message shows the text as a JSON string, as for all other fields",
    "cron-when-015": "bare words are strings in every `when`",
    "cron-when-016": "bare words are strings in every `when`",
    "cron-when-021": "bare words are strings in every `when`",
    "cron-when-023": "bare words are strings in every `when`",
    "cron-when-024": "bare words are strings in every `when`",
    "cron-when-029": "bare words are strings in every `when`",
}


@functools.cache
def _corpus() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(FILE.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def _cases(*groups: str) -> list[Any]:
    if not FILE.exists():
        return []
    found = [case for case in _corpus()["cases"] if case["id"].rpartition("-")[0] in groups]
    return [pytest.param(case, id=case["id"]) for case in found if case["id"] not in DIFFERENT]


def _scope(case: dict[str, Any]) -> Scope:
    return Scope(_corpus()["envs"][case["env"]])


def _failure(error: TemplateError) -> dict[str, Any]:
    answer: dict[str, Any] = {"error": str(error).split("\n")[0]}
    if isinstance(error, MissingVariableError):
        answer["missing"] = True
    return answer


def _mode(case: dict[str, Any]) -> Mode:
    if case.get("strict_prefixes"):
        return Mode.SIBLINGS
    return Mode.STRICT if case.get("allow_unresolved") is False else Mode.LENIENT


@pytest.mark.parametrize(
    "case", _cases("template-simple", "template-escaping", "template-expression", "template-strictness")
)
def test_tags(case: dict[str, Any]) -> None:
    try:
        answer: dict[str, Any] = {"text": compile_text(case["expr"]).render(_scope(case), _mode(case))}
    except TemplateError as error:
        answer = _failure(error)
    assert answer == case["want"]


@pytest.mark.parametrize("case", _cases("template-raw-json"))
def test_trees(case: dict[str, Any]) -> None:
    tree = compile_tree(json.loads(case["expr"]))
    try:
        answer: dict[str, Any] = {"json": tree.render(_scope(case), _mode(case))}
    except TemplateError as error:
        answer = _failure(error)
    want = dict(case["want"])
    if "text" in want:
        want = {"json": json.loads(want["text"])}
    assert answer == want


@pytest.mark.parametrize("case", _cases("resolve-var"))
def test_references(case: dict[str, Any]) -> None:
    want = case["want"]
    try:
        value = resolve_reference(case["expr"], _scope(case))
    except TemplateError as error:
        assert _failure(error)["error"] == want["error"]
    else:
        assert json.dumps(value) == want["json"]
        assert reference_name(case["expr"]) == want["tag"]


@pytest.mark.parametrize("case", _cases("env-conflict"))
def test_conflicts(case: dict[str, Any]) -> None:
    want = case["want"]
    if case["mode"] == "tmpl":
        assert compile_text(case["expr"]).render(_scope(case), Mode.LENIENT) == want["text"]
        return
    try:
        value = compile_value(case["expr"]).evaluate(_scope(case))
    except TemplateError as error:
        assert _failure(error)["error"].endswith(want["error"])
    else:
        assert _plain(value) == json.loads(want["json"])


def _plain(value: Any) -> Any:
    if hasattr(value, "items"):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("case", _cases("when"))
def test_when(case: dict[str, Any]) -> None:
    try:
        answer: dict[str, Any] = {"type": "bool", "json": json.dumps(evaluate_when(case["expr"]))}
    except TemplateError as error:
        answer = {"error": str(error)}
    assert answer == case["want"]


@pytest.mark.parametrize("case", _cases("cron-when"))
def test_cron_when(case: dict[str, Any]) -> None:
    facts = dict(_corpus()["envs"][case["env"]])
    last = facts.get("lastScheduledTime")
    facts["lastScheduledTime"] = _time(last) if last else None
    facts["labels.json"] = json.dumps(facts["labels"])
    scope = Scope({f"cronworkflow.{name}": value for name, value in facts.items()})
    want = case["want"]
    try:
        text = compile_text(case["expr"]).render(scope, Mode.STRICT)
        answer = json.dumps(evaluate_when(text))
    except TemplateError as error:
        assert want["error"] in str(error)
    else:
        assert (text, answer) == (want["substituted"], want["json"])


def _time(text: str) -> Time:
    return Time(int(datetime.fromisoformat(text).timestamp()) * 1_000_000_000)


@pytest.mark.parametrize("case", _cases("depends", "depends-legacy"))
def test_depends(case: dict[str, Any]) -> None:
    env = _corpus()["envs"][case["env"]]
    continues = {}
    results = {}
    for name, flags in env.items():
        on = flags.get("continueOn", {})
        continues[name] = (on.get("failed", False), on.get("error", False))
        results[name] = TaskResult(**{field: flags.get(result, False) for result, field in RESULTS.items()})
    if case.get("use_dependencies_field"):
        depends = from_dependencies([name.strip() for name in case["expr"].split(",")], continues)
    else:
        depends = parse_depends(case["expr"], continues)
    answer: dict[str, Any] = {
        "deps": sorted(f"{name} (items)" if name in depends.items_tasks else name for name in depends.tasks),
        "logic": depends.text,
    }
    if invalid := invalid_results(case["expr"]):
        task, result = invalid[0]
        answer["validate_error"] = f"task result '{result}' for task '{task}' is invalid"
    try:
        answer["result"] = depends.evaluate({name: results[name] for name in depends.tasks if name in results})
    except TemplateError as error:
        answer["error"] = str(error).split("\n")[0]
    assert answer == case["want"]


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
