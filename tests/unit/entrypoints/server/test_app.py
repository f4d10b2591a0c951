"""The application around the routes: sign-in before all else, rights, limits, errors, streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast

import anyio
import httpx
import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.app import UNKNOWN_LIMIT, Application
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts, ServerOptions
from tiphys.entrypoints.server.problems import InvalidArgumentError, UnauthenticatedError
from tiphys.entrypoints.server.routes import info
from tiphys.entrypoints.server.routing import Open, Right, Route
from tiphys.errors import ConflictError
from tiphys.ports.identity import OWNER, Access, Principal, service_account
from tiphys.testing.clock import VirtualClock

ANA = service_account("argo", "ana")


class Rules:
    """Ana may read workflows of one namespace; the owner may do all."""

    def allowed(self, principal: Principal, access: Access) -> bool:
        return principal.unrestricted or (principal == ANA and access.verb == "get" and access.namespace == "argo")

    def rules(self, principal: Principal, namespace: str) -> Sequence[JsonObject]:
        return ()


def sign_in(headers: Mapping[str, str], _namespace: str) -> Principal:
    found = {"Bearer owner": OWNER, "Bearer ana": ANA}.get(headers.get("authorization", ""))
    if found is None:
        raise UnauthenticatedError
    return found


def echo(_parts: Parts, call: Call) -> JsonValue:
    return {"path": dict(call.path), "who": call.principal.name, "body": call.json()}


def size(_parts: Parts, call: Call) -> JsonValue:
    return len(call.body)


def conflict(_parts: Parts, _call: Call) -> JsonValue:
    raise ConflictError('workflows.argoproj.io "a" already exists')


def bug(_parts: Parts, _call: Call) -> JsonValue:
    raise ZeroDivisionError("a secret detail")


async def count(_parts: Parts, call: Call) -> AsyncIterator[JsonValue]:
    limit = call.query.number("n")
    if limit is None:
        raise InvalidArgumentError("n is missing")

    async def numbers() -> AsyncIterator[JsonValue]:
        for number in range(limit):
            yield {"n": number}
        if limit == 3:
            raise ConflictError("the end")

    return numbers()


ROUTES = (
    *info.ROUTES,
    Route("GET", "/api/v1/workflows/{namespace}/{name}", Right("get", "workflows"), echo),
    Route("GET", "/api/v1/workflows/{namespace}", Right("list", "workflows"), echo),
    Route("PUT", "/api/v1/workflows/{namespace}/{name}", Right("update", "workflows"), echo),
    Route("POST", "/api/v1/workflows/{namespace}", Right("create", "workflows"), conflict),
    Route("GET", "/bug", Open.SIGNED_IN, bug),
    Route("GET", "/count", Open.SIGNED_IN, stream=count),
    Route("POST", "/public", Open.PUBLIC, size),
    Route("POST", "/webhook", Open.WEBHOOK, size),
    Route("GET", "/files/{rest...}", Open.PUBLIC, lambda _parts, call: Answer(body=call.path["rest"].encode())),
)


def request(
    method: str,
    path: str,
    token: str = "owner",
    content: bytes | None = None,
    accept: str | None = None,
    limit: int = 100,
) -> httpx.Response:
    unused = cast(Any, None)
    options = ServerOptions(version="v4.1.2", base_href="/x/", body_limit=limit)
    store = MemoryStore(VirtualClock())
    given: dict[str, Any] = {"authorizer": Rules(), "sign_in": sign_in, "options": options, "store": store}
    parts = Parts(**{name: given.get(name, unused) for name in Parts.__struct_fields__})
    app = Application(parts, ROUTES)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    if accept is not None:
        headers["accept"] = accept

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.request(method, path, headers=headers, content=content)

    return anyio.run(send)


def test_empty_segments_are_captured_as_they_are() -> None:
    assert request("GET", "/api/v1/workflows/").json()["path"] == {"namespace": ""}
    assert request("PUT", "/api/v1/workflows/ns/").json()["path"] == {"namespace": "ns", "name": ""}
    assert request("GET", "/files/a//b/").text == "a//b/"


def test_the_base_href_may_be_there_or_cut() -> None:
    assert request("GET", "/x/api/v1/workflows/ns").json()["path"] == {"namespace": "ns"}


@pytest.mark.parametrize("path", ["/api/v1/workflows", "/nowhere", "/api/v1/workflows/a/b/c"])
def test_unknown_paths_are_not_implemented(path: str) -> None:
    answer = request("GET", path)
    assert (answer.status_code, answer.json()) == (501, {"code": 12, "message": "Not Implemented"})


@pytest.mark.parametrize("token", ["", "nothing", "ana "])
def test_nobody_gets_in_without_a_token(token: str) -> None:
    answer = request("GET", "/api/v1/workflows/argo/a", token.strip() and token + "x")
    assert answer.status_code == 401
    assert answer.json()["code"] == 16
    assert request("GET", "/healthz", "").status_code == 200


def test_rights_are_asked_for_every_route() -> None:
    assert request("GET", "/api/v1/workflows/argo/a", "ana").json()["who"] == "system:serviceaccount:argo:ana"
    answer = request("GET", "/api/v1/workflows/other/a", "ana")
    assert (answer.status_code, answer.json()) == (403, {"code": 7, "message": "permission denied"})
    listed = request("GET", "/api/v1/workflows/argo", "ana").json()["message"]
    assert listed.startswith('Permission denied, you are not allowed to list workflows in namespace "argo".')


def test_a_body_is_json_whatever_its_type_and_has_a_limit() -> None:
    assert request("PUT", "/api/v1/workflows/a/b", content=b'{"x": 1}').json()["body"] == {"x": 1}
    assert request("PUT", "/api/v1/workflows/a/b").json()["body"] == {}
    wrong = request("PUT", "/api/v1/workflows/a/b", content=b"{")
    assert (wrong.status_code, wrong.json()["code"]) == (400, 3)
    assert request("PUT", "/api/v1/workflows/a/b", content=b" " * 101).status_code == 429


def test_errors_have_argos_codes_and_bugs_show_nothing() -> None:
    answer = request("POST", "/api/v1/workflows/a")
    assert (answer.status_code, answer.json()["code"]) == (409, 6)
    answer = request("GET", "/bug")
    assert (answer.status_code, answer.json()) == (500, {"code": 13, "message": "internal error: ZeroDivisionError"})


def test_streams_are_lines_or_events_byte_by_byte() -> None:
    lines = request("GET", "/count?n=2")
    assert lines.headers["content-type"] == "application/json"
    assert lines.content == b'{"result":{"n":0}}\n{"result":{"n":1}}\n'
    events = request("GET", "/count?n=1e0", accept="text/event-stream")
    assert events.headers["content-type"] == "text/event-stream"
    assert events.content == b'data: {"result":{"n":0}} \n\n\n'


def test_a_stream_that_fails_before_its_start_is_an_ordinary_error() -> None:
    answer = request("GET", "/count", accept="text/event-stream")
    assert (answer.status_code, answer.json()) == (400, {"code": 3, "message": "n is missing"})
    last = request("GET", "/count?n=3").text.splitlines()[-1]
    assert last == '{"error":{"grpc_code":6,"http_code":409,"message":"the end","http_status":"Conflict"}}'


@pytest.mark.parametrize("path", ["/public", "/webhook"])
def test_nobody_unknown_makes_the_server_read_much(path: str) -> None:
    """``design/demand.md`` S18."""
    most, more = b"x" * UNKNOWN_LIMIT, b"x" * (UNKNOWN_LIMIT + 1)
    assert request("POST", path, "", most, limit=2 * UNKNOWN_LIMIT).json() == UNKNOWN_LIMIT
    assert request("POST", path, "", more, limit=2 * UNKNOWN_LIMIT).status_code == 429
    assert request("POST", "/webhook", content=more, limit=2 * UNKNOWN_LIMIT).json() == len(more)
