"""``depends`` of DAG tasks: ``spec/expressions.md`` 19.

The text is rewritten as Argo does; the rewritten text is then read by a small grammar (``&& || ! ( )`` over
``task.Result``).  Anything beyond it goes to the expression language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from tiphys.core.template.dependslogic import Logic, UnsupportedLogicError, parse_logic
from tiphys.core.template.errors import TemplateError

#: The results that a task name may carry, and the fields of ``TaskResult`` that hold them.
RESULTS = {
    "Succeeded": "succeeded",
    "Failed": "failed",
    "Errored": "errored",
    "Skipped": "skipped",
    "Omitted": "omitted",
    "Daemoned": "daemoned",
    "AnySucceeded": "any_succeeded",
    "AllFailed": "all_failed",
}
#: Results that look at the items of a loop.
ITEM_RESULTS = frozenset(("AnySucceeded", "AllFailed"))

#: ``name.Result`` or a bare task name.
_WORD = r"(?P<task>[a-zA-Z0-9][-a-zA-Z0-9]*)\.(?P<result>[A-Z][a-zA-Z]+)|(?P<bare>[a-zA-Z0-9][-a-zA-Z0-9]*)"


class TaskResult(Struct, frozen=True, kw_only=True):
    """What a finished task offers to ``depends``."""

    succeeded: bool = False
    failed: bool = False
    errored: bool = False
    skipped: bool = False
    omitted: bool = False
    daemoned: bool = False
    any_succeeded: bool = False
    all_failed: bool = False


class Depends(Struct, frozen=True):
    """A parsed ``depends``.

    ``tasks`` are the names in order of first mention, ``items_tasks`` those whose items count, ``text`` is the
    rewritten expression with the names as the manifest has them.
    """

    text: str
    tasks: tuple[str, ...]
    items_tasks: frozenset[str]
    _logic: Logic | None

    def evaluate(self, results: Mapping[str, TaskResult]) -> bool:
        """Decide whether the task may run, from the results of all ``tasks``.

        Raises:
            TemplateError: the expression is malformed or its value is not a boolean.
        """
        text = self.text.replace("-", "_")
        named: Mapping[str, TaskResult] = results
        if text != self.text:
            named = {name.replace("-", "_"): result for name, result in results.items()}
        if self._logic is None:
            return _evaluate_expression(text, named)
        problem = self._logic.problem(named, RESULTS)
        if problem is not None:
            raise TemplateError(f"unable to evaluate expression '{text}': {problem}")
        return self._logic.evaluate(named, RESULTS)


def parse_depends(expression: str, continues: Mapping[str, tuple[bool, bool]]) -> Depends:
    """Rewrite and parse a ``depends`` text; syntax errors wait until ``evaluate``.

    Args:
        expression: The text.
        continues: Task name to (``continueOn.failed``, ``continueOn.error``); absent names continue on neither.
    """
    tasks: dict[str, bool] = {}

    def rewrite(match: re.Match[str]) -> str:
        name = match["task"] or match["bare"]
        tasks[name] = tasks.get(name, False) or match["result"] in ITEM_RESULTS
        return match[0] if match["task"] else _accepts(name, continues.get(name, (False, False)))

    text = re.sub(_WORD, rewrite, expression)
    try:
        logic = parse_logic(text.replace("-", "_"))
    except UnsupportedLogicError:
        logic = None
    return Depends(text, tuple(tasks), frozenset(name for name, items in tasks.items() if items), logic)


def from_dependencies(names: Sequence[str], continues: Mapping[str, tuple[bool, bool]]) -> Depends:
    """The ``depends`` that the older ``dependencies`` list stands for: all of them."""
    return parse_depends(" && ".join(names), continues)


def invalid_results(expression: str) -> list[tuple[str, str]]:
    """(task, result) for every ``task.Result`` whose result does not exist, in order."""
    found = [(match["task"], match["result"]) for match in re.finditer(_WORD, expression) if match["task"]]
    return [(task, result) for task, result in found if result not in RESULTS]


def _accepts(name: str, continues: tuple[bool, bool]) -> str:
    wanted = ["Succeeded", "Skipped", "Daemoned"]
    failed, error = continues
    if error:
        wanted.append("Errored")
    if failed:
        wanted.append("Failed")
    return f"({' || '.join(f'{name}.{result}' for result in wanted)})"


def _evaluate_expression(text: str, results: Mapping[str, TaskResult]) -> bool:
    from tiphys.core.expr.program import Functions
    from tiphys.core.expr.structs import Struct
    from tiphys.core.expr.values import Value
    from tiphys.core.template.expression import evaluate_bool

    env: dict[str, Value] = {}
    for name, result in results.items():
        fields: dict[str, Value] = {key: getattr(result, attribute) for key, attribute in RESULTS.items()}
        env[name] = Struct("controller.TaskResults", fields)
    try:
        return evaluate_bool(text, env, Functions.BUILTIN)
    except TemplateError as error:
        prefix = f"unable to evaluate expression '{text}': "
        message = str(error)
        raise TemplateError(message if message.startswith(prefix) else prefix + message) from None
