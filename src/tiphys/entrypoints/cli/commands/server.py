"""``tiphys server``."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from tiphys.entrypoints.cli import session
from tiphys.entrypoints.cli.serveroptions import server_options
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.entrypoints.serveflags import ServeFlags
    from tiphys.entrypoints.settings import Settings
    from tiphys.entrypoints.tls import Certificate
    from tiphys.entrypoints.wire.local import Local


@click.command("server")
@server_options
def command(**given: Any) -> int:  # noqa: ANN401 - one for each field of ``ServeFlags``
    """Run the server: Argo's API, the controller and the web UI, in one process."""
    from ssl import TLSVersion

    from tiphys.entrypoints import logs
    from tiphys.entrypoints.serve import bind, controlling, serve
    from tiphys.entrypoints.serveflags import ServeFlags
    from tiphys.entrypoints.settings import ADDRESS_FILE
    from tiphys.entrypoints.wire.local import open_local
    from tiphys.entrypoints.wire.traces import traced
    from tiphys.entrypoints.wire.web import observed, web_of

    flags = ServeFlags(**given)
    _check_modes(flags)
    chosen = _settings(flags)
    logs.set_up(chosen.log_level, chosen.log_format, sys.stderr)
    flags.check_links(chosen.controller.links)
    with (
        bind(flags.host, flags.port) as listener,
        open_local(chosen, runtime=flags.runtime) as local,
        ExitStack() as on,
    ):
        session.warn(local.warnings)
        session.warn([f"the configuration's key {key} means nothing here" for key in chosen.controller.ignored])
        certificate = _certificate(flags, chosen, local)
        if certificate is not None:
            certificate = replace(certificate, minimum=TLSVersion(chosen.web.tls_minimum))
        web = web_of(local, flags, secure=certificate is not None)
        on.enter_context(observed(local))
        observer = on.enter_context(traced(local, web.measures))
        on.enter_context(controlling(local.controller(observer)))
        on.enter_context(closing(web))
        scheme = "https" if certificate is not None else "http"
        address = f"{scheme}://{flags.host}:{listener.getsockname()[1]}{flags.base}"
        (chosen.home / ADDRESS_FILE).write_text(f"{address}\n", encoding="utf-8")

        def ready() -> None:
            _welcome(address, web.token, browser=flags.browser)

        serve(web.application, listener, certificate, ready=ready, stopping=web.streams.close)
    return 0


def _check_modes(flags: ServeFlags) -> None:
    from tiphys.entrypoints.server.auth.modes import Mode, modes_of

    if Mode.SERVER in modes_of(flags.auth_mode) and not flags.on_loopback:
        raise UsageError(
            f"--auth-mode server lets everybody in, and {flags.host} can be reached from other machines",
            "listen on 127.0.0.1, or leave the mode out: a token is then needed",
        )


def _settings(flags: ServeFlags) -> Settings:
    """The settings, with the configuration of a ConfigMap where one is named."""
    namespaced = "true" if flags.namespaced else ""
    chosen = session.settings({"ARGO_NAMESPACED": namespaced, "ARGO_MANAGED_NAMESPACE": flags.managed_namespace or ""})
    if flags.managed_namespace and not chosen.managed_namespace:
        session.warn(["--managed-namespace counts only with --namespaced"])
    if flags.configmap is None:
        return chosen
    from tiphys.entrypoints.wire.serverobjects import configured

    return configured(chosen, flags.configmap)


def _certificate(flags: ServeFlags, chosen: Settings, local: Local) -> Certificate | None:
    from tiphys.entrypoints import tls

    certificate = tls.given(flags.tls_cert, flags.tls_key)
    if flags.tls_certificate_secret_name is not None:
        from tiphys.entrypoints.wire.serverobjects import certificate_of

        return certificate_of(local, flags.tls_certificate_secret_name)
    if certificate is None and flags.secure:
        return tls.own(chosen.home, flags.host, local.clock)
    return certificate


def _welcome(address: str, token: str, *, browser: bool) -> None:
    sys.stdout.write(f"Tiphys is at {address}\ntoken: {token}\n")
    sys.stdout.flush()
    if browser:
        import webbrowser

        webbrowser.open(address)
