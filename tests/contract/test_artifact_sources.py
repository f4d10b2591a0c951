"""Artifact drivers that read from servers and repositories: http, artifactory, git."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

import pytest
from tests.contract.storages import mutual_tls, secrets
from tests.serving import Quiet, serving

from tiphys.adapters.artifacts.drivers import artifactory, git, http
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import DriverFactory, Location
from tiphys.testing.contracts.artifacts import SecretContract, SourceContract, Storage

CONTENT = b"over the wire\n" * 1000


def selector(key: str) -> JsonObject:
    return {"name": "creds", "key": key}


class Handler(Quiet):
    """A small web: files, a door, a redirect, a token, a broken page."""

    protocol_version = "HTTP/1.1"
    kept: ClassVar[dict[str, bytes]] = {}
    seen: ClassVar[list[dict[str, str]]] = []
    tries: ClassVar[list[int]] = [0]

    def do_GET(self) -> None:
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        path, authorization = self.path.partition("?")[0], self.headers.get("Authorization", "")
        good = {"/private": "Basic " + base64.b64encode(b"user:pass").decode(), "/token-only": "Bearer t0ken"}
        if path in good and authorization != good[path]:
            return self.answer(401)
        if path == "/moved":
            return self.answer(302, headers={"Location": "/file"})
        if path in {"/file", *good}:
            return self.answer(200, CONTENT)
        if path in self.kept:
            return self.answer(200, self.kept[path])
        return self.answer(500 if path == "/broken" else 404)

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        if self.path == "/webhdfs":
            return self.answer(307, headers={"Location": "/data-node"})
        if self.path == "/refused":
            return self.answer(403)
        self.kept[self.path] = data
        return self.answer(201)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
        self.tries[0] += 1
        if form.get("client_id") == ["id"] and form.get("audience") == ["me"] and form.get("scope") == ["a b"]:
            return self.answer(200, json.dumps({"access_token": "t0ken", "token_type": "bearer"}).encode())
        return self.answer(401)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(Handler) as address:
        yield address


def at(fields: JsonObject) -> Location:
    return Location(driver="http", key="", fields=fields)


def fetch(fields: JsonObject, path: Path, values: dict[str, str | bytes] | None = None) -> bytes:
    http.make_driver(fields, secrets(values or {}), {}).load(at(fields), str(path))
    return path.read_bytes()


class TestHttp(SourceContract):
    @pytest.fixture
    def content(self) -> bytes:
        return CONTENT

    @pytest.fixture
    def source(self, address: str) -> Storage:
        fields: JsonObject = {"url": f"{address}/file"}
        return Storage(lambda: http.make_driver(fields, secrets({}), {}), lambda key: at(fields))

    def test_what_is_not_there_is_not_found(self, address: str, tmp_path: Path) -> None:
        with pytest.raises(ArtifactNotFoundError, match=r"^404 Not Found"):
            fetch({"url": f"{address}/none"}, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_another_status_is_an_error(self, address: str, tmp_path: Path) -> None:
        text = f"loading content from {address}/broken failed with reason: 500 Internal Server Error"
        with pytest.raises(ArtifactError, match=text) as caught:
            fetch({"url": f"{address}/broken?token=hidden"}, tmp_path / "out")
        assert caught.value.transient
        assert "hidden" not in str(caught.value)

    def test_headers_are_sent(self, address: str, tmp_path: Path) -> None:
        fetch({"url": f"{address}/file", "headers": [{"name": "X-One", "value": "1"}]}, tmp_path / "out")
        assert Handler.seen[-1]["x-one"] == "1"

    def test_redirects_are_followed(self, address: str, tmp_path: Path) -> None:
        assert fetch({"url": f"{address}/moved"}, tmp_path / "out") == CONTENT

    def test_a_user_signs_in(self, address: str, tmp_path: Path) -> None:
        basic: JsonObject = {"usernameSecret": selector("user"), "passwordSecret": selector("pass")}
        fields: JsonObject = {"url": f"{address}/private", "auth": {"basicAuth": basic}}
        assert fetch(fields, tmp_path / "out", {"user": "user\n", "pass": "pass\n"}) == CONTENT
        with pytest.raises(ArtifactError, match="failed with reason: 401"):
            fetch(fields, tmp_path / "out2", {"user": "user", "pass": "wrong"})

    def test_a_token_is_fetched(self, address: str, tmp_path: Path) -> None:
        oauth2: JsonObject = {
            "clientIDSecret": selector("id"), "clientSecretSecret": selector("secret"),
            "tokenURLSecret": selector("url"), "scopes": ["a", "b"], "endpointParams": [{"key": "audience", "value": "me"}],
        }  # fmt: skip
        fields: JsonObject = {"url": f"{address}/token-only", "auth": {"oauth2": oauth2}}
        values: dict[str, str | bytes] = {"id": "id", "secret": "s3cret", "url": f"{address}/oauth2"}
        assert fetch(fields, tmp_path / "out", values) == CONTENT
        with pytest.raises(ArtifactError, match="no token: the server answers 401"):
            fetch(fields, tmp_path / "out2", {**values, "id": "other"})

    def test_a_file_is_put_also_where_another_server_takes_it(self, address: str, tmp_path: Path) -> None:
        (tmp_path / "in").write_bytes(CONTENT)
        for path, kept in (("/new/file", "/new/file"), ("/webhdfs", "/data-node")):
            fields: JsonObject = {"url": f"{address}{path}"}
            http.make_driver(fields, secrets({}), {}).save(str(tmp_path / "in"), at(fields))
            assert Handler.kept[kept] == CONTENT

    def test_a_put_may_fail(self, address: str, tmp_path: Path) -> None:
        (tmp_path / "in").write_bytes(b"x")
        fields: JsonObject = {"url": f"{address}/refused"}
        with pytest.raises(ArtifactError, match=f"PUT to {address}/refused failed with reason: 403 Forbidden"):
            http.make_driver(fields, secrets({}), {}).save(str(tmp_path / "in"), at(fields))
        with pytest.raises(ArtifactError, match="the artifact is a directory"):
            http.make_driver(fields, secrets({}), {}).save(str(tmp_path), at(fields))

    def test_a_dead_server_is_worth_another_try(self, tmp_path: Path) -> None:
        with pytest.raises(ArtifactError, match=r"GET to http://127.0.0.1:1/x failed with reason: ") as caught:
            http.make_driver({"url": "http://127.0.0.1:1/x"}, secrets({}), {"retries": "0"}).load(
                at({}), str(tmp_path / "out")
            )
        assert caught.value.transient

    def test_a_client_certificate_is_shown(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        context = mutual_tls(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.crt"))
        certificate: JsonObject = {"clientCertSecret": selector("crt"), "clientKeySecret": selector("key")}
        values: dict[str, str | bytes] = {
            "crt": (tmp_path / "client.crt").read_bytes(), "key": (tmp_path / "client.key").read_bytes(),
        }  # fmt: skip
        with serving(Handler, context) as address:
            fields: JsonObject = {"url": f"{address}/file", "auth": {"clientCert": certificate}}
            assert fetch(fields, tmp_path / "out", values) == CONTENT


class TestArtifactory(SourceContract):
    @pytest.fixture
    def content(self) -> bytes:
        return CONTENT

    @pytest.fixture
    def source(self, address: str) -> Storage:
        fields: JsonObject = {
            "url": f"{address}/private", "usernameSecret": selector("user"), "passwordSecret": selector("pass"),
        }  # fmt: skip
        lookup = secrets({"user": "user", "pass": "pass"})
        return Storage(lambda: artifactory.make_driver(fields, lookup, {}), lambda key: at(fields))


class TestHttpSecrets(SecretContract):
    @pytest.fixture(params=["basicAuth", "oauth2"])
    def guarded(self, request: pytest.FixtureRequest) -> tuple[DriverFactory, Location]:
        names = {
            "basicAuth": ("usernameSecret", "passwordSecret"),
            "oauth2": ("clientIDSecret", "clientSecretSecret", "tokenURLSecret"),
        }[request.param]
        auth: JsonObject = {request.param: {name: selector(name) for name in names}}
        return http.make_driver, at({"url": "http://user:word@127.0.0.1:1/x?sig=query", "auth": auth})


class TestArtifactorySecrets(SecretContract):
    @pytest.fixture
    def guarded(self) -> tuple[DriverFactory, Location]:
        fields: JsonObject = {
            "url": "http://127.0.0.1:1/x", "usernameSecret": selector("u"), "passwordSecret": selector("p"),
        }  # fmt: skip
        return artifactory.make_driver, at(fields)


# -- git ---------------------------------------------------------------------------------------------------------


def run_git(*words: str, cwd: Path) -> str:
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(cwd), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
    }  # fmt: skip
    words = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main", *words)
    return subprocess.run(["git", *words], cwd=cwd, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three commits on main, a tag on the second, a branch, a ref that no clone fetches, and a submodule."""
    sub = tmp_path_factory.mktemp("sub")
    run_git("init", cwd=sub)
    (sub / "sub-file").write_text("sub")
    run_git("add", ".", cwd=sub)
    run_git("commit", "-m", "sub", cwd=sub)
    path = tmp_path_factory.mktemp("repo")
    run_git("init", cwd=path)
    for number in (1, 2, 3):
        (path / "file").write_text(f"{number}")
        run_git("add", ".", cwd=path)
        run_git("commit", "-m", f"commit {number}", cwd=path)
        if number == 2:
            run_git("tag", "v2", cwd=path)
    run_git("checkout", "-b", "feature/x", cwd=path)
    (path / "file").write_text("feature")
    run_git("commit", "-am", "feature", cwd=path)
    run_git("update-ref", "refs/changes/7", "HEAD~2", cwd=path)
    run_git("checkout", "main", cwd=path)
    run_git("submodule", "add", str(sub), "modules/sub", cwd=path)
    run_git("commit", "-m", "submodule", cwd=path)
    return path


