"""Single sign-on against an OpenID provider that nobody here wrote (``oidc-provider-mock``), over real sockets."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from msgspec import Struct

from tests.api.conftest import Running, running
from tests.serving import free_port
from tests.waiting import PATIENCE, until

GROUPS = [f"{number:08x}-group-of-the-directory" for number in range(300)]
RULES = {
    "admins": ("'admins' in groups", "2"),
    "members": ("len(groups) > 0", "1"),
    "ana": ("sub == 'ana'", "3"),
}


class Signing(Struct, frozen=True):
    """A server with single sign-on, and the file of its log."""

    server: Running
    log: Path


def _answers(http: httpx.Client) -> bool:
    try:
        http.get("/")
    except httpx.ConnectError:
        return False
    return True


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    users = {"ana": ["x"], "bob": ["admins"], "cora": ["y"], "dora": [], "many": GROUPS}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            with httpx.Client(base_url=url, timeout=PATIENCE) as http:
                until(lambda: _answers(http))
                for name, groups in users.items():
                    http.put(f"/users/{name}", json={"groups": groups, "email": f"{name}@x"}).raise_for_status()
            yield url
        finally:
            process.terminate()


#: A namespace that says itself who stands for ana in it, and what that account may do.
TEAM = {"name": "lists", "namespace": "team"}
OF_TEAM = [
    {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {**TEAM, "annotations": {
        "workflows.argoproj.io/rbac-rule": "sub == 'ana'", "workflows.argoproj.io/rbac-rule-precedence": "9"}}},
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": TEAM,
     "rules": [{"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["list"]}]},
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": TEAM,
     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "lists"},
     "subjects": [{"kind": "ServiceAccount", **TEAM}]},
]  # fmt: skip


@pytest.fixture(scope="module")
def signing(provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    home = tmp_path_factory.mktemp("sso")
    accounts = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "annotations": {
            "workflows.argoproj.io/rbac-rule": rule, "workflows.argoproj.io/rbac-rule-precedence": precedence}}}
        for name, (rule, precedence) in RULES.items()
    ]  # fmt: skip
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "sso"},
              "stringData": {"id": "tiphys", "secret": "canary-client-secret"}}  # fmt: skip
    items = [secret, *accounts, *OF_TEAM]
    (home / "objects.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    sso = {"issuer": provider, "clientId": {"name": "sso", "key": "id"}, "clientSecret": {"name": "sso", "key": "secret"},
           "rbac": {"enabled": True}, "scopes": ["email"]}  # fmt: skip
    (home / "config.yaml").write_text(json.dumps({"sso": sso}))
    apply = [sys.executable, "-m", "tiphys", "apply", "--home", str(home), "-f", str(home / "objects.json")]
    subprocess.run(apply, check=True, capture_output=True)
    log = home / "server.log"
    with (
        log.open("w") as stream,
        running(
            home,
            "--auth-mode",
            "sso",
            "--auth-mode",
            "client",
            "--loglevel",
            "debug",
            environment={"SSO_DELEGATE_RBAC_TO_NAMESPACE": "true"},
            stderr=stream,
        ) as server,
    ):
        yield Signing(server, log)


def come_back(server: Running, name: str, redirect: str = "/workflows") -> tuple[httpx.Client, str]:
    """A browser that has signed in at the provider, and the address with which it comes back."""
    browser = httpx.Client(timeout=PATIENCE)
    away = browser.get(f"{server.url}/oauth2/redirect", params={"redirect": redirect})
    assert away.status_code == 302
    back = browser.post(away.headers["location"], data={"sub": name})
    assert back.status_code == 302, back.text
    return browser, str(back.headers["location"])


def sign_in(server: Running, name: str, redirect: str = "/workflows") -> httpx.Response:
    browser, back = come_back(server, name, redirect)
    try:
        return browser.get(back)
    finally:
        browser.close()


def session_of(answer: httpx.Response) -> str:
    return next(item for item in answer.headers.get_list("set-cookie") if item.startswith("authorization="))


def ask(server: Running, cookie: str) -> httpx.Response:
    return httpx.get(
        f"{server.url}/api/v1/userinfo", headers={"cookie": cookie.split("; ", maxsplit=1)[0]}, timeout=PATIENCE
    )


@pytest.mark.parametrize(("name", "account"), [("ana", "ana"), ("bob", "admins"), ("cora", "members")])
def test_the_first_true_rule_says_who_stands_for_somebody(signing: Signing, name: str, account: str) -> None:
    answer = sign_in(signing.server, name)
    assert (answer.status_code, answer.headers["location"]) == (302, "/workflows")
    found = ask(signing.server, session_of(answer)).json()
    assert (found["subject"], found["serviceAccountName"], found["email"]) == (name, account, f"{name}@x")


def test_nobody_stands_for_who_fits_no_rule(signing: Signing) -> None:
    answer = ask(signing.server, session_of(sign_in(signing.server, "dora")))
    assert (answer.status_code, answer.json()["message"]) == (403, "not allowed")


def test_a_namespace_says_itself_who_stands_for_somebody_in_it(signing: Signing) -> None:
    def lists(name: str, namespace: str) -> int:
        cookie = session_of(sign_in(signing.server, name)).split("; ", maxsplit=1)[0]
        url = f"{signing.server.url}/api/v1/workflows/{namespace}"
        return httpx.get(url, headers={"cookie": cookie}, timeout=PATIENCE).status_code

    assert [lists("ana", "team"), lists("ana", "default"), lists("bob", "team")] == [200, 403, 403]


def test_the_cookies_and_three_hundred_groups(signing: Signing) -> None:
    cookie = session_of(sign_in(signing.server, "many"))
    assert cookie.startswith('authorization="Bearer v2:') and len(cookie) < 4096
    assert {"Path=/", "SameSite=Strict", "Max-Age=36000"} <= set(cookie.split("; "))
    assert len(ask(signing.server, cookie).json()["groups"]) == 300
    away = httpx.get(f"{signing.server.url}/oauth2/redirect", timeout=PATIENCE).headers["set-cookie"]
    assert re.match(r"[A-Za-z]{10}=/; ", away)
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=180"} <= set(away.split("; "))


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil", "/a/../b", "x", "/a\r\nb"])
def test_nobody_is_sent_to_another_site(signing: Signing, target: str) -> None:
    assert sign_in(signing.server, "ana", target).headers["location"] == "/"


def test_a_return_without_its_state_or_with_a_wrong_code(signing: Signing) -> None:
    browser, back = come_back(signing.server, "ana")
    assert httpx.get(back, timeout=PATIENCE).status_code == 400
    query = parse_qs(urlsplit(back).query)
    answer = browser.get(back.replace(query["code"][0], "canary-code"))
    browser.close()
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_session_that_was_changed_or_revoked_is_none(signing: Signing) -> None:
    cookie = session_of(sign_in(signing.server, "ana")).split("; ")[0]
    changed = cookie[:-3] + ("A" if cookie[-3] != "A" else "B") + cookie[-2:]
    assert ask(signing.server, changed).status_code == 401
    assert ask(signing.server, cookie).status_code == 200


def test_the_log_holds_nothing_with_which_somebody_could_sign_in(signing: Signing) -> None:
    """A good sign-in, one with a wrong code, one without its cookie, and use of the session as cookie and header."""
    browser, back = come_back(signing.server, "ana")
    with closing(browser):
        query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        assert httpx.get(back).status_code == 400
        cookie = session_of(browser.get(back)).split("; ")[0]
    other, wrong = come_back(signing.server, "bob")
    with closing(other):
        again = {name: values[0] for name, values in parse_qs(urlsplit(wrong).query).items()}
        assert other.get(wrong.replace(again["code"], "canary-code")).status_code == 401
    session = cookie.partition("=")[2].strip('"')
    assert ask(signing.server, cookie).status_code == 200
    header = {"authorization": session}
    assert httpx.get(f"{signing.server.url}/api/v1/userinfo", headers=header).status_code == 200
    assert ask(signing.server, cookie[:-2] + '"').status_code == 401
    secrets = [session.removeprefix("Bearer v2:"), query["code"], query["state"], again["code"], again["state"]]
    secrets += ["canary-code", "canary-client-secret", "eyJ", signing.server.token]  # "eyJ" begins every JWT
    log = signing.log.read_text(encoding="utf-8")
    assert "path=/oauth2/callback status=302" in log
    assert "path=/oauth2/callback status=401" in log
    assert [secret for secret in secrets if secret in log] == []
