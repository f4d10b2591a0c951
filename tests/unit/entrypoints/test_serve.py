"""The socket that a server listens on."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tiphys.entrypoints.serve import bind
from tiphys.errors import UsageError


def test_connections_send_at_once() -> None:
    """With Nagle's algorithm each answer on a connection that lives on would wait for an acknowledgement: 40 ms."""

    async def accepted() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with bind("127.0.0.1", 0) as listener:
            server = await asyncio.start_server(serve, sock=listener)
            async with server:
                _, writer = await asyncio.open_connection(*listener.getsockname())
                nodelay = await found
                writer.close()
                return nodelay

    assert asyncio.run(accepted()) != 0


def test_an_address_in_use_is_said() -> None:
    with bind("127.0.0.1", 0) as listener, pytest.raises(UsageError, match="cannot listen on"):
        bind("127.0.0.1", listener.getsockname()[1])


def test_an_address_that_cannot_be_listened_on_is_said() -> None:
    with pytest.raises(UsageError, match="cannot listen on") as caught:
        bind("127.0.0.1", 70000)
    assert caught.value.hint == "choose a --port up to 65535"
    with pytest.raises(UsageError, match="cannot listen on") as caught:
        bind("192.0.2.1", 0)
    assert "choose another with --host" in (caught.value.hint or "")
