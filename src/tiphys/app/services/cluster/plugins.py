"""Executor plugins: ConfigMaps with Argo's label say which there are and where they answer."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import metadata_of
from tiphys.ports.store import ListOptions, Store

_LABELS = {"workflows.argoproj.io/configmap-type": "ExecutorPlugin"}
#: Where a plugin answers that somebody runs; without it, at the port of its container on this machine.
ADDRESS = "tiphys.dev/address"


class PluginPlace(Struct, frozen=True):
    """Name and address of a plugin."""

    name: str
    address: str


def plugin_places(store: Store, namespace: str) -> Iterator[PluginPlace]:
    """The executor plugins of a namespace, by name."""
    options = ListOptions(kind="ConfigMap", group="", namespace=namespace, labels=_LABELS, limit=1000)
    for stored in sorted(store.list(options).items, key=lambda item: item.key.name):
        item = manifest_of(stored)
        annotations = metadata_of(item).get("annotations")
        address = annotations.get(ADDRESS) if isinstance(annotations, dict) else None
        place = str(address) if address else _container_address(item)
        if place:
            yield PluginPlace(stored.key.name.removesuffix("-executor-plugin"), place)


def _container_address(item: JsonObject) -> str:
    """``http://localhost:<port>`` of the sidecar that the ConfigMap describes."""
    from tiphys.core.manifest.yaml import YamlError, parse

    data = item.get("data")
    text = data.get("sidecar.container") if isinstance(data, dict) else None
    try:
        documents = parse(str(text or ""))
    except YamlError:
        return ""
    container = documents[0].data if documents else None
    ports = container.get("ports") if isinstance(container, dict) else None
    first = ports[0] if isinstance(ports, list) and ports else None
    port = first.get("containerPort") if isinstance(first, dict) else None
    return f"http://localhost:{port}" if isinstance(port, int) else ""
