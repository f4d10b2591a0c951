"""Every dialect of expressions, tags and conditions: what the reference libraries make of ``expressions.yaml``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.conformance.case import Case, Comparison, Outcome
from tests.conformance.expression_values import expand, with_clock
from tiphys.core.expr.compile import compile_expression
from tiphys.core.expr.format import to_json
from tiphys.core.expr.program import ExprError, Functions
from tiphys.core.expr.values import Duration, Time
from tiphys.core.template.compile import compile_text, compile_tree
from tiphys.core.template.cron import CronFacts, cron_stop, cron_when
from tiphys.core.template.depends import RESULTS, TaskResult, from_dependencies, invalid_results, parse_depends
from tiphys.core.template.errors import MissingVariableError, TemplateError
from tiphys.core.template.expression import compile_condition
from tiphys.core.template.references import reference_name, resolve_reference
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.core.template.when import evaluate_when

_PLAIN = "text with tags is not JSON"
_BARE = "bare words are strings in every `when`"
_LABELS = "labels and annotations of a CronWorkflow"
#: Where Tiphys differs on purpose: the case and the first cell of the row of ``docs/differences.md`` that says why.
DIFFERENT = {
    "template-escaping-014": "control characters in a value inserted by a simple tag",
    "template-raw-json-002": "a tag outside of a JSON string",
    "cron-when-007": _PLAIN,
    "cron-when-010": _LABELS,
    "cron-when-013": _PLAIN,
    "cron-when-014": _LABELS,
    "cron-when-015": _LABELS,
    "cron-when-016": _LABELS,
    "cron-when-021": _BARE,
    "cron-when-024": _BARE,
    "cron-when-029": _BARE,
    "cron-when-033": _PLAIN,
    "cron-stop-004": _LABELS,
    "cron-stop-005": _LABELS,
    "cron-stop-014": "the width of an integer in a message",
}

#: The classes of values of the plain types.
_CLASSES = {
    "nil": type(None),
    "bool": bool,
    "int": int,
    "float": float,
    "string": str,
    "array": list,
    "map": Mapping,
    "time.Time": Time,
    "time.Duration": Duration,
}
_WRAPPED = re.compile(r"unable to evaluate expression '.*': (?=.*\(\d+:\d+\)$)")


def cases(corpus: Path) -> Iterable[Case]:
    """Every row with the values of its environment."""
    environments: dict[str, dict[str, Any]] = {}
    rows = []
    for line in (corpus / "expressions.yaml").read_text().splitlines():
        if line.startswith('- {"id"'):
            rows.append(json.loads(line[2:]))
        elif found := re.fullmatch(r"  ([\w-]+): (\{.*\})", line):
            environments[found[1]] = json.loads(found[2])
    for row in rows:
        yield Case(row["id"], {**row, "values": environments[row["env"]]}, corpus)


def group(case: Case) -> str:
    """The id without its number."""
    return case.id.rpartition("-")[0]


def run(case: Case) -> Outcome:
    """Evaluate a row as its mode says."""
    compared = Comparison()
    _MODES[case.data["mode"]](compared, case.data)
    return compared.outcome()


# --- expressions --------------------------------------------------------------------------------------------------


def _expr(compared: Comparison, row: dict[str, Any]) -> None:
    bare = row.get("functions") is False
    env = with_clock(row["values"] if bare else expand(row["values"]))
    want = row["want"]
    try:
        value = compile_expression(row["expr"], Functions.BUILTIN if bare else Functions.ARGO).run(env)
    except ExprError as error:
        phase = "run" if error.phase == "run" else "compile"
        wanted = _WRAPPED.sub("", want.get("error", "a value"))
        compared.equal("error", wanted, error.message.splitlines()[0])
        compared.equal("stage", want.get("stage", phase), phase)
        return
    if compared.hold("a value", "error" not in want, want.get("error"), value):
        compared.hold("type", isinstance(value, _CLASSES.get(want["type"], object)), want["type"], type(value))
        _compare_json(compared, want, value)


def _compare_json(compared: Comparison, want: dict[str, Any], value: Any) -> None:
    if isinstance(value, Duration) and "json" in want:
        compared.equal("nanoseconds", json.loads(want["json"]), value.nanoseconds)
        return
    try:
        text = to_json(value)
    except ValueError as error:
        compared.equal("JSON error", want.get("json_error"), str(error))
    else:
        compared.equal("JSON", want.get("json"), text)


def _tag(compared: Comparison, row: dict[str, Any]) -> None:
    """The expression as a tag, all of which must resolve."""
    want = row["want"]
    scope = Scope(with_clock(row["values"]))
    try:
        text = compile_text("{{=" + row["expr"] + "}}").render(scope, Mode.STRICT)
    except TemplateError as error:
        compared.equal("render error", want.get("render_error"), _first_line(error))
    else:
        compared.equal("rendered", want.get("render", want.get("json")), text)


def _value(compared: Comparison, row: dict[str, Any]) -> None:
    _expr(compared, row)
    if row.get("functions") is not False and "error" not in row["want"]:
        _tag(compared, row)


def _condition(compared: Comparison, row: dict[str, Any]) -> None:
    functions = Functions.BUILTIN if row.get("functions") is False else Functions.ARGO
    condition = compile_condition(row["expr"], functions)
    _compare_boolean(compared, row, lambda: condition.evaluate(Scope(with_clock(row["values"]))))


# --- tags and references ------------------------------------------------------------------------------------------


def _mode(row: dict[str, Any]) -> Mode:
    if row.get("strict_prefixes"):
        return Mode.SIBLINGS
    return Mode.STRICT if row.get("allow_unresolved") is False else Mode.LENIENT


def _text(compared: Comparison, row: dict[str, Any]) -> None:
    try:
        answer: dict[str, Any] = {"text": compile_text(row["expr"]).render(Scope(row["values"]), _mode(row))}
    except TemplateError as error:
        answer = _failure(error)
    compared.equal("result", row["want"], answer)


def _tree(compared: Comparison, row: dict[str, Any]) -> None:
    want = row["want"]
    try:
        tree = compile_tree(json.loads(row["expr"]))
        answer: dict[str, Any] = {"tree": tree.render(Scope(row["values"]), _mode(row))}
    except json.JSONDecodeError as error:
        answer = {"error": f"no JSON: {error}"}
    except TemplateError as error:
        answer = _failure(error)
    compared.equal("result", {"tree": json.loads(want["text"])} if "text" in want else want, answer)


def _failure(error: TemplateError) -> dict[str, Any]:
    missing = {"missing": True} if isinstance(error, MissingVariableError) else {}
    return {"error": _first_line(error), **missing}


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0]


def _reference(compared: Comparison, row: dict[str, Any]) -> None:
    want = row["want"]
    try:
        value = resolve_reference(row["expr"], Scope(row["values"]))
    except TemplateError as error:
        compared.equal("error", want.get("error"), _first_line(error))
    else:
        compared.equal("value", want.get("json"), json.dumps(value))
        compared.equal("tag", want.get("tag"), reference_name(row["expr"]))


# --- conditions ---------------------------------------------------------------------------------------------------


def _compare_boolean(compared: Comparison, row: dict[str, Any], decide: Callable[[], bool]) -> None:
    want = row["want"]
    try:
        answer = json.dumps(decide())
    except TemplateError as error:
        compared.equal("error", want.get("error"), _first_line(error))
    else:
        compared.equal("decision", want.get("json", want.get("error")), answer)


def _when(compared: Comparison, row: dict[str, Any]) -> None:
    _compare_boolean(compared, row, lambda: evaluate_when(row["expr"]))


def _facts(row: dict[str, Any]) -> CronFacts:
    values = dict(row["values"])
    last = values.pop("lastScheduledTime")
    ran = Time(int(datetime.fromisoformat(last).timestamp()) * 1_000_000_000) if last else None
    return CronFacts(last_scheduled=ran, **values)


def _cron_when(compared: Comparison, row: dict[str, Any]) -> None:
    _compare_boolean(compared, row, lambda: cron_when(row["expr"], _facts(row), with_clock({})))


def _cron_stop(compared: Comparison, row: dict[str, Any]) -> None:
    _compare_boolean(compared, row, lambda: cron_stop(row["expr"], _facts(row), with_clock({})))


def _depends(compared: Comparison, row: dict[str, Any]) -> None:
    continues, results = {}, {}
    for name, flags in row["values"].items():
        on = flags.get("continueOn", {})
        continues[name] = (on.get("failed", False), on.get("error", False))
        results[name] = TaskResult(**{field: flags.get(result, False) for result, field in RESULTS.items()})
    if row.get("use_dependencies_field"):
        depends = from_dependencies([name.strip() for name in row["expr"].split(",")], continues)
    else:
        depends = parse_depends(row["expr"], continues)
    tasks = sorted(f"{name} (items)" if name in depends.items_tasks else name for name in depends.tasks)
    answer: dict[str, Any] = {"deps": tasks, "logic": depends.text}
    if invalid := invalid_results(row["expr"]):
        task, result = invalid[0]
        answer["validate_error"] = f"task result '{result}' for task '{task}' is invalid"
    try:
        answer["result"] = depends.evaluate({name: results[name] for name in depends.tasks if name in results})
    except TemplateError as error:
        answer["error"] = _first_line(error)
    compared.equal("result", row["want"], answer)


_MODES: dict[str, Callable[[Comparison, dict[str, Any]], None]] = {
    "expr": _value,
    "evalbool": _condition,
    "tmpl": _text,
    "tmpljson": _tree,
    "resolvevar": _reference,
    "when": _when,
    "cronwhen": _cron_when,
    "cronstop": _cron_stop,
    "depends": _depends,
}
