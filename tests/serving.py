"""Servers on loopback for as long as a test needs them."""

from __future__ import annotations

import contextlib
import random
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: How often the server looks whether it is over, in seconds: each test that ends one waits for that.
_LOOK = 0.02
#: Below those that Linux gives to whoever asks for any: between a look and its use no port of these is taken by chance.
_PORTS = range(20_000, 32_000)


class Quiet(BaseHTTPRequestHandler):
    """A handler that logs nothing."""

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Say it all at once."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def serving(handler: type[Quiet], context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve while the body runs, with TLS where there is a context; gives the address, without a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(_LOOK,))
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port that nobody listens on, for a program that has to be told its port."""
    choose = random.SystemRandom()  # tests run with a seed: two runs at the same time would find the same ports
    while True:
        port = choose.choice(_PORTS)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def accepts(path: Path) -> bool:
    """Whether somebody listens on the Unix socket; its file is there a moment before."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
