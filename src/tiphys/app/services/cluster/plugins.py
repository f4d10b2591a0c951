"""Executor plugins: a workflow's own, or ConfigMaps with Argo's label, say which there are and where they answer."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from msgspec import Struct, field

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.app.services.objects import key_of, workflow_of
from tiphys.app.services.repositories import CONTROLLER_NAMESPACE
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.template import ExecutorPlugin
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.objects.meta import metadata_of
from tiphys.core.plan.executed import executed_spec
from tiphys.ports.store import ListOptions, ObjectKey, Store

_LABELS = {"workflows.argoproj.io/configmap-type": "ExecutorPlugin"}
#: Where a plugin answers that somebody else runs; without it its container is run here.
ADDRESS = "tiphys.dev/address"


class PluginPlace(Struct, frozen=True):
    """A plugin: ``address`` of one that somebody runs, else the ``container`` to run and its ``port``.

    ``namespace`` is that of its ConfigMap.
    """

    name: str
    namespace: str = ""
    address: str = ""
    container: JsonObject = field(default_factory=dict)
    port: int = 0


def plugins_of(store: Store, namespace: str, workflow: str) -> list[PluginPlace]:
    """The executor plugins of a workflow of the store: those that its spec brings along, else those that are set up."""
    stored = store.get(key_of(namespace, workflow))
    return plugin_places(store, namespace, executed_spec(workflow_of(stored)) if stored is not None else WorkflowSpec())


def plugin_places(store: Store, namespace: str, spec: WorkflowSpec) -> list[PluginPlace]:
    """The executor plugins for a spec, by name; the namespace's come before those of the controller's namespace."""
    if spec.executor_plugins:
        return [place for plugin in spec.executor_plugins if (place := _brought(plugin)) is not None]
    found: dict[str, PluginPlace] = {}
    for space in dict.fromkeys((namespace, CONTROLLER_NAMESPACE)):
        for place in _set_up(store, space):
            found.setdefault(place.name, place)
    return list(found.values())


def _brought(plugin: ExecutorPlugin) -> PluginPlace | None:
    """A plugin that a workflow brings along; None when it says no port, which the checks refuse."""
    sidecar = plugin.spec.sidecar if plugin.spec is not None else None
    container = to_data(sidecar.container) if sidecar is not None and sidecar.container is not None else None
    name = plugin.metadata.name if plugin.metadata is not None else None
    port = _port(container) if isinstance(container, dict) else 0
    return PluginPlace(name or "", "", "", container, port) if isinstance(container, dict) and port else None


def _set_up(store: Store, namespace: str) -> Iterator[PluginPlace]:
    """The plugins of the ConfigMaps of a namespace, by name; what cannot be read is left out."""
    options = ListOptions(kind="ConfigMap", group="", namespace=namespace, labels=_LABELS, limit=1000)
    for stored in sorted(store.list(options).items, key=lambda item: item.key.name):
        item, name = manifest_of(stored), stored.key.name.removesuffix("-executor-plugin")
        annotations = metadata_of(item).get("annotations")
        address = annotations.get(ADDRESS) if isinstance(annotations, dict) else None
        if address:
            yield PluginPlace(name, namespace, str(address))
            continue
        container = _container(item)
        port = _port(container)
        if port:
            yield PluginPlace(name, namespace, "", container, port)


def address_of(store: Store, namespace: str, workflow: str, place: PluginPlace) -> tuple[str, str]:
    """Where a plugin answers for a workflow, empty while its Pod has no address; and why the Pod is over, if it is."""
    if place.address:
        return place.address, ""
    stored = store.get(ObjectKey("Pod", namespace, pod_name(workflow, place.name), ""))
    found = manifest_of(stored).get("status") if stored is not None else None
    status = found if isinstance(found, dict) else {}
    phase = status.get("phase")
    if phase in ("Succeeded", "Failed"):
        return "", str(status.get("message") or _exit_of(status) or phase)
    return ("", "") if phase != "Running" else (f"http://{status.get('podIP') or '127.0.0.1'}:{place.port}", "")


def _exit_of(status: JsonObject) -> str:
    """How the container of a Pod ended."""
    containers = status.get("containerStatuses")
    first = containers[0] if isinstance(containers, list) and containers else None
    state = first.get("state") if isinstance(first, dict) else None
    ended = state.get("terminated") if isinstance(state, dict) else None
    return f"exit code {ended.get('exitCode')}" if isinstance(ended, dict) else ""


def pod_name(workflow: str, plugin: str) -> str:
    """The Pod of a plugin for a workflow."""
    return f"{_short(workflow, plugin)}-agent"


def secret_name(workflow: str, plugin: str) -> str:
    """The Secret with the token of that Pod."""
    return f"{_short(workflow, plugin)}-agent-token"


def _short(workflow: str, plugin: str) -> str:
    return f"{workflow[:40]}-{plugin[:20]}-{sha256(f'{workflow}/{plugin}'.encode()).hexdigest()[:8]}"


def _container(item: JsonObject) -> JsonObject:
    """The sidecar that the ConfigMap describes."""
    from tiphys.core.manifest.yaml import YamlError, parse

    data = item.get("data")
    text = data.get("sidecar.container") if isinstance(data, dict) else None
    try:
        documents = parse(str(text or ""))
    except YamlError:
        return {}
    found = documents[0].data if documents else None
    return found if isinstance(found, dict) else {}


def _port(container: JsonObject) -> int:
    ports = container.get("ports")
    first = ports[0] if isinstance(ports, list) and ports else None
    port = first.get("containerPort") if isinstance(first, dict) else None
    return port if isinstance(port, int) else 0
