"""Every route of the server × every kind of token: who has no right gets nothing (``design/demand.md`` S07, S13, S20)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.api.conftest import Running
from tests.waiting import PATIENCE
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.adapters.system import SystemClock
from tiphys.app.services.cluster.tokens import AccountTokens
from tiphys.entrypoints.server.routes import ROUTES
from tiphys.entrypoints.server.routing import Open, Right, Route

VALUES = {
    "group": "batch", "version": "v1", "resource": "jobs", "namespace": "walked", "name": "x", "subresource": "status",
    "podName": "p", "uid": "u", "rest": "x", "nodeId": "n",
}  # fmt: skip
IDS = [f"{route.method} {route.pattern}" for route in ROUTES]


class Past:
    """A clock that is two hours late."""

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(hours=2)

    def uid(self) -> str:
        return SystemClock().uid()

    def suffix(self) -> str:
        return SystemClock().suffix()


@pytest.fixture(scope="module")
def tokens(server: Running) -> dict[str, str]:
    store = SqliteStore(server.home / "tiphys.db", SystemClock())
    try:
        expired, _ = AccountTokens(store, Past()).create("walked", "default", timedelta(hours=1))
        valid, record = AccountTokens(store, SystemClock()).create("walked", "default", timedelta(hours=1))
        revoked, gone = AccountTokens(store, SystemClock()).create("walked", "default")
        assert AccountTokens(store, SystemClock()).revoke("walked", "default", gone.id) == 1
    finally:
        store.close()
    swapped = f"tiphys_{record.id}_{expired.rpartition('_')[2]}"[: len(valid)]
    return {"garbage": "Bearer nothing", "swapped": f"Bearer {swapped}", "expired": f"Bearer {expired}",
            "revoked": f"Bearer {revoked}", "session": "Bearer v2:x", "scheme": f"Digest {valid}",
            "powerless": f"Bearer {valid}"}  # fmt: skip


def path_of(route: Route) -> str:
    return re.sub(r"\{(\w+)(\.\.\.)?\}", lambda match: VALUES.get(match[1], "x"), route.pattern)


def answer(http: httpx.Client, route: Route, token: str | None) -> tuple[int, str]:
    """Status and the text of an error; streams are not read."""
    headers = {"authorization": token} if token else {}
    with http.stream(
        route.method, path_of(route), headers=headers, json={} if route.method != "GET" else None
    ) as found:
        return found.status_code, found.read().decode() if found.status_code >= 400 else ""


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_no_right_no_answer(server: Running, tokens: dict[str, str], route: Route) -> None:
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as http:
        if route.right is Open.PUBLIC:
            assert answer(http, route, None)[0] not in (401, 403, 500)
            return
        # Webhooks carry a signature instead of a token: without one they are answered, and nothing comes of it.
        nobody = answer(http, route, None)[0]
        assert nobody == 401 or (route.right is Open.WEBHOOK and nobody in (200, 400, 403))
        for name in ("garbage", "swapped", "expired", "revoked", "session", "scheme"):
            assert answer(http, route, tokens[name])[0] == 401, name
        status, text = answer(http, route, tokens["powerless"])
        if isinstance(route.right, Right):
            assert status == 403, text
        elif route.right is Open.HANDLER:
            assert status in (400, 403, 404, 415, 501), text
        else:
            assert status not in (401, 500), text


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_the_owner_is_never_refused(server: Running, route: Route) -> None:
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as http:
        status, text = answer(http, route, f"Bearer {server.token}")
        assert status not in (401, 403) and "internal error" not in text, text


@pytest.mark.parametrize("state", ["live", "archived"])
def test_archived_workflows_are_nobodys_without_a_right(server: Running, tokens: dict[str, str], state: str) -> None:
    """The routes by uid learn the namespace from the workflow, so they are asked about one that is there."""
    name = server.submit(namespace="walked")
    uid = server.finished(name, "walked")["metadata"]["uid"]
    with server.client() as owner, httpx.Client(base_url=server.url, timeout=PATIENCE) as http:
        if state == "archived":
            owner.delete(f"/api/v1/workflows/walked/{name}").raise_for_status()
        routes = [route for route in ROUTES if "{uid}" in route.pattern]
        assert len(routes) >= 6
        for route in routes:
            path = route.pattern.replace("{uid}", uid).replace("{nodeId}", name).replace("{artifactName}", "x")
            for query in ("", f"?namespace=walked&name={name}", "?namespace=elsewhere"):
                body = {"namespace": "walked", "name": name} if route.method == "PUT" else None
                headers = {"authorization": tokens["powerless"]}
                found = http.request(route.method, f"{path}{query}", headers=headers, json=body)
                assert found.status_code == 403, (route.method, path, query, found.text)
                assert "spec" not in found.text
        assert owner.get(f"/api/v1/archived-workflows/{uid}").json()["metadata"]["name"] == name
