"""Jobs and bare Pods, which steps and people make as objects: their pods run on the runtime of the machine.

A Job makes Pods; a Pod runs under its own uid, so that a second controller takes it over and starts nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast

from msgspec import Struct

from tiphys.app.services.cluster.sources import Sources
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.meta import metadata_of, owners_of, text
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.model import Plan
from tiphys.errors import ExpiredError, NotFoundError
from tiphys.ids import NodeId, NodeName, WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import MERGE, Listing, ObjectRef, Objects
from tiphys.ports.runtime import ContainerStatus, PodKey, PodReport, PodRequest, PodRuntime
from tiphys.ports.store import Store

POD = Kind("", "v1", "Pod", "pods")
JOB = Kind("batch", "v1", "Job", "jobs")
_NODE = NodeId("pod")
#: How often Jobs are looked through for those whose process is gone.
_RESYNC = timedelta(seconds=10)
#: How often it is looked for new ones while runs go on: a run of many short pods has some hundred turns a second.
_LOOK = timedelta(milliseconds=100)
_ENDED = frozenset({"Succeeded", "Failed"})


class _Job(Struct):
    ref: ObjectRef
    uid: str
    dirty: bool = True
    deadline: datetime | None = None


class Workloads:
    """Implements ``app.controller.driver.Companion`` for Jobs and bare Pods.

    The store says whether there is anything to look for, and who looks after an object.
    """

    def __init__(
        self,
        objects: Objects,
        store: Store,
        runtime: PodRuntime,
        clock: Clock,
        sources: Sources,
    ) -> None:
        self._objects = objects
        self._runtime = runtime
        self._clock = clock
        self._sources = sources
        self._store = store
        self._seen: int | None = None
        self._pods: dict[WorkflowUid, ObjectRef] = {}
        self._jobs: dict[str, _Job] = {}
        self._looked: datetime | None = None
        self._resync_at = clock.now() + _RESYNC

    @property
    def busy(self) -> bool:
        """Jobs end some day; a bare Pod may serve for ever, and goes on without us."""
        return bool(self._jobs)

    def opened(self, workflow: Workflow, plan: Plan) -> str:
        """Nothing belongs to a run alone."""
        return ""

    def finished(self, workflow: Workflow) -> None:
        """What a run made lives on, and nobody may turn again: what is new is looked for at once."""
        self._looked = None

    def turn(self) -> None:
        """Start what was made, and bring Jobs further."""
        now = self._clock.now()
        if self._looked is None or not self._looked <= now < self._looked + _LOOK:
            self._looked = now
            self._look()
        if now >= self._resync_at:
            self._resync_at = now + _RESYNC
            for item in self._items(JOB, None):
                if not _is_over(item):
                    self._take_up(JOB, item)
        for job in list(self._jobs.values()):
            if job.dirty or (job.deadline is not None and job.deadline <= now):
                job.dirty = False
                self._advance(job, now)

    def _look(self) -> None:
        """Take up the Jobs and Pods that are new, whoever made them, and at first those that were left."""
        version = self._store.version()
        if version == self._seen:
            return
        since, self._seen = self._seen, version
        stored = self._store.kinds()
        for kind in (JOB, POD):
            if (kind.group, kind.kind) not in stored:
                continue
            from tiphys.app.services.cluster.pods import is_view

            for item in self._items(kind, since):
                if not _is_over(item) and not is_view(item):
                    self._take_up(kind, item)

    def _items(self, kind: Kind, since: int | None) -> Iterator[JsonObject]:
        """What was made since a version; everything when it is None or too long ago."""
        wanted = Listing(kind=kind, limit=10_000)
        if since is not None:
            with suppress(ExpiredError):
                for change in self._objects.changes(OWNER, wanted, since).items:
                    if change.type == "ADDED":
                        yield change.item
                return
        stored = self._objects.list(OWNER, wanted).items
        yield from (item for item in stored if "resourceVersion" in metadata_of(item))

    def take(self, report: PodReport) -> bool:
        """Write down the state of a Pod."""
        ref = self._pods.get(report.key.uid)
        if ref is None:
            return False
        try:
            pod = self._objects.get(OWNER, ref)
            status = _pod_status(pod, report)
            self._objects.patch(OWNER, ref, {"status": status}, MERGE, status=True)
        except NotFoundError:
            self._pods.pop(report.key.uid, None)
            return True
        if status["phase"] in _ENDED:
            self._pods.pop(report.key.uid, None)
        for owner in owners_of(pod):
            job = self._jobs.get(text(owner, "uid"))
            if job is not None:
                job.dirty = True
        return True

    def _take_up(self, kind: Kind, item: JsonObject) -> None:
        metadata = metadata_of(item)
        uid = WorkflowUid(text(metadata, "uid"))
        ref = ObjectRef(kind, text(metadata, "namespace"), text(metadata, "name"))
        job = next((text(owner, "uid") for owner in owners_of(item) if owner.get("kind") == "Job"), None)
        if (job is not None and job not in self._jobs) or not self._store.claim(uid):
            return  # whoever looks after the Job must hear of its Pods
        if kind is JOB:
            self._jobs[uid] = made = _Job(ref, uid)
            for pod in self._pods_of(made):
                if not _is_over(pod):
                    self._take_up(POD, pod)
        elif uid not in self._pods:
            self._pods[uid] = ref
            self._runtime.attach(uid)
            self._runtime.start(self._request(ref, uid, item))

    def _request(self, ref: ObjectRef, uid: WorkflowUid, pod: JsonObject) -> PodRequest:
        manifest = _as_runtime_pod(pod)
        spec = pod.get("spec")
        account = spec.get("serviceAccountName") if isinstance(spec, dict) else None
        return PodRequest(
            key=PodKey(uid, _NODE),
            workflow=ref.name,
            namespace=ref.namespace,
            node_name=NodeName(ref.name),
            pod_name=ref.name,
            manifest=manifest,
            service_account=str(account or ""),
            sources=self._sources.of(ref.namespace, manifest, account=str(account or "")),
        )

    def _advance(self, job: _Job, now: datetime) -> None:
        """Count the Pods of a Job, make those that are missing, and say how it is."""
        try:
            item = self._objects.get(OWNER, job.ref)
        except NotFoundError:
            del self._jobs[job.uid]
            return
        spec, before = _part(item, "spec"), _part(item, "status")
        pods = [pod for pod in self._pods_of(job) if any(owner.get("uid") == job.uid for owner in owners_of(pod))]
        phases = [_phase(pod) for pod in pods]
        failed, succeeded = phases.count("Failed"), phases.count("Succeeded")
        active = len(phases) - failed - succeeded
        started = str(before.get("startTime") or rfc3339(now))
        job.deadline = _deadline(spec, started)
        condition = _verdict(spec, succeeded, failed, late=job.deadline is not None and job.deadline <= now)
        if condition is None:
            wanted = min(_number(spec, "parallelism", 1), _number(spec, "completions", 1) - succeeded) - active
            for number in range(max(0, wanted)):
                self._objects.create(OWNER, _pod_of(item, len(pods) + number), job.ref.namespace)
                active += 1
        else:
            for pod in pods:
                if _phase(pod) not in _ENDED:
                    self._runtime.kill(PodKey(WorkflowUid(text(metadata_of(pod), "uid")), _NODE), 30.0)
            active = 0
            del self._jobs[job.uid]
        status: JsonObject = {"startTime": started, "active": active, "succeeded": succeeded, "failed": failed}
        if condition is not None:
            moment = rfc3339(now)
            status["conditions"] = [{**condition, "status": "True", "lastTransitionTime": moment}]
            if condition["type"] == "Complete":
                status["completionTime"] = moment
        self._objects.patch(OWNER, job.ref, {"status": status}, MERGE, status=True)

    def _pods_of(self, job: _Job) -> Sequence[JsonObject]:
        from tiphys.core.objects.selectors import equalities

        labels = equalities({"batch.kubernetes.io/controller-uid": job.uid})
        wanted = Listing(kind=POD, namespace=job.ref.namespace, labels=labels, limit=100_000)
        return self._objects.list(OWNER, wanted).items


def _part(item: JsonObject, key: str) -> JsonObject:
    found = item.get(key)
    return found if isinstance(found, dict) else {}


def _number(spec: JsonObject, key: str, default: int) -> int:
    found = spec.get(key)
    return found if isinstance(found, int) else default


def _phase(pod: JsonObject) -> str:
    return str(_part(pod, "status").get("phase") or "Pending")


def _is_over(item: JsonObject) -> bool:
    status = _part(item, "status")
    return bool(status.get("conditions")) if item.get("kind") == "Job" else status.get("phase") in _ENDED


def _deadline(spec: JsonObject, started: str) -> datetime | None:
    seconds = spec.get("activeDeadlineSeconds")
    return datetime.fromisoformat(started) + timedelta(seconds=seconds) if isinstance(seconds, int) else None


def _verdict(spec: JsonObject, succeeded: int, failed: int, *, late: bool) -> JsonObject | None:
    """The condition that ends a Job; None while it goes on."""
    if succeeded >= _number(spec, "completions", 1):
        return {
            "type": "Complete",
            "reason": "CompletionsReached",
            "message": "Reached expected number of succeeded pods",
        }
    if late:
        text_ = "Job was active longer than specified deadline"
        return {"type": "Failed", "reason": "DeadlineExceeded", "message": text_}
    if failed > _number(spec, "backoffLimit", 6):
        text_ = "Job has reached the specified backoff limit"
        return {"type": "Failed", "reason": "BackoffLimitExceeded", "message": text_}
    return None


def _pod_of(job: JsonObject, number: int) -> JsonObject:
    """The next Pod of a Job."""
    meta = metadata_of(job)
    template = _part(_part(job, "spec"), "template")
    own = metadata_of(template)
    labels = own.get("labels")
    owner: JsonObject = {
        "apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "uid": meta["uid"],
        "controller": True, "blockOwnerDeletion": True,
    }  # fmt: skip
    metadata: JsonObject = {
        **{key: value for key, value in own.items() if key != "name"},
        "generateName": f"{meta['name']}-",
        "labels": {
            **(labels if isinstance(labels, dict) else {}),
            "batch.kubernetes.io/controller-uid": meta["uid"],
            "batch.kubernetes.io/job-name": meta["name"],
            "job-name": meta["name"],
        },
        "annotations": {
            **_part(own, "annotations"),
            "batch.kubernetes.io/job-completion-index": str(number),
        },
        "ownerReferences": cast(JsonValue, [owner]),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec")}


def _as_runtime_pod(pod: JsonObject) -> JsonObject:
    """The pod as runtimes know them: the container by which it ends is called ``main``."""
    spec = _part(pod, "spec")
    containers = spec.get("containers")
    first, *rest = containers if isinstance(containers, list) and containers else [{}]
    renamed: list[JsonValue] = [{**first, "name": "main"} if isinstance(first, dict) else first, *rest]
    return {**pod, "spec": {**spec, "containers": renamed, "restartPolicy": "Never"}}


def _pod_status(pod: JsonObject, report: PodReport) -> JsonObject:
    phase = "Failed" if report.lost or report.phase == "Error" else report.phase
    containers = _part(pod, "spec").get("containers")
    first = containers[0] if isinstance(containers, list) and containers else None
    name = str(first.get("name") or "main") if isinstance(first, dict) else "main"
    message = "pod deleted" if report.lost else report.message
    started = [item.started_at for item in report.containers if item.started_at is not None]
    return {
        "phase": phase,
        "message": message or None,
        "reason": report.reason or None,
        "podIP": report.pod_ip,
        "startTime": rfc3339(min(started)) if started else None,
        "containerStatuses": [_container_status(item, name) for item in report.containers],
    }


def _container_status(item: ContainerStatus, first: str) -> JsonValue:
    state: JsonObject = {}
    if item.state == "terminated":
        state["exitCode"] = item.exit_code
    if item.reason:
        state["reason"] = item.reason
    if item.message:
        state["message"] = item.message
    name = first if item.name == "main" else item.name
    return {"name": name, "ready": item.ready, "state": {item.state: state}}
