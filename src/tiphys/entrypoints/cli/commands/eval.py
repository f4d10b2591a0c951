"""``tiphys eval``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from tiphys.entrypoints.cli import problems, session
from tiphys.errors import UsageError, reason_of

if TYPE_CHECKING:
    from tiphys.core.expr.values import Value
    from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
    from tiphys.core.template.depends import TaskResult
    from tiphys.core.template.scope import Scope

#: Phases of nodes, by the result of ``depends`` that they are.
_PHASES: Final = {"Error": "Errored"}
_TO_STRING: Final = "to string"


class _Failed(Exception):  # noqa: N818 - it carries the answer, not a fault
    """The expression has no value; ``args[0]`` says why and where."""


@click.command("eval")
@click.argument("expression", metavar="EXPR")
@click.option(
    "--env", metavar="FILE", help="YAML or JSON map of variables, nested or by dotted names; - is standard input."
)
@click.option(
    "--mode",
    type=click.Choice(["expr", "template", "when", "depends"]),
    default="expr",
    show_default=True,
    help="Language: expr-lang, text with tags, a when condition, or depends over results of tasks.",
)
def command(expression: str, env: str | None, mode: str) -> int:
    """Evaluate one expression as a workflow would and print its value.

    Exit code 0: it has a value; 1: it is malformed or fails.  With depends the variables are the tasks' results:
    {"a": "Succeeded", "b": ["Failed", "AnySucceeded"]}.
    """
    data = _read(env) if env else {}
    try:
        sys.stdout.write(_MODES[mode](expression, data) + "\n")
    except _Failed as failed:
        sys.stdout.flush()
        from tiphys.entrypoints.cli.output.style import RED

        sys.stderr.write(f"{session.error_style().paint('error:', RED)} {failed.args[0]}\n")
        return problems.FAILED
    return problems.OK


def _read(file: str) -> JsonObject:
    """The variables of a file.

    Raises:
        UsageError: it cannot be read, is no YAML, or no map.
    """
    from tiphys.core.manifest import yaml

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        documents = yaml.parse(text)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {reason_of(error)}", where=file) from None
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8", where=file) from None
    except yaml.YamlError as error:
        raise UsageError(f"the environment is not YAML: {error.message}", where=f"{file}:{error.place(text)}") from None
    data = documents[0].data if documents else {}
    if not isinstance(data, dict) or len(documents) > 1:
        raise UsageError("the environment must be one map of names to values", where=file)
    return data


def _expr(text: str, data: JsonObject) -> str:
    from tiphys.core.expr.compile import compile_expression
    from tiphys.core.expr.failure import Fault
    from tiphys.core.expr.format import to_raw_json
    from tiphys.core.expr.program import ExprError

    try:
        return to_raw_json(compile_expression(text).run({**_ambient(), **cast("dict[str, Value]", _nested(data))}))
    except (ExprError, Fault, ValueError) as error:
        raise _Failed(str(error)) from None


def _template(text: str, data: JsonObject) -> str:
    from tiphys.core.template.compile import compile_text
    from tiphys.core.template.errors import MissingVariableError, TemplateError
    from tiphys.core.template.render import Mode

    try:
        return compile_text(text).render(_scope(data), Mode.STRICT)
    except MissingVariableError as error:
        raise _Failed(f"{error}{_caret(text, error.name)}") from None
    except TemplateError as error:
        hint = "\n  hint: tags insert strings: put the value in quotes" if str(error).endswith(_TO_STRING) else ""
        raise _Failed(f"{error}{hint}") from None


def _when(text: str, data: JsonObject) -> str:
    from tiphys.core.template.errors import WhenError
    from tiphys.core.template.when import evaluate_when

    condition = _template(text, data) if "{{" in text else text
    try:
        return _truth(evaluate_when(condition))
    except WhenError as error:
        raise _Failed(str(error)) from None


def _depends(text: str, data: JsonObject) -> str:
    from tiphys.core.template.depends import parse_depends
    from tiphys.core.template.errors import TemplateError

    results = {task: _result(task, value) for task, value in data.items()}
    depends = parse_depends(text, {})
    missing = next((task for task in depends.tasks if task not in results), None)
    if missing is not None:
        raise _Failed(f"there is no result of task {missing}{_caret(text, missing)}")
    try:
        return _truth(depends.evaluate(results))
    except TemplateError as error:
        raise _Failed(str(error)) from None


def _result(task: str, value: JsonValue) -> TaskResult:
    """What a task offers: the name of a result, several of them, or a map of name to boolean.

    Raises:
        UsageError: no such result.
    """
    from tiphys.core.template.depends import RESULTS, TaskResult

    held = [name for name, on in value.items() if on] if isinstance(value, dict) else value
    names = [_PHASES.get(str(name), str(name)) for name in (held if isinstance(held, list) else [held])]
    unknown = next((name for name in names if name not in RESULTS), None)
    if unknown is not None:
        raise UsageError(f"task {task} cannot have the result {unknown}", f"one of {', '.join(RESULTS)}", "--env")
    return TaskResult(**{RESULTS[name]: True for name in names})


_MODES: Mapping[str, Callable[[str, Any], str]] = {
    "expr": _expr,
    "template": _template,
    "when": _when,
    "depends": _depends,
}


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _nested(data: JsonObject) -> JsonObject:
    """The variables with dotted names taken apart, so that ``a.b: 1`` is ``a: {b: 1}``."""
    nested: JsonObject = {}
    for name, value in data.items():
        below = nested
        *parents, last = name.split(".")
        for parent in parents:
            inner = below.setdefault(parent, {})
            below = inner if isinstance(inner, dict) else {}
        known = below.get(last)
        below[last] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return nested


def _scope(data: JsonObject) -> Scope:
    """The variables by flat names; a map stands for the names below it."""
    from tiphys.core.template.scope import Scope

    flat: dict[str, Any] = dict(_ambient())
    pending: list[tuple[str, JsonValue]] = list(data.items())
    while pending:
        name, value = pending.pop(0)
        if isinstance(value, dict) and value:
            pending += [(f"{name}.{key}", item) for key, item in value.items()]
        else:
            flat[name] = value
    return Scope(flat)


def _ambient() -> dict[str, Value]:
    """The time and chance of this call."""
    import secrets

    from tiphys.core.template import ambient

    return {ambient.NOW: ambient.moment(session.now()), ambient.RANDOM: lambda: secrets.randbits(64)}


def _caret(text: str, name: str) -> str:
    """The line of a text in which a name stands, and a caret below it; empty when it does not stand there."""
    found = re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) if name else None
    if found is None:
        return ""
    at = found.start()
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[begin : end if end >= 0 else len(text)]
    return f" ({text.count(chr(10), 0, at) + 1}:{at - begin + 1})\n | {line}\n | {'.' * (at - begin)}^"
