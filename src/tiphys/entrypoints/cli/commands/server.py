"""``tiphys server``."""

from __future__ import annotations

import ipaddress
import sys
from contextlib import closing

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import UsageError

PORT = 2746


@click.command("server")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("-p", "--port", default=PORT, show_default=True, metavar="PORT", help="Where to listen.")
@click.option("--base-href", default="/", metavar="PATH", help="Path below which a proxy shows the server.")
@click.option(
    "--auth-mode", multiple=True, metavar="MODE", help="client (tokens; the default), server (everybody), sso, hybrid."
)
@click.option("-e", "--secure", is_flag=True, help="Speak TLS, with a certificate of the data directory's own.")
@click.option("--tls-cert", metavar="FILE", help="Speak TLS with this certificate (PEM).")
@click.option("--tls-key", metavar="FILE", help="The key of the certificate (PEM).")
@click.option("--allowed-host", multiple=True, metavar="NAME", help="Another name of a server on loopback.")
@click.option("--access-control-allow-origin", multiple=True, metavar="ORIGIN", help="Pages that may use the API.")
@click.option(
    "--api-rate-limit", default=1000.0, show_default=True, metavar="N", help="Requests a second of one client; 0: any."
)
@click.option("--namespaced", is_flag=True, help="Look after one namespace alone: that of --namespace.")
@click.option("--managed-namespace", metavar="NAME", help="With --namespaced: look after this one.")
@click.option("--runtime", metavar="NAME", help="Where pods run.")
def command(  # noqa: PLR0913 - one argument per option
    *,
    host: str,
    port: int,
    base_href: str,
    auth_mode: tuple[str, ...],
    secure: bool,
    tls_cert: str | None,
    tls_key: str | None,
    allowed_host: tuple[str, ...],
    access_control_allow_origin: tuple[str, ...],
    api_rate_limit: float,
    namespaced: bool,
    managed_namespace: str | None,
    runtime: str | None,
) -> int:
    """Run the server: Argo's API, the controller and the web UI, in one process."""
    from tiphys.entrypoints import logs, settings, tls
    from tiphys.entrypoints.serve import bind, controlling, serve
    from tiphys.entrypoints.server.auth.modes import Mode, modes_of
    from tiphys.entrypoints.server.guard import GuardOptions
    from tiphys.entrypoints.wire.local import open_local
    from tiphys.entrypoints.wire.traces import traced
    from tiphys.entrypoints.wire.web import observed, web_of

    certificate = tls.given(tls_cert, tls_key)
    if Mode.SERVER in modes_of(auth_mode) and not _is_loopback(host):
        raise UsageError(
            f"--auth-mode server lets everybody in, and {host} can be reached from other machines",
            "listen on 127.0.0.1, or leave the mode out: a token is then needed",
        )
    guarding = GuardOptions(
        loopback=_is_loopback(host), hosts=allowed_host, origins=access_control_allow_origin, rate=api_rate_limit
    )
    chosen = session.settings(
        {"ARGO_NAMESPACED": "true" if namespaced else "", "ARGO_MANAGED_NAMESPACE": managed_namespace or ""}
    )
    logs.set_up(chosen.log_level, chosen.log_format, sys.stderr)
    if managed_namespace and not chosen.managed_namespace:
        session.warn(["--managed-namespace counts only with --namespaced"])
    with bind(host, port) as listener, open_local(chosen, runtime=runtime) as local:
        session.warn(local.warnings)
        session.warn([f"the configuration's key {key} means nothing here" for key in chosen.controller.ignored])
        if secure and certificate is None:
            certificate = tls.own(chosen.home, host, local.clock)
        base = f"/{base_href.strip('/')}/".replace("//", "/")
        web = web_of(local, base_href=base, modes=auth_mode, secure=certificate is not None, guarding=guarding)
        scheme = "https" if certificate is not None else "http"
        with (
            observed(local),
            traced(local, web.measures) as observer,
            controlling(local.controller(observer)),
            closing(web.hub),
        ):
            address = f"{scheme}://{host}:{listener.getsockname()[1]}{web.base_href}"
            (chosen.home / settings.ADDRESS_FILE).write_text(f"{address}\n", encoding="utf-8")
            serve(
                web.application,
                listener,
                certificate,
                ready=lambda: _welcome(address, web.token),
                stopping=web.streams.close,
            )
    return 0


def _welcome(address: str, token: str) -> None:
    sys.stdout.write(f"Tiphys is at {address}\ntoken: {token}\n")
    sys.stdout.flush()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
