"""Artifacts on their way: what callers pass, what pods stage and save, what nodes show (``spec/data.md`` 4, 5)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import msgspec

from tiphys.core.engine.arguments import StartError
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan import location
from tiphys.core.plan.location import LocationError
from tiphys.core.plan.model import ArtifactArgument, Repository, TemplatePlan
from tiphys.core.template.errors import MissingVariableError, TemplateError
from tiphys.core.template.expression import compile_value
from tiphys.core.template.references import resolve_reference
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope

#: Fields that an input keeps from its declaration whatever its caller passes.
_OWN = ("path", "mode", "recurseMode")
LOGS = "main-logs"


def records(artifacts: Iterable[JsonObject]) -> tuple[Artifact, ...]:
    """Artifacts as status holds them.

    Raises:
        ValueError: one has fields that no artifact has.
    """
    return msgspec.convert(list(artifacts), tuple[Artifact, ...])


def plain(artifacts: Iterable[Artifact]) -> list[JsonObject]:
    """Artifacts as variables, commands and drivers hold them."""
    return cast("list[JsonObject]", msgspec.to_builtins(list(artifacts)))


# -- what callers pass -------------------------------------------------------------------------------------------


def passed(plans: Iterable[ArtifactArgument], scope: Scope, mode: Mode, *, steps: bool) -> tuple[JsonObject, ...]:
    """Resolve the artifacts that a caller passes.

    ``steps`` tells a step from a task: an optional artifact of a step is dropped for any error, that of a task only
    when its source does not exist.  A lenient mode drops all that cannot be resolved.

    Raises:
        TemplateError: a source cannot be resolved, or is no artifact.
    """
    found: list[JsonObject] = []
    for plan in plans:
        try:
            found.append(resolve(plan, scope, mode))
        except TemplateError as error:
            if mode is Mode.LENIENT or (plan.optional and (steps or isinstance(error, MissingVariableError))):
                continue
            if not steps:
                raise
            raise TemplateError(f"unable to resolve references: {error}") from None
    return tuple(found)


def resolve(plan: ArtifactArgument, scope: Scope, mode: Mode) -> JsonObject:
    """The artifact that is meant: one with a location of its own, or the source of ``from`` under another name.

    Raises:
        TemplateError: the source cannot be resolved, or is no artifact.
    """
    own = cast(JsonObject, plan.fields.render(scope, mode))
    sub_path = plan.sub_path.render(scope, Mode.LENIENT) if plan.sub_path is not None else ""
    if plan.expression is not None:
        text = plan.expression.render(scope, Mode.LENIENT)
        found: object = compile_value(text).evaluate(scope)
    elif plan.source is not None:
        text = plan.source.render(scope, Mode.LENIENT)
        found = resolve_reference(text, scope)
    else:
        return {**own, "subPath": sub_path} if sub_path else own
    if not isinstance(found, dict):
        raise TemplateError(f"Variable {text} is not an artifact")
    source = cast(JsonObject, found)
    if sub_path:
        try:
            source = location.below(source, sub_path)
        except LocationError as error:
            raise TemplateError(str(error)) from None
    result: JsonObject = {**source, "name": plan.name}
    result.pop("globalName", None)
    if own.get("globalName"):
        result["globalName"] = own["globalName"]
    return result


def inputs(target: TemplatePlan, given: Sequence[JsonObject], scope: Scope) -> tuple[Artifact, ...]:
    """The input artifacts of a template from its declarations and what its caller passes.

    Raises:
        StartError: a required artifact was not passed, or what was passed lies nowhere.
        TemplateError: a tag of a declaration cannot be resolved.
    """
    if target.input_artifacts is None:
        return ()
    by_name: Mapping[str, JsonObject] = {str(artifact.get("name")): artifact for artifact in given}
    declared = cast("list[JsonObject]", target.input_artifacts.render(scope, Mode.LENIENT))
    return records(_input(own, by_name.get(str(own.get("name")))) for own in declared)


def _input(own: JsonObject, given: JsonObject | None) -> JsonObject:
    if not own.get("optional") and not location.has_location_or_key(own):
        if given is None:
            raise StartError(f"inputs.artifacts.{own.get('name')} was not supplied")
        if not location.has_location_or_key(given):
            raise StartError(f"inputs.artifacts.{own.get('name')} missing location information")
    if given is None:
        return own
    taken = {name: value for name, value in given.items() if name not in _OWN}
    if own.get("optional"):
        taken["optional"] = True
    return {**taken, **{name: own[name] for name in _OWN if name in own}}


# -- what pods stage and save ------------------------------------------------------------------------------------


def archive_of(repository: Repository, body: JsonObject, scope: Scope) -> JsonObject:
    """Where a pod's artifacts lie that say nothing of it: the template's own archive location or the repository.

    Raises:
        TemplateError: a tag of the repository's pattern cannot be resolved.
    """
    own = body.get("archiveLocation")
    if isinstance(own, dict) and location.has_location(own):
        return own
    return cast(JsonObject, repository.location.render(scope, Mode.STRICT))


def archives_logs(repository: Repository, body: JsonObject, workflow: bool | None) -> bool:
    """Whether the log of a pod becomes an artifact (``spec/data.md`` 5.4)."""
    if repository.logs:
        return True
    own = body.get("archiveLocation")
    wanted = own.get("archiveLogs") if isinstance(own, dict) else None
    return bool(workflow if wanted is None else wanted)


def staged(
    artifacts: Iterable[JsonObject], given: Iterable[JsonObject], archive: JsonObject, repository: Repository
) -> tuple[JsonObject, ...]:
    """Input artifacts with complete locations; optional ones that lie nowhere are left out.

    Keys that were passed lie in the repository, keys that the template itself states in its archive location.

    Raises:
        LocationError: an artifact lies nowhere, or its storage is unknown.
    """
    handed = {artifact.get("name") for artifact in given}
    found = []
    for artifact in artifacts:
        if not location.has_location_or_key(artifact):
            if artifact.get("optional"):
                continue
            raise LocationError(f"required artifact '{artifact.get('name')}' not supplied")
        base = repository.storage if artifact.get("name") in handed else archive
        try:
            found.append(location.completed(artifact, base))
        except LocationError as error:
            raise LocationError(f"failed to load artifact '{artifact.get('name')}': {error}") from None
    return tuple(found)


def saved(artifacts: Iterable[JsonObject], archive: JsonObject) -> tuple[JsonObject, ...]:
    """Output artifacts with complete locations.

    Raises:
        LocationError: an artifact's storage cannot hold it.
    """
    return tuple(_saved(artifact, archive) for artifact in artifacts)


def _saved(artifact: JsonObject, archive: JsonObject) -> JsonObject:
    if location.has_location_or_key(artifact):
        return location.completed(artifact, archive)
    return location.relocated(artifact, archive, posixpath.join(location.key_of(archive), _file_name(artifact)))


def _file_name(artifact: JsonObject) -> str:
    """The name of the object that holds an artifact (``spec/data.md`` 7.4)."""
    archive = artifact.get("archive")
    kind = archive if isinstance(archive, dict) else {}
    if kind.get("none") is not None:
        return posixpath.basename(str(artifact.get("path") or "").rstrip("/"))
    return f"{artifact.get('name')}.{'zip' if kind.get('zip') is not None else 'tgz'}"


def log_artifact(archive: JsonObject) -> JsonObject:
    """Where the log of the main container is kept."""
    return location.relocated({"name": LOGS}, archive, posixpath.join(location.key_of(archive), "main.log"))


# -- what nodes show ---------------------------------------------------------------------------------------------


def reported(
    artifacts: Sequence[JsonObject], declared: Iterable[Artifact], repository: Repository
) -> tuple[Artifact, ...]:
    """Saved artifacts as a node shows them: of what lies in the workflow's repository only the key.

    Raises:
        ValueError: a runtime reported something that is no artifact.
    """
    if not artifacts:
        return ()
    own: dict[str, JsonObject] = {str(artifact["name"]): artifact for artifact in plain(declared)}
    return records(_shown(artifact, own.get(str(artifact.get("name")), {}), repository) for artifact in artifacts)


def _shown(artifact: JsonObject, own: JsonObject, repository: Repository) -> JsonObject:
    shown = artifact if "globalName" not in own else {**artifact, "globalName": own["globalName"]}
    if location.has_location(own) or not location.same_storage(artifact, repository.storage):
        return shown
    return location.key_only(shown)


def variables(artifacts: Iterable[Artifact], prefix: str) -> dict[str, JsonValue]:
    """Artifacts as variables: ``<prefix>.<name>``."""
    return {f"{prefix}.{artifact['name']}": cast(JsonValue, artifact) for artifact in plain(artifacts)}
