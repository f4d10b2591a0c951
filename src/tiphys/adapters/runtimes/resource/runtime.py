"""The runtime of ``resource`` templates.

Actions are carried out at once, with the rights of the ServiceAccount; what is waited for is looked at when it
changes.  Before an action the uids of what it will make are on disk, so a second process makes nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import msgspec
from msgspec.structs import replace

from tiphys.adapters.executor.leaf import LeafRuntime
from tiphys.adapters.executor.leafrecords import Record
from tiphys.adapters.runtimes.resource.action import Action, ActionError, NoObjectError, Outcome, action_of, perform
from tiphys.adapters.runtimes.resource.calls import Calls, Result
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.template import ResourceTemplate
from tiphys.core.objects.kinds import ARGO, Kind, guess_plural, split_api_version
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.conditions import Conditions, conditions_of
from tiphys.errors import NotFoundError, RemoteError, TiphysError
from tiphys.ports.clock import Clock
from tiphys.ports.identity import OWNER, service_account
from tiphys.ports.objects import Listing, ObjectRef, Objects
from tiphys.ports.runtime import PodKey, PodRequest

T = TypeVar("T")
#: Reads the text of an input artifact of a request by its name.
ArtifactReader = Callable[[PodRequest, str], str]
#: Archives the log of a request; answers with its artifacts.
LogKeeper = Callable[[PodRequest, str], tuple[JsonObject, ...]]
_ACTING, _WAITING = "acting", "waiting"
#: What a failed action ends with, as ``argoexec`` does.
_EXIT = 64
_DELETE = "successCondition, failureCondition and outputs are not supported for delete action"


class _Waiting(msgspec.Struct):
    record: Record
    ref: ObjectRef
    conditions: Conditions


class ResourceRuntime(LeafRuntime):
    """Carries ``resource`` templates out on ``objects``.

    ``far`` says that those are of a cluster: calls take their time, and workflows of this machine own nothing there.
    ``keep_log`` archives logs; that of a node whose process died is not archived, since nobody knows the credentials.
    """

    name = "resource"

    def __init__(
        self,
        directory: str,
        clock: Clock,
        objects: Objects,
        read_artifact: ArtifactReader,
        *,
        keep_log: LogKeeper | None = None,
        far: bool = False,
    ) -> None:
        super().__init__(directory, clock)
        self._objects = objects
        self._read_artifact = read_artifact
        self._keep_log = keep_log
        #: Requests whose logs are to be archived.
        self._logged: dict[PodKey, PodRequest] = {}
        self._far = far
        self._waiting: dict[PodKey, _Waiting] = {}
        self._seen = 0
        self._calls: Calls[PodKey] = Calls(self.wake)

    def begin(self, record: Record, request: PodRequest) -> None:
        """Write down what is about to be made, and make it; a manifest that is an artifact is loaded first."""
        if request.log_artifact is not None:
            self._logged[record.key] = request
        resource = _resource(request.template)
        source = resource.get("manifestFrom")
        if not isinstance(source, dict):
            self._prepare(record, str(resource.get("manifest") or ""))
            return
        artifact = source.get("artifact")
        name = str(artifact.get("name") if isinstance(artifact, dict) else "")
        self._calls.call(
            record.key, lambda: self._read_artifact(request, name), lambda result: self._loaded(record, result)
        )

    def _loaded(self, record: Record, result: Result[str]) -> None:
        try:
            manifest = result()
        except TiphysError as error:
            self._fail(record, error.message)
            return
        self._prepare(record, manifest)

    def _prepare(self, record: Record, manifest: str) -> None:
        try:
            action = self._action(record, manifest)
        except ActionError as error:
            self._fail(record, str(error))
            return
        uids = [self._clock.uid() for _ in action.documents]
        record.detail = {"manifest": manifest, "uids": cast(JsonValue, uids)}
        self.keep(record, _ACTING)
        self._act(record, action)

    def resume(self, record: Record) -> None:
        """Act again where it is not known that the action was done, else go on waiting."""
        if record.state == _ACTING:
            try:
                self._act(record, self._action(record, str(record.detail.get("manifest") or "")))
            except ActionError as error:
                self._fail(record, str(error))
            return
        ref = record.detail.get("ref")
        if isinstance(ref, dict):
            self._look(record, self._ref_of(ref))

    def turn(self) -> None:
        """Look at what changed of what is waited for, and take the outputs that are there."""
        self._calls.turn()
        if not self._waiting:
            return
        version = self._objects.version()
        if version == self._seen:
            return
        changed, self._seen = self._changed(self._seen), version
        for waiting in list(self._waiting.values()):
            touched = changed is None or (waiting.ref.namespace, waiting.ref.name) in changed
            if touched and not self._calls.busy(waiting.record.key):
                self._judge(waiting)

    def cancel(self, record: Record) -> None:
        """Wait no more; what was made stays."""
        self._waiting.pop(record.key, None)
        self._logged.pop(record.key, None)
        self._calls.drop(record.key)

    def close(self) -> None:
        """End the helpers."""
        self._calls.close()

    def _ask(self, record: Record, action: Callable[[], T], then: Callable[[Result[T]], None]) -> None:
        """Do what asks the objects, and go on with its result."""
        if self._far:
            self._calls.call(record.key, action, then)
        else:
            then(action)

    def _changed(self, since: int) -> set[tuple[str, str]] | None:
        """Namespaces and names of what changed; None when all must be looked at."""
        found: set[tuple[str, str]] = set()
        for kind in {waiting.ref.kind for waiting in self._waiting.values()}:
            if (kind.group, kind.kind) == ("", "Pod"):  # most pods are no rows, so nothing tells of their changes
                return None
            try:
                changes = self._objects.changes(OWNER, Listing(kind=kind, limit=10_000), since)
            except TiphysError:
                return None
            for change in changes.items:
                metadata = cast(JsonObject, change.item.get("metadata") or {})
                found.add((str(metadata.get("namespace") or ""), str(metadata.get("name"))))
        return found

    def _action(self, record: Record, manifest: str) -> Action:
        owner: JsonObject = {
            "apiVersion": f"{ARGO}/v1alpha1",
            "kind": "Workflow",
            "name": record.workflow,
            "uid": record.uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }
        action = action_of(_resource(record.template), manifest, record.namespace, owner)
        if action.verb == "delete" and (self._outputs(record) or not _conditions(record).absent):
            raise ActionError(_DELETE)
        return action

    def _act(self, record: Record, action: Action) -> None:
        principal = service_account(record.namespace, record.service_account)
        found = record.detail.get("uids")
        uids = [str(uid) for uid in found] if isinstance(found, list) else []
        if self._far and action.owner is not None:
            self.say(record, "setOwnerReference is left out: the workflow is no object of the cluster")
            action = replace(action, owner=None)
        self._ask(
            record,
            lambda: perform(self._objects, principal, action, uids),
            lambda result: self._acted(record, result),
        )

    def _acted(self, record: Record, result: Result[Outcome]) -> None:
        try:
            outcome = result()
        except (ActionError, TiphysError) as error:
            text = error.message if isinstance(error, TiphysError) else str(error)
            self.say(record, text)
            self._fail(record, text if isinstance(error, NoObjectError) else f"no more retries {text}")
            return
        for line in outcome.lines:
            self.say(record, line)
        if outcome.ref is None:
            self._finish(record, None)
            return
        ref = outcome.ref
        record.detail["ref"] = {
            "apiVersion": ref.kind.api_version, "kind": ref.kind.kind, "resource": ref.kind.resource,
            "namespaced": ref.kind.namespaced, "namespace": ref.namespace, "name": ref.name,
        }  # fmt: skip
        self.keep(record, _WAITING)
        self._look(record, ref)

    def _look(self, record: Record, ref: ObjectRef) -> None:
        """Begin to wait for an object, or take its outputs when nothing is waited for."""
        try:
            conditions = _conditions(record)
        except ActionError as error:
            self._fail(record, str(error))
            return
        waiting = _Waiting(record, ref, conditions)
        if conditions.absent:
            self._finish(record, ref)
            return
        if not self._waiting:
            self._seen = self._objects.version()
        self._waiting[record.key] = waiting
        self._judge(waiting)

    def _judge(self, waiting: _Waiting) -> None:
        record, ref = waiting.record, waiting.ref
        self._ask(record, lambda: self._get(record, ref), lambda result: self._judged(waiting, result))

    def _judged(self, waiting: _Waiting, result: Result[JsonObject]) -> None:
        record = waiting.record
        try:
            item = result()
        except NotFoundError as error:
            text = "The resource has been deleted while its status was still being checked. Will not be retried"
            self._fail(record, f"{text}: {error.message}")
            return
        except RemoteError as error:  # it has been tried more than once; the next look may go better
            self.say(record, error.message)
            return
        except TiphysError as error:
            self._fail(record, error.message)
            return
        verdict = waiting.conditions.judge(item)
        if verdict.failed:
            self._fail(record, verdict.message)
        elif verdict.done:
            self._waiting.pop(record.key, None)
            self._finish(record, waiting.ref)

    def _get(self, record: Record, ref: ObjectRef) -> JsonObject:
        return self._objects.get(service_account(record.namespace, record.service_account), ref)

    def _ref_of(self, ref: JsonObject) -> ObjectRef:
        group, version = split_api_version(str(ref.get("apiVersion")))
        name = str(ref.get("kind"))
        resource = str(ref.get("resource") or guess_plural(name))
        kind = Kind(group, version, name, resource, bool(ref.get("namespaced", True)))
        return ObjectRef(kind, str(ref.get("namespace") or ""), str(ref.get("name") or ""))

    def _fail(self, record: Record, text: str) -> None:
        self._waiting.pop(record.key, None)
        self._over(record, "Failed", _EXIT, text)

    def _over(self, record: Record, phase: str, code: int = 0, text: str = "") -> None:
        """End a node once its log is archived."""
        request, keep = self._logged.pop(record.key, None), self._keep_log
        if request is None or keep is None:
            self.end(record, phase, exit_code=code, exit_message=text)
            return
        log = "".join(f"{entry.text}\n" for entry in record.log)

        def archived(result: Result[tuple[JsonObject, ...]]) -> None:
            try:
                record.artifacts = result()
            except TiphysError as error:
                self.end(record, "Error", error.message)
            else:
                self.end(record, phase, exit_code=code, exit_message=text)

        self._calls.call(record.key, lambda: keep(request, log), archived)

    def _finish(self, record: Record, ref: ObjectRef | None) -> None:
        """Take the outputs of the object and succeed."""
        if not self._outputs(record):
            self._over(record, "Succeeded")
        elif ref is None:
            self._collect(record, lambda: None)
        else:
            self._ask(record, lambda: self._get(record, ref), lambda result: self._collect(record, result))

    def _collect(self, record: Record, result: Result[JsonObject] | Result[None]) -> None:
        wanted = self._outputs(record)
        try:
            item = result()
        except TiphysError as error:
            self._fail(record, error.message)
            return
        self._calls.call(record.key, lambda: _values(wanted, item), lambda values: self._collected(record, values))

    def _collected(self, record: Record, result: Result[tuple[tuple[str, str], ...]]) -> None:
        try:
            record.parameters = result()
        except TemplateError as error:
            self._fail(record, str(error))
            return
        self._over(record, "Succeeded")

    def _outputs(self, record: Record) -> tuple[Parameter, ...]:
        outputs = record.template.get("outputs")
        found = outputs.get("parameters") if isinstance(outputs, dict) else None
        decoded = [check(Parameter, item, strict=False).record for item in (found if isinstance(found, list) else [])]
        return tuple(item for item in decoded if item is not None and item.value_from is not None)


def _resource(template: JsonObject) -> JsonObject:
    found = template.get("resource")
    return found if isinstance(found, dict) else {}


def _conditions(record: Record) -> Conditions:
    resource = _resource(record.template)
    try:
        return conditions_of(
            ResourceTemplate(
                action=str(resource.get("action") or ""),
                success_condition=str(resource.get("successCondition") or "") or None,
                failure_condition=str(resource.get("failureCondition") or "") or None,
            )
        )
    except TemplateError as error:
        raise ActionError(str(error)) from None


def _values(wanted: tuple[Parameter, ...], item: JsonObject | None) -> tuple[tuple[str, str], ...]:
    """The values of output parameters, in a thread."""
    from tiphys.adapters.runtimes.resource.values import value_of

    return tuple((parameter.name, value_of(parameter.value_from, item)) for parameter in wanted if parameter.value_from)
