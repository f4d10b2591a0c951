"""Executor plugins run beside a workflow that needs them: one Pod for each, with the token by which it knows us."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tiphys.app.services.cluster.plugins import PluginPlace, plugin_places, pod_name, secret_name
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.core.plan.executed import executed_spec, stored_templates
from tiphys.core.plan.model import Plan
from tiphys.errors import AlreadyExistsError, NotFoundError
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import ObjectRef, Objects
from tiphys.ports.runtime import PodReport
from tiphys.ports.store import Store

POD = Kind("", "v1", "Pod", "pods")
SECRET = Kind("", "v1", "Secret", "secrets")
_MOUNT = "/var/run/argo"
_VOLUME = "var-run-argo"


class PluginPods:
    """Implements ``app.controller.driver.Companion``; the Pods themselves are run as any others are."""

    busy = False

    def __init__(self, store: Store, objects: Objects, token: Callable[[], str]) -> None:
        self._store = store
        self._objects = objects
        self._token = token

    def opened(self, workflow: Workflow, plan: Plan) -> str:
        """Start the plugins of the namespace that nobody else runs, if a template needs any."""
        meta = workflow.metadata or ObjectMeta()
        over = workflow.status is not None and workflow.status.finished_at
        if over or not _needs_plugins(workflow):
            return ""
        for place in plugin_places(self._store, meta.namespace or "", executed_spec(workflow)):
            if place.container:
                self._start(place, meta)
        return ""

    def finished(self, workflow: Workflow) -> None:
        """End the plugins of a workflow."""
        meta = workflow.metadata or ObjectMeta()
        if not _needs_plugins(workflow):
            return
        for place in plugin_places(self._store, meta.namespace or "", executed_spec(workflow)):
            for kind, name in (
                (POD, pod_name(meta.name or "", place.name)),
                (SECRET, secret_name(meta.name or "", place.name)),
            ):
                try:
                    self._objects.delete(OWNER, ObjectRef(kind, meta.namespace or "", name))
                except NotFoundError:
                    continue

    def turn(self) -> None:
        """Nothing is due."""

    def take(self, report: PodReport) -> bool:
        """The Pods are looked after by ``Workloads``."""
        return False

    def _start(self, place: PluginPlace, meta: ObjectMeta) -> None:
        owner: JsonObject = {
            "apiVersion": f"{ARGO}/v1alpha1", "kind": "Workflow", "name": meta.name, "uid": meta.uid,
            "controller": True, "blockOwnerDeletion": True,
        }  # fmt: skip
        secret, pod = secret_name(meta.name or "", place.name), pod_name(meta.name or "", place.name)
        labels: JsonObject = {"workflows.argoproj.io/workflow": meta.name, "workflows.argoproj.io/component": "agent"}
        container: JsonObject = {
            **place.container,
            "volumeMounts": [{"name": _VOLUME, "mountPath": _MOUNT, "readOnly": True}],
        }
        objects: list[JsonObject] = [
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": secret, "labels": labels, "ownerReferences": [owner]},
                "stringData": {"token": self._token()},
            },
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": pod, "labels": labels, "ownerReferences": [owner]},
                "spec": {
                    "containers": [container],
                    "restartPolicy": "OnFailure",
                    "volumes": [{"name": _VOLUME, "secret": {"secretName": secret}}],
                },
            },
        ]
        for item in objects:
            try:
                self._objects.create(OWNER, item, meta.namespace or "")
            except AlreadyExistsError:  # an earlier controller of this run has started it
                continue


def _needs_plugins(workflow: Workflow) -> bool:
    templates = (*(executed_spec(workflow).templates or ()), *stored_templates(workflow).values())
    return any(template.plugin is not None for template in _all(templates))


def _all(templates: tuple[Template, ...]) -> Iterator[Template]:
    for template in templates:
        yield template
        inline = [step.inline for group in template.steps or () for step in group]
        inline += [task.inline for task in ((template.dag.tasks or ()) if template.dag is not None else ())]
        yield from _all(tuple(item for item in inline if item is not None))
