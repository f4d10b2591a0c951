"""The address of a pod before it starts, for containers whose variables hold it (``status.podIP``).

An engine gives a container its address when it starts, which is too late for its variables.  So a plan holds a word
that stands for the address, and whoever makes the container asks for an address out of the network and puts it there.
"""

from __future__ import annotations

import hashlib
import ipaddress
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

#: Stands for the address in a plan; no manifest contains it.
PLACEHOLDER = "\u2063tiphys-pod-address\u2063"
#: What of a create request holds variables.
_TOLD = ("Env", "Cmd", "Entrypoint")
_TRIES = 4
#: An address of the documentation's (RFC 5737), which no machine has.
_ELSEWHERE = "198.51.100.1"


def wants_address(config: Mapping[str, Any]) -> bool:
    """Whether the pod's address stands in the words or variables of a create request."""
    return PLACEHOLDER.encode() in msgspec.json.encode([config.get(name) for name in _TOLD])


def with_address(config: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The body with the address in place of the word."""
    told = {name: [text.replace(PLACEHOLDER, address) for text in config[name]] for name in _TOLD if config.get(name)}
    return {**config, **told}


def candidates(subnet: str, key: str) -> Iterator[str]:
    """Addresses of a network for a pod, the same ones for the same key.

    They lie in its upper half: engines give addresses from below.
    """
    try:
        network = ipaddress.ip_network(subnet)
    except ValueError:
        return
    half = network.num_addresses // 2
    if half < _TRIES:
        return
    for number in range(_TRIES):
        digest = int.from_bytes(hashlib.sha256(f"{key}/{number}".encode()).digest()[:8], "big")
        yield str(network[half + digest % (half - 1)])


def machine_address() -> str:
    """The address under which this machine is reached from a network of containers; that of its way out, if any.

    Nothing is sent: the kernel only says from where it would.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect((_ELSEWHERE, 9))
        except OSError:
            return "127.0.0.1"
        return str(line.getsockname()[0])


def with_fixed_address(config: Mapping[str, Any], network: str, address: str) -> dict[str, Any]:
    """The body of a container that has this address in this network."""
    endpoint = {network: {"IPAMConfig": {"IPv4Address": address}}}
    return {**with_address(config, address), "NetworkingConfig": {"EndpointsConfig": endpoint}}