def clone(repo: Path | str, path: Path, **fields: object) -> Path:
    data: JsonObject = {"repo": str(repo), **fields}  # type: ignore[dict-item]
    git.make_driver(data, secrets({}), {}).load(Location(driver="git", key="", fields=data), str(path))
    return path


class TestGit:
    @pytest.mark.parametrize("scheme", ["", "file://"])
    def test_the_default_branch_is_cloned(self, repo: Path, tmp_path: Path, scheme: str) -> None:
        out = clone(f"{scheme}{repo}", tmp_path / "out")
        assert (out / "file").read_text() == "3"
        assert (out / "modules" / "sub" / "sub-file").read_text() == "sub"

    @pytest.mark.parametrize(
        ("revision", "expected"),
        [("v2", "2"), ("main", "3"), ("feature/x", "feature"), ("refs/tags/v2", "2"), ("HEAD~3", "1"), ("v2~1", "1")],
    )
    def test_a_revision_is_checked_out(self, repo: Path, tmp_path: Path, revision: str, expected: str) -> None:
        assert (clone(repo, tmp_path / "out", revision=revision) / "file").read_text() == expected

    def test_a_commit_is_checked_out(self, repo: Path, tmp_path: Path) -> None:
        commit = run_git("rev-parse", "v2", cwd=repo).strip()
        assert (clone(repo, tmp_path / "out", revision=commit) / "file").read_text() == "2"

    def test_history_can_be_short(self, repo: Path, tmp_path: Path) -> None:
        out = clone(f"file://{repo}", tmp_path / "out", depth=1)
        assert run_git("rev-list", "--count", "HEAD", cwd=out).strip() == "1"

    def test_a_single_branch_is_cloned(self, repo: Path, tmp_path: Path) -> None:
        out = clone(f"file://{repo}", tmp_path / "out", singleBranch=True, branch="feature/x", depth=1)
        assert (out / "file").read_text() == "feature"
        assert "origin/main" not in run_git("branch", "-r", cwd=out)

    def test_a_branch_must_be_named_for_that(self, repo: Path, tmp_path: Path) -> None:
        with pytest.raises(ArtifactError, match="single branch mode without a branch specified"):
            clone(repo, tmp_path / "out", singleBranch=True)

    def test_further_references_are_fetched(self, repo: Path, tmp_path: Path) -> None:
        out = clone(
            repo, tmp_path / "out", fetch=["refs/changes/*:refs/remotes/origin/changes/*"], revision="changes/7"
        )
        assert (out / "file").read_text() == "2"

    def test_submodules_can_be_left_out(self, repo: Path, tmp_path: Path) -> None:
        out = clone(repo, tmp_path / "out", disableSubmodules=True)
        assert list((out / "modules" / "sub").iterdir()) == []

    def test_a_missing_repository_or_revision_is_an_error(self, repo: Path, tmp_path: Path) -> None:
        with pytest.raises(ArtifactError, match=f'failed to clone "{tmp_path}/none": '):
            clone(tmp_path / "none", tmp_path / "out")
        with pytest.raises(ArtifactError, match="failed to get resolve revision: nope: reference not found"):
            clone(repo, tmp_path / "out", revision="nope")
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        "address",
        [
            "ext::sh -c 'touch {0}/evil'",
            "--upload-pack=touch {0}/evil",
            "fd::17",
            "-x",
            "a b",
            "",
            "http\n://x",
            "tiphys:://x",
        ],
    )
    def test_addresses_that_run_something_are_refused(self, tmp_path: Path, address: str) -> None:
        with pytest.raises(ArtifactError, match="is not an address that can be cloned"):
            clone(address.format(tmp_path), tmp_path / "out")
        assert not (tmp_path / "evil").exists()

    @pytest.mark.parametrize("field", ["revision", "branch", "fetch"])
    def test_nothing_becomes_an_option(self, repo: Path, tmp_path: Path, field: str) -> None:
        value = f"--upload-pack=touch {tmp_path}/evil"
        with pytest.raises(ArtifactError, match="is not a"):
            clone(repo, tmp_path / "out", **{field: [value] if field == "fetch" else value})

    def test_submodules_cannot_run_anything(self, tmp_path: Path, repo: Path) -> None:
        bad = tmp_path / "bad"
        run_git("clone", str(repo), str(bad), cwd=tmp_path)
        run_git("config", "-f", ".gitmodules", "submodule.modules/sub.url", f"ext::touch {tmp_path}/evil", cwd=bad)
        run_git("commit", "-am", "evil", cwd=bad)
        with pytest.raises(ArtifactError, match="failed to update submodules"):
            clone(bad, tmp_path / "out")
        assert not (tmp_path / "evil").exists()

    def test_hooks_and_settings_of_this_machine_are_not_used(
        self, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/evil\n")
        (hooks / "post-checkout").chmod(0o755)
        (tmp_path / ".gitconfig").write_text(f"[core]\nhooksPath = {hooks}\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        clone(repo, tmp_path / "out", revision="v2")
        assert not (tmp_path / "evil").exists()

    def test_it_cannot_be_written_deleted_or_listed(self, repo: Path) -> None:
        fields: JsonObject = {"repo": str(repo)}
        driver, location = git.make_driver(fields, secrets({}), {}), Location(driver="git", key="", fields=fields)
        for action, text in (
            (lambda: driver.save("/x", location), "git output artifacts unsupported"),
            (lambda: driver.delete(location), "delete not supported for this artifact storage"),
            (lambda: list(driver.list(location)), "ListObjects is currently not supported"),
            (lambda: driver.is_directory(location), "IsDirectory currently unimplemented for Git"),
        ):
            with pytest.raises(ArtifactError, match=text):
                action()


class TestGitSecrets(SecretContract):
    @pytest.fixture(params=["password", "key"])
    def guarded(self, request: pytest.FixtureRequest) -> tuple[DriverFactory, Location]:
        fields: JsonObject = {"repo": "http://127.0.0.1:1/x.git"}
        if request.param == "password":
            fields.update(usernameSecret=selector("u"), passwordSecret=selector("p"))
        else:
            fields.update(repo="ssh://git@127.0.0.1:1/x.git", sshPrivateKeySecret=selector("k"))
        return git.make_driver, Location(driver="git", key="", fields=fields)


def test_git_shows_its_credentials_to_the_server(address: str, tmp_path: Path) -> None:
    fields: JsonObject = {
        "repo": f"{address}/private",
        "usernameSecret": selector("u"),
        "passwordSecret": selector("p"),
    }
    driver = git.make_driver(fields, secrets({"u": "user", "p": "pass\n"}), {})
    challenge = Handler.answer

    def closed(self: Handler) -> None:
        Handler.seen.append({"a": self.headers.get("Authorization", "")})
        self.answer(401)

    def with_challenge(self: Handler, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        challenge(self, status, body, {**(headers or {}), "WWW-Authenticate": 'Basic realm="x"'})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handler, "answer", with_challenge)
        patch.setattr(Handler, "do_GET", closed)
        with pytest.raises(ArtifactError, match="failed to clone"):
            driver.load(Location(driver="git", key="", fields=fields), str(tmp_path / "out"))
    assert Handler.seen[-1]["a"] == "Basic " + base64.b64encode(b"user:pass").decode()
