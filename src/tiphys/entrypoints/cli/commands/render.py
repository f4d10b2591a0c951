"""``tiphys render``."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import click
from msgspec import Struct

from tiphys.entrypoints.cli import problems, session, sources
from tiphys.entrypoints.cli.parameters import parse_parameters, read_parameter_file

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Document
    from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
    from tiphys.core.template.early import Late
    from tiphys.core.template.scope import ScopeValue


class _Given(Struct, frozen=True):
    """What the call says about the workflow to be."""

    parameters: Mapping[str, str]
    name: str | None
    namespace: str | None


@click.command("render")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("-p", "--parameter", multiple=True, metavar="NAME=VALUE", help="Argument of the workflow.")
@click.option("-f", "--parameter-file", metavar="FILE", help="YAML or JSON map of arguments; -p comes before it.")
@click.option("--name", metavar="NAME", help="Name that the workflow will have.")
def command(
    *,
    files: tuple[str, ...],
    parameter: tuple[str, ...],
    parameter_file: str | None,
    name: str | None,
) -> int:
    """Print manifests with all that is known before the start filled in; ``-`` is standard input.

    Tags whose values only the run knows stay, and are listed with the reason in comments above.
    """
    from tiphys.core.manifest.diagnostics import ManifestError, Severity

    in_file = read_parameter_file(parameter_file) if parameter_file else {}
    given = _Given({**in_file, **parse_parameters(parameter)}, name, session.namespace())
    loaded = sources.load(files)
    if any(each.severity is Severity.ERROR for each in loaded.diagnostics):
        raise ManifestError(loaded.diagnostics)
    sys.stdout.write("---\n".join(_rendered(document, given) for document in loaded.documents))
    return problems.OK


def _rendered(document: Document, given: _Given) -> str:
    """One document: comments about what stays, then the manifest."""
    from tiphys.core.manifest.encode import to_data
    from tiphys.core.manifest.yaml import dump
    from tiphys.core.template.early import resolve
    from tiphys.core.template.scope import Scope

    data = cast("JsonObject", to_data(document.manifest))
    place = ("spec", "workflowSpec") if document.kind == "CronWorkflow" else ("spec",)
    body = _body(data, place)
    late: Sequence[Late] = ()
    if body is not None and document.kind != "WorkflowEventBinding":
        if document.kind == "Workflow":
            _identify(data, given)
        _give(body, given.parameters)
        metadata = data.get("metadata") if document.kind == "Workflow" else None
        values = _known(body, metadata if isinstance(metadata, dict) else {}, given)
        resolved, late = resolve(body, Scope(values), place)
        cast("JsonObject", _body(data, place[:-1]))[place[-1]] = resolved
    return _comments(late) + dump(data)


def _body(data: JsonObject, place: Sequence[str]) -> JsonObject | None:
    found: JsonValue = data
    for part in place:
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def _identify(data: JsonObject, given: _Given) -> None:
    """Name and namespace of a workflow, as the call wants them."""
    metadata = data.setdefault("metadata", {})
    if isinstance(metadata, dict) and given.name:
        metadata.pop("generateName", None)
        metadata["name"] = given.name
    if isinstance(metadata, dict) and given.namespace:
        metadata["namespace"] = given.namespace


def _give(body: JsonObject, parameters: Mapping[str, str]) -> None:
    """Arguments of the call take the place of those of the manifest; further ones come after them."""
    if not parameters:
        return
    arguments = body.setdefault("arguments", {})
    if not isinstance(arguments, dict):
        return
    own = arguments.get("parameters")
    declared = [each for each in own if isinstance(each, dict)] if isinstance(own, list) else []
    for each in declared:
        if each.get("name") in parameters:
            each["value"] = parameters[str(each["name"])]
            each.pop("valueFrom", None)
    names = {each.get("name") for each in declared}
    more: list[JsonValue] = [{"name": name, "value": value} for name, value in parameters.items() if name not in names]
    arguments["parameters"] = [*declared, *more]


def _known(body: JsonObject, metadata: JsonObject, given: _Given) -> dict[str, ScopeValue]:
    """The variables whose values are known before the start (``spec/data.md`` 1.1)."""
    from tiphys.core.template.globals import metadata_variables

    values: dict[str, ScopeValue] = {}
    _add(values, "workflow.name", given.name or metadata.get("name"))
    _add(values, "workflow.namespace", given.namespace or metadata.get("namespace"))
    _add(values, "workflow.mainEntrypoint", body.get("entrypoint"))
    _add(values, "workflow.serviceAccountName", body.get("serviceAccountName"))
    priority = body.get("priority")
    _add(values, "workflow.priority", str(priority) if priority is not None else None)
    for source in (metadata, body.get("workflowMetadata")):
        if isinstance(source, dict):
            values.update(metadata_variables(_texts(source.get("labels")), _texts(source.get("annotations"))))
    workflow_metadata = body.get("workflowMetadata")
    computed = workflow_metadata.get("labelsFrom") if isinstance(workflow_metadata, dict) else None
    for key in computed if isinstance(computed, dict) else ():
        values.pop(f"workflow.labels.{key}", None)
    values.update(_arguments(body))
    return values


def _add(values: dict[str, ScopeValue], name: str, value: JsonValue) -> None:
    if isinstance(value, str) and value:
        values[name] = value


def _texts(data: JsonValue) -> dict[str, str]:
    return {key: value for key, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}


def _arguments(body: JsonObject) -> Mapping[str, ScopeValue]:
    """Arguments that have a value; the list of all of them only when each one has."""
    import msgspec

    from tiphys.core.manifest.model.arguments import Arguments
    from tiphys.core.template.globals import parameter_variables

    parameters = msgspec.convert(body.get("arguments") or {}, Arguments).parameters or ()
    known = [parameter for parameter in parameters if parameter.value is not None]
    values = parameter_variables(known)
    if len(known) < len(parameters):
        values.pop("workflow.parameters", None)
        values.pop("workflow.parameters.json", None)
    return values


def _comments(late: Sequence[Late]) -> str:
    """The tags that stay, each with its place and the reason."""
    from tiphys.core.manifest.source import dotted
    from tiphys.entrypoints.cli.output.style import one_line

    if not late:
        return ""
    lines = [f"# Known only at run time: {len(late)} {'tag' if len(late) == 1 else 'tags'}"]
    lines += [one_line(f"#   {dotted(each.path)}: {each.tag} ({each.reason})") for each in late]
    return "".join(f"{line}\n" for line in lines)
