"""Notes on a workflow who did something to it (``spec/api.md`` 8)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace

from tiphys.app.services.contention import despite_others
from tiphys.app.services.creators import acted, identity_labels
from tiphys.app.services.objects import key_of, row_labels, workflow_of
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.errors import ConflictError, NotFoundError
from tiphys.ports.identity import Principal
from tiphys.ports.store import Store

_Change = Callable[[Mapping[str, str]], Mapping[str, str]]


class Acting:
    """Writes labels of people on workflows that are driven meanwhile: metadata is whoever writes it last."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def acted(self, principal: Principal, namespace: str, name: str, action: str) -> None:
        """Note the last actor and what it did; ``action`` empty takes an earlier action away.

        Whoever signed in without claims, as the owner does, leaves no note.
        """
        if principal.claims:
            self._relabel(namespace, name, lambda labels: acted(labels, principal, action))

    def created(self, principal: Principal, workflow: Workflow) -> Workflow:
        """Note who made a workflow that exists by now."""
        meta = workflow.metadata or ObjectMeta()
        if not principal.claims:
            return workflow
        names = identity_labels(principal, "creator")
        self._relabel(meta.namespace or "", meta.name or "", lambda labels: {**labels, **names})
        return replace(workflow, metadata=replace(meta, labels={**(meta.labels or {}), **names}))

    def _relabel(self, namespace: str, name: str, change: _Change) -> None:
        def relabel() -> None:
            stored = self._store.get(key_of(namespace, name))
            if stored is None:
                return
            workflow = workflow_of(stored)
            meta = workflow.metadata or ObjectMeta()
            labels = change(meta.labels or {})
            changed = replace(workflow, metadata=replace(meta, labels=labels))
            self._store.update(replace(stored, data=msgspec.json.encode(changed), labels=row_labels(changed)))

        with contextlib.suppress(ConflictError, NotFoundError):  # what was done stands, with the note or without
            despite_others(relabel)
