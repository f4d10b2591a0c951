"""``data`` templates: the paths of artifacts, transformed (``spec/engine.md`` 20.1, ``spec/expressions.md`` 20.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tiphys.adapters.artifacts.registry import driver_for, locate
from tiphys.adapters.runtimes.agent.work import Done, Task
from tiphys.core.expr.program import ExprError, Functions
from tiphys.core.expr.values import Value
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.errors import ArtifactError
from tiphys.secret import Secret

_EXIT = 64


def perform(task: Task, options: Mapping[str, str]) -> Done:
    """List and transform; the result is JSON."""
    data = task.template.get("data")
    try:
        return Done(
            phase="Succeeded", result=_result(task, data if isinstance(data, dict) else {}, options), exit_code=0
        )
    except DataError as error:
        return Done(phase="Failed", message=str(error), exit_code=_EXIT)


class DataError(Exception):
    """Argo's text for the node."""


def _result(task: Task, data: JsonObject, options: Mapping[str, str]) -> str:
    from tiphys.core.expr.format import to_json

    value = transformed(data.get("transformation"), cast("Value", _paths(task, data.get("source"), options)))
    try:
        return to_json(value)
    except ValueError as error:
        raise DataError(f"unable to process data transformation: {error}") from None


def transformed(steps: JsonValue, value: Value) -> Value:
    """What the steps of a ``transformation`` make of a value, each of the one before.

    Raises:
        DataError: with Argo's text.
    """
    for number, step in enumerate(steps if isinstance(steps, list) else []):
        expression = str(step.get("expression") or "") if isinstance(step, dict) else ""
        if expression:
            value = _transformed(number, expression, value)
    return value


def _transformed(number: int, expression: str, value: Value) -> Value:
    from tiphys.core.expr.compile import compile_expression

    try:
        return compile_expression(expression, Functions.BUILTIN).run({"data": value})
    except ExprError as error:
        text = f"unable to process data transformation: error processing data step {number}: {error}"
        raise DataError(text) from None


def _paths(task: Task, source: JsonValue, options: Mapping[str, str]) -> list[str]:
    """The keys of all objects below the artifact."""
    artifact = source.get("artifactPaths") if isinstance(source, dict) else None
    if not isinstance(artifact, dict):
        raise DataError("unable to process data source: no valid source is used for data template")

    def secret(name: str, key: str) -> Secret | None:
        return task.secret(task.namespace, name, key)

    try:
        location = locate(artifact)
        prefix = location.key.rstrip("/")
        entries = driver_for(location, secret, options).list(location)
        return [f"{prefix}/{entry.path}" if prefix else entry.path for entry in entries]
    except ArtifactError as error:
        raise DataError(f"unable to process data source: unable to source artifact paths: {error.message}") from None
