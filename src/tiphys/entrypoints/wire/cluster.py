"""The objects of any kind over the store; loaded when one is asked for, since most runs need none."""

from __future__ import annotations

from collections.abc import Callable

from tiphys.app.services.cluster.accounts import AccountRules
from tiphys.app.services.cluster.caches import ConfigMapRules
from tiphys.app.services.cluster.collect import Collector
from tiphys.app.services.cluster.events import EventRules
from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.cluster.namespaces import NamespaceRules
from tiphys.app.services.cluster.objects import LocalObjects
from tiphys.app.services.cluster.pods import PodRules
from tiphys.app.services.cluster.rights import StoredRights
from tiphys.app.services.cluster.secrets import SecretRules
from tiphys.app.services.cluster.shapes import SHAPED
from tiphys.app.services.cluster.versions import VersionRules
from tiphys.app.services.cluster.workflows import WorkflowRules
from tiphys.app.services.submission import Submission
from tiphys.core.validate.library import Library
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.store import ARGO_GROUP, Store


def local_objects(
    store: Store,
    clock: Clock,
    collector: Collector,
    submission: Submission,
    created: Callable[[WorkflowUid], None],
    pods: PodRules,
    library: Library,
) -> LocalObjects:
    """Objects with what each kind does differently; ``created`` is told of workflows that steps make.

    ``pods`` shows those of nodes; ``library`` has what workflows that steps make refer to.
    """
    rules: dict[tuple[str, str], KindRules] = {
        ("", "ServiceAccount"): AccountRules(),
        **{(kind.group, kind.kind): VersionRules(kind, store, clock) for kind in SHAPED},
        ("", "ConfigMap"): ConfigMapRules(store),
        ("", "Pod"): pods,
        ("", "Event"): EventRules(store),
        ("", "Namespace"): NamespaceRules(store),
        ("", "Secret"): SecretRules(store, clock),
        (ARGO_GROUP, "Workflow"): WorkflowRules(store, clock, submission=submission, library=library, created=created),
    }
    return LocalObjects(store, clock, StoredRights(store), collector, rules)
