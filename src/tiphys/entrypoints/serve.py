"""Runs a server: the controller in a thread of its own, requests in uvicorn's loop, until a signal comes."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final

from tiphys.app.controller.controller import Controller
from tiphys.entrypoints.records import ready_records
from tiphys.entrypoints.server.accesslog import AccessLog
from tiphys.entrypoints.tls import Certificate
from tiphys.errors import UsageError, reason_of

if TYPE_CHECKING:
    import uvicorn

_BACKLOG = 2048
#: How long a connection may wait for its next request: a busy client that uses one just as it is closed sees an error.
_IDLE_SECONDS = 60
#: How long requests that are being answered are waited for when the server stops.
_GRACE_SECONDS = 3


@contextmanager
def controlling(controller: Controller) -> Iterator[None]:
    """Have a controller work in a thread while the body runs; its pods live on after it."""
    ready_records()
    thread = threading.Thread(target=controller.run, name="controller")
    thread.start()
    try:
        yield
    finally:
        controller.stop()
        thread.join()


#: What to do about an address that cannot be listened on.
_LISTENING: Final = {
    errno.EADDRINUSE: "another program listens there: choose another with --port",
    errno.EADDRNOTAVAIL: "this machine has no such address: choose another with --host",
    errno.EACCES: "ports below 1024 are for root: choose another with --port",
}


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        UsageError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that say TCP; with it every answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
        listener.listen(_BACKLOG)  # whoever reads the address may connect at once
    except (OSError, OverflowError) as error:  # a port beyond 65535 is an OverflowError
        listener.close()
        hint = _LISTENING.get(error.errno or 0) if isinstance(error, OSError) else "choose a --port up to 65535"
        raise UsageError(f"cannot listen on {host}:{port}: {reason_of(error)}", hint) from None
    return listener


def serve(
    application: AccessLog,
    listener: socket.socket,
    certificate: Certificate | None,
    *,
    ready: Callable[[], None],
    stopping: Callable[[], None],
) -> None:
    """Answer requests until SIGINT or SIGTERM; with a certificate over TLS.

    ``ready`` is called when signals are heard, ``stopping`` when one has come, before requests are waited for.
    """
    import uvicorn

    from tiphys.entrypoints.server.deadline import DeadlineProtocol

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            stopping()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        http=DeadlineProtocol,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ssl_certfile=certificate.certificate if certificate is not None else None,
        ssl_keyfile=certificate.key if certificate is not None else None,
    )
    if certificate is not None:
        config.load()
        if config.ssl is not None:
            config.ssl.minimum_version = certificate.minimum
    server = Server(config)
    with _stopping(server):
        ready()
        server.run(sockets=[listener])


@contextmanager
def _stopping(server: uvicorn.Server) -> Iterator[None]:
    """Have signals stop the server, and nothing else.

    uvicorn raises a signal once more when it has stopped; by default that would end the process at once, with runs
    that nobody has let go and spans that nobody has sent.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
