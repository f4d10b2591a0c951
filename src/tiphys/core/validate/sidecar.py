"""What the sidecar of an executor plugin must say, in a workflow and in a file of its own."""

from __future__ import annotations

from tiphys.core.manifest.model.template import ExecutorPlugin


def sidecar_problems(plugin: ExecutorPlugin) -> list[str]:
    """What is missing, in Argo's words and order; nothing when all is there."""
    sidecar = plugin.spec.sidecar if plugin.spec else None
    container = sidecar.container if sidecar else None
    resources = container.resources if container else None
    wanted = (
        (container and container.ports, "at least one port is mandatory"),
        (resources and resources.requests, "resources requests are mandatory"),
        (resources and resources.limits, "resources limits are mandatory"),
        (container and container.security_context is not None, "security context is mandatory"),
    )
    return [text for given, text in wanted if not given]
