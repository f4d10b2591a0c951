"""What a step or task can read of its siblings: ``steps.*`` and ``tasks.*`` (``spec/engine.md`` 11.2, 12.4, 13.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from tiphys.core.engine.naming import compact
from tiphys.core.engine.node import Call, Node
from tiphys.core.engine.phases import OMITTED, SKIPPED, SUCCEEDED
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.format import to_json
from tiphys.core.expr.gojson import compacted, decode, read
from tiphys.core.expr.values import Value
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.model import TemplatePlan

Values = Mapping[str, JsonValue]


class AggregateError(Exception):
    """The results of a loop cannot be put together; the text becomes a node message."""


class Siblings(Mapping[str, JsonValue]):
    """The flat variables of the siblings in scope, each worked out when it is read.

    ``producers`` maps a step's or task's name to its values without the ``steps.<name>.`` prefix.
    """

    __slots__ = ("_prefix", "_producers")

    def __init__(self, prefix: str, producers: Mapping[str, Values]) -> None:
        self._prefix = prefix
        self._producers = producers

    def _split(self, name: str) -> tuple[Values, str] | None:
        prefix, _, rest = name.partition(".")
        if prefix != self._prefix:
            return None
        producer, _, key = rest.partition(".")
        values = self._producers.get(producer)
        return (values, key) if values is not None else None

    def __getitem__(self, name: str) -> JsonValue:
        found = self._split(name)
        if found is None:
            raise KeyError(name)
        return found[0][found[1]]

    def __contains__(self, name: object) -> bool:
        found = self._split(name) if isinstance(name, str) else None
        return found is not None and found[1] in found[0]

    def __iter__(self) -> Iterator[str]:
        for producer, values in self._producers.items():
            for key in values:
                yield f"{self._prefix}.{producer}.{key}"

    def __len__(self) -> int:
        return sum(len(values) for values in self._producers.values())


def node_values(node: Node, *, steps: bool) -> dict[str, JsonValue]:
    """The variables of one sibling; of a Retry node those of its last attempt.

    ``steps`` tells a Steps template from a DAG: the two differ in what a skipped node offers.
    """
    source = last_attempt(node)
    values: dict[str, JsonValue] = {"id": source.id, "status": source.phase}
    values["startedAt"] = rfc3339(source.started_at)
    if source.finished_at is not None:
        values["finishedAt"] = rfc3339(source.finished_at)
    if source.pod_ip:
        values["ip"] = source.pod_ip
    if source.host:
        values["hostNodeName"] = source.host
    outputs = source.outputs
    if outputs is not None:
        if outputs.exit_code is not None:
            values["exitCode"] = outputs.exit_code
        if outputs.result is not None:
            values["outputs.result"] = outputs.result
        for parameter in outputs.parameters or ():
            if parameter.value is not None:
                values[f"outputs.parameters.{parameter.name}"] = parameter.value
        for artifact in outputs.artifacts or ():
            values[f"outputs.artifacts.{artifact.name}"] = cast(JsonValue, msgspec.to_builtins(artifact))
    elif node.phase in {SKIPPED, OMITTED} and node.call is not None and node.call.target is not None:
        values.update(_absent_outputs(node.call.target, steps=steps))
    return values


def _absent_outputs(template: TemplatePlan, *, steps: bool) -> dict[str, JsonValue]:
    """What a skipped or omitted node offers: defaults, or absent optionals (None)."""
    values: dict[str, JsonValue] = {}
    outputs = template.template.outputs
    if outputs is None:
        return values
    for parameter in outputs.parameters or ():
        source = parameter.value_from
        values[f"outputs.parameters.{parameter.name}"] = source.default if source is not None else None
    if outputs.result is not None:
        values["outputs.result"] = None
    if steps:
        for artifact in outputs.artifacts or ():
            values[f"outputs.artifacts.{artifact.name}"] = {}
    return values


def last_attempt(node: Node) -> Node:
    """The newest attempt of a Retry node, the node itself otherwise."""
    if node.kind != "Retry" or not node.children:
        return node
    return next(reversed(node.children.values()))


def aggregate_values(calls: list[Call], group: Node, *, steps: bool) -> dict[str, JsonValue]:
    """The variables of a loop from its expanded calls, in item order.

    Raises:
        AggregateError: a result is not JSON.
    """
    values: dict[str, JsonValue] = {
        "id": group.id,
        "status": group.phase,
        "startedAt": rfc3339(group.started_at),
    }
    if group.finished_at is not None:
        values["finishedAt"] = rfc3339(group.finished_at)
    ran = [call.node for call in calls if call.node is not None and not (steps and call.node.kind == "Skipped")]
    if not ran and steps:
        return values
    outputs = [node.outputs for node in ran if node.phase == SUCCEEDED and node.outputs is not None]
    results: list[str] = []
    parameters: list[JsonValue] = []
    by_name: dict[str, list[str]] = {}
    for output in outputs:
        if output.result is not None:
            results.append(_parse(output.result))
        if output.parameters:
            entry: dict[str, JsonValue] = {}
            for parameter in output.parameters:
                entry[parameter.name] = parameter.value or ""
                by_name.setdefault(parameter.name, []).append(parameter.value or "")
            parameters.append(entry)
    values["outputs.result"] = f"[{','.join(results)}]"
    values["outputs.parameters"] = compact(parameters)
    for name, texts in by_name.items():
        values[f"outputs.parameters.{name}"] = _join(texts)
    return values


def _parse(text: str) -> str:
    try:
        read(text)
    except Fault as fault:
        raise AggregateError(str(fault)) from None
    return compacted(text)


def _join(texts: list[str]) -> str:
    """A list of values; of texts unless every one of them is a JSON object or list."""
    parsed: list[Value] = []
    for text in texts:
        try:
            value = decode(text)
        except Fault:
            return compact(list(texts))
        if not isinstance(value, (dict, list)):
            return compact(list(texts))
        parsed.append(value)
    return to_json(parsed)
