"""Creating and checking workflows that come as JSON, and making them of stored objects (``spec/api.md`` 10, 11)."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from tiphys.app.services.creators import signed
from tiphys.app.services.library import StoredLibrary
from tiphys.app.services.manifests import API_VERSION, document_of
from tiphys.app.services.submission import Submission
from tiphys.core.engine.cron import SCHEDULED_TIME
from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.cron import CronWorkflow
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.meta import labels_of, metadata_of, text
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.location import LocationError, driver_of, with_key
from tiphys.core.plan.resolve import CRON_LABEL
from tiphys.core.validate.check import check_document
from tiphys.core.validate.options import CheckOptions
from tiphys.errors import AlreadyExistsError, ConflictError, NotFoundError, TiphysError, UsageError
from tiphys.ports.api import SubmitOptions
from tiphys.ports.clock import Clock
from tiphys.ports.identity import Principal
from tiphys.ports.store import ObjectKey, Store

_PREFIX: Final = "workflows.argoproj.io"
#: Names of kinds that are submitted from, as ``resourceKind`` may give them.
_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("cronworkflow", "cronworkflows", "cronwf"), "CronWorkflow"),
    **dict.fromkeys(("workflowtemplate", "workflowtemplates", "wftmpl"), "WorkflowTemplate"),
    **dict.fromkeys(("clusterworkflowtemplate", "clusterworkflowtemplates", "cwftmpl"), "ClusterWorkflowTemplate"),
}
_LABELS: Final = {"WorkflowTemplate": "workflow-template", "ClusterWorkflowTemplate": "cluster-workflow-template"}
_UPLOADED: Final = re.compile(r"uploads/([^/]+)/[0-9a-f-]{36}/[^/]+")


def submitted_kind(word: str) -> str | None:
    """The kind that a word of ``submit --from`` means, or None."""
    return _KINDS.get(word.lower())


class SubmitOpts(Struct, frozen=True, kw_only=True, rename="camel"):
    """``submitOptions`` of a request; ``entryPoint`` has a capital P."""

    name: str = ""
    generate_name: str = ""
    entry_point: str = ""
    parameters: tuple[str, ...] = ()
    service_account: str = ""
    dry_run: bool = False
    server_dry_run: bool = False
    labels: str = ""
    annotations: str = ""
    owner_reference: JsonObject | None = None
    priority: int | None = None
    pod_priority_class_name: str = ""
    artifacts: tuple[str, ...] = ()


_NO_OPTIONS: Final = SubmitOpts()


class Creation:
    """Creates workflows on behalf of somebody."""

    def __init__(self, store: Store, clock: Clock, submission: Submission) -> None:
        self._store = store
        self._clock = clock
        self._submission = submission

    def create(self, principal: Principal, manifest: JsonObject, namespace: str, *, keep: bool = True) -> Workflow:
        """Check a workflow and keep it; ``keep`` False is a trial.

        Raises:
            AlreadyExistsError: the name is taken.
            ManifestError: the checks found errors.
        """
        wanted = in_namespace(signed(manifest, principal), namespace)
        document = document_of("Workflow", wanted, "request")
        try:
            return self._submission.submit(document, SubmitOptions(namespace=namespace), keep=keep).workflow
        except ConflictError as error:
            name = text(metadata_of(manifest), "name")
            raise AlreadyExistsError(f'workflows.argoproj.io "{name}" already exists') from error

    def lint(self, principal: Principal, kind: str, manifest: JsonObject, namespace: str) -> JsonObject:
        """Check an object of a kind with the templates of the store; the answer is the object with its labels.

        Raises:
            ManifestError: the checks found errors.
        """
        wanted = in_namespace(signed(manifest, principal), namespace)
        document = document_of(kind, wanted, "request")
        report = check_document(document, StoredLibrary(lambda: self._store), CheckOptions(lint=True, advise=False))
        if report.errors:
            raise ManifestError(report.errors)
        return wanted

    def submit(
        self, principal: Principal, kind: str, name: str, namespace: str, options: SubmitOpts = _NO_OPTIONS
    ) -> JsonObject:
        """Make a workflow of a stored template or CronWorkflow.

        Raises:
            UsageError: the kind cannot be submitted, or an option is malformed.
            NotFoundError: there is no such CronWorkflow.
        """
        canonical = submitted_kind(kind)
        if canonical is None:
            raise UsageError(f"Resource kind '{kind}' is not supported for submitting")
        cron = canonical == "CronWorkflow"
        manifest = self._of_cron(namespace, name) if cron else _of_template(canonical, name)
        overrides = artifact_overrides(options.artifacts)
        check_uploads(overrides, namespace)
        if overrides and not cron:
            self._check_offered(overrides, canonical, name, namespace)
        manifest = with_options(in_namespace(manifest, namespace), options)
        if options.dry_run:
            return signed(manifest, principal)
        return _data(self.create(principal, manifest, namespace, keep=not options.server_dry_run))

    def _check_offered(self, overrides: Mapping[str, str], kind: str, name: str, namespace: str) -> None:
        """Let only artifacts be overridden that are arguments of a template; whether it is there, others say."""
        stored = self._store.get(ObjectKey(kind, "" if kind == "ClusterWorkflowTemplate" else namespace, name))
        if stored is None:
            return
        arguments = _mapping(_mapping(msgspec.json.decode(stored.data).get("spec")).get("arguments"))
        own = arguments.get("artifacts")
        known = {item.get("name") for item in own if isinstance(item, dict)} if isinstance(own, list) else set()
        _check_matched(overrides, known)

    def _of_cron(self, namespace: str, name: str) -> JsonObject:
        stored = self._store.get(ObjectKey("CronWorkflow", namespace, name))
        if stored is None:
            raise NotFoundError(f'cronworkflows.argoproj.io "{name}" not found')
        cron: JsonObject = msgspec.json.decode(stored.data)
        spec = cron.get("spec")
        spec = spec if isinstance(spec, dict) else {}
        given = spec.get("workflowMetadata")
        given = given if isinstance(given, dict) else {}
        annotations = _mapping(given.get("annotations"))
        metadata: JsonObject = {
            **{key: given[key] for key in ("finalizers",) if key in given},
            "generateName": f"{name}-",
            "labels": {**_mapping(given.get("labels")), CRON_LABEL: name},
            "annotations": {SCHEDULED_TIME: rfc3339(self._clock.now()), **annotations},
            "ownerReferences": [
                {
                    "apiVersion": API_VERSION,
                    "kind": "CronWorkflow",
                    "name": name,
                    "uid": stored.uid,
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        }
        return {"apiVersion": API_VERSION, "kind": "Workflow", "metadata": metadata, "spec": spec.get("workflowSpec")}


def cron_problem(store: Store, cron: CronWorkflow) -> str | None:
    """Why a stored CronWorkflow is not valid, or None."""
    try:
        data = to_data(cron)
        document = document_of("CronWorkflow", data if isinstance(data, dict) else {}, "cron")
        report = check_document(document, StoredLibrary(lambda: store), CheckOptions(lint=False, advise=False))
    except TiphysError as error:
        return error.message
    return report.errors[0].message if report.errors else None


def _of_template(kind: str, name: str) -> JsonObject:
    reference: JsonObject = {"name": name}
    if kind == "ClusterWorkflowTemplate":
        reference["clusterScope"] = True
    return {
        "apiVersion": API_VERSION,
        "kind": "Workflow",
        "metadata": {"generateName": f"{name}-", "labels": {f"{_PREFIX}/{_LABELS[kind]}": name}},
        "spec": {"workflowTemplateRef": reference},
    }


def in_namespace(manifest: JsonObject, namespace: str) -> JsonObject:
    """The manifest in the namespace of the request.

    Raises:
        UsageError: it says another.
    """
    metadata = metadata_of(manifest)
    own = text(metadata, "namespace")
    if own and namespace and own != namespace:
        raise UsageError(
            f"the namespace of the provided object does not match the namespace sent on the request: {own}, {namespace}"
        )
    return {**manifest, "metadata": {**metadata, "namespace": own or namespace}} if namespace else manifest


def with_options(manifest: JsonObject, options: SubmitOpts) -> JsonObject:
    """The manifest as the options of a submission want it (``spec/data.md`` 19.3).

    Raises:
        UsageError: an option is malformed, or overrides what the workflow does not have.
    """
    metadata, spec = dict(metadata_of(manifest)), _mapping(manifest.get("spec"))
    if options.name:
        metadata["name"] = options.name
        metadata.pop("generateName", None)
    elif options.generate_name:
        metadata["generateName"] = options.generate_name
    if options.labels:
        metadata["labels"] = {**labels_of(manifest), **parse_pairs(options.labels)}
    if options.annotations:
        metadata["annotations"] = {
            **_mapping(metadata.get("annotations")),
            **parse_pairs(options.annotations, strict=False),
        }
    if options.owner_reference:
        known = metadata.get("ownerReferences")
        metadata["ownerReferences"] = [*(known if isinstance(known, list) else []), options.owner_reference]
    texts = (
        ("entrypoint", options.entry_point),
        ("serviceAccountName", options.service_account),
        ("podPriorityClassName", options.pod_priority_class_name),
    )
    spec.update({key: value for key, value in texts if value})
    if options.priority is not None:
        spec["priority"] = options.priority
    arguments = _mapping(spec.get("arguments"))
    if options.parameters:
        arguments["parameters"] = replaced(arguments.get("parameters"), parameters_of(options.parameters))
    if options.artifacts:
        overrides = artifact_overrides(options.artifacts)
        arguments["artifacts"] = _overridden(arguments.get("artifacts"), overrides, open_="workflowTemplateRef" in spec)
    if arguments:
        spec["arguments"] = arguments
    return {**manifest, "metadata": metadata, "spec": spec}


def parameters_of(items: Sequence[str]) -> dict[str, str]:
    """Parameters of ``NAME=VALUE`` texts.

    Raises:
        UsageError: one has another form.
    """
    found = {}
    for item in items:
        name, sign, value = item.partition("=")
        if not sign:
            raise ParameterFormError(f"expected parameter of the form: NAME=VALUE. Received: {item}")
        found[name] = value
    return found


class ParameterFormError(UsageError):
    """A parameter or label of a request is malformed."""


def replaced(own: JsonValue, given: Mapping[str, str]) -> list[JsonValue]:
    """Parameters with given values: those come first, in the order given."""
    known = own if isinstance(own, list) else []
    first: list[JsonValue] = [{"name": name, "value": value} for name, value in given.items()]
    return [*first, *(item for item in known if not (isinstance(item, dict) and item.get("name") in given))]


def parse_pairs(text: str, *, strict: bool = True) -> dict[str, JsonValue]:
    """Labels or annotations of ``k=v,k=v``.

    Raises:
        UsageError: a part has another form.
    """
    found: dict[str, JsonValue] = {}
    for part in filter(None, text.split(",")):
        name, sign, value = part.partition("=")
        if not sign or not name or (strict and "=" in value):
            raise ParameterFormError(
                f"expected labels of the form: NAME1=VALUE2,NAME2=VALUE2. Received: {text}: {part}"
            )
        found[name.strip()] = value
    return found


def artifact_overrides(items: Sequence[str]) -> dict[str, str]:
    """Keys by the names of artifacts, of ``NAME=KEY`` texts; the last one of a name counts.

    Raises:
        UsageError: one has another form.
    """
    found = {}
    for item in items:
        name, _, key = item.partition("=")
        if not name or not key:
            raise UsageError(f"expected artifact of the form: NAME=KEY. Received: {item}")
        found[name] = key
    return found


def check_uploads(overrides: Mapping[str, str], namespace: str) -> None:
    """Let only artifacts be named that were uploaded to a namespace.

    Raises:
        UsageError: a key is another one.
    """
    for key in overrides.values():
        match = _UPLOADED.fullmatch(key)
        if match is None or match[1] != namespace or ".." in key:
            raise UsageError(f"artifact key {key} is not that of an upload to namespace {namespace}")


def _overridden(own: JsonValue, overrides: Mapping[str, str], *, open_: bool) -> list[JsonValue]:
    """Artifacts with other keys; where the list is ``open_``, a template may have those that it lacks."""
    known = [item for item in own if isinstance(item, dict)] if isinstance(own, list) else []
    names = {item.get("name") for item in known}
    if not open_:
        _check_matched(overrides, names)
    changed: list[JsonValue] = [
        _at(item, overrides[str(item["name"])]) if item.get("name") in overrides else item for item in known
    ]
    return changed + [{"name": name, "s3": {"key": key}} for name, key in overrides.items() if name not in names]


def _check_matched(overrides: Mapping[str, str], known: Container[JsonValue]) -> None:
    missing = [name for name in overrides if name not in known]
    if missing:
        raise UsageError(f"artifact override(s) matched no artifact: {', '.join(missing)}")


def _at(artifact: JsonObject, key: str) -> JsonObject:
    """An artifact at another key of its storage, or of the repository when it names none."""
    if driver_of(artifact) is None:
        return {**artifact, "s3": {"key": key}}
    try:
        return with_key(artifact, key)
    except LocationError as error:
        raise UsageError(f"the artifact {artifact['name']} cannot be overridden: {error}") from None


def _mapping(value: JsonValue) -> JsonObject:
    return dict(value) if isinstance(value, dict) else {}


def _data(workflow: Workflow) -> JsonObject:
    data = to_data(workflow)
    return data if isinstance(data, dict) else {}
