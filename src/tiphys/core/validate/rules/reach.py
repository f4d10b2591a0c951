"""Advice on what never runs, never ends, or reads what is never produced."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.manifest.source import Path
from tiphys.core.template.errors import TemplateError, WhenError
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home, Site
from tiphys.core.validate.survey import Call, calls
from tiphys.core.validate.tags import tagged_strings

#: Compiled by ``re`` on first use, so that starting up costs nothing.
_OUTPUT = r"\b(?:steps|tasks)(?:\.([-\w]+)|\[['\"]([-\w]+)['\"]\])\.outputs\b"
_PLAIN_DEPENDS = r"(?a:[\w\s.&|!()-]*)"
#: The name of a task in such a text, as opposed to that of a result.
_TASK_NAME = r"(?a:(?<![.\w-])[a-zA-Z0-9][-\w]*)"
#: Results after which a task may have outputs: the fields that are true.
_WITH = ("succeeded any_succeeded", "failed", "failed all_failed", "errored", "daemoned")
#: Tasks in one ``depends`` for which all combinations of results are tried.
_MOST = 3


def check_template(context: Context, site: Site, home: Home, template: Template) -> None:
    """Steps and tasks of one template that never run, and references to what they never produce."""
    found = list(calls(site, template))
    silent = dict(_never(template, found))
    defaults = _Defaults(home, found)
    for call in found:
        name = call.node.name or ""
        if name in silent:
            context.warn(Code.NEVER_RUNS, call.site.at(silent[name][0]), f"'{name}' never runs: {silent[name][1]}")
        _check_references(context, call, silent, defaults)
        _check_loop(context, call)


def _never(template: Template, found: Iterable[Call]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The calls that never run, each with the field that says so and why."""
    wanted = _wanted(template)
    for call in found:
        name, when = call.node.name or "", call.node.when
        if when and "{{" not in when and _is_false(when):
            yield name, ("when", f"'{when}' is false whatever happens")
        elif wanted is not None and name not in wanted:
            target = template.dag.target if template.dag else ""
            yield name, ("name", f"neither the target '{target}' nor what it depends on is this task")


def _is_false(text: str) -> bool:
    from tiphys.core.template.when import evaluate_when

    try:
        return not evaluate_when(text)
    except WhenError:
        return False


def _wanted(template: Template) -> frozenset[str] | None:
    """The tasks that the target of a DAG needs; None when all count."""
    dag = template.dag
    if dag is None or not dag.target or "{{" in dag.target:
        return None
    tasks = {task.name: task for task in dag.tasks or ()}
    found: set[str] = set()
    pending = dag.target.split()
    while pending:
        name = pending.pop()
        if name in tasks and name not in found:
            found.add(name)
            pending += _dependencies(tasks[name])
    return frozenset(found)


def _dependencies(task: DAGTask) -> list[str]:
    from tiphys.core.template.depends import parse_depends

    return [*(task.dependencies or ()), *(parse_depends(task.depends, {}).tasks if task.depends else ())]


class _Defaults:
    """Which outputs have a value although nothing produces them."""

    def __init__(self, home: Home, siblings: Iterable[Call]) -> None:
        self._home = home
        self._siblings = {call.node.name or "": call for call in siblings}

    def help(self, call: Call, path: Path, name: str) -> bool:
        """Whether an output of a sibling, or the input that an argument of ``call`` fills, has a default."""
        producer = self._template(self._siblings[name].node) if name in self._siblings else None
        outputs = (producer.outputs.parameters if producer and producer.outputs else None) or ()
        if producer is None or any(item.value_from and item.value_from.default is not None for item in outputs):
            return True
        consumer = self._template(call.node)
        if path[:2] != ("arguments", "parameters") or consumer is None:
            return False
        given = (call.node.arguments.parameters if call.node.arguments else None) or ()
        argument = given[path[2]].name if isinstance(path[2], int) else ""
        inputs = (consumer.inputs.parameters if consumer.inputs else None) or ()
        return any(item.name == argument and (item.value, item.default) != (None, None) for item in inputs)

    def _template(self, node: WorkflowStep | DAGTask) -> Template | None:
        at = self._home.index(node.template) if node.template and node.template_ref is None else None
        return node.inline or ((self._home.spec.templates or ())[at] if at is not None else None)


