"""Probes, hooks and limits of a container, as the supervisor takes them."""

from __future__ import annotations

from collections.abc import Mapping

from tiphys.adapters.pods.expansion import expand
from tiphys.adapters.pods.manifest import Container, Handler, Probe
from tiphys.adapters.pods.problems import PodError
from tiphys.adapters.pods.quantities import quantity
from tiphys.adapters.supervisor.records import Action, Limits, ProbeRecord


def action_of(handler: Handler | None, container: Container, env: Mapping[str, str]) -> Action | None:
    """What a hook or probe does; None if there is none.

    Raises:
        PodError: It names a port that the container does not have, or is of a kind that there is not.
    """
    if handler is None:
        return None
    if handler.exec is not None:
        return Action(command=tuple(expand(word, env) for word in handler.exec.command))
    if handler.sleep is not None:
        return Action(sleep=handler.sleep.seconds)
    if handler.tcp_socket is not None:
        return Action(address=(handler.tcp_socket.host, _port(handler.tcp_socket.port, container)))
    get = handler.http_get
    if get is None:
        raise PodError(f"a probe of container {container.name!r} is of a kind that there is not on one machine")
    return Action(
        address=(get.host, _port(get.port, container)),
        url="/" + get.path.lstrip("/"),
        tls=get.scheme.upper() == "HTTPS",
        headers=tuple((header.name, header.value) for header in get.http_headers),
    )


def probe_of(probe: Probe | None, container: Container, env: Mapping[str, str]) -> ProbeRecord | None:
    """A probe; None if there is none."""
    action = action_of(probe, container, env)
    if probe is None or action is None:
        return None
    return ProbeRecord(
        action=action,
        delay=max(0.0, probe.initial_delay_seconds),
        period=max(1.0, probe.period_seconds),
        timeout=max(1.0, probe.timeout_seconds),
        successes=max(1, probe.success_threshold),
        failures=max(1, probe.failure_threshold),
    )


def limits_of(container: Container) -> Limits | None:
    """Memory and cores that a container may use; None if it may use all."""
    limits = container.resources.limits
    if "memory" not in limits and "cpu" not in limits:
        return None
    return Limits(
        memory=int(quantity(limits["memory"])) if "memory" in limits else None,
        cpu=float(quantity(limits["cpu"])) if "cpu" in limits else None,
    )


def _port(port: int | str, container: Container) -> int:
    if isinstance(port, int) or port.isdigit():
        return int(port)
    for item in container.ports:
        if item.name == port:
            return item.container_port
    raise PodError(f"container {container.name!r} has no port {port!r}")
