"""From a name to a stored workflow."""

from __future__ import annotations

from tiphys.app.services.objects import KIND, key_of
from tiphys.errors import NotFoundError
from tiphys.ports.store import ListOptions, Store, StoredObject

LATEST = "@latest"


def find(store: Store, namespace: str, name: str) -> StoredObject:
    """The workflow of a name; ``@latest`` is the newest of the namespace.

    Raises:
        NotFoundError: there is none.
    """
    if name == LATEST:
        page = store.list(ListOptions(kind=KIND, namespace=namespace, limit=1))
        stored = page.items[0] if page.items else None
    else:
        stored = store.get(key_of(namespace, name))
    if stored is None and name == LATEST:
        raise NotFoundError("no workflows found", "`tiphys list` shows what is there", namespace)
    if stored is None:
        raise NotFoundError(f'workflows.argoproj.io "{name}" not found', "`tiphys list` shows what is there", namespace)
    return stored
