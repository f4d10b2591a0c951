"""Artifacts that are checked out of git, by the program ``git``.

A repository comes from anywhere and must not run anything here: hooks, transports that are programs and the user's
own configuration are off, and what a manifest says never becomes an option.  Credentials reach git by files that
only this user can read, never by its arguments.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, cast

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.silence import longest_silence, silent
from tiphys.adapters.artifacts.unsupported import LIST_UNSUPPORTED, NO_DELETE, no_directory
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import Entry, Location, SecretLookup
from tiphys.secret import Secret

#: Switched off for every call, whatever the repository or this machine says.
_SAFE = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.symlinks=true", "protocol.allow=never",
    "protocol.https.allow=always", "protocol.http.allow=always", "protocol.ssh.allow=always",
    "protocol.git.allow=always", "protocol.file.allow=always", "submodule.recurse=false", "credential.helper=",
    "transfer.credentialsInUrl=allow", "advice.detachedHead=false", "gc.auto=0", "init.defaultBranch=main",
    "safe.directory=*", "http.followRedirects=initial",
)  # fmt: skip
_SCHEMES = frozenset({"https", "http", "ssh", "git", "file", "git+ssh"})
_SCP = re.compile(r"(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9._-]+:(?!:)[^\s]+")
_ASK = '#!/bin/sh\ncase "$1" in Username*) exec cat {0}/user;; *) exec cat {0}/password;; esac\n'
_SECONDS = 3600
_SILENT = ("operation too slow", "timed out")
_TRANSIENT = ("could not resolve host", "connection refused", "early eof", "rpc failed",
              "the requested url returned error: 5", "connection reset", "empty reply")  # fmt: skip


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> GitDriver:
    """The driver of a repository.

    Raises:
        ArtifactError: the repository or a revision is none, git is not installed, or a secret does not exist.
    """
    access = Access(secrets)
    if shutil.which("git") is None:
        raise ArtifactError("artifacts of type git need the program git", "install git")
    return GitDriver(
        fields,
        access,
        user=access.secret(fields.get("usernameSecret")),
        password=access.secret(fields.get("passwordSecret")),
        key=access.secret(fields.get("sshPrivateKeySecret")),
        home=options.get("home", ""),
        silence=longest_silence(options),
    )


class GitDriver:
    """Implements ``ports.artifacts.ArtifactDriver`` for one repository; it can only be loaded."""

    def __init__(
        self,
        fields: JsonObject,
        access: Access,
        *,
        user: Secret | None,
        password: Secret | None,
        key: Secret | None,
        home: str,
        silence: float,
    ) -> None:
        self._fields = fields
        self._access = access
        self._credentials = {"user": user, "password": password}
        self._key = key
        self._home = home
        self._silence = silence
        self._repo = _repository(str(fields.get("repo") or ""))
        self._revision = _reference(str(fields.get("revision") or ""), "revision")
        self._branch = _reference(str(fields.get("branch") or ""), "branch")
        self._fetch = [_reference(str(item), "refspec") for item in cast("list[str]", fields.get("fetch") or [])]
        if fields.get("singleBranch") and not self._branch:
            raise ArtifactError("single branch mode without a branch specified")

    def __repr__(self) -> str:
        return f"GitDriver({self._access.clean(self._repo)!r})"

    def load(self, location: Location, path: str) -> None:
        """Clone the repository to ``path`` and check the revision out."""
        with self._environment() as environment:
            self._clone(path, environment)
            with self._removed_on_error(path):
                for refspec in self._fetch:
                    self._run(["fetch", *self._depth(), "origin", refspec], environment, path, "failed to fetch")
                if self._revision:
                    self._check_out(path, environment)
                if not self._fields.get("disableSubmodules"):
                    words = ["submodule", "update", "--init", "--recursive", *self._depth()]
                    self._run(words, environment, path, "failed to update submodules")

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        """Refuse: nothing is pushed."""
        raise ArtifactError("git output artifacts unsupported")

    def open(self, location: Location) -> BinaryIO:
        """There is no file: a repository is a directory."""
        raise ArtifactNotFoundError("a git artifact is a directory")

    def delete(self, location: Location) -> None:
        """Refuse, as Argo does."""
        raise ArtifactError(NO_DELETE)

    def list(self, location: Location) -> Iterator[Entry]:
        """Refuse, as Argo does."""
        raise ArtifactError(LIST_UNSUPPORTED)

    def is_directory(self, location: Location) -> bool:
        """Refuse, as Argo does."""
        raise ArtifactError(no_directory("Git"))

    def _clone(self, path: str, environment: Mapping[str, str]) -> None:
        words = ["clone", "--template=", "--no-recurse-submodules", *self._depth()]
        if self._fields.get("singleBranch"):
            words.append("--single-branch")
        elif self._fields.get("depth"):
            words.append("--no-single-branch")
        if self._branch:
            words += ["--branch", self._branch]
        self._run([*words, "--", self._repo, path], environment, "/", f'failed to clone "{self._shown()}"')

    def _check_out(self, path: str, environment: Mapping[str, str]) -> None:
        """Check out what the revision names: of the remote, a tag, a commit, or any expression of git."""
        for candidate in (f"refs/remotes/origin/{self._revision}", self._revision):
            try:
                said = self._run(
                    ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}"],
                    environment, path, "failed to get resolve revision",
                )  # fmt: skip
            except ArtifactError:
                if candidate == self._revision:
                    raise ArtifactError(
                        f"failed to get resolve revision: {self._revision}: reference not found"
                    ) from None
                continue
            commit = said.strip()
            self._run(["checkout", "--force", commit, "--"], environment, path, f'failed to checkout "{commit}"')
            return

    def _depth(self) -> Sequence[str]:
        depth = self._fields.get("depth")
        return ["--depth", str(int(cast(int, depth)))] if depth else []

    def _run(self, words: Sequence[str], environment: Mapping[str, str], cwd: str, what: str) -> str:
        switches = [word for pair in _SAFE for word in ("-c", pair)]
        seconds = math.ceil(self._silence)
        switches += ["-c", "http.lowSpeedLimit=1", "-c", f"http.lowSpeedTime={seconds}"]
        if self._fields.get("insecureSkipTLS"):
            switches += ["-c", "http.sslVerify=false"]
        try:
            done = subprocess.run(
                ["git", *switches, *words], env=environment, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
                check=False, timeout=_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ArtifactError(f"{what}: it took longer than {_SECONDS} seconds") from None
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace")
            if any(text in said.lower() for text in _SILENT):
                raise silent(what, self._silence)
            raise ArtifactError(f"{what}: {self._reason(said)}", transient=_is_transient(said))
        return done.stdout.decode(errors="replace")

    def _reason(self, said: str) -> str:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        named = [line for line in lines if line.startswith(("fatal:", "error:", "ERROR:"))]
        if named and "could not read from remote repository" in named[0].lower():  # ssh has said why before
            told = [line for line in lines[: lines.index(named[0])] if not line.startswith(("Cloning", "Warning:"))]
            named = [": ".join((named[0].rstrip("."), *told[-1:]))]
        return self._access.clean((named or lines or ["git failed"])[0])

    def _shown(self) -> str:
        return self._access.clean(self._repo)

    @contextlib.contextmanager
    def _environment(self) -> Iterator[dict[str, str]]:
        """The environment of git, with credentials in a directory that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="tiphys-git-") as private:
            environment = {
                "PATH": os.defpath + ":/usr/local/bin", "HOME": private, "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8",
                "GIT_SSH_COMMAND": self._ssh(private),
            }  # fmt: skip
            if any(secret is not None for secret in self._credentials.values()):
                for name, secret in self._credentials.items():
                    _write_private(f"{private}/{name}", _line(secret), 0o600)
                _write_private(f"{private}/ask", _ASK.format(private).encode(), 0o700)
                environment["GIT_ASKPASS"] = f"{private}/ask"
            yield environment

    def _ssh(self, private: str) -> str:
        known = f"{self._home}/ssh_known_hosts" if self._home else "/etc/ssh/ssh_known_hosts"
        seconds = math.ceil(self._silence)
        words = ["ssh", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={min(15, seconds)}"]
        words += ["-o", "ProxyCommand=none", "-o", f"ServerAliveInterval={seconds}", "-o", "ServerAliveCountMax=1"]
        if self._fields.get("insecureIgnoreHostKey"):
            words += ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
        else:
            words += ["-o", "StrictHostKeyChecking=yes", "-o", f'UserKnownHostsFile="{known}"']
        if self._key is not None:
            _write_private(f"{private}/key", _line(self._key), 0o600)
            words += ["-o", "IdentitiesOnly=yes", "-i", f"{private}/key"]
        return shlex.join(words)

    @contextlib.contextmanager
    def _removed_on_error(self, path: str) -> Iterator[None]:
        try:
            yield
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise


def _repository(repo: str) -> str:
    """The address of a repository, if it is one that git may be given."""
    scheme, found, _ = repo.partition("://")
    good = scheme in _SCHEMES if found else repo.startswith("/") or _SCP.fullmatch(repo) is not None
    if not good or repo.startswith("-") or any(ord(letter) < 32 for letter in repo):
        raise ArtifactError(f"git repository {repo[:200]!r} is not an address that can be cloned")
    return repo


def _reference(name: str, what: str) -> str:
    if name.startswith("-") or any(ord(letter) <= 32 or ord(letter) == 127 for letter in name):
        raise ArtifactError(f"git {what} {name[:200]!r} is not a {what}")
    return name


def _is_transient(said: str) -> bool:
    lowered = said.lower()
    return any(text in lowered for text in _TRANSIENT)


def _line(secret: Secret | None) -> bytes:
    return (secret.reveal().strip(b"\r\n") if secret is not None else b"") + b"\n"


def _write_private(path: str, data: bytes, mode: int) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
