"""``ports.archive`` over a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiphys.adapters.client.connection import Connection, segment
from tiphys.adapters.client.pages import pages
from tiphys.adapters.client.workflows import parameters_of, workflow_of
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.ports.api import ListFilter, ResubmitOptions, RetryOptions

_BASE = "archived-workflows"


class RemoteArchive:
    """Implements ``ArchiveApi``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, wanted: ListFilter) -> Sequence[Workflow]:
        """Archived workflows without their nodes."""
        query = {
            "namespace": wanted.namespace or "",
            "listOptions.labelSelector": ",".join(str(each) for each in wanted.labels),
            "listOptions.fieldSelector": wanted.fields,
        }
        return [workflow_of(item) for item in pages(self._connection, _BASE, query, wanted.page or 0)]

    def named(self, namespace: str, name: str) -> Sequence[Workflow]:
        """The archived workflows of a name."""
        query = {"namespace": namespace, "namePrefix": name, "nameFilter": "Exact"}
        found = [workflow_of(item) for item in pages(self._connection, _BASE, query)]
        # A server may answer with all that begin so (``spec/api.md`` 14).
        return [each for each in found if each.metadata is not None and each.metadata.name == name]

    def get(self, uid: str) -> Workflow:
        """One with its nodes."""
        return workflow_of(self._connection.call("GET", f"{_BASE}/{segment(uid)}"))

    def delete(self, uid: str) -> None:
        """Take one out of the archive."""
        self._connection.call("DELETE", f"{_BASE}/{segment(uid)}")

    def retry(self, uid: str, options: RetryOptions) -> Workflow:
        """Make one live again and run what failed in it."""
        body: JsonObject = {"restartSuccessful": options.restart_successful, "nodeFieldSelector": options.selector}
        return self._put(uid, "retry", body, options.parameters)

    def resubmit(self, uid: str, options: ResubmitOptions) -> Workflow:
        """Make a new workflow of one."""
        return self._put(uid, "resubmit", {"memoized": options.memoized}, options.parameters)

    def label_keys(self, namespace: str) -> Sequence[str]:
        """The keys of labels of archived workflows."""
        return _texts(self._connection.call("GET", f"{_BASE}-label-keys", {"namespace": namespace}))

    def label_values(self, namespace: str, key: str) -> Sequence[str]:
        """The values of one label."""
        query = {"namespace": namespace, "listOptions.labelSelector": key}
        return _texts(self._connection.call("GET", f"{_BASE}-label-values", query))

    def _put(self, uid: str, verb: str, body: JsonObject, parameters: Mapping[str, str]) -> Workflow:
        given: JsonObject = {key: value for key, value in body.items() if value}
        whole: JsonObject = {"uid": uid, **given, "parameters": parameters_of(parameters)}
        return workflow_of(self._connection.call("PUT", f"{_BASE}/{segment(uid)}/{verb}", body=whole))


def _texts(found: Mapping[str, JsonValue]) -> list[str]:
    items = found.get("items")
    return [str(item) for item in items] if isinstance(items, list) else []
