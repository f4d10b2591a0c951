"""Objects as JSON and YAML, as Argo's commands print them (``spec/cli.md`` 3.1)."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.manifest.yaml import dump

NO_WORKFLOWS = "No workflows found\n"
_ORDER = {name: i for i, name in enumerate(("apiVersion", "kind", "metadata", "spec", "status"))}


def to_data(workflow: Workflow) -> JsonObject:
    """A workflow as plain data with Argo's field names, head first."""
    data: JsonObject = msgspec.to_builtins(workflow)
    return dict(sorted(data.items(), key=lambda item: _ORDER.get(item[0], len(_ORDER))))


def to_json(data: object, indent: int) -> str:
    """JSON as Go writes it for people: HTML characters are escaped; ends with a line break."""
    return escaped(json.dumps(data, indent=indent, ensure_ascii=False)) + "\n"


def escaped(text: str) -> str:
    """JSON with its HTML characters escaped."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def print_workflow(workflow: Workflow, output: str) -> str:
    """One workflow as ``json``, ``yaml`` or ``name``."""
    if output == "name":
        return f"{(workflow.metadata and workflow.metadata.name) or ''}\n"
    if output == "json":
        return to_json(to_data(workflow), 4)
    return dump(to_data(workflow))


def print_workflows(workflows: Sequence[Workflow], output: str) -> str:
    """Several workflows as an array, a sequence or names; none are ``[]``, or without a name to give a sentence."""
    if output == "name" and not workflows:
        return NO_WORKFLOWS
    if output == "name":
        return "".join(print_workflow(workflow, output) for workflow in workflows)
    if not workflows:
        return "[]\n"
    data: list[JsonValue] = [to_data(workflow) for workflow in workflows]
    if output == "json":
        return to_json(data, 2)
    return dump(data) + "\n"
