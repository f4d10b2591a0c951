"""Which kinds there are, what their resources are called and whether they have a namespace.

The kinds below are known by name; any other kind may be stored all the same: it has a namespace unless a
CustomResourceDefinition says otherwise, and its plural is formed as kubectl does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject

ARGO: Final = "argoproj.io"
RBAC: Final = "rbac.authorization.k8s.io"


class Kind(Struct, frozen=True):
    """A kind of object: ``resource`` is its plural, ``short`` are kubectl's other names of it."""

    group: str
    version: str
    kind: str
    resource: str
    namespaced: bool = True
    short: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """``group/version``; the core group is left out."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def strategic(self) -> bool:
        """Whether it knows strategic merge patches: only Kubernetes' own kinds do, custom resources do not."""
        return "." not in self.group or self.group.endswith(".k8s.io")

    @property
    def qualified(self) -> str:
        """The resource as error texts name it: ``jobs.batch``, ``pods``."""
        return f"{self.resource}.{self.group}" if self.group else self.resource


EVENT: Final = Kind("", "v1", "Event", "events", short=("ev",))
WORKFLOW: Final = Kind(ARGO, "v1alpha1", "Workflow", "workflows", short=("wf",))
KINDS: Final = (
    Kind("", "v1", "ConfigMap", "configmaps", short=("cm",)),
    Kind("", "v1", "Secret", "secrets"),
    Kind("", "v1", "ServiceAccount", "serviceaccounts", short=("sa",)),
    Kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", short=("pvc",)),
    Kind("", "v1", "Pod", "pods", short=("po",)),
    EVENT,
    Kind("", "v1", "Service", "services", short=("svc",)),
    Kind("", "v1", "Namespace", "namespaces", False, ("ns",)),
    Kind("", "v1", "Node", "nodes", False, ("no",)),
    Kind("", "v1", "PersistentVolume", "persistentvolumes", False, ("pv",)),
    Kind("batch", "v1", "Job", "jobs"),
    Kind("batch", "v1", "CronJob", "cronjobs", short=("cj",)),
    Kind("apps", "v1", "Deployment", "deployments", short=("deploy",)),
    Kind("apps", "v1", "StatefulSet", "statefulsets", short=("sts",)),
    Kind("apps", "v1", "DaemonSet", "daemonsets", short=("ds",)),
    Kind("apps", "v1", "ReplicaSet", "replicasets", short=("rs",)),
    Kind("coordination.k8s.io", "v1", "Lease", "leases"),
    Kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", short=("pdb",)),
    Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", False, ("crd", "crds")),
    Kind(RBAC, "v1", "Role", "roles"),
    Kind(RBAC, "v1", "ClusterRole", "clusterroles", False),
    Kind(RBAC, "v1", "RoleBinding", "rolebindings"),
    Kind(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", False),
    WORKFLOW,
    Kind(ARGO, "v1alpha1", "WorkflowTemplate", "workflowtemplates", short=("wftmpl",)),
    Kind(ARGO, "v1alpha1", "ClusterWorkflowTemplate", "clusterworkflowtemplates", False, ("clusterwftmpl", "cwft")),
    Kind(ARGO, "v1alpha1", "CronWorkflow", "cronworkflows", short=("cwf", "cronwf")),
    Kind(ARGO, "v1alpha1", "WorkflowEventBinding", "workfloweventbindings", short=("wfeb",)),
    Kind(ARGO, "v1alpha1", "WorkflowTaskSet", "workflowtasksets", short=("wfts",)),
    Kind(ARGO, "v1alpha1", "WorkflowTaskResult", "workflowtaskresults"),
    Kind(ARGO, "v1alpha1", "WorkflowArtifactGCTask", "workflowartifactgctasks", short=("wfat",)),
)
_BY_KIND: Final[Mapping[tuple[str, str], Kind]] = {(kind.group, kind.kind): kind for kind in KINDS}


def split_api_version(api_version: str) -> tuple[str, str]:
    """Group and version.

    >>> split_api_version("batch/v1"), split_api_version("v1")
    (('batch', 'v1'), ('', 'v1'))
    """
    group, slash, version = api_version.partition("/")
    return (group, version) if slash else ("", api_version)


def guess_plural(kind: str) -> str:
    """The plural that kubectl guesses of a kind.

    >>> [guess_plural(kind) for kind in ("Widget", "Proxy", "Ingress")]
    ['widgets', 'proxies', 'ingresses']
    """
    word = kind.lower()
    if word.endswith("s"):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


class Catalogue:
    """The known kinds, and those that CustomResourceDefinitions and stored objects add."""

    def __init__(self, definitions: Iterable[JsonObject] = (), stored: Iterable[tuple[str, str]] = ()) -> None:
        """Take definitions as objects, and (group, kind) of what is stored beside the known kinds."""
        self._kinds = dict(_BY_KIND)
        for definition in definitions:
            found = _defined(definition)
            if found is not None:
                self._kinds.setdefault((found.group, found.kind), found)
        for group, kind in stored:
            self._kinds.setdefault((group, kind), Kind(group, "", kind, guess_plural(kind)))

    def of(self, api_version: str, kind: str) -> Kind:
        """The kind of a manifest, with the version that the manifest has."""
        group, version = split_api_version(api_version)
        known = self._kinds.get((group, kind))
        if known is None:
            return Kind(group, version, kind, guess_plural(kind))
        return Kind(group, version or known.version, kind, known.resource, known.namespaced, known.short)

    def find(self, word: str) -> Kind | None:
        """The kind that a person names: ``pod``, ``pods``, ``po``, ``Pod``, ``jobs.batch``, ``jobs.v1.batch``.

        Of several groups that know the word the first one of the table counts.
        """
        name, _, rest = word.lower().partition(".")
        for kind in self._kinds.values():
            if name not in (kind.resource, kind.kind.lower(), *kind.short):
                continue
            if not rest or rest in (kind.group, f"{kind.version}.{kind.group}", kind.version):
                return kind
        return None

    def all(self) -> tuple[Kind, ...]:
        """All kinds, for discovery."""
        return tuple(self._kinds.values())


def _defined(definition: JsonObject) -> Kind | None:
    """The kind that a CustomResourceDefinition defines; None when it lacks a name."""
    spec = definition.get("spec")
    if not isinstance(spec, dict):
        return None
    names, group, scope, versions = (spec.get(key) for key in ("names", "group", "scope", "versions"))
    if not isinstance(names, dict) or not isinstance(group, str):
        return None
    kind, plural, short = (names.get(key) for key in ("kind", "plural", "shortNames"))
    if not isinstance(kind, str):
        return None
    stored = [item for item in versions if isinstance(item, dict)] if isinstance(versions, list) else []
    version = next((str(item.get("name")) for item in stored if item.get("storage")), "v1")
    shorts = tuple(str(item) for item in short) if isinstance(short, list) else ()
    return Kind(group, version, kind, str(plural or guess_plural(kind)), scope != "Cluster", shorts)
