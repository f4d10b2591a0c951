"""Real servers of storages on loopback, started once for all tests that need them."""

from __future__ import annotations

import contextlib
import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.serving import free_port
from tests.waiting import PATIENCE

from tiphys.ports.artifacts import SecretLookup
from tiphys.secret import Secret

#: Where ``.ci/run`` puts the emulator of Azure.
AZURITE = Path(__file__).parents[2] / ".servers"
#: The key of azurite's account, which its manual states.
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
#: What moto reads of a signature; it believes every one.
SIGNED = "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"


@contextlib.contextmanager
def moto() -> Iterator[str]:
    """An S3 server; gives host and port."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"{host}:{port}"
    finally:
        server.stop()


@contextlib.contextmanager
def unsigned_moto() -> Iterator[str]:
    """An S3 server that overlooks how a request is signed: Google's XML interface but for that; gives its address."""
    import threading

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    moto_app = DomainDispatcherApplication(create_backend_app)

    def app(environ: Any, start: Any) -> Any:
        if "AWS4" not in environ.get("HTTP_AUTHORIZATION", ""):
            environ["HTTP_AUTHORIZATION"] = SIGNED
        return moto_app(environ, start)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def azurite(data: Path) -> Iterator[str]:
    """An Azure Blob Storage server; gives the address of its account."""
    program = AZURITE / "node_modules" / ".bin" / "azurite-blob"
    words = [
        "--silent",
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
        "--blobHost",
        "127.0.0.1",
        "--disableTelemetry",
    ]
    with _program(lambda port: [str(program), *words, "--blobPort", str(port)], data) as address:
        yield f"{address}/devstoreaccount1"


@contextlib.contextmanager
def _program(words: Callable[[int], list[str]], cwd: Path) -> Iterator[str]:
    """A server program on a free port, answering."""
    port = free_port()
    with (
        (cwd / "server.log").open("wb") as log,
        subprocess.Popen(words(port), cwd=cwd, stdout=log, stderr=log) as program,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}", program, cwd / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            program.terminate()


def _wait(address: str, program: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and program.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=PATIENCE).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def secrets(values: Mapping[str, str | bytes]) -> SecretLookup:
    """A lookup in the one Secret ``creds``."""

    def lookup(name: str, key: str) -> Secret | None:
        value = values.get(key) if name == "creds" else None
        return None if value is None else Secret(value.encode() if isinstance(value, str) else value)

    return lookup


def account(address: str) -> str:
    """The key of a service account as an emulator wants it."""
    return json.dumps({"gcs_base_url": address, "disable_oauth": True})


def mutual_tls(folder: Path) -> ssl.SSLContext:
    """How a server on loopback speaks TLS with those alone who show ``client.crt``; made in ``folder`` with their keys.

    Clients trust it that trust ``server.crt``.
    """
    for name in ("server", "client", "stranger"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    context.load_verify_locations(folder / "client.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    return context
