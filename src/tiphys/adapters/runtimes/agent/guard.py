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


#: The prefix of NAT64 whose addresses end in one of IPv4, and the one in which a network has its own (RFC 8215).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_OF_NETWORKS = ipaddress.IPv6Network("64:ff9b:1::/48")


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
            meant = meant_by(ipaddress.ip_address(address.partition("%")[0]))
            if any(one in network for one in meant for network in self._refused if network.version == one.version):
                raise RefusedAddressError(f"the address {address} of {host} may not be reached from a step")
        return addresses[0]


def meant_by(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """An address, and those of IPv4 to which machines on the way may translate it.

    >>> meant_by(ipaddress.ip_address("64:ff9b::a9fe:a9fe"))[1:]
    [IPv4Address('169.254.169.254')]
    """
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    compatible = last if int(address) < 1 << 32 and int(last) > 1 else None  # not :: and ::1
    translated = last if address in _NAT64 else None
    inner = (address.ipv4_mapped, address.sixtofour, translated, compatible, *(address.teredo or ()))
    return [address, *(one for one in inner if one is not None), *_translated_by_networks(address)]


def _translated_by_networks(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """What an address of the networks' own prefix of NAT64 may mean: nobody but the network knows how long its part is.

    Behind prefixes of 48, 56 and 64 bits the ninth byte is left out (RFC 6052, 2.2).
    """
    if address not in _NAT64_OF_NETWORKS:
        return []
    packed = address.packed
    without_ninth = packed[:8] + packed[9:]
    behind = (without_ninth[6:10], without_ninth[7:11], without_ninth[8:12], packed[12:])
    return [ipaddress.IPv4Address(part) for part in behind]
