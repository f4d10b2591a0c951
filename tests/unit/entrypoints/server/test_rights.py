"""Every route × every kind of caller: deny is the default (classes S03, S07, S13 and S20 of attacks)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import anyio
import httpx
import pytest

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.app import Application
from tiphys.entrypoints.server.auth.modes import Gatekeeper, modes_of
from tiphys.entrypoints.server.auth.owner import FILE, OwnerToken
from tiphys.entrypoints.server.kube.paths import ROUTES as KUBE
from tiphys.entrypoints.server.parts import Parts, ServerOptions
from tiphys.entrypoints.server.routes import ROUTES
from tiphys.entrypoints.server.routing import Open, Route
from tiphys.errors import ConflictError, NotFoundError
from tiphys.ports.identity import Access, Principal, service_account

NOBODY_NEEDED = {"/healthz", "/livez", "/readyz", "/oauth2/redirect", "/oauth2/callback", "/{path...}"}
PUBLIC = [route for route in ROUTES if route.right is Open.PUBLIC]
CLOSED = [route for route in ROUTES if route.right is not Open.PUBLIC]
#: Kubernetes' routes ask the objects, which tests/api/test_rights.py has: a real server.
CHECKED = [route for route in CLOSED if route not in KUBE]
#: What everybody who has signed in may see.
FOR_ALL = {
    "/api/v1/version",
    "/api/v1/userinfo",
    "/api/v1/info",
    "/api/v1/tracking/event",
    "/api/openapi.json",
    "/api/x/v1/rights/{namespace}",
}
#: What everybody who has signed in keeps for themselves, found by who asks: the store here has nothing of theirs.
OWN = {"/api/x/v1/preferences", "/api/x/v1/preferences/{name}"}


class Nothing:
    """A part that must not be touched, except for questions that say nothing about what is there."""

    on = True
    sent: list[str]

    def __getattr__(self, name: str) -> Any:
        def touched(*_given: object, **_named: object) -> Any:
            if name in {"find", "get"}:  # an archived workflow is looked up before its namespace is known
                raise NotFoundError("not found")
            raise ConflictError(f"{name} was reached")

        return touched


class NoRights:
    """Nobody may do anything."""

    def allowed(self, principal: Principal, access: Access) -> bool:
        return False

    def rules(self, principal: Principal, namespace: str) -> Sequence[JsonObject]:
        return ()


def sign_in(headers: Mapping[str, str], namespace: str) -> Principal:
    known = {"good": service_account("argo", "ana")}
    return Gatekeeper(modes_of([]), [known.get])(headers, namespace)


def ask(route: Route, token: str) -> httpx.Response:
    given: dict[str, Any] = {"authorizer": NoRights(), "sign_in": sign_in, "options": ServerOptions(version="v4.1.2")}
    parts = Parts(**{name: given.get(name, cast(Any, Nothing())) for name in Parts.__struct_fields__})
    path = re.sub(r"\{[^}]*\}", "x", route.pattern)
    path = path.replace("/artifact-files/x/x/x/x/x/x", "/artifact-files/x/workflows/x/x/outputs/x")

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Application(parts, ROUTES))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(route.method, path, headers={"authorization": token} if token else {})

    return anyio.run(send)


def named(routes: list[Route]) -> list[str]:
    return [f"{route.method} {route.pattern}" for route in routes]


def test_public_routes_are_few() -> None:
    assert {route.pattern for route in PUBLIC} == NOBODY_NEEDED


@pytest.mark.parametrize("route", CLOSED, ids=named(CLOSED))
@pytest.mark.parametrize("token", ["", "Bearer nothing", "Bearer ", "Basic Zzz", "good", "Bearer v2:x"])
def test_nobody_without_a_token_gets_anything(route: Route, token: str) -> None:
    answer = ask(route, token)
    if route.right is Open.WEBHOOK and not token:  # its handler asks the store for the secret of a signature first
        assert answer.json() == {"code": 5, "message": "not found"}
        return
    assert answer.status_code == 401
    if not route.text:
        assert answer.json()["code"] == (401 if route.kubernetes else 16)


@pytest.mark.parametrize("route", CHECKED, ids=named(CHECKED))
def test_a_token_without_rights_gets_nothing(route: Route) -> None:
    answer = ask(route, "Bearer good")
    if route.pattern in FOR_ALL:
        assert answer.status_code == 200
        return
    if route.pattern in OWN:
        assert answer.status_code == (404 if route.method == "GET" else 400)  # the store is asked; no value to keep
        return
    if route.text and route.pattern.endswith("/{rest...}"):  # what names no artifact
        assert (answer.status_code, answer.text) in ((400, "Bad Request"), (405, "Method not allowed"))
        return
    assert answer.status_code == 403
    if not route.text:
        assert answer.json()["code"] == 7


def test_the_owners_token_is_a_secret_of_its_file(tmp_path: Any) -> None:
    owner = OwnerToken(tmp_path)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert owner.principal(f"{owner.token}x") is None
    (tmp_path / "other").mkdir()
    assert OwnerToken(tmp_path / "other").token != owner.token
