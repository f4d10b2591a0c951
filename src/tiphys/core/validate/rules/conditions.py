"""Advice on ``when`` and ``depends``, which Argo reads only when it runs them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from tiphys.core.manifest.model.template import DAGTask
from tiphys.core.template.depends import Depends, TaskResult, parse_depends
from tiphys.core.template.errors import TemplateError, WhenError
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site

_TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)
#: What a tag may turn into: a word, a number, a boolean.
_SAMPLES = ("w", "1", "true")
_QUOTED_TAG = r"""(?:'\{\{[^{}]*\}\}'|"\{\{[^{}]*\}\}")"""
_BARE = r"(?:\d+(?:\.\d+)?|true|false)(?![\w.])"
_BARE_TAG = r"""(?<!['"\w])\{\{[^{}=][^{}]*\}\}(?!['"\w])"""
_QUOTED_NUMBER = r"""(?:'\d+(?:\.\d+)?'|"\d+(?:\.\d+)?")"""
_NEVER_EQUAL = re.compile(
    rf"{_QUOTED_TAG}\s*[=!]=\s*(?P<bare>{_BARE})|{_BARE_TAG}\s*[=!]=\s*(?P<quoted>{_QUOTED_NUMBER})"
)
_WORD = re.compile(r"[\w-]+", re.ASCII)
_PLAIN_DEPENDS = re.compile(r"[\w\s.&|!()-]*", re.ASCII)

_STATES = (
    TaskResult(succeeded=True),
    TaskResult(failed=True),
    TaskResult(errored=True),
    TaskResult(skipped=True),
    TaskResult(omitted=True),
    TaskResult(daemoned=True),
    TaskResult(succeeded=True, daemoned=True),
)
_LOOP_STATES = (
    TaskResult(succeeded=True, any_succeeded=True),
    TaskResult(failed=True, any_succeeded=True),
    TaskResult(errored=True, any_succeeded=True),
    TaskResult(failed=True, all_failed=True),
    *_STATES,
)
#: What mends a condition, by how it fails.
_HINTS = (
    (re.compile(r"Invalid token: '='"), "compare with =="),
    (re.compile(r"Unclosed string literal"), "a quote is opened and never closed"),
    (re.compile(r"VARIABLE \[(?:and|or|not|AND|OR|NOT)\]"), "join conditions with && and ||, negate with !"),
    (re.compile(r"Expected boolean"), "compare two values: a == b"),
    (re.compile(r""), "quote words with characters other than letters and digits"),
)
#: Tasks in one ``depends`` for which all combinations of results are tried.
_MOST = 3


def check_when(context: Context, site: Site, text: str | None) -> None:
    """Warn when a condition cannot be evaluated whatever its tags turn into, or compares unlike types."""
    if not text or "{{=" in text:
        return
    place = site.at("when")
    problem = _when_problem(text)
    if problem is not None:
        message = f"the condition cannot be evaluated: {problem}"
        hint = next(hint for pattern, hint in _HINTS if pattern.search(problem))
        context.warn(Code.WHEN_SYNTAX, place, message, hint)
        return
    found = _NEVER_EQUAL.search(text)
    if found and found["bare"]:
        message = f"a quoted tag is text, which never equals {found['bare']} without quotes"
        context.warn(Code.WHEN_SYNTAX, place, message, f"write '{found['bare']}' in quotes, or the tag without")
    elif found:
        message = f"a tag without quotes that holds a number never equals {found['quoted']}, which is text"
        context.warn(Code.WHEN_SYNTAX, place, message, "quote both sides or neither")


def _when_problem(text: str) -> str | None:
    from tiphys.core.template.when import evaluate_when

    problem: str | None = None
    for sample in _SAMPLES:
        try:
            evaluate_when(_TAG.sub(sample, text))
        except WhenError as error:
            problem = str(error) if problem is None else problem
        else:
            return None
        if "{{" not in text:
            break
    return problem


def check_depends(context: Context, site: Site, task: DAGTask) -> None:
    """Warn when ``depends`` is malformed, or is false whatever its tasks result in."""
    text = task.depends
    if not text or not _PLAIN_DEPENDS.fullmatch(text):
        return
    depends, place = parse_depends(text, {}), site.at("depends")
    try:
        depends.evaluate(dict.fromkeys(depends.tasks, _STATES[0]))
    except TemplateError as error:
        message = f"depends is malformed: {str(error).splitlines()[0]}"
        context.warn(Code.DEPENDS_SYNTAX, place, message, "join task names with &&, || and !")
        return
    mentions = sum(word in depends.tasks for word in _WORD.findall(text))
    if len(depends.tasks) <= _MOST and mentions > len(depends.tasks) and not any(_outcomes(depends)):
        message = f"'{text}' holds for no result of {', '.join(depends.tasks)}: the task is always omitted"
        context.warn(Code.DEPENDS_SYNTAX, place, message)


def _outcomes(depends: Depends) -> Iterator[bool]:
    """The values for all combinations of results."""
    states = [_LOOP_STATES if name in depends.items_tasks else _STATES for name in depends.tasks]
    for combination in itertools.product(*states):
        yield depends.evaluate(dict(zip(depends.tasks, combination, strict=True)))
