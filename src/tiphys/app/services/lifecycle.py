"""Stop, terminate, suspend, resume and set: asking a run, whoever drives it (``docs/decisions/0017``)."""

from __future__ import annotations

import time
from collections.abc import Callable

from tiphys.app.services.asking import body_of
from tiphys.app.services.finding import find
from tiphys.app.services.objects import COMPLETED
from tiphys.core.engine.events import (
    NodesResumed,
    NodesSet,
    NodesStopped,
    Request,
    ShutdownRequested,
    SuspendChanged,
)
from tiphys.core.engine.requests import refusal_when_completed
from tiphys.core.engine.selector import SelectorError, parse_selector
from tiphys.errors import ConflictError, UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import NodeValues
from tiphys.ports.store import Store, StoredObject

#: How often whoever asked looks for the answer, and how long before giving up, in seconds.
_LOOK_SECONDS = 0.02
_PATIENCE_SECONDS = 30.0


class Lifecycle:
    """Asks runs of one store.

    ``answer`` has the open requests of a run answered if nobody drives it; False when somebody does and will answer.
    """

    def __init__(self, store: Store, answer: Callable[[WorkflowUid], bool]) -> None:
        self._store = store
        self._answer = answer

    def stop(self, namespace: str, name: str, *, selector: str = "", message: str = "") -> str:
        """Shut a workflow down with its exit handlers, or fail the Suspend nodes that the selector matches."""
        return self._ask(namespace, name, NodesStopped(selector, message) if selector else ShutdownRequested("Stop"))

    def terminate(self, namespace: str, name: str) -> str:
        """Shut a workflow down without its exit handlers."""
        return self._ask(namespace, name, ShutdownRequested("Terminate"))

    def suspend(self, namespace: str, name: str) -> str:
        """Start nothing new until the workflow is resumed."""
        return self._ask(namespace, name, SuspendChanged(True))

    def resume(self, namespace: str, name: str, *, selector: str = "", message: str = "") -> str:
        """Let a workflow go on, with all its Suspend nodes or those that the selector matches."""
        request = NodesResumed(selector, message) if selector else SuspendChanged(False, message)
        return self._ask(namespace, name, request)

    def set_nodes(self, namespace: str, name: str, values: NodeValues) -> str:
        """Give Suspend nodes outputs, a message or a phase."""
        request = NodesSet(
            selector=values.selector,
            phase=values.phase,
            message=values.message,
            parameters=tuple(values.parameters.items()),
        )
        return self._ask(namespace, name, request)

    def _ask(self, namespace: str, name: str, request: Request) -> str:
        """Keep a request, wait for its answer and return the name of the workflow."""
        _check_selector(request)
        stored = find(self._store, namespace, name)
        if stored.phase in COMPLETED:
            refusal = refusal_when_completed(request, stored.key.name, stored.key.namespace)
            if refusal is not None:
                raise UsageError(refusal)
            return stored.key.name
        refused = self._await(stored, self._store.ask(stored.uid, body_of(request)))
        if refused:
            raise UsageError(refused)
        return stored.key.name

    def _await(self, stored: StoredObject, number: int) -> str:
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            answer = self._store.take_answer(number)
            if answer is not None:
                return answer
            if self._answer(stored.uid):
                continue
            if time.monotonic() > until:
                raise ConflictError(
                    "the process that runs the workflow does not answer",
                    "the request is kept and done as soon as it, or another process, goes on with the workflow",
                    stored.key.name,
                )
            time.sleep(_LOOK_SECONDS)


def _check_selector(request: Request) -> None:
    if isinstance(request, (NodesStopped, NodesResumed, NodesSet)):
        try:
            parse_selector(request.selector)
        except SelectorError as error:
            raise UsageError(str(error)) from None
