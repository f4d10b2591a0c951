"""Which addresses a step may reach over HTTP.

The text of a manifest, or what an earlier step put into it, decides where a request goes.  Link-local addresses are
refused: there the clouds answer every process of a machine with its credentials.  The name is resolved once and the
connection goes to the address that was checked, redirects included.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

import httpx

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: Link-local, and the metadata address that AWS has beside it.
REFUSED: tuple[Network, ...] = (
    ipaddress.ip_network("169.254.0.0/16"),
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("fd00:ec2::254/128"),
)


class RefusedAddressError(httpx.TransportError):
    """A step may not reach this address."""


class GuardedTransport(httpx.HTTPTransport):
    """Sends requests to addresses that are not refused."""

    def __init__(self, *, verify: bool, refused: Sequence[Network] = REFUSED) -> None:
        super().__init__(verify=verify)
        self._refused = refused

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Resolve, check, and send to the checked address under the name that was asked for."""
        host = request.url.host
        address = self._checked(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return super().handle_request(request)

    def _checked(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            raise httpx.ConnectError(f"dial tcp: lookup {host}: no such host") from None
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            plain = ipaddress.ip_address(address.partition("%")[0])
            mapped = getattr(plain, "ipv4_mapped", None) or plain
            if any(mapped in network for network in self._refused if network.version == mapped.version):
                raise RefusedAddressError(f"the address {address} of {host} may not be reached from a step")
        return addresses[0]
