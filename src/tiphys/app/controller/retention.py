"""Deleting workflows whose time to live is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tiphys.app.services.objects import COMPLETED_LABEL, KIND, TTL_LABEL, moment, workflow_of
from tiphys.core.engine.retention import expiry
from tiphys.core.plan.executed import executed_spec
from tiphys.ports.store import ListOptions, Store, StoredObject


def delete_expired(store: Store, remove: Callable[[StoredObject], None], now: datetime) -> list[str]:
    """Delete every workflow that has outlived its ``ttlStrategy``, by ``remove``, and return their names.

    Only rows that have a time to live are looked at.
    """
    deleted: list[str] = []
    after: str | None = None
    while True:
        options = ListOptions(kind=KIND, labels={TTL_LABEL: "true", COMPLETED_LABEL: "true"}, after=after)
        page = store.list(options)
        for stored in page.items:
            workflow = workflow_of(stored)
            status = workflow.status
            finished = moment(status.finished_at) if status is not None else None
            due = expiry(executed_spec(workflow).ttl_strategy, stored.phase, finished)
            if due is not None and due <= now:
                remove(stored)
                deleted.append(stored.key.name)
        after = page.next
        if after is None:
            return deleted
