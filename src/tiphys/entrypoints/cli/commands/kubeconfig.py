"""``tiphys kubeconfig``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import UsageError


@click.command("kubeconfig")
@click.option("--server", metavar="URL", help="Where the server is; without it where it was last started.")
@click.option("--token", metavar="TOKEN", help="A ServiceAccount's token instead of the owner's.")
def command(server: str | None, token: str | None) -> int:
    """Print a configuration with which kubectl and client libraries talk to the server.

    It holds a token: write it to a file that only you can read.
    """
    import base64

    import msgspec

    from tiphys.core.manifest.model.scalars import JsonObject
    from tiphys.entrypoints import settings
    from tiphys.entrypoints.server.auth.owner import OwnerToken

    chosen = session.settings()
    if server is None:
        server = _last_address(chosen.home / settings.ADDRESS_FILE)
    if not server.startswith("https:"):
        session.warn(["kubectl sends tokens over TLS only: start the server with --secure"])
    cluster: JsonObject = {"server": server.rstrip("/")}
    certificate = chosen.home / "tls" / "tls.crt"
    if server.startswith("https:") and certificate.is_file():
        cluster["certificate-authority-data"] = base64.b64encode(certificate.read_bytes()).decode()
    config: JsonObject = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "tiphys",
        "clusters": [{"name": "tiphys", "cluster": cluster}],
        "users": [{"name": "tiphys", "user": {"token": token or OwnerToken(chosen.home).token}}],
        "contexts": [
            {"name": "tiphys", "context": {"cluster": "tiphys", "user": "tiphys", "namespace": chosen.namespace}}
        ],
    }
    sys.stdout.write(msgspec.yaml.encode(config).decode())
    return 0


def _last_address(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError("no server was started here", "start tiphys server --secure, or give --server") from None
