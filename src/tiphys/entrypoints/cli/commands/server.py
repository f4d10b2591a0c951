"""``tiphys server``."""

from __future__ import annotations

import ipaddress
import sys
from contextlib import closing
from pathlib import Path

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import UsageError

PORT = 2746


@click.command("server")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("-p", "--port", default=PORT, show_default=True, metavar="PORT", help="Where to listen.")
@click.option("--base-href", default="/", metavar="PATH", help="Path below which a proxy shows the server.")
@click.option(
    "--auth-mode", multiple=True, type=click.Choice(["client", "server"]), help="Who may ask; see the manual."
)
@click.option("--allowed-host", multiple=True, metavar="NAME", help="Another name of a server on loopback.")
@click.option("--access-control-allow-origin", multiple=True, metavar="ORIGIN", help="Pages that may use the API.")
@click.option(
    "--api-rate-limit", default=1000.0, show_default=True, metavar="N", help="Requests a second of one client; 0: any."
)
@click.option("--runtime", metavar="NAME", help="Where pods run.")
@session.namespace_option
@session.home_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    host: str,
    port: int,
    base_href: str,
    auth_mode: tuple[str, ...],
    allowed_host: tuple[str, ...],
    access_control_allow_origin: tuple[str, ...],
    api_rate_limit: float,
    runtime: str | None,
    namespace: str | None,
    home: str | None,
) -> int:
    """Run the server: Argo's API, the controller and the web UI, in one process."""
    from tiphys.entrypoints import settings, wire
    from tiphys.entrypoints.serve import bind, controlling, serve
    from tiphys.entrypoints.server.guard import GuardOptions

    open_to_all = "server" in auth_mode
    if open_to_all and not _is_loopback(host):
        raise UsageError(
            f"--auth-mode server lets everybody in, and {host} can be reached from other machines",
            "listen on 127.0.0.1, or leave the mode out: a token is then needed",
        )
    guarding = GuardOptions(
        loopback=_is_loopback(host), hosts=allowed_host, origins=access_control_allow_origin, rate=api_rate_limit
    )
    chosen = settings.load(home=Path(home) if home else None, namespace=namespace)
    with bind(host, port) as listener, wire.open_local(chosen, runtime=runtime) as local:
        session.warn(local.warnings)
        web = wire.web(
            local, base_href=f"/{base_href.strip('/')}/".replace("//", "/"), open_to_all=open_to_all, guarding=guarding
        )
        with controlling(local.controller(web.measures)), closing(web.hub):
            sys.stdout.write(f"Tiphys is at http://{host}:{listener.getsockname()[1]}{web.base_href}\n")
            sys.stdout.write(f"token: {web.token}\n")
            sys.stdout.flush()
            serve(web.application, listener)
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
