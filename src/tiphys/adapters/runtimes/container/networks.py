"""The networks of an engine: which one pods are in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Any, Protocol

#: Podman knows its own by the second name too, but not where a container is made.
_DEFAULT_NETWORKS = ("podman", "bridge")
#: Made where the engine's default network gives no addresses that are asked for: Docker's.
_OWN_NETWORK = "tiphys"


class Client(Protocol):
    """What the ``docker`` library's client has for networks."""

    def inspect_network(self, name: str, /) -> Mapping[str, Any]:
        """All that the engine knows of one."""

    def create_network(self, name: str, /, **more: object) -> object:
        """Make one."""

    def remove_network(self, name: str, /) -> object:
        """Remove one."""


class Networks:
    """Asks an engine through ``client``; ``refused`` is what that raises when the engine does not want."""

    def __init__(self, client: Client, refused: type[Exception]) -> None:
        self._client, self._refused = client, refused

    def look(self, name: str) -> tuple[str, str]:
        """The name and the subnet of a network, of the engine's default for an empty name; empty if it has none."""
        for each in (name,) if name else _DEFAULT_NETWORKS:
            with contextlib.suppress(self._refused):
                configured = (self._client.inspect_network(each).get("IPAM") or {}).get("Config") or [{}]
                return each, str(configured[0].get("Subnet") or "")
        return name, ""

    def of_pods(self) -> str:
        """The network in which pods can ask for their addresses; empty for the engine's default, if that is one.

        Docker lets a container ask only in a network whose subnet somebody chose: it is made once, with a subnet that
        Docker finds free.  Where that is not allowed, pods have the default network, and do not know their addresses.
        """
        default, _ = self.look("")
        if default != "bridge":
            return ""
        with contextlib.suppress(self._refused):
            if self.look(_OWN_NETWORK)[1] or self._make():
                return _OWN_NETWORK
        return ""

    def _make(self) -> bool:
        """Make the network of pods; false when nothing is known of its subnet."""
        trial = f"{_OWN_NETWORK}-{os.getpid()}"
        self._client.create_network(trial)
        try:
            subnet = self.look(trial)[1]
        finally:
            self._client.remove_network(trial)
        with contextlib.suppress(self._refused):  # another process may be faster
            configured = {"Driver": "default", "Config": [{"Subnet": subnet}]}
            self._client.create_network(_OWN_NETWORK, check_duplicate=True, ipam=configured)
        return bool(subnet)
