"""What ``tiphys server`` is told on its command line, and what of it can be wrong."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import UsageError


class ServeFlags(Struct, frozen=True, kw_only=True):
    """One field for each flag, by its name; ``cli.serveroptions`` has their helps and defaults."""

    host: str
    port: int
    base_href: str
    auth_mode: Sequence[str]
    secure: bool
    hsts: bool
    tls_cert: str | None
    tls_key: str | None
    tls_certificate_secret_name: str | None
    allowed_host: Sequence[str]
    access_control_allow_origin: Sequence[str]
    x_frame_options: str
    api_rate_limit: float
    allowed_link_protocol: Sequence[str]
    configmap: str | None
    namespaced: bool
    managed_namespace: str | None
    event_async_dispatch: bool
    event_operation_queue_size: int
    event_worker_count: int
    kube_api_qps: float
    kube_api_burst: int
    browser: bool
    runtime: str | None

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def base(self) -> str:
        """The base href with both slashes."""
        return f"/{self.base_href.strip('/')}/".replace("//", "/")

    def check_links(self, links: Sequence[JsonObject]) -> None:
        """Refuse links of the configuration whose protocol is not allowed: a page would run ``javascript:``.

        Raises:
            UsageError: names the first one.
        """
        for link in links:
            protocol = str(link.get("url") or "").partition(":")[0].strip().lower()
            if protocol not in self.allowed_link_protocol:
                raise UsageError(
                    f"the link {link.get('name')!r} has the protocol {protocol!r}, which is not allowed",
                    "allow it with --allowed-link-protocol",
                )
