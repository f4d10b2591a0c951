"""Events become workflows: every WorkflowEventBinding of a namespace is asked (``spec/api.md`` 16)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Final, cast

import msgspec

from tiphys.app.services.bindingevents import BindingEvents
from tiphys.app.services.creation import Creation
from tiphys.app.services.manifests import API_VERSION
from tiphys.app.services.paging import rows
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.arguments import Arguments
from tiphys.core.manifest.model.events import Submit, WorkflowEventBinding, WorkflowEventBindingSpec
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.strategy import WorkflowTemplateRef
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.events import Event, event_metadata, event_parameters, selects
from tiphys.errors import TiphysError
from tiphys.ports.clock import Clock
from tiphys.ports.identity import Principal
from tiphys.ports.store import ListOptions, Store, StoredObject

_LOG = logging.getLogger(__name__)
_PREFIX: Final = "workflows.argoproj.io"
KIND: Final = "WorkflowEventBinding"


class Dispatch:
    """Asks the bindings of a store."""

    def __init__(self, store: Store, creation: Creation, clock: Clock) -> None:
        self._store = store
        self._creation = creation
        self._told = BindingEvents(store, clock)

    def dispatch(self, principal: Principal, event: Event) -> list[str]:
        """Submit what the bindings that take an event say; the answer is what went wrong, one text per binding."""
        failures = []
        for stored in self._bindings(event.namespace):
            try:
                self._one(principal, stored, event)
            except (TiphysError, TemplateError) as error:
                text = error.message if isinstance(error, TiphysError) else str(error)
                failures.append(f"{stored.key.name}: {text}")
                _LOG.warning("event binding %s/%s: %s", stored.key.namespace, stored.key.name, text)
                self._told.failed(stored, text)
        return failures

    def _bindings(self, namespace: str) -> Iterator[StoredObject]:
        return rows(self._store, ListOptions(kind=KIND, namespace=namespace))

    def tried(self, event: Event) -> list[JsonObject]:
        """What each binding would make of an event: its ``workflow``, why it fails, or neither; nothing is kept."""
        found: list[JsonObject] = []
        for stored in self._bindings(event.namespace):
            binding: JsonObject = {"name": stored.key.name}
            try:
                workflow = _wanted(stored, event)
                found.append(binding if workflow is None else {**binding, "workflow": workflow})
            except TemplateError as error:
                found.append({**binding, "problem": str(error)})
        return found

    def _one(self, principal: Principal, stored: StoredObject, event: Event) -> None:
        workflow = _wanted(stored, event)
        if workflow is not None:
            self._creation.create(principal, workflow, event.namespace)


def _wanted(stored: StoredObject, event: Event) -> JsonObject | None:
    """The workflow that a binding wants for an event; None when it does not take it."""
    found = check(WorkflowEventBinding, msgspec.json.decode(stored.data), strict=False).record
    spec = (found.spec if found is not None else None) or WorkflowEventBindingSpec()
    if not selects(spec.event.selector if spec.event is not None else "", event) or spec.submit is None:
        return None
    return _workflow(stored.key.name, spec.submit, event)


def _workflow(binding: str, submit: Submit, event: Event) -> JsonObject:
    """The workflow of a binding for an event."""
    reference = submit.workflow_template_ref or WorkflowTemplateRef()
    given = cast(JsonObject, to_data(event_metadata(submit.metadata, event) or ObjectMeta()))
    name = {} if given.get("name") or given.get("generateName") else {"generateName": f"{reference.name}-"}
    kind = "cluster-workflow-template" if reference.cluster_scope else "workflow-template"
    labels = given.get("labels")
    metadata: JsonObject = {
        **given,
        **name,
        "labels": {
            **(labels if isinstance(labels, dict) else {}),
            f"{_PREFIX}/{kind}": reference.name or "",
            f"{_PREFIX}/workflow-event-binding": binding,
        },
    }
    parameters = event_parameters((submit.arguments or Arguments()).parameters or (), event)
    spec: JsonObject = {"workflowTemplateRef": to_data(reference)}
    if parameters:
        spec["arguments"] = {"parameters": [to_data(parameter) for parameter in parameters]}
    return {"apiVersion": API_VERSION, "kind": "Workflow", "metadata": metadata, "spec": spec}