def _check_references(context: Context, call: Call, silent: Mapping[str, tuple[str, str]], defaults: _Defaults) -> None:
    absent = _absent_when_it_runs(call.node)
    for path, text in tagged_strings(call.node, skip=frozenset(("inline",))):
        if "??" in text or "?." in text:
            continue
        for name in dict.fromkeys(first or second for first, second in re.findall(_OUTPUT, text)):
            if defaults.help(call, path, name):
                continue
            if name in silent:
                message = f"'{name}' never runs, so its outputs are never produced"
                context.warn(Code.NEVER_PRODUCED, call.site.at(*path), message, "give the output a default")
            elif name in absent:
                message = f"this task runs only when '{name}' did not, so its outputs are never there"
                context.warn(Code.NEVER_PRODUCED, call.site.at(*path), message, "give the output a default")


def _absent_when_it_runs(node: WorkflowStep | DAGTask) -> frozenset[str]:
    """The tasks that cannot have run when ``depends`` holds."""
    text = node.depends if isinstance(node, DAGTask) else None
    if not text or not re.fullmatch(_PLAIN_DEPENDS, text):
        return frozenset()
    numbers: dict[str, int] = {}
    shape = re.sub(_TASK_NAME, lambda match: f"t{numbers.setdefault(match[0], len(numbers))}", text)
    absent = _absent(shape)
    return frozenset(name for name, number in numbers.items() if f"t{number}" in absent)


@lru_cache(maxsize=1024)  # large graphs have few shapes, and one costs up to 343 evaluations
def _absent(text: str) -> frozenset[str]:
    """The tasks of a ``depends`` that cannot have run when it holds."""
    from tiphys.core.template.depends import TaskResult, parse_depends

    depends = parse_depends(text, {})
    if len(depends.tasks) > _MOST:
        return frozenset()
    done = [TaskResult(**dict.fromkeys(names.split(), True)) for names in _WITH]
    absent = [TaskResult(skipped=True), TaskResult(omitted=True)]
    present: set[str] = set()
    holds = False
    for states in itertools.product((*done, *absent), repeat=len(depends.tasks)):
        results = dict(zip(depends.tasks, states, strict=True))
        try:
            if not depends.evaluate(results):
                continue
        except TemplateError:
            return frozenset()
        holds = True
        present |= {name for name, state in results.items() if state in done}
    return frozenset(depends.tasks) - present if holds else frozenset()


def _check_loop(context: Context, call: Call) -> None:
    """Sources of loops that fail when the workflow runs."""
    text, sequence = call.node.with_param, call.node.with_sequence
    if text and "{{" not in text and not text.lstrip().startswith("["):
        place = call.site.at("withParam")
        context.warn(Code.LOOP_SOURCE, place, f"'{text}' is not a JSON list", "write withItems for a fixed list")
    if sequence is not None and sequence.count is None and sequence.end is None:
        place = call.site.at("withSequence")
        context.warn(Code.LOOP_SOURCE, place, "neither end nor count was specified in withSequence")


def check_recursion(context: Context, site: Site, home: Home) -> None:
    """Templates that call themselves, directly or not, with nothing that could stop it."""
    edges: dict[str, list[tuple[str, Site]]] = {}
    for at, template in enumerate(home.spec.templates or ()):
        place = site.at("templates", at)
        edges[template.name or ""] = [
            (call.node.template, call.site.at("template"))
            for call in calls(place, template)
            if call.node.template and call.node.template_ref is None and not _can_stop(call.node)
        ]
    for name, callees in edges.items():
        for callee, place in callees:
            if _leads_to(edges, callee, name):
                message = f"template '{name}' calls itself for ever: '{callee}' leads back to it without any condition"
                context.warn(Code.ENDLESS, place, message, "give one of the calls a when")


def _can_stop(node: WorkflowStep | DAGTask) -> bool:
    conditional = isinstance(node, DAGTask) and bool(node.depends)
    return bool(node.when or node.with_param or node.with_sequence or node.with_items is not None or conditional)


def _leads_to(edges: Mapping[str, list[tuple[str, Site]]], start: str, goal: str) -> bool:
    seen, pending = {start}, [start]
    while pending:
        name = pending.pop()
        if name == goal:
            return True
        for callee, _ in edges.get(name, ()):
            if callee not in seen:
                seen.add(callee)
                pending.append(callee)
    return False
