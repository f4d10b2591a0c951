"""WorkflowTemplates, ClusterWorkflowTemplates and ConfigMaps that a manifest may refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from tiphys.core.manifest.model.workflow import ClusterWorkflowTemplate, WorkflowTemplate

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Manifest
    from tiphys.core.manifest.model.configmap import ConfigMap

#: The label that tells what a config map is for.
CONFIG_MAP_TYPE = "workflows.argoproj.io/configmap-type"


class Library:
    """Templates by name, over the manifests given; the first of two with the same name counts.

    Other sources (a store) override the methods; all must be cheap and without side effects.
    """

    def __init__(self, manifests: Iterable[Manifest] = (), config_maps: Iterable[ConfigMap] = ()) -> None:
        self._config_maps = tuple(config_maps)
        self._namespaced: dict[tuple[str, str], WorkflowTemplate] = {}
        self._cluster: dict[str, ClusterWorkflowTemplate] = {}
        self._by_name: dict[str, WorkflowTemplate] = {}
        #: Templates whose name another one of the same kind and namespace had already, by identity.
        self._repeated: dict[int, object] = {}
        self.add(manifests)

    def add(self, manifests: Iterable[Manifest]) -> None:
        """Templates to find from now on, behind those that are known; other kinds are passed over."""
        for manifest in manifests:
            metadata = manifest.metadata
            if metadata is None or not metadata.name:
                continue
            if isinstance(manifest, WorkflowTemplate):
                first = self._namespaced.setdefault((metadata.namespace or "", metadata.name), manifest)
                self._note(first, manifest)
                self._by_name.setdefault(metadata.name, manifest)
            elif isinstance(manifest, ClusterWorkflowTemplate):
                self._note(self._cluster.setdefault(metadata.name, manifest), manifest)

    def _note(self, first: object, manifest: object) -> None:
        if first is not manifest:
            self._repeated[id(manifest)] = manifest

    def is_repeated(self, manifest: object) -> bool:
        """Whether a template is passed over because another one has its name."""
        return id(manifest) in self._repeated

    def workflow_template(self, namespace: str, name: str) -> WorkflowTemplate | None:
        """The template of a namespace; one without namespace belongs to all, and no namespace asks for any."""
        found = self._namespaced.get((namespace, name)) or self._namespaced.get(("", name))
        return found or (None if namespace else self._by_name.get(name))

    def cluster_workflow_template(self, name: str) -> ClusterWorkflowTemplate | None:
        """The template of the whole cluster."""
        return self._cluster.get(name)

    def config_maps(self, namespace: str) -> Mapping[str, Mapping[str, str]]:
        """The data of the config maps of a namespace that parameters may read, by name.

        One without namespace belongs to all.  Argo's controller finds them by a label (``spec/data.md`` 2.5).
        """
        return self._data(namespace, lambda labels: labels.get(CONFIG_MAP_TYPE) == "Parameter")

    def semaphores(self, namespace: str) -> Mapping[str, Mapping[str, str]]:
        """The data of all config maps of a namespace by name: semaphores read any."""
        return self._data(namespace, lambda labels: True)

    def config_map(self, namespace: str, name: str) -> ConfigMap | None:
        """The config map of a name; one without namespace belongs to all."""
        for item in self._config_maps:
            meta = item.metadata
            if meta is not None and meta.name == name and (meta.namespace or namespace) == namespace:
                return item
        return None

    def _data(self, namespace: str, wanted: Callable[[Mapping[str, str]], bool]) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, Mapping[str, str]] = {}
        for item in self._config_maps:
            meta = item.metadata
            if meta is None or not meta.name or not wanted(meta.labels or {}):
                continue
            if not namespace or (meta.namespace or namespace) == namespace:
                found.setdefault(meta.name, item.data or {})
        return found

    def names(self, cluster_scope: bool) -> tuple[str, ...]:
        """The names that exist, for hints."""
        return tuple(self._cluster if cluster_scope else self._by_name)


#: A library without templates.
EMPTY = Library()
