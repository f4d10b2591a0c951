"""What is refused before a request is looked at (classes S01 and S18 of attacks)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from tiphys.entrypoints.server.guard import Buckets, Guard, GuardOptions

OPTIONS = GuardOptions(loopback=True, hosts=("box.local",), origins=("https://ui.example",), rate=2)


def ask(method: str = "GET", *, host: str = "localhost:2746", times: int = 1, **headers: Any) -> httpx.Response:
    guard = Guard(PlainTextResponse("in"), OPTIONS, lambda: 0.0)

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(guard)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            for _ in range(times - 1):
                await client.request(method, "/", headers=headers)
            return await client.request(method, "/", headers=headers)

    return anyio.run(send)


@pytest.mark.parametrize("host", ["localhost:2746", "127.0.0.1", "[::1]:80", "LOCALHOST", "box.local"])
def test_names_of_loopback(host: str) -> None:
    assert ask(host=host).text == "in"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:2746"])
def test_other_names_are_refused(host: str) -> None:
    answer = ask(host=host)
    assert (answer.status_code, answer.json()["code"]) == (403, 7)


def test_foreign_pages_act_only_with_a_token() -> None:
    foreign: dict[str, Any] = {"origin": "https://evil.example"}
    assert ask("POST", **foreign).status_code == 403
    assert ask("DELETE", cookie="authorization=Bearer x", **foreign).status_code == 403
    assert ask("POST", authorization="Bearer x", **foreign).status_code == 200
    assert ask("GET", **foreign).status_code == 200
    assert "access-control-allow-origin" not in ask("GET", **foreign).headers
    assert ask("POST", origin="http://localhost:2746").status_code == 200


def test_pages_that_are_named_may_ask() -> None:
    known: dict[str, Any] = {"origin": "https://ui.example"}
    answer = ask("POST", **known)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://ui.example")
    preflight = ask("OPTIONS", **known)
    assert (preflight.status_code, preflight.headers["access-control-allow-credentials"]) == (204, "true")


def test_floods_are_told_when_to_come_again() -> None:
    assert ask(times=2).status_code == 200
    answer = ask(times=3)
    assert (answer.status_code, answer.json()["code"]) == (429, 8)
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["x-ratelimit-limit"] == "2"


def test_a_bucket_is_filled_again() -> None:
    moments = iter([0.0, 0.0, 0.0, 0.0, 0.5, 0.5])
    buckets = Buckets(2, lambda: next(moments))
    assert [buckets.take("a") >= 0 for _ in range(3)] == [True, True, False]
    assert buckets.take("b") >= 0
    assert [buckets.take("a") >= 0 for _ in range(2)] == [True, False]


def test_grpc_is_told_what_to_do() -> None:
    answer = ask("POST", **dict[str, Any]({"content-type": "application/grpc"}))
    assert (answer.status_code, answer.headers["grpc-status"]) == (200, "12")
    assert answer.headers["grpc-message"] == "use ARGO_HTTP1=true"


async def reads(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body, or say that its sender is gone."""
    try:
        body = await Request(scope, receive).body()
    except ClientDisconnect:
        body = b"gone"
    await PlainTextResponse(body)(scope, receive, send)


def test_a_body_that_trickles_is_given_up() -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield b"a"
        await anyio.sleep_forever()

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Guard(reads, GuardOptions(body_seconds=0.01), lambda: 0.0))
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.post("http://localhost", content=trickle())

    assert anyio.run(send).content == b"gone"


def test_a_trusted_proxy_says_who_a_client_is() -> None:
    guard = Guard(PlainTextResponse("in"), GuardOptions(rate=1, address_headers=("x-forwarded-for",)), lambda: 0.0)

    async def send() -> list[int]:
        transport = httpx.ASGITransport(guard)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            given = ["1.1.1.1", "1.1.1.1, 9.9.9.9", "2.2.2.2"]
            return [(await client.get("/", headers={"x-forwarded-for": each})).status_code for each in given]

    assert anyio.run(send) == [200, 429, 200]


def test_browsers_are_told_to_use_tls() -> None:
    guard = Guard(PlainTextResponse("in"), GuardOptions(hsts=True), lambda: 0.0)

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="https://localhost") as client:
            return await client.get("/")

    assert anyio.run(send).headers["strict-transport-security"] == "max-age=31536000"
