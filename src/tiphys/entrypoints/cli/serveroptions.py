"""The options of ``tiphys server``: each of ``argo server``, and each by its ``ARGO_…`` variable too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

PORT = 2746
_LIST = "may be repeated"


def _option(*names: str, **more: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - as click takes them
    variable = names[-1].partition("/")[0].lstrip("-").upper().replace("-", "_")
    return click.option(*names, envvar=f"ARGO_{variable}", **more)


def _several(name: str, metavar: str, text: str) -> Callable[[Any], Any]:
    return _option(name, multiple=True, metavar=metavar, help=f"{text}; {_LIST}.")


_OPTIONS = (
    click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen."),
    _option("-p", "--port", default=PORT, show_default=True, metavar="PORT", help="Where to listen."),
    _option("--base-href", default="/", metavar="PATH", help="Path below which a proxy shows the server."),
    _several("--auth-mode", "MODE", "client (tokens; the default), server (everybody), sso, hybrid"),
    _option("-e", "--secure", is_flag=True, help="Speak TLS, with a certificate of the data directory's own."),
    _option("--hsts/--no-hsts", default=True, help="With TLS: tell browsers to use nothing else (yes)."),
    click.option("--tls-cert", metavar="FILE", help="Speak TLS with this certificate (PEM)."),
    click.option("--tls-key", metavar="FILE", help="The key of the certificate (PEM)."),
    _option("--tls-certificate-secret-name", metavar="NAME", help="Speak TLS with tls.crt and tls.key of a Secret."),
    click.option("--allowed-host", multiple=True, metavar="NAME", help="Another name of a server on loopback."),
    _several("--access-control-allow-origin", "ORIGIN", "Pages that may use the API"),
    _option("--x-frame-options", default="DENY", show_default=True, metavar="WORD", help="Who may frame the UI."),
    _option("--api-rate-limit", default=1000.0, show_default=True, metavar="N", help="Requests a second; 0: any."),
    _option(
        "--allowed-link-protocol",
        multiple=True,
        default=("http", "https"),
        metavar="NAME",
        help=f"Protocols of links (http, https); {_LIST}.",
    ),
    _option("--configmap", metavar="NAME", help="The ConfigMap with the configuration, instead of a file."),
    _option("--namespaced", is_flag=True, help="Look after one namespace alone: that of --namespace."),
    _option("--managed-namespace", metavar="NAME", help="With --namespaced: look after this one."),
    _option("--event-async-dispatch", is_flag=True, help="Answer events before bindings have seen them."),
    _option("--event-operation-queue-size", default=16, show_default=True, metavar="N", help="So many events wait."),
    _option("--event-worker-count", default=4, show_default=True, metavar="N", help="So many are worked on at once."),
    _option("--kube-api-qps", default=20.0, metavar="N", help="Without effect: no API server is asked."),
    _option("--kube-api-burst", default=30, metavar="N", help="Without effect: no API server is asked."),
    _option("-b", "--browser", is_flag=True, help="Open the UI in a browser."),
    click.option("--runtime", metavar="NAME", help="Where pods run."),
)


def server_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """All options, in the order in which the help shows them."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
